/* cmd_figures.c — anlao figures: indicators against targets on a day, or one indicator by all its
 * codes. */
#include "care/figures_json.h"
#include "main/main.h"

#define NUMBER_TEXT (DECIMAL_TEXT + 2) /* and a per cent sign */

typedef struct Asked {
    Date on;
    bool by_region;
    const char *indicator; /* NULL: all targets */
} Asked;

/* ---- as JSON */

static void json_head(JsonWriter *j, Date on)
{
    json_put_object(j, NULL);
    json_put_date(j, "on", on);
    json_put_array(j, "figures");
}

static void json_tail(JsonWriter *j, GString *out)
{
    json_put_end(j);
    json_put_end(j);
    json_finish(j);
    print_out(out);
}

/* ---- as a table */

/* A share in per cent, everything else as a decimal. */
static const char *number_text(const Indicator *i, int64_t number, char to[NUMBER_TEXT])
{
    bool share = i->type.kind == KIND_SHARE && i->type.scale >= 2;
    decimal_format((Decimal){number, (uint8_t)(i->type.scale - (share ? 2 : 0))}, to);
    if (share)
        g_strlcat(to, "%", NUMBER_TEXT);
    return to;
}

static const char *figure_text(const Indicator *i, const Figure *f, char to[NUMBER_TEXT])
{
    if (f->too_large)
        return "too large";
    if (f->no_case)
        return "no case";
    if (!figure_known(f))
        return "unknown";
    return number_text(i, f->value, to);
}

/* Which params nobody has set, where that is why there is no value. */
static void print_unset(const Care *care, const Indicator *i, const Figure *f)
{
    g_autoptr(Arena) a = arena_new();
    size_t n;
    const Param **params = figure_unset(care, i, f, a, &n);
    for (size_t k = 0; k < n; k++)
        printf("%s%.*s", k == 0 ? "  (unset: " : ", ", STR_ARG(params[k]->name));
    if (n > 0)
        putchar(')');
}

static void print_target_unset(const Care *care, const TargetFigure *t)
{
    g_autoptr(Arena) a = arena_new();
    size_t n;
    const Param **params = target_unset(care, t, a, &n);
    for (size_t k = 0; k < n; k++)
        printf("%s%.*s", k == 0 ? "  (target unset: " : ", ", STR_ARG(params[k]->name));
    if (n > 0)
        putchar(')');
}

static void print_place(const Care *care, const Indicator *i, int32_t region, size_t cell)
{
    g_autoptr(Arena) a = arena_new();
    Str codes = figure_codes(i, cell, a);
    GString *name = g_string_new(NULL);
    g_string_append_printf(name, "%.*s", STR_ARG(i->name));
    if (cell > 0)
        g_string_append_printf(name, "[%.*s]", STR_ARG(codes));
    printf("%-32s %-7.*s", name->str, STR_ARG(care_regions(care)->code[region]));
    g_string_free(name, TRUE);
}

static void print_failing(const Care *care, const TargetFigure *t)
{
    const Indicator *i = t->target->indicator;
    for (size_t k = 0; k < t->n_failing; k++) {
        const TargetFailing *x = &t->failing[k];
        char value[NUMBER_TEXT];
        printf("    ");
        if (x->entity != NULL)
            printf("%.*s %.*s", STR_ARG(x->entity->name), STR_ARG(x->name));
        else
            print_place(care, i, x->region, x->cell);
        printf(" %14s %s\n", figure_text(i, &x->figure, value), met_word(x->met));
    }
    if (t->hidden > 0)
        printf("    (%" G_GUINT64_FORMAT " more outside your rights)\n", t->hidden);
}

static void print_target(const Care *care, const TargetFigure *t)
{
    const Indicator *i = t->target->indicator;
    char period[PERIOD_TEXT], value[NUMBER_TEXT], target[NUMBER_TEXT];
    print_place(care, i, t->region, t->cell);
    printf(" %-12s %14s %s %-12s %s", target_period(t, period), figure_text(i, &t->figure, value),
           compare_sign(t->target->compare),
           t->number_unset ? "unset" : number_text(i, t->value->number, target), met_word(t->met));
    if (t->each)
        printf("  (%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ")", t->reached, t->all);
    if (t->figure.unknown > 0)
        printf("  (%" G_GINT64_FORMAT " unknown)", t->figure.unknown);
    print_unset(care, i, &t->figure);
    print_target_unset(care, t);
    putchar('\n');
    print_failing(care, t);
}

/* What does not fit is an error, after everything else has been told. */
static bool all_fit(Care *care, const Indicator *i, const Figure *f, GError **error)
{
    Str region = care_regions(care)->code[f->region];
    if (!f->too_large)
        return true;
    return fail(error, FAIL_INPUT, "indicator %.*s, region %.*s: the number does not fit 64 bits",
                STR_ARG(i->name), STR_ARG(region));
}

/* ---- targets */

static bool targets_print(const Common *c, Care *care, const Session *session, const Asked *q,
                          Arena *a, GError **error)
{
    TargetFigure *all;
    size_t n;
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    if (!figures_targets(care, session, NULL, ROW_NONE, q->on, a, &all, &n, error))
        return false;
    if (c->json)
        json_head(&j, q->on);
    for (size_t i = 0; i < n; i++) {
        /* without --by region: the place's own targets only */
        if (!c->json && !q->by_region && all[i].region != care_place(care))
            continue;
        if (c->json)
            target_figure_json(care, &j, &all[i]);
        else
            print_target(care, &all[i]);
    }
    if (c->json)
        json_tail(&j, out);
    for (size_t i = 0; i < n; i++)
        if (!all_fit(care, all[i].target->indicator, &all[i].figure, error))
            return false;
    return true;
}

/* ---- one indicator */

static bool figures_print(const Common *c, Care *care, const Indicator *i, const Figure *all,
                          size_t n, Date on, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    if (c->json)
        json_head(&j, on);
    for (size_t k = 0; k < n; k++) {
        char value[NUMBER_TEXT];
        if (c->json) {
            indicator_figure_json(care, &j, i, &all[k]);
            continue;
        }
        print_place(care, i, all[k].region, all[k].cell);
        printf(" %14s", figure_text(i, &all[k], value));
        if (all[k].unknown > 0)
            printf("  (%" G_GINT64_FORMAT " unknown)", all[k].unknown);
        print_unset(care, i, &all[k]);
        putchar('\n');
    }
    if (c->json)
        json_tail(&j, out);
    for (size_t k = 0; k < n; k++)
        if (!all_fit(care, i, &all[k], error))
            return false;
    return true;
}

/* By code; with --by region for the place and what lies directly in it. */
static bool indicator_print(const Common *c, Care *care, const Session *session, const Asked *q,
                            Arena *a, GError **error)
{
    const Indicator *i = model_indicator(care_model(care), str_of(q->indicator));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Figure));
    if (i == NULL)
        return fail(error, FAIL_INPUT, "there is no indicator \"%s\"", q->indicator);
    Date from = i->flow ? figures_period_start(i, q->on) : q->on;
    for (size_t cell = 0; cell < indicator_cells(i); cell++) {
        Figure *list;
        size_t n;
        if (!figures_indicator(care, session, i, cell, care_place(care), from, q->on, a, &list, &n,
                               error))
            return false;
        g_array_append_vals(all, list, q->by_region ? (guint)n : 1);
    }
    return figures_print(c, care, i, (const Figure *)(const void *)all->data, all->len, q->on,
                         error);
}

static bool figures_answer(const Common *c, const Asked *q, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    const Session *session;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    return q->indicator != NULL ? indicator_print(c, care, session, q, a, error)
                                : targets_print(c, care, session, q, a, error);
}

int command_figures(int argc, char **argv)
{
    Common c;
    Asked q = {0};
    char *on_text = NULL, *by = NULL, *indicator = NULL;
    const GOptionEntry own[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on_text, "the day", "DATE"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &by, "region: all regions that have a target", "region"},
        {"indicator", 0, 0, G_OPTION_ARG_STRING, &indicator, "one indicator, by all its codes",
         "NAME"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "figures", argc, argv, own) || !parse_day("figures", on_text, &q.on))
        return 2;
    if (by != NULL && strcmp(by, "region") != 0)
        return wrong_usage("figures", "--by takes \"region\"");
    q.by_region = by != NULL;
    q.indicator = indicator;
    GError *error = NULL;
    figures_answer(&c, &q, &error);
    return finish(error);
}
