/* paper.c — see paper.h.  Read first: paper_fill(). */
#include "care/paper.h"

#include "base/identifier.h"
#include "care/follow_inside.h"
#include "care/record.h"
#include "care/shown.h"
#include "care/texts.h"
#include "care/write.h"
#include "evaluate/evaluate.h"

const Paper *paper_named(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_papers; i++)
        if (str_equal(m->papers[i]->name, name))
            return m->papers[i];
    return NULL;
}

const Paper *paper_about(const Model *m, const Entity *e, size_t *i)
{
    while (*i < m->n_papers) {
        const Paper *p = m->papers[(*i)++];
        if (p->entity == e && p->wording.version == 0) /* later texts have its name */
            return p;
    }
    return NULL;
}

bool paper_may(const Care *c, const Session *s, const Paper *p)
{
    return p->by.n > 0 ? follow_may(c, s, &p->by) : session_may(s, MAY_PERSON_WRITE);
}

/* ---- one sheet */

typedef struct Printing {
    Care *care;
    Working *working;
    const Session *session;
    const Paper *paper;
    Shown shown;
    size_t row; /* of the record it is about */
    Date on;
    Arena *arena;
    PaperSheet *to;
} Printing;

static PaperKind kind_of(const Type *t)
{
    switch (t->kind) {
    case KIND_MONEY:
        return PAPER_MONEY;
    case KIND_INT:
    case KIND_DECIMAL:
        return PAPER_NUMBER;
    case KIND_DATE:
        return PAPER_DATE;
    default:
        return PAPER_TEXT;
    }
}

static bool is_plain(const Expr *e)
{
    return e->kind == EXPR_FIELD && !e->outer && e->n_path > 0;
}

static Str label_of_expr(const Printing *f, const Expr *e)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (e->kind == EXPR_DAY)
        return STR("日期");
    if (is_plain(e))
        return e->path[e->n_path - 1]->label.zh;
    if (e->kind == EXPR_PARAM)
        return e->param->label.zh;
    expr_print(e, text);
    return paper_cell(f->arena, (Str){text->str, text->len});
}

/* What is no field is computed, and reads like a field of its type. */
static bool computed_text(Printing *f, const Expr *e, Str *ret, GError **error)
{
    const Output output = {.kind = OUTPUT_EXPR, .expr = e};
    const CompileOptions o = {.data = f->working->data, .regions = f->care->regions};
    g_autoptr(Program) p = program_new(f->care->model, f->paper->entity, &output, 1, &o, error);
    Field like = {.name = STR(""), .type = e->type};
    int64_t n;
    *ret = STR("");
    if (p == NULL)
        return false;
    if (evaluate_value(p, f->working->data, 0, f->row, f->on, &n))
        *ret = value_text(f->care, &like, working_value(f->care, f->working, &like, n), false,
                          f->arena);
    return true;
}

static bool fill_cells(Printing *f, GError **error)
{
    const Paper *p = f->paper;
    f->to->entries = arena_many(f->arena, PaperEntry, p->n_cells + 1);
    for (size_t i = 0; i < p->n_cells; i++) {
        const Expr *e = p->cells[i].value;
        PaperEntry *to = &f->to->entries[f->to->n_entries++];
        Str text;
        if (!(is_plain(e) ? shown_text(&f->shown, e, f->row, &text, error)
                          : computed_text(f, e, &text, error)))
            return false;
        *to = (PaperEntry){.at = p->cells[i].at,
                           .label = paper_cell(f->arena, label_of_expr(f, e)),
                           .text = paper_cell(f->arena, text),
                           .kind = kind_of(&e->type)};
    }
    return true;
}

static void find_outer(const Expr *e, void *found)
{
    *(bool *)found |= e->kind == EXPR_FIELD && e->outer && e->number == 0;
}

typedef struct Choice {
    Program *program;
    Evaluation *evaluation;
    const Column *reference;
} Choice;

static bool is_chosen(const Printing *f, const Choice *c, const PaperRows *r, size_t row, bool *ret,
                      GError **error)
{
    int64_t to;
    Trace t;
    *ret = column_at(c->reference, row, f->on, &to) && to == (int64_t)f->row &&
           scope_row(f->care, f->working, f->session, r->of, row, f->on);
    if (!*ret || c->evaluation == NULL)
        return true;
    if (!evaluation_row(c->evaluation, 0, row, f->on, f->arena, &t, error))
        return false;
    *ret = t.outcome == TRUTH_YES;
    return true;
}

static bool fill_row(Printing *f, const PaperRows *r, size_t row, GArray *cells, GError **error)
{
    for (size_t k = 0; k < r->n_columns; k++) {
        Str text;
        if (!shown_text(&f->shown, r->columns[k], row, &text, error))
            return false;
        text = paper_cell(f->arena, text);
        g_array_append_val(cells, text);
    }
    return true;
}

static bool choose_rows(Printing *f, const PaperRows *r, const Choice *c, GArray *cells,
                        GError **error)
{
    const uint32_t *order;
    size_t n = working_rows(f->working, r->of);
    if (n == 0 || c->reference == NULL)
        return true;
    if (!working_order(f->care, f->working, r->of, &order, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool chosen;
        if (!is_chosen(f, c, r, order[i], &chosen, error) ||
            (chosen && !fill_row(f, r, order[i], cells, error)))
            return false;
    }
    return true;
}

static bool fill_table(Printing *f, const PaperRows *r, PaperTable *to, GError **error)
{
    const Output output = {.kind = OUTPUT_CONDITION, .expr = r->where};
    const CompileOptions o = {.data = f->working->data, .regions = f->care->regions};
    const Batch *b = working_batch(f->working, r->of);
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(Str));
    bool outer = false;
    if (r->where != NULL)
        expr_walk(r->where, find_outer, &outer);
    if (outer)
        return fail(error, FAIL_INPUT,
                    "rows of %.*s are chosen by a field of the paper's record; that can not be "
                    "printed",
                    STR_ARG(r->of->name));
    g_autoptr(Program) p = program_new(f->care->model, r->of, &output, 1, &o, error);
    g_autoptr(Evaluation) e = p != NULL ? evaluation_new(p, f->working->data, error) : NULL;
    Choice c = {p, e, NULL};
    if (e == NULL)
        return false;
    if (b != NULL && r->by->index < b->n_columns)
        c.reference = b->columns[r->by->index];
    *to = (PaperTable){.at = r->at, .title = paper_cell(f->arena, r->of->label.zh)};
    to->n_columns = r->n_columns;
    to->columns = arena_many(f->arena, PaperColumn, r->n_columns + 1);
    for (size_t k = 0; k < r->n_columns; k++)
        to->columns[k] = (PaperColumn){paper_cell(f->arena, label_of_expr(f, r->columns[k])),
                                       kind_of(&r->columns[k]->type)};
    if (!choose_rows(f, r, &c, cells, error))
        return false;
    to->n_rows = r->n_columns > 0 ? cells->len / r->n_columns : 0;
    to->cells = arena_many(f->arena, Str, cells->len + 1);
    if (cells->len > 0)
        memcpy(to->cells, cells->data, cells->len * sizeof *to->cells);
    return true;
}

/* The text of the day, in the record's place. */
static bool choose_text(Printing *f, GError **error)
{
    const int32_t *places;
    if (!working_places(f->care, f->working, f->paper->entity, f->on, &places, error))
        return false;
    const Paper *text = paper_text(f->care, f->paper->name, places[f->row], f->on);
    if (text == NULL)
        return text_ended("the paper", f->paper->name, &f->paper->wording, error);
    f->paper = text;
    return true;
}

static bool fill_head(Printing *f, RecordKey key, GError **error)
{
    const Paper *p = f->paper;
    const int32_t *places;
    char id[ID_TEXT];
    Str about;
    if (!working_places(f->care, f->working, p->entity, f->on, &places, error) ||
        !title_of(f->care, f->working, f->session, p->entity, key, 0, f->arena, &about, error))
        return false;
    int32_t place = places[f->row] != ROW_NONE ? places[f->row] : f->session->region;
    *f->to = (PaperSheet){
        .name = p->name,
        .title = paper_cell(f->arena, p->label.zh),
        .document = p->home.document->name,
        .clause = p->home.clause != NULL ? paper_cell(f->arena, p->home.clause->number) : STR(""),
        .place = f->care->regions->code[place],
        .place_name = f->care->model->regions[place].name,
        .key = arena_str(f->arena, str_of(id_format(key.id, id))),
        .about = paper_cell(f->arena, about),
        .actor = f->session->account,
        .signs = paper_cell(f->arena, follow_names(&p->by, f->arena).zh),
        .made = f->on};
    return true;
}

static bool paper_fill(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                       PaperSheet *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, p->entity, key, error))
        return false;
    int64_t row = working_row(w, p->entity, key.id);
    Printing f = {
        .care = c, .working = w, .session = s, .paper = p, .on = on, .arena = a, .to = ret};
    if (row == ROW_NONE)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(p->entity->name));
    f.row = (size_t)row;
    f.shown = (Shown){.care = c, .working = w, .arena = a, .on = on, .session = s};
    if (!choose_text(&f, error) || !fill_head(&f, key, error) || !fill_cells(&f, error))
        return false;
    p = f.paper;
    ret->tables = arena_many(a, PaperTable, p->n_rows + 1);
    for (size_t i = 0; i < p->n_rows; i++)
        if (!fill_table(&f, &p->rows[i], &ret->tables[ret->n_tables++], error))
            return false;
    return true;
}

bool paper_preview(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                   PaperSheet *ret, GError **error)
{
    if (!paper_fill(c, s, p, key, on != 0 ? on : care_today(c), a, ret, error))
        return fail_while(error, "making the paper \"%.*s\"", STR_ARG(p->name));
    paper_close(ret, a);
    return true;
}

/* ---- issued */

static bool issue(Care *c, const Session *s, const Paper *p, RecordKey key, PaperSheet *x, Arena *a,
                  GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char id[ID_TEXT];
    int64_t number;
    if (!care_new_id(c, &number, error))
        return false;
    x->number = arena_str(a, str_of(id_format(number, id)));
    paper_close(x, a);
    paper_print(x, text);
    const IssueRow row = {.id = number,
                          .kind = STR("paper"),
                          .number = x->number,
                          .name = p->name,
                          .entity = p->entity->name,
                          .record = key.id,
                          .place = x->place,
                          .day = x->made,
                          .actor = s->account,
                          .type = STR("text/plain"),
                          .digest = x->digest,
                          .content = {text->str, text->len}};
    g_autofree char *why = g_strdup_printf("paper %.*s %.*s", STR_ARG(p->name), STR_ARG(x->digest));
    return care_issue(c, s, &row, str_of(why), error);
}

bool paper_issue(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                 PaperSheet *ret, GError **error)
{
    const Paper *text = paper_text(c, p->name, s->region, care_today(c));
    if (text == NULL)
        return text_ended("the paper", p->name, &p->wording, error);
    if (!paper_may(c, s, text))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not issue \"%.*s\"", s->role->word,
                    STR_ARG(p->name));
    return (paper_fill(c, s, p, key, on != 0 ? on : care_today(c), a, ret, error) &&
            issue(c, s, p, key, ret, a, error)) ||
           fail_while(error, "issuing \"%.*s\"", STR_ARG(p->name));
}

bool paper_list(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                IssuedPaper **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    const IssueQuery q = {.kind = STR("paper"), .entity = e->name, .record = key.id};
    IssueRow *rows;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, key, error) ||
        !store_issued(c->store, &q, a, &rows, ret_n, error))
        return false;
    *ret = arena_many(a, IssuedPaper, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] =
            (IssuedPaper){rows[i].number, rows[i].name, rows[i].digest, rows[i].actor, rows[i].day};
    return true;
}

bool paper_find(Care *c, const Session *s, Str number, Arena *a, PaperSheet *ret,
                const Entity **ret_entity, RecordKey *ret_key, GError **error)
{
    g_autoptr(Working) w = NULL;
    const IssueQuery q = {.kind = STR("paper"), .number = number, .content = true};
    IssueRow *rows;
    size_t n = 0;
    if (number.len > 0 && !store_issued(c->store, &q, a, &rows, &n, error))
        return false;
    const Entity *e = n > 0 ? model_entity(c->model, rows[0].entity) : NULL;
    if (e == NULL)
        return fail(error, FAIL_ABSENT, "there is no paper \"%.*s\"", STR_ARG(number));
    *ret_entity = e;
    *ret_key = (RecordKey){rows[0].county, rows[0].record};
    return working_get(c, &w, error) && scope_allows(c, w, s, e, *ret_key, error) &&
           paper_parse(rows[0].content, a, ret, error);
}
