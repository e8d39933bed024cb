/* cases_print.c — edge cases as a table to sign, as example blocks, as JSON.
 * Read first: cases_print(). */
#include "care/cases.h"

#include "base/decimal.h"
#include "evaluate/evaluate.h"

static const struct {
    const char *zh, *en;
} kinds[] = {
    [CASE_BASE] = {"基本", "base"},       [CASE_AT] = {"刚到", "at"},
    [CASE_BELOW] = {"小一点", "below"},   [CASE_ABOVE] = {"大一点", "above"},
    [CASE_VALUE] = {"另一值", "other"},   [CASE_UNKNOWN] = {"不详", "unknown"},
    [CASE_LATER] = {"月中变化", "later"}, [CASE_MONTH] = {"另一月", "month"},
};

/* Of a limit that is a day. */
static const struct {
    const char *zh, *en;
} days[] = {
    [CASE_AT] = {"当天", "on the day"},
    [CASE_BELOW] = {"早一天", "day before"},
    [CASE_ABOVE] = {"晚一天", "day after"},
};

static const char *kind_words(const EdgeCase *x, bool english)
{
    bool day = x->of_days && x->kind < G_N_ELEMENTS(days) && days[x->kind].zh != NULL;
    if (english)
        return day ? days[x->kind].en : kinds[x->kind].en;
    return day ? days[x->kind].zh : kinds[x->kind].zh;
}

static const struct {
    const char *mark, *zh, *en, *verb;
} outcomes[] = {
    [TRUTH_NO] = {"✗", "否", "no", "not"},
    [TRUTH_UNKNOWN] = {"?", "待核实", "unknown", "unknown"},
    [TRUTH_PERSON] = {"☐", "人工认定", "judgement", "judgement"},
    [TRUTH_YES] = {"✓", "是", "yes", "gives"},
    [OUTCOME_OUTSIDE] = {"–", "不在范围", "outside", "not"},
};

/* ---- the table */

enum { COLUMNS = 7 };

typedef struct Line {
    char *cells[COLUMNS];
} Line;

static size_t width_of(const char *text)
{
    size_t width = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        width += g_unichar_iswide(g_utf8_get_char(at)) ? 2 : 1;
    return width;
}

static char *cell_number(size_t n)
{
    return g_strdup_printf("%zu", n);
}

static char *cell_differs(const EdgeCase *x)
{
    if (x->alike.len == 0)
        return g_strndup(x->differs.at, x->differs.len);
    return g_strdup_printf("%.*s（同 alike: %.*s）", STR_ARG(x->differs), STR_ARG(x->alike));
}

static char *cell_amount(const CaseSet *s, const EdgeCase *x)
{
    char text[DECIMAL_TEXT];
    bool paid = x->outcome == TRUTH_YES && s->rule->pay != NULL;
    return g_strdup(paid ? money_format(x->amount, text) : "");
}

static Line line_of(const CaseSet *s, size_t i)
{
    const EdgeCase *x = &s->cases[i];
    return (Line){{cell_number(i + 1), x->as == i ? g_strdup("") : cell_number(x->as + 1),
                   g_strdup_printf("%s %s", kind_words(x, false), kind_words(x, true)),
                   x->as == i ? g_strdup("见上 above") : cell_differs(x),
                   g_strdup_printf("%s %s %s", outcomes[x->outcome].mark, outcomes[x->outcome].zh,
                                   outcomes[x->outcome].en),
                   cell_amount(s, x), g_strndup(x->missing.at, x->missing.len)}};
}

static void print_line(const Line *l, const size_t *widths, GString *to)
{
    g_string_append_c(to, '|');
    for (int i = 0; i < COLUMNS; i++) {
        size_t pad = widths[i] - width_of(l->cells[i]);
        bool right = i < 2 || i == 5;
        g_string_append_c(to, ' ');
        for (size_t k = 0; k < pad && right; k++)
            g_string_append_c(to, ' ');
        g_string_append(to, l->cells[i]);
        for (size_t k = 0; k < pad && !right; k++)
            g_string_append_c(to, ' ');
        g_string_append(to, " |");
    }
    g_string_append(to, "     |\n");
}

static void print_rule(const size_t *widths, GString *to)
{
    g_string_append_c(to, '|');
    for (int i = 0; i < COLUMNS; i++) {
        for (size_t k = 0; k < widths[i] + 2; k++)
            g_string_append_c(to, '-');
        g_string_append_c(to, '|');
    }
    g_string_append(to, "-----|\n");
}

static void print_head(const CaseSet *s, GString *to)
{
    const Rule *r = s->rule;
    char month[DATE_TEXT];
    g_string_append_printf(to, "%.*s / %.*s (%.*s)\n", STR_ARG(r->label.zh), STR_ARG(r->label.en),
                           STR_ARG(r->name));
    g_string_append_printf(to, "%.*s", STR_ARG(r->home.document->title.zh));
    if (r->home.clause != NULL)
        g_string_append_printf(to, " %.*s", STR_ARG(r->home.clause->number));
    if (s->n_cases > 0)
        g_string_append_printf(to, " · %s\n\n1: %.*s", month_format(s->cases[0].month, month),
                               STR_ARG(s->cases[0].differs));
    g_string_append(to, "\n\n");
}

void cases_print(const CaseSet *s, GString *to)
{
    static const char *const heads[COLUMNS] = {
        "例 no",        "同例 as",   "情形 case",     "不同之处 differs",
        "结果 outcome", "金额 yuan", "缺什么 missing"};
    g_autofree Line *lines = g_new0(Line, s->n_cases + 1);
    size_t widths[COLUMNS] = {0};
    print_head(s, to);
    for (size_t i = 0; i <= s->n_cases; i++) {
        if (i > 0)
            lines[i] = line_of(s, i - 1);
        for (int k = 0; k < COLUMNS && i == 0; k++)
            lines[i].cells[k] = g_strdup(heads[k]);
        for (int k = 0; k < COLUMNS; k++)
            widths[k] = MAX(widths[k], width_of(lines[i].cells[k]));
    }
    for (size_t i = 0; i <= s->n_cases; i++) {
        print_line(&lines[i], widths, to);
        if (i == 0)
            print_rule(widths, to);
        for (int k = 0; k < COLUMNS; k++)
            g_free(lines[i].cells[k]);
    }
    g_string_append(to, "\n同意的在末栏打勾 / tick the last column where you agree\n");
}

/* ---- examples */

static void put_quoted(GString *to, Str text)
{
    g_string_append_c(to, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            g_string_append_c(to, '\\');
        g_string_append_c(to, text.at[i]);
    }
    g_string_append_c(to, '"');
}

static void put_codes(GString *to, const Enum *e, uint64_t bits)
{
    g_string_append_c(to, '{');
    for (bool first = true; bits != 0; bits &= bits - 1, first = false)
        g_string_append_printf(to, "%s%.*s", first ? "" : ", ",
                               STR_ARG(e->codes[__builtin_ctzll(bits)].name));
    g_string_append_c(to, '}');
}

static void put_example_value(GString *to, const ExampleValue *v)
{
    const Type *t = &v->field->type;
    char day[DATE_TEXT];
    g_string_append_printf(to, "%.*s ", STR_ARG(v->field->name));
    if (!v->known)
        g_string_append(to, "unknown");
    else if (v->none)
        g_string_append(to, "none");
    else if (t->kind == KIND_SET)
        put_codes(to, t->of, (uint64_t)v->number);
    else if (t->kind == KIND_REF || t->kind == KIND_REGION)
        g_string_append_len(to, v->text.at, (gssize)v->text.len);
    else if (kind_is_text(t->kind))
        put_quoted(to, v->text);
    else
        number_print(t, v->number, to);
    if (v->since != DATE_MIN)
        g_string_append_printf(to, " from %s", date_format(v->since, day));
}

static void put_record(GString *to, const ExampleRecord *r)
{
    g_string_append(to, "  ");
    if (!str_equal(r->name, r->entity->name))
        g_string_append_printf(to, "%.*s = ", STR_ARG(r->name));
    g_string_append_printf(to, "%.*s {", STR_ARG(r->entity->name));
    for (size_t i = 0; i < r->n_values; i++) {
        g_string_append(to, i == 0 ? " " : "; ");
        put_example_value(to, &r->values[i]);
    }
    g_string_append(to, " }\n");
}

static void put_expectation(GString *to, const CaseSet *s, const EdgeCase *x)
{
    char month[DATE_TEXT];
    const Type money = {.kind = KIND_MONEY, .unit = UNIT_YUAN, .scale = 2};
    g_string_append_printf(to, "  in %s %s %.*s of %.*s", month_format(x->month, month),
                           outcomes[x->outcome].verb, STR_ARG(s->rule->name),
                           STR_ARG(x->region.len > 0 ? x->region : x->example->records[0].name));
    if (x->outcome == TRUTH_YES && s->rule->pay != NULL) {
        g_string_append(to, " = ");
        number_print(&money, x->amount, to);
    }
    if (x->outcome == TRUTH_UNKNOWN && x->missing_one.len > 0)
        g_string_append_printf(to, " missing %.*s", STR_ARG(x->missing_one));
    g_string_append_c(to, '\n');
}

void cases_print_examples(const CaseSet *s, GString *to)
{
    for (size_t i = 0; i < s->n_cases; i++) {
        const EdgeCase *x = &s->cases[i];
        g_autoptr(GString) title = g_string_new(NULL);
        g_string_append_printf(title, "%.*s 例%zu：%s", STR_ARG(s->rule->label.zh), i + 1,
                               kind_words(x, false));
        if (x->as != i)
            g_string_append_printf(title, "，%.*s", STR_ARG(x->differs));
        g_string_append_printf(to, "%sexample ", i == 0 ? "" : "\n");
        put_quoted(to, (Str){title->str, title->len});
        g_string_append(to, " {\n");
        for (size_t k = 0; k < x->example->n_records; k++)
            put_record(to, &x->example->records[k]);
        put_expectation(to, s, x);
        g_string_append(to, "}\n");
    }
}

/* ---- JSON */

static void json_record(JsonWriter *j, const ExampleRecord *r)
{
    json_put_object(j, NULL);
    json_put_str(j, "entity", r->entity->name);
    json_put_str(j, "name", r->name);
    json_put_array(j, "facts");
    for (size_t i = 0; i < r->n_values; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        put_example_value(text, &r->values[i]);
        json_put_str(j, NULL, (Str){text->str, text->len});
    }
    json_put_end(j);
    json_put_end(j);
}

static void json_case(JsonWriter *j, const CaseSet *s, size_t i)
{
    const EdgeCase *x = &s->cases[i];
    char month[DATE_TEXT];
    json_put_object(j, NULL);
    json_put_int(j, "number", (int64_t)i + 1);
    json_put_int(j, "as", (int64_t)x->as + 1);
    json_put_str(j, "case", str_of(kinds[x->kind].en));
    json_put_str(j, "differs", x->differs);
    json_put_str(j, "alike", x->alike);
    json_put_str(j, "month", str_of(month_format(x->month, month)));
    if (x->region.len > 0)
        json_put_str(j, "region", x->region);
    json_put_str(j, "outcome", str_of(outcomes[x->outcome].en));
    json_put_int(j, "amount_fen", x->outcome == TRUTH_YES ? x->amount : 0);
    json_put_str(j, "missing", x->missing);
    json_put_array(j, "records");
    for (size_t k = 0; k < x->example->n_records; k++)
        json_record(j, &x->example->records[k]);
    json_put_end(j);
    json_put_end(j);
    (void)s;
}

void cases_print_json(const CaseSet *s, JsonWriter *j)
{
    const Rule *r = s->rule;
    json_put_object(j, NULL);
    json_put_str(j, "rule", r->name);
    json_put_str(j, "document", r->home.document->name);
    json_put_str(j, "clause", r->home.clause == NULL ? STR("") : r->home.clause->number);
    json_put_array(j, "cases");
    for (size_t i = 0; i < s->n_cases; i++)
        json_case(j, s, i);
    json_put_end(j);
    json_put_end(j);
}
