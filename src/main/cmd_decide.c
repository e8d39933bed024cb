/* cmd_decide.c — anlao decide: brings all decisions up to date, from the first month that was
 * decided to the one that is named; what changed. */
#include "care/decide.h"
#include "format/json.h"
#include "main/main.h"

static void print_json(const DecideReport *r)
{
    char month[DATE_TEXT];
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "month", str_of(month_format(r->month, month)));
    json_put_int(&j, "changed", (int64_t)r->changed);
    json_put_str(&j, "first", str_of(month_format(r->first, month)));
    json_put_str(&j, "last", str_of(month_format(r->last, month)));
    json_put_int(&j, "run", r->run);
    json_put_int(&j, "touched", (int64_t)r->ones);
    json_put_int(&j, "rules_whole", (int64_t)r->whole);
    json_put_seconds(&j, "seconds", r->seconds);
    json_put_array(&j, "rules");
    for (size_t i = 0; i < r->n_lines; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "rule", r->lines[i].rule->name);
        json_put_int(&j, "yes", (int64_t)r->lines[i].yes);
        json_put_int(&j, "no", (int64_t)r->lines[i].no);
        json_put_int(&j, "unknown", (int64_t)r->lines[i].unknown);
        json_put_int(&j, "judgement", (int64_t)r->lines[i].judgement);
        if (r->lines[i].rule->judged) {
            json_put_int(&j, "judgement_ceiling_fen", r->lines[i].most);
            json_put_int(&j, "judgement_without_ceiling", (int64_t)r->lines[i].unbounded);
        }
        json_put_int(&j, "sum_fen", r->lines[i].sum);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void print_table(const DecideReport *r)
{
    char money[DECIMAL_TEXT];
    printf("%-28s %10s %10s %10s %10s %16s\n", "rule", "yes", "no", "unknown", "judgement", "yuan");
    for (size_t i = 0; i < r->n_lines; i++)
        printf("%-28.*s %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT
               " %10" G_GUINT64_FORMAT " %16s\n",
               STR_ARG(r->lines[i].rule->name), r->lines[i].yes, r->lines[i].no,
               r->lines[i].unknown, r->lines[i].judgement, money_format(r->lines[i].sum, money));
    char first[DATE_TEXT], last[DATE_TEXT];
    printf("decided %s to %s: %" G_GUINT64_FORMAT " rules for everybody, %" G_GUINT64_FORMAT
           " single answers looked at\n",
           month_format(r->first, first), month_format(r->last, last), r->whole, r->ones);
    printf("%" G_GUINT64_FORMAT " answers changed, %.2f s\n", r->changed, r->seconds);
}

int command_decide(int argc, char **argv)
{
    Common c;
    char *month_text = NULL;
    gboolean everything = FALSE;
    const GOptionEntry own[] = {
        {"month", 0, 0, G_OPTION_ARG_STRING, &month_text, "the last month to decide", "YYYY-MM"},
        {"everything", 0, 0, G_OPTION_ARG_NONE, &everything,
         "everybody's answers of all months, also those that nothing touched", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    DecideWhat what = {.count = true};
    if (!common_parse(&c, "decide", argc, argv, own) ||
        !parse_month("decide", month_text, &what.month))
        return 2;
    what.everything = everything;
    GError *error = NULL;
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    DecideReport report;
    const Session *session;
    if (!open_care(&c, true, &care, &error) ||
        !session_local(care, str_of(c.as), a, &session, &error) ||
        !decide_month(care, session, &what, a, &report, &error))
        return finish(error);
    if (c.json)
        print_json(&report);
    else
        print_table(&report);
    return 0;
}
