/* telling.c — see telling.h. */
#include "main/telling.h"

bool telling(const TellingAsk *ask, TellingAct act, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) out = g_string_new(NULL);
    Telling t = {.common = ask->common,
                 .asked = ask->asked,
                 .english = ask->english,
                 .arena = a,
                 .out = out};
    if (!open_care(ask->common, true, &care, error) ||
        !session_local(care, str_of(ask->common->as), a, &t.session, error) ||
        !region_given(care, ask->region, ask->ret_region, error))
        return false;
    t.care = care;
    if (!act(&t, error))
        return false;
    print_out(out);
    return true;
}

const char *words(const Telling *t, const char *zh, const char *en)
{
    return t->english ? en : zh;
}

Str label_in(const Telling *t, Label l)
{
    return t->english ? l.en : l.zh;
}

void put_head(const Telling *t, Date on, uint64_t total, size_t shown)
{
    char day[DATE_TEXT];
    date_format(on, day);
    if (t->english)
        g_string_append_printf(t->out, "as of %s: %" G_GUINT64_FORMAT " listed", day, total);
    else
        g_string_append_printf(t->out, "截至 %s，共列 %" G_GUINT64_FORMAT " 条", day, total);
    if (shown < total)
        g_string_append_printf(t->out, words(t, "，只显示前 %zu 条", ", the first %zu shown"),
                               shown);
    g_string_append_c(t->out, '\n');
}

void put_count(const Telling *t, const char *const word[2], uint64_t n)
{
    g_string_append_printf(t->out, "  %s %" G_GUINT64_FORMAT, word[t->english], n);
}
