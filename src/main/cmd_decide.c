/* cmd_decide.c — anlao decide: brings all decisions of a month up to date; what changed. */
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
    printf("%" G_GUINT64_FORMAT " answers changed, %.2f s\n", r->changed, r->seconds);
}

int command_decide(int argc, char **argv)
{
    Common c;
    char *month_text = NULL;
    const GOptionEntry own[] = {
        {"month", 0, 0, G_OPTION_ARG_STRING, &month_text, "the month to decide", "YYYY-MM"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    Month month;
    if (!common_parse(&c, "decide", argc, argv, own) || !parse_month("decide", month_text, &month))
        return 2;
    GError *error = NULL;
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    DecideReport report;
    if (!open_care(&c, true, &care, &error) || !decide_month(care, month, a, &report, &error))
        return finish(error);
    if (c.json)
        print_json(&report);
    else
        print_table(&report);
    return 0;
}
