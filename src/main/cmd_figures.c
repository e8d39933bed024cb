/* cmd_figures.c — anlao figures: indicators against targets on a day. */
#include "format/json.h"
#include "main/main.h"

static const char *const met_words[] = {"no", "unknown", "yes", "not_due"};
static const char *const compare_words[] = {">=", ">", "<=", "<", "="};

static void period_text(const TargetFigure *t, char *to, size_t n)
{
    char day[DATE_TEXT];
    if (!t->target->indicator->flow)
        g_snprintf(to, n, "%s", date_format(t->value->due, day));
    else if (t->value->year_from == t->value->year_to)
        g_snprintf(to, n, "%d", t->value->year_to);
    else
        g_snprintf(to, n, "%d..%d", t->value->year_from, t->value->year_to);
}

static void json_figure(JsonWriter *j, const Care *care, const TargetFigure *t)
{
    char period[DATE_TEXT * 2];
    period_text(t, period, sizeof period);
    json_put_object(j, NULL);
    json_put_str(j, "indicator", t->target->indicator->name);
    json_put_str(j, "region", care_regions(care)->code[t->region]);
    json_put_str(j, "period", str_of(period));
    if (t->figure.no_case || t->figure.param_unset)
        json_put_null(j, "value");
    else
        json_put_int(j, "value", t->figure.value);
    json_put_int(j, "scale", t->target->indicator->type.scale);
    json_put_int(j, "low", t->figure.low);
    json_put_int(j, "high", t->figure.high);
    json_put_int(j, "unknown", t->figure.unknown);
    json_put_int(j, "judgement", t->figure.judged);
    json_put_int(j, "target", t->value->number);
    json_put_str(j, "compare", str_of(compare_words[t->target->compare]));
    if (t->value->due != DATE_MAX)
        json_put_date(j, "due", t->value->due);
    json_put_str(j, "met", str_of(met_words[t->met]));
    json_put_str(j, "document", t->target->home.document->name);
    json_put_str(j, "clause",
                 t->target->home.clause != NULL ? t->target->home.clause->number : STR(""));
    json_put_end(j);
}

static void print_json(const Care *care, Date on, const TargetFigure *all, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_date(&j, "on", on);
    json_put_array(&j, "figures");
    for (size_t i = 0; i < n; i++)
        json_figure(&j, care, &all[i]);
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void print_table(const Care *care, const TargetFigure *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const TargetFigure *t = &all[i];
        uint8_t scale = t->target->indicator->type.scale;
        char period[DATE_TEXT * 2], value[DECIMAL_TEXT], target[DECIMAL_TEXT];
        period_text(t, period, sizeof period);
        printf("%-32.*s %-7.*s %-12s %14s %s %-12s %s", STR_ARG(t->target->indicator->name),
               STR_ARG(care_regions(care)->code[t->region]), period,
               t->figure.no_case ? "no case"
                                 : decimal_format((Decimal){t->figure.value, scale}, value),
               compare_words[t->target->compare],
               decimal_format((Decimal){t->value->number, scale}, target), met_words[t->met]);
        if (t->figure.unknown > 0)
            printf("  (%" G_GINT64_FORMAT " unknown)", t->figure.unknown);
        putchar('\n');
    }
}

static bool figures_print(const Common *c, Date on, bool by_region, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    const Session *session;
    TargetFigure *all;
    size_t n;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error) ||
        !figures_targets(care, session, NULL, ROW_NONE, on, a, &all, &n, error))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) /* without --by region: the place's own targets only */
        if (by_region || all[i].region == care_place(care))
            all[kept++] = all[i];
    if (c->json)
        print_json(care, on, all, kept);
    else
        print_table(care, all, kept);
    return true;
}

int command_figures(int argc, char **argv)
{
    Common c;
    char *on_text = NULL, *by = NULL;
    const GOptionEntry own[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on_text, "the day", "DATE"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &by, "region: all regions that have a target", "region"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    Date on;
    if (!common_parse(&c, "figures", argc, argv, own) || !parse_day("figures", on_text, &on))
        return 2;
    if (by != NULL && strcmp(by, "region") != 0)
        return wrong_usage("figures", "--by takes \"region\"");
    GError *error = NULL;
    figures_print(&c, on, by != NULL || c.json, &error);
    return finish(error);
}
