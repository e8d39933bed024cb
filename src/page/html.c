/* html.c — an append writer with one escape.  In: literals and values.  Out: safe HTML. */
#include "page/html.h"

struct Html {
    GString *text;
};

static void html_free(void *text)
{
    g_string_free(text, TRUE);
}

Html *html_new(Arena *a)
{
    Html *h = arena_new_of(a, Html);
    h->text = g_string_sized_new(512);
    arena_on_free(a, html_free, h->text);
    return h;
}

Str html_text(const Html *h)
{
    return (Str){h->text->str, h->text->len};
}

void html_put_(Html *h, const char *literal, size_t len)
{
    g_string_append_len(h->text, literal, (gssize)len);
}

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_escape(GString *to, Str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entity_of(text.at[i]);
        if (entity == NULL)
            continue;
        g_string_append_len(to, text.at + start, (gssize)(i - start));
        g_string_append(to, entity);
        start = i + 1;
    }
    if (start < text.len)
        g_string_append_len(to, text.at + start, (gssize)(text.len - start));
}

void html_str(Html *h, Str text)
{
    html_escape(h->text, text);
}

void html_word(Html *h, const char *text)
{
    html_escape(h->text, str_of(text));
}

void html_int(Html *h, int64_t value)
{
    g_string_append_printf(h->text, "%" G_GINT64_FORMAT, value);
}

void html_date(Html *h, Date day)
{
    char text[DATE_TEXT];
    g_string_append(h->text, date_format(day, text));
}

void html_add(Html *h, const Html *part)
{
    g_string_append_len(h->text, part->text->str, (gssize)part->text->len);
}

void html_prose(Html *h, Str safe)
{
    g_string_append_len(h->text, safe.at != NULL ? safe.at : "", (gssize)safe.len);
}
