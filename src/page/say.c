/* say.c — sentences of web/texts.tsv and labels of the Model in the reader's language. */
#include "page/site.h"

Str say(const Req *q, const char *key)
{
    return text_of(q->site->texts, q->lang, key);
}

Str say_with(const Req *q, const char *key, const View *values)
{
    return text_with(q->site->texts, q->lang, key, values);
}

Str say_number(const Req *q, const char *key, int64_t n)
{
    View *v = view_new(q->arena);
    view_int(v, "n", n);
    return say_with(q, key, v);
}

Str say_name(const Req *q, const char *key, Str name)
{
    View *v = view_new(q->arena);
    view_text(v, "name", name);
    return say_with(q, key, v);
}

/* English labels are written small in documents; standing alone they begin with a capital. */
Str label_of(const Req *q, Label label)
{
    if (q->lang != LANG_EN || label.en.len == 0)
        return label.zh;
    if (!g_ascii_islower(label.en.at[0]))
        return label.en;
    char *text = arena_dup(q->arena, label.en.at, label.en.len);
    text[0] = g_ascii_toupper(text[0]);
    return (Str){text, label.en.len};
}

Str said_text(const Req *q, Said said)
{
    return str_of(q->lang == LANG_EN ? said.en : said.zh);
}
