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

Str why_text(const Req *q, const GError *why)
{
    static const struct {
        FailCode code;
        const char *key;
    } kinds[] = {{FAIL_RIGHT, KEY("error_right_text")},
                 {FAIL_ABSENT, KEY("error_absent_text")},
                 {FAIL_CONFLICT, KEY("error_conflict_text")},
                 {FAIL_BUSY, KEY("error_busy_text")}};
    const char *zh = fail_in_chinese(why);
    if (q->lang == LANG_EN)
        return arena_str(q->arena, str_of(why->message));
    if (zh != NULL)
        return arena_str(q->arena, str_of(zh));
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_error_matches(why, FAIL_DOMAIN, kinds[i].code))
            return say(q, kinds[i].key);
    return say(q, "error_input_text");
}
