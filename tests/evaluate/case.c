/* case.c — cases from text.  See case.h. */
#include "case.h"

typedef struct CaseRecord {
    const Entity *entity;
    char **cells;
} CaseRecord;

static void free_record(void *what)
{
    CaseRecord *r = what;

    g_strfreev(r->cells);
    g_free(r);
}

Case *case_of_documents(const char *const *texts)
{
    Case *c = g_new0(Case, 1);
    g_autoptr(Diags) ds = diags_new();
    DocumentFile files[8] = {{0}};
    size_t n = 0;

    for (; texts[n] != NULL; n++)
        files[n] = (DocumentFile){.name = "case.md", .text = str_of(texts[n])};
    c->m = model_read(files, n, ds);
    if (c->m == NULL) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (guint i = 0; i < ds->list->len; i++)
            diag_print(g_ptr_array_index(ds->list, i), text);
        g_error("%s", text->str);
    }
    c->a = arena_new();
    c->regions = region_tree_new(c->a, c->m);
    c->records = g_ptr_array_new_with_free_func(free_record);
    return c;
}

Case *case_new(const char *blocks)
{
    char *text = g_strconcat("---\ndocument: case\ntitle: 例\nlayer: national\n"
                             "in force: 2019-01-01\n---\n\n## 一 例 / Case\n\n```anlao\n",
                             blocks, "\n```\n", NULL);
    const char *texts[2] = {text, NULL};
    Case *c = case_of_documents(texts);

    g_free(text);
    return c;
}

void case_free(Case *c)
{
    dataset_free(c->d);
    g_ptr_array_unref(c->records);
    model_unref(c->m);
    arena_free(c->a);
    g_free(c);
}

void case_record(Case *c, const char *entity, const char *cells)
{
    CaseRecord *r = g_new0(CaseRecord, 1);

    r->entity = model_entity(c->m, str_of(entity));
    g_assert_nonnull(r->entity);
    r->cells = g_strsplit(cells, " ", -1);
    g_ptr_array_add(c->records, r);
}

/* ---- cells ------------------------------------------------------------------------------------
 */

static int64_t set_value(const Field *f, const char *text)
{
    char **codes = g_strsplit(text, "|", -1);
    int64_t bits = 0;

    for (size_t i = 0; codes[i] != NULL && strcmp(text, "none") != 0; i++) {
        const Code *code = enum_code(f->type.of, str_of(codes[i]));

        g_assert_nonnull(code);
        bits |= INT64_C(1) << code->number;
    }
    g_strfreev(codes);
    return bits;
}

static int64_t decimal_value(const char *text, unsigned scale)
{
    Decimal d = {0, 0};
    bool good = decimal_parse(str_of(text), &d);

    g_assert_true(good);
    g_assert_cmpuint(d.scale, <=, scale);
    return d.mantissa * power_of_ten(scale - d.scale);
}

static int64_t cell_value(const Case *c, const Field *f, const char *text)
{
    Date date = 0;
    int64_t fen = 0;

    switch (f->type.kind) {
    case KIND_BOOL:
        return strcmp(text, "yes") == 0;
    case KIND_ENUM:
        g_assert_nonnull(enum_code(f->type.of, str_of(text)));
        return enum_code(f->type.of, str_of(text))->number;
    case KIND_SET:
        return set_value(f, text);
    case KIND_DATE:
        g_assert_true(date_parse(str_of(text), &date));
        return date;
    case KIND_MONEY:
        g_assert_true(money_parse(str_of(text), &fen));
        return fen;
    case KIND_REGION:
        g_assert_cmpint(region_row(c->regions, str_of(text)), >=, 0);
        return region_row(c->regions, str_of(text));
    default:
        return decimal_value(text, f->type.scale);
    }
}

static void cell_periods(const Case *c, const Field *f, const char *text, size_t row, GArray *to)
{
    char **parts = g_strsplit(text, ",", -1);

    for (size_t i = 0; parts[i] != NULL; i++) {
        Period p = {.row = (uint32_t)row, .since = DATE_MIN, .until = DATE_MAX};
        char *at = strchr(parts[i], '@');

        if (at != NULL) {
            char *until = strstr(at + 1, "..");

            *at = '\0';
            if (until != NULL) {
                *until = '\0';
                g_assert_true(date_parse(str_of(until + 2), &p.until));
                p.until++; /* written is the last day */
            }
            g_assert_true(date_parse(str_of(at + 1), &p.since));
        }
        p.known = strcmp(parts[i], "?") != 0;
        p.value = p.known ? cell_value(c, f, parts[i]) : 0;
        g_array_append_val(to, p);
    }
    g_strfreev(parts);
}

static const char *cell_of(const CaseRecord *r, const Field *f)
{
    for (size_t i = 0; r->cells[i] != NULL; i++) {
        size_t n = f->name.len;

        if (strncmp(r->cells[i], f->name.at, n) == 0 && r->cells[i][n] == '=')
            return r->cells[i] + n + 1;
    }
    return NULL;
}

static void make_column(const Case *c, Batch *b, const Field *f)
{
    GArray *periods = g_array_new(FALSE, FALSE, sizeof(Period));
    bool dated = false;
    size_t row = 0;
    Column *to;

    for (guint i = 0; i < c->records->len; i++) {
        const CaseRecord *r = g_ptr_array_index(c->records, i);
        const char *text = r->entity == f->entity ? cell_of(r, f) : NULL;

        dated = dated || (text != NULL && strchr(text, '@') != NULL);
        if (text != NULL)
            cell_periods(c, f, text, row, periods);
        row += r->entity == f->entity;
    }
    to = batch_add(b, f->index, f->type.kind, kind_facts[f->type.kind].physical, dated);
    if (dated)
        column_set_periods(b, to, (const Period *)(const void *)periods->data, periods->len);
    for (guint i = 0; !dated && i < periods->len; i++) {
        const Period *p = &g_array_index(periods, Period, i);

        if (p->known)
            column_set(to, p->row, p->value);
    }
    column_finish(b, to);
    g_array_free(periods, TRUE);
}

static void make_data(Case *c)
{
    c->d = dataset_new(c->m->n_entities);
    for (size_t e = 0; e < c->m->n_entities; e++) {
        const Entity *entity = c->m->entities[e];
        size_t rows = 0;
        char *name = g_strndup(entity->name.at, entity->name.len);

        for (guint i = 0; i < c->records->len; i++)
            rows += ((const CaseRecord *)g_ptr_array_index(c->records, i))->entity == entity;
        c->d->batches[e] = batch_new(name, rows, entity->n_fields);
        for (size_t i = 0; i < entity->n_fields; i++) {
            const Field *f = entity->fields[i];

            if (f->compute == NULL && !kind_is_text(f->type.kind))
                make_column(c, c->d->batches[e], f);
        }
        g_free(name);
    }
}

/* ---- answers ----------------------------------------------------------------------------------
 */

const Dataset *case_data(Case *c)
{
    if (c->d == NULL)
        make_data(c);
    return c->d;
}

static Program *compile(Case *c, const Entity *e, Output output)
{
    CompileOptions o = {.regions = c->regions, .changes = c->changes, .n_changes = c->n_changes};
    GError *error = NULL;
    Program *p;

    if (c->d == NULL)
        make_data(c);
    o.data = c->d;
    p = program_new(c->m, e, &output, 1, &o, &error);
    g_assert_no_error(error);
    return p;
}

static void add_missing(GString *to, const Program *p, uint64_t missing)
{
    for (size_t i = 0; i < p->outputs[0].n_inputs; i++) {
        if ((missing >> i & 1) != 0)
            g_string_append_printf(to, " %s", p->inputs[p->outputs[0].inputs[i]].name);
    }
}

/* most: of what a person judges; below 0: no ceiling. */
static char *answer_text(const Program *p, unsigned outcome, bool amount, int64_t fen, int64_t most,
                         uint64_t missing)
{
    GString *text =
        g_string_new(outcome == OUTCOME_OUTSIDE ? "outside" : truth_word((Truth)outcome));
    char money[DECIMAL_TEXT];

    if (outcome == TRUTH_YES && amount)
        g_string_append_printf(text, " %s", money_format(fen, money));
    if (outcome == TRUTH_UNKNOWN || outcome == TRUTH_PERSON)
        add_missing(text, p, missing);
    if (outcome == TRUTH_PERSON && amount && most >= 0)
        g_string_append_printf(text, " up to %s", money_format(most, money));
    return g_string_free(text, FALSE);
}

void case_expect(Case *c, const char *rule, size_t row, const char *month, const char *expected)
{
    const Rule *r = model_rule(c->m, str_of(rule));
    g_autoptr(Program) p = compile(c, r->subject, (Output){.kind = OUTPUT_RULE, .rule = r});
    g_autoptr(Results) all = NULL;
    bool amount = p->outputs[0].amount != STEP_NONE, good;
    GError *error = NULL;
    Month when = 0;
    Trace t;

    g_assert_true(month_parse(str_of(month), &when));
    good = evaluate_month(p, c->d, when, true, &all, &error);
    g_assert_no_error(error);
    g_assert_true(good);
    const Result *x = &all->list[0];
    g_autofree char *batch =
        answer_text(p, x->outcome[row], amount, result_amount(x, row),
                    x->highest != NULL ? x->highest[row] : -1, result_missing(x, row));

    g_assert_cmpstr(batch, ==, expected);
    good = evaluate_row_month(p, c->d, 0, row, when, c->a, &t, &error);
    g_assert_no_error(error);
    g_assert_true(good);
    g_autofree char *one = answer_text(p, t.outside ? OUTCOME_OUTSIDE : t.outcome, amount, t.amount,
                                       t.has_most ? t.most : -1, t.missing);

    g_assert_cmpstr(one, ==, expected);
}

void case_change(Case *c, const char *rule, size_t row, const char *month, const char *expected)
{
    const Rule *r = model_rule(c->m, str_of(rule));
    g_autoptr(Program) p = compile(c, r->subject, (Output){.kind = OUTPUT_RULE, .rule = r});
    g_autoptr(GString) text = g_string_new("never");
    GError *error = NULL;
    char day[DATE_TEXT];
    Month when = 0;
    Trace t;

    g_assert_true(month_parse(str_of(month), &when));
    bool good = evaluate_row_month(p, c->d, 0, row, when, c->a, &t, &error);

    g_assert_no_error(error);
    g_assert_true(good);
    if (t.has_change)
        g_string_printf(text, "%s %s", date_format(t.change_on, day), truth_word(t.change_to));
    g_assert_cmpstr(text->str, ==, expected);
}

void case_explain(Case *c, const char *rule, size_t row, const char *month, Explanation *ret)
{
    const Rule *r = model_rule(c->m, str_of(rule));
    g_autoptr(Program) p = compile(c, r->subject, (Output){.kind = OUTPUT_RULE, .rule = r});
    GError *error = NULL;
    Month when = 0;
    Trace t;

    g_assert_true(month_parse(str_of(month), &when));
    bool good = evaluate_row_month(p, c->d, 0, row, when, c->a, &t, &error);

    g_assert_no_error(error);
    g_assert_true(good);
    explain_rule(c->a, c->m, r, p, &t, ret);
}

char *case_error(Case *c, const char *rule, const char *month)
{
    const Rule *r = model_rule(c->m, str_of(rule));
    g_autoptr(Program) p = compile(c, r->subject, (Output){.kind = OUTPUT_RULE, .rule = r});
    g_autoptr(Results) all = NULL;
    GError *error = NULL;
    Month when = 0;
    char *text;

    g_assert_true(month_parse(str_of(month), &when));
    g_assert_false(evaluate_month(p, c->d, when, false, &all, &error));
    text = g_strdup(error->message);
    g_error_free(error);
    return text;
}

static const Field *field_named(const Case *c, const char *name)
{
    char **parts = g_strsplit(name, ".", 2);
    const Entity *e = model_entity(c->m, str_of(parts[0]));
    const Field *f = entity_field(e, str_of(parts[1]));

    g_strfreev(parts);
    g_assert_nonnull(f);
    return f;
}

static void value_text(const Field *f, int64_t value, GString *to)
{
    char text[DECIMAL_TEXT];

    if (f->type.kind == KIND_ENUM)
        g_string_printf(to, "%.*s", STR_ARG(f->type.of->codes[value].name));
    else if (f->type.kind == KIND_BOOL)
        g_string_assign(to, value != 0 ? "yes" : "no");
    else if (f->type.kind == KIND_DATE)
        g_string_assign(to, date_format((Date)value, text));
    else
        g_string_assign(to, decimal_format((Decimal){value, f->type.scale}, text));
}

void case_field(Case *c, const char *field, size_t row, const char *day, const char *expected)
{
    const Field *f = field_named(c, field);
    g_autoptr(Program) p = compile(c, f->entity, (Output){.kind = OUTPUT_FIELD, .field = f});
    g_autoptr(GString) text = g_string_new("unknown");
    g_autoptr(Batch) into = batch_new("answer", c->d->batches[f->entity->number]->rows, 1);
    GError *error = NULL;
    Date on = 0;
    Trace t;
    int64_t value = 0;

    g_assert_true(date_parse(str_of(day), &on));
    bool good = evaluate_row(p, c->d, 0, row, on, c->a, &t, &error);

    g_assert_no_error(error);
    g_assert_true(good);
    bool known = t.outcome != TRUTH_UNKNOWN && t.outcome != TRUTH_PERSON;

    if (!known)
        add_missing(text, p, t.missing);
    else
        value_text(f, t.steps[p->outputs[0].root].value, text);
    g_assert_cmpstr(text->str, ==, expected);
    good = evaluate_column(p, c->d, 0, on, NULL, into, 0, &error);
    g_assert_no_error(error);
    g_assert_true(good);
    g_assert_cmpint(column_known(into->columns[0], row), ==, known);
    if (known)
        g_assert_cmpint(column_get(into->columns[0], row), ==, t.steps[p->outputs[0].root].value);
    g_assert_cmpint(evaluate_value(p, c->d, 0, row, on, &value), ==, known);
}
