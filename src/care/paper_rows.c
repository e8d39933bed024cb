/* paper_rows.c — rows of records on a paper: those that refer to its record, that lie in its
 * region, that its run pays; chosen, ordered, grouped.  Read first: fill_record_rows(). */
#include "care/paper_inside.h"

#include "base/limits.h"
#include "base/sort.h"
#include "care/decide.h"
#include "care/follow_inside.h"
#include "care/record.h"

#define TRACES_KEPT 256u /* rows whose traces lie in one scratch arena */

typedef struct Choosing {
    Making *f;
    const PaperRows *r;
    const int32_t *places;   /* per row; NULL: the entity has none, or is not asked */
    const Column *reference; /* of r->by */
    const Column *event;     /* of `in month`; of what has no day its span: */
    const Column *begin, *end;
    int32_t region;   /* of the rows; ROW_NONE: not by place */
    Date from;        /* of the period */
    Program *program; /* the condition */
    Evaluation *evaluation;
    uint8_t *wanted; /* per row: `gives` and its like; NULL: not asked */
    Arena *scratch;  /* of some rows' traces */
    size_t asked;
    GArray *rows; /* uint32_t */
} Choosing;

/* ---- rows for whom a rule gives something, or a task is to be done */

static bool wanted_by_rule(Choosing *c, size_t n, GError **error)
{
    static const uint8_t outcomes[] = {[OUTCOME_GIVES] = TRUTH_YES,
                                       [OUTCOME_UNKNOWN] = TRUTH_UNKNOWN,
                                       [OUTCOME_JUDGED] = TRUTH_PERSON};
    g_autoptr(Decided) d = NULL;
    if (!session_may(c->f->session, MAY_MONEY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see decisions",
                    c->f->session->role->word);
    if (!decided_get(c->f->care, c->f->working, c->r->of, month_of(c->f->on), &d, error))
        return false;
    for (size_t k = 0; k < d->n_rules; k++)
        for (size_t i = 0; d->rules[k] == c->r->rule && i < n; i++)
            c->wanted[i] = d->results->list[k].outcome[i] == outcomes[c->r->outcome];
    return true;
}

static bool wanted_by_task(Choosing *c, GError **error)
{
    const FollowQuery q = {.region = ROW_NONE, .on = c->f->on};
    const Followed *followed;
    Following f;
    if (!following_begin(&f, c->f->care, c->f->working, c->f->session, &q, c->f->arena, error))
        return false;
    if (!followed_get(&f, c->r->task, &followed, error))
        return false;
    for (size_t i = 0; i < followed->rows.n; i++) {
        const TaskRow *row = &followed->rows.list[i];
        bool now = row->state == TASK_OVERDUE || row->state == TASK_DUE;
        c->wanted[row->row] = c->r->outcome == OUTCOME_UNKNOWN ? row->state == TASK_ESTABLISH : now;
    }
    return true;
}

static bool choose_wanted(Choosing *c, size_t n, GError **error)
{
    if (c->r->outcome == OUTCOME_NOT_ASKED)
        return true;
    c->wanted = arena_many(c->f->arena, uint8_t, n + 1);
    return c->r->rule != NULL ? wanted_by_rule(c, n, error) : wanted_by_task(c, error);
}

/* ---- choosing */

/* With a period what happened in it, whether it is over or not; else what is there on the day. */
static bool condition_new(Choosing *c, GError **error)
{
    const PaperRows *r = c->r;
    bool events = r->period != AGGREGATE_ALWAYS;
    const Output output = {.kind = events ? OUTPUT_TRUTH : OUTPUT_CONDITION, .expr = r->where};
    const CompileOptions o = {.data = c->f->working->data, .regions = c->f->care->regions};
    if (events && r->where == NULL)
        return true;
    c->program = program_new(c->f->care->model, r->of, &output, 1, &o, error);
    if (c->program != NULL)
        c->evaluation = evaluation_new(c->program, c->f->working->data, error);
    return c->evaluation != NULL;
}

static Date period_begin(AggregatePeriod p, Date on)
{
    Ymd at = date_ymd(on);
    Date first = on;
    (void)date_make(at.year,
                    p == AGGREGATE_ALWAYS ? at.month : (at.month - 1) / (int)p * (int)p + 1, 1,
                    &first);
    return first;
}

static void find_outer(const Expr *e, void *found)
{
    *(bool *)found |= e->kind == EXPR_FIELD && e->outer && e->number == 0;
}

static const Column *column_of(const Making *f, const Field *field)
{
    const Batch *b = field != NULL ? working_batch(f->working, field->entity) : NULL;
    return b != NULL && field->index < b->n_columns ? b->columns[field->index] : NULL;
}

static bool choosing_begin(Making *f, const PaperRows *r, Choosing *c, GError **error)
{
    bool outer = false, region = r->by == NULL && !entity_is_region(r->of);
    Scope scope;
    *c = (Choosing){.f = f, .r = r, .region = ROW_NONE};
    c->rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    c->scratch = arena_new();
    if (r->where != NULL)
        expr_walk(r->where, find_outer, &outer);
    if (outer)
        return fail(error, FAIL_INPUT,
                    "rows of %.*s are chosen by a field of the paper's record; that can not be "
                    "printed",
                    STR_ARG(r->of->name));
    if (r->by == NULL && !scope_of(f->session, r->of, MAY_PERSON_READ, &scope, error))
        return false;
    c->from = period_begin(r->period, f->on);
    c->reference = column_of(f, r->by);
    if (r->period != AGGREGATE_ALWAYS) {
        c->event = column_of(f, r->of->event_day);
        c->begin = column_of(f, r->of->begin);
        c->end = column_of(f, r->of->end);
    }
    if (region && f->run == NULL)
        c->region = f->region;
    if (r->of->place != NULL &&
        !working_places(f->care, f->working, r->of, f->on, &c->places, error))
        return false;
    return condition_new(c, error) && choose_wanted(c, working_rows(f->working, r->of), error);
}

static void choosing_end(Choosing *c)
{
    evaluation_free(c->evaluation);
    program_free(c->program);
    arena_free(c->scratch);
    g_array_unref(c->rows);
}

/* There on a day of the period, up to the paper's. */
static bool was_there(const Choosing *c, size_t row)
{
    int64_t begin, end;
    if (c->begin == NULL || !column_at(c->begin, row, c->f->on, &begin) || begin > c->f->on)
        return false;
    if (c->end == NULL || !column_at(c->end, row, c->f->on, &end))
        return true; /* not yet */
    return c->r->of->end_counts ? end >= c->from : end > c->from;
}

static bool in_period(const Choosing *c, size_t row)
{
    int64_t day;
    if (c->r->period == AGGREGATE_ALWAYS)
        return true;
    if (c->r->of->event_day == NULL)
        return was_there(c, row);
    return c->event != NULL && column_at(c->event, row, c->f->on, &day) && day >= c->from &&
           day <= c->f->on;
}

static bool in_place(const Choosing *c, size_t row)
{
    return c->region == ROW_NONE || (c->places != NULL && c->places[row] != ROW_NONE &&
                                     region_in(c->f->care->regions, c->places[row], c->region));
}

static bool refers(const Choosing *c, size_t row)
{
    int64_t to;
    return c->r->by == NULL ||
           (c->reference != NULL && column_at(c->reference, row, c->f->on, &to) &&
            to == (int64_t)c->f->row);
}

static bool is_chosen(Choosing *c, size_t row, bool *ret, GError **error)
{
    Making *f = c->f;
    Trace t;
    *ret = refers(c, row) && in_place(c, row) && (c->wanted == NULL || c->wanted[row] != 0) &&
           in_period(c, row) &&
           (entity_is_region(c->r->of) ||
            scope_row(f->care, f->working, f->session, c->r->of, row, f->on));
    if (!*ret || c->evaluation == NULL)
        return true;
    if (++c->asked % TRACES_KEPT == 0) {
        arena_free(c->scratch);
        c->scratch = arena_new();
    }
    if (!evaluation_row(c->evaluation, 0, row, f->on, c->scratch, &t, error))
        return false;
    *ret = t.outcome == TRUTH_YES;
    return true;
}

static bool too_many(const Choosing *c, GError **error)
{
    return fail(
        error, FAIL_INPUT,
        "more than %u rows of \"%.*s\" do not fit on one paper: make it for a smaller place",
        LIMIT_PAPER_ROWS, STR_ARG(c->r->of->name));
}

static bool choose(Choosing *c, GError **error)
{
    const uint32_t *order;
    size_t n = working_rows(c->f->working, c->r->of);
    if (n == 0 || (c->r->by != NULL && c->reference == NULL))
        return true;
    if (!working_order(c->f->care, c->f->working, c->r->of, &order, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool chosen;
        if (!is_chosen(c, order[i], &chosen, error))
            return false;
        if (chosen)
            g_array_append_val(c->rows, order[i]);
        if (c->rows->len > LIMIT_PAPER_ROWS)
            return too_many(c, error);
    }
    return true;
}

/* ---- one row, and the line a run pays it */

typedef struct Row {
    uint32_t row;
    const PaidLine *paid;
    int64_t rank; /* of its group */
    Str group;
    size_t at; /* as chosen */
} Row;

static bool region_of_row(Making *f, const PaperRows *r, size_t row, int32_t *ret, GError **error)
{
    const Field *code = entity_field(r->of, STR("code"));
    uint32_t one = (uint32_t)row;
    Record *record;
    *ret = ROW_NONE;
    if (code == NULL)
        return true;
    if (!record_rows(f->care, f->working, r->of, &one, 1, f->on, FILL_LIST, f->arena, &record,
                     error))
        return false;
    *ret = region_row(f->care->regions, record->facts[code->index].value.text);
    return true;
}

static int32_t level_above(const Making *f, int32_t region, int64_t level)
{
    const Enum *levels = model_enum(f->care->model, STR("region_level"));
    while (region != ROW_NONE &&
           !str_equal(f->care->regions->level[region], levels->codes[level].name))
        region = f->care->regions->parent[region];
    return region;
}

static bool group_row(Choosing *c, Row *x, GError **error)
{
    Making *f = c->f;
    const PaperRows *r = c->r;
    if (r->group != NULL) {
        if (!shown_text(&f->shown, r->group, x->row, &x->group, error))
            return false;
        x->group = paper_cell(f->arena, x->group.len > 0 ? x->group : STR("未填"));
    } else if (r->group_level >= 0) {
        int32_t own = c->places != NULL ? c->places[x->row] : ROW_NONE;
        int32_t at = level_above(f, own, r->group_level);
        if (at == ROW_NONE)
            at = own; /* the county itself: it lies in no township */
        x->rank = at == ROW_NONE ? INT64_MAX : f->care->regions->order[at];
        x->group = at == ROW_NONE ? STR("所在地不详") : f->care->model->regions[at].name;
    }
    return true;
}

static int by_group(const void *a, const void *b)
{
    const Row *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    int text = str_compare(x->group, y->group);
    return text != 0 ? text : x->at < y->at ? -1 : x->at > y->at;
}

static bool rows_order(Choosing *c, Row *rows, size_t n, GError **error)
{
    if (c->r->group == NULL && c->r->group_level < 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (!group_row(c, &rows[i], error))
            return false;
    sort_rows(rows, n, sizeof *rows, by_group);
    return true;
}

static bool cell_text(Choosing *c, Printer *p, const Row *x, int32_t region, Str *ret,
                      GError **error)
{
    const PaperPrinted *shown = p->printed;
    if (shown->kind == PRINTED_FIGURE)
        return region == ROW_NONE ? (*ret = STR(""), true)
                                  : figure_text(c->f, shown->figure, region, ret, error);
    if (shown->kind == PRINTED_WORD) {
        *ret = x->paid != NULL ? paid_text(c->f, shown->word, x->paid)
                               : paid_sum_text(c->f, shown->word, region);
        return true;
    }
    return printer_text(c->f, p, x->row, ret, error);
}

static bool fill_row(Choosing *c, Printer *printers, const Row *x, Tabling *t, GError **error)
{
    int32_t region = ROW_NONE;
    if (entity_is_region(c->r->of) && !region_of_row(c->f, c->r, x->row, &region, error))
        return false;
    for (size_t k = 0; k < c->r->n_columns; k++) {
        Str text;
        if (!cell_text(c, &printers[k], x, region, &text, error))
            return false;
        tabling_cell(t, text);
    }
    return true;
}

static void count_group(const Choosing *c, const Row *x, Tabling *t)
{
    GArray *groups = t->groups;
    if (c->r->group == NULL && c->r->group_level < 0)
        return;
    PaperGroup *last = groups->len > 0 ? &g_array_index(groups, PaperGroup, groups->len - 1) : NULL;
    if (last == NULL || !str_equal(last->title, x->group)) {
        const PaperGroup g = {.title = x->group};
        g_array_append_val(groups, g);
        last = &g_array_index(groups, PaperGroup, groups->len - 1);
    }
    last->n_rows++;
}

static bool fill_rows(Choosing *c, const Row *rows, size_t n, Tabling *t, GError **error)
{
    const PaperRows *r = c->r;
    Printer *printers = arena_many(c->f->arena, Printer, r->n_columns + 1);
    bool fine = true;
    for (size_t k = 0; k < r->n_columns; k++)
        printers[k] = (Printer){0};
    for (size_t k = 0; k < r->n_columns && fine; k++)
        fine = printer_init(c->f, &r->columns[k], r->of, &printers[k], error);
    for (size_t i = 0; i < n && fine; i++) {
        count_group(c, &rows[i], t);
        fine = fill_row(c, printers, &rows[i], t, error);
    }
    for (size_t k = 0; k < r->n_columns; k++)
        printer_clear(&printers[k]);
    return fine;
}

/* ---- what is listed */

/* Places of the region: its own row among them, in the order of the tree. */
static bool list_regions(Choosing *c, GArray *rows, GError **error)
{
    const RegionTree *tree = c->f->care->regions;
    for (size_t i = 0; i < c->rows->len; i++) {
        Row x = {.row = g_array_index(c->rows, uint32_t, i)};
        int32_t region;
        if (!region_of_row(c->f, c->r, x.row, &region, error))
            return false;
        x.rank = region == ROW_NONE ? INT64_MAX : tree->order[region];
        x.at = i;
        if (region != ROW_NONE && region_in(tree, region, c->f->region))
            g_array_append_val(rows, x);
    }
    if (rows->len > 0)
        sort_rows(rows->data, rows->len, sizeof(Row), by_group);
    return true;
}

/* The records a run pays, in the order of lists; of those the condition chooses. */
static bool list_paid(Choosing *c, GArray *rows, GError **error)
{
    PaidLine **lines;
    size_t n;
    if (!paid_lines_of(c->f, c->r, &lines, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const Row x = {.row = (uint32_t)lines[i]->row, .paid = lines[i], .at = i};
        bool chosen;
        if (!is_chosen(c, lines[i]->row, &chosen, error))
            return false;
        /* Who died is no longer there, and yet stands among those that are stopped. */
        if (chosen || (c->r->where == NULL && c->r->outcome == OUTCOME_NOT_ASKED))
            g_array_append_val(rows, x);
        if (rows->len > LIMIT_PAPER_ROWS)
            return too_many(c, error);
    }
    return true;
}

static bool list_rows(Choosing *c, GArray *rows, GError **error)
{
    if (c->f->run != NULL && !entity_is_region(c->r->of))
        return list_paid(c, rows, error);
    if (!choose(c, error))
        return false;
    if (entity_is_region(c->r->of))
        return list_regions(c, rows, error);
    for (size_t i = 0; i < c->rows->len; i++) {
        const Row x = {.row = g_array_index(c->rows, uint32_t, i), .at = i};
        g_array_append_val(rows, x);
    }
    return true;
}

bool fill_record_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error)
{
    Choosing c;
    Tabling t;
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(Row));
    tabling_begin(f, r, to, &t);
    bool fine = choosing_begin(f, r, &c, error) && list_rows(&c, rows, error) &&
                rows_order(&c, (Row *)(void *)rows->data, rows->len, error) &&
                fill_rows(&c, (const Row *)(const void *)rows->data, rows->len, &t, error);
    choosing_end(&c);
    return tabling_end(&t, fine ? error : NULL) && fine;
}
