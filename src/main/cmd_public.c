/* cmd_public.c — anlao public: what stands in public on a day, as a list, CSV or JSON. */
#include "care/publish_file.h"
#include "main/main.h"

typedef struct Asked {
    const Common *common;
    char *format;
    gboolean english;
    Date on;
} Asked;

/* Which there are, and how many stand there. */
static bool names_it(Care *care, GError **error)
{
    const Model *m = care_model(care);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Arena) a = arena_new();
    for (size_t i = 0; i < m->n_publications; i++) {
        uint64_t n;
        if (!publication_count(care, m->publications[i], &n, error))
            return false;
        if (n == 0 && !publish_in_force(care, m->publications[i]))
            continue;
        g_string_append_printf(out, "%.*s  %" G_GUINT64_FORMAT "  %.*s\n",
                               STR_ARG(publish_address(care, m->publications[i], a)), n,
                               STR_ARG(m->publications[i]->label.zh));
    }
    print_out(out);
    return true;
}

static bool public_it(const Asked *q, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) out = g_string_new(NULL);
    PublicBook b;
    if (!open_care(q->common, true, &care, error))
        return false;
    if (q->common->n_rest == 0)
        return names_it(care, error);
    const Publish *p = publish_found(care, str_of(q->common->rest[0]));
    if (p == NULL)
        return fail(error, FAIL_INPUT, "the documents in force here publish nothing called \"%s\"",
                    q->common->rest[0]);
    if (!publication_read(care, p, q->on, q->english, 0, 0, a, &b, error))
        return false;
    if (q->common->json || g_strcmp0(q->format, "json") == 0)
        public_book_json(&b, out);
    else
        public_book_csv(&b, q->english, out);
    print_out(out);
    return true;
}

int command_public(int argc, char **argv)
{
    Common c;
    Asked q = {.common = &c};
    char *on = NULL;
    const GOptionEntry own[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, "the day; the business day if left out", "DATE"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &q.format, "csv or json", "FORMAT"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &q.english, "English headers and labels", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "public", argc, argv, own) ||
        (on != NULL && !parse_day("public", on, &q.on)))
        return 2;
    if (c.n_rest > 1 ||
        (q.format != NULL && strcmp(q.format, "csv") != 0 && strcmp(q.format, "json") != 0))
        return wrong_usage("public", "takes the name of a publish; --format is csv or json");
    GError *error = NULL;
    return public_it(&q, &error) ? 0 : finish(error);
}
