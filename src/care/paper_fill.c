/* paper_fill.c — one paper: its head, its paragraphs, its cells; tables are made by the files
 * beside it.  Read first: paper_make(). */
#include "care/paper_make.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/consent_inside.h"
#include "care/figures.h"
#include "care/follow_inside.h"
#include "care/publish.h"
#include "care/publish_inside.h"
#include "care/record.h"
#include "care/texts.h"
#include "format/capitals.h"

bool making_is_region(const Making *f)
{
    return f->paper->entity != NULL && entity_is_region(f->paper->entity);
}

Str making_text(const Making *f, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    return arena_str(f->arena, str_of(text));
}

Str money_words(int64_t fen, Arena *a)
{
    char to[DECIMAL_TEXT];
    return arena_str(a, str_of(money_format(fen, to)));
}

Str month_words(Month m, Arena *a)
{
    Ymd at = date_ymd(month_first(m));
    return str_of(arena_printf(a, "%d年%d月", at.year, at.month));
}

Str benefit_words(const Model *m, Str name)
{
    const Rule *r = model_rule(m, name);
    return r == NULL ? name : r->label.zh.len > 0 ? r->label.zh : r->name;
}

/* ---- what a printed value is called and what it is */

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

static const PaperKind word_kinds[PAPER_WORDS] = {
#define PAPER_LIST(name)
#define PAPER_WORD(list, word, kind, zh, en) [PAPER_WORD_##list##_##word] = PAPER_##kind,
#include "declare/paper_words.def"
#undef PAPER_LIST
#undef PAPER_WORD
};

PaperKind printed_kind(const PaperPrinted *p)
{
    switch (p->kind) {
    case PRINTED_PATH:
    case PRINTED_VALUE:
        return kind_of(&p->expr->type);
    case PRINTED_FIGURE:
        return kind_of(&p->figure->type);
    case PRINTED_WORD:
        return word_kinds[p->word];
    case PRINTED_BLANK:
        break;
    }
    return PAPER_BLANK;
}

Str printed_label_of(const Making *f, const PaperPrinted *p)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const Expr *e = p->expr;
    if (p->label.zh.len > 0)
        return paper_cell(f->arena, p->label.zh);
    if (p->kind == PRINTED_FIGURE)
        e = p->figure->value;
    if (e->kind == EXPR_DAY)
        return STR("日期");
    if (p->kind == PRINTED_PATH && e->n_path > 0)
        return paper_cell(f->arena, e->path[e->n_path - 1]->label.zh);
    if (e->kind == EXPR_PARAM)
        return e->param->label.zh;
    expr_print(e, text);
    return paper_cell(f->arena, (Str){text->str, text->len});
}

/* ---- values */

bool printer_init(const Making *f, const PaperPrinted *p, const Entity *of, Printer *ret,
                  GError **error)
{
    const Output output = {.kind = OUTPUT_EXPR, .expr = p->expr};
    const CompileOptions o = {.data = f->working->data, .regions = f->care->regions};
    *ret = (Printer){.printed = p};
    if (p->kind != PRINTED_VALUE)
        return true;
    ret->program = program_new(f->care->model, of, &output, 1, &o, error);
    if (ret->program != NULL)
        ret->evaluation = evaluation_new(ret->program, f->working->data, error);
    return ret->evaluation != NULL;
}

void printer_clear(Printer *p)
{
    evaluation_free(p->evaluation);
    program_free(p->program);
    *p = (Printer){0};
}

Str figure_words(const Indicator *i, const Figure *x, Arena *a)
{
    const unsigned scale = i->type.kind == KIND_INT       ? 0
                           : i->type.kind == KIND_DECIMAL ? i->type.scale
                                                          : kind_scale(i->type.kind);
    char to[DECIMAL_TEXT];
    if (!figure_known(x))
        return STR("—");
    if (i->type.kind == KIND_MONEY)
        return money_words(x->value, a);
    decimal_format((Decimal){x->value, (uint8_t)scale}, to);
    if (i->type.kind == KIND_SHARE) {
        decimal_format((Decimal){x->value, 2}, to);
        return str_of(arena_printf(a, "%s%%", to));
    }
    return arena_str(a, str_of(to));
}

bool figure_text(Making *f, const Indicator *i, int32_t region, Str *ret, GError **error)
{
    const Figure *all;
    Date from = i->flow ? figures_period_start(i, f->on) : f->on;
    if (!session_may(f->session, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see figures",
                    f->session->role->word);
    if (!figures_of(f->care, f->working, i, from, f->on, &all, error))
        return false;
    *ret = figure_words(i, &all[region], f->arena);
    return true;
}

static bool computed_text(Making *f, const Printer *p, size_t row, Str *ret)
{
    const Field like = {.name = STR(""), .type = p->printed->expr->type};
    int64_t n;
    PaperKind kind = printed_kind(p->printed);
    *ret = kind == PAPER_MONEY || kind == PAPER_NUMBER ? STR("?") : STR(""); /* not known */
    if (evaluation_value(p->evaluation, 0, row, f->on, &n))
        *ret = value_text(f->care, &like, working_value(f->care, f->working, &like, n), false,
                          f->arena);
    return true;
}

bool printer_text(Making *f, Printer *p, size_t row, Str *ret, GError **error)
{
    const PaperPrinted *x = p->printed;
    *ret = STR("");
    switch (x->kind) {
    case PRINTED_PATH:
        if (!shown_text(&f->shown, x->expr, row, ret, error))
            return false;
        if (x->masked)
            *ret = text_masked(x->expr->path[x->expr->n_path - 1], *ret, f->arena);
        break;
    case PRINTED_VALUE:
        return computed_text(f, p, row, ret);
    case PRINTED_FIGURE:
        return figure_text(f, x->figure, f->region, ret, error);
    case PRINTED_WORD:
        *ret = f->run != NULL ? paid_sum_text(f, x->word, ROW_NONE) : STR("");
        break;
    case PRINTED_BLANK:
        break;
    }
    *ret = paper_cell(f->arena, *ret);
    return true;
}

/* A cell or a part of a paragraph: once. */
static bool own_text(Making *f, const PaperPrinted *x, Str *ret, GError **error)
{
    Printer p;
    bool fine =
        printer_init(f, x, f->paper->entity, &p, error) && printer_text(f, &p, f->row, ret, error);
    printer_clear(&p);
    return fine;
}

/* ---- paragraphs: days and amounts as letters write them */

static Str letter_words(const Making *f, const PaperPrinted *x, Str text)
{
    PaperKind kind = printed_kind(x);
    Date day;
    int64_t fen;
    g_autoptr(GString) to = g_string_new(NULL);
    if (kind == PAPER_DATE && date_parse(text, &day)) {
        Ymd at = date_ymd(day);
        return making_text(f, "%d年%d月%d日", at.year, at.month, at.day);
    }
    if (kind == PAPER_MONEY && money_parse(text, &fen)) {
        capitals_money(fen, to);
        return making_text(f, "%.*s元（大写：%s）", STR_ARG(text), to->str);
    }
    return text.len > 0 ? text : STR("________");
}

static bool fill_text(Making *f, const PaperText *t, Str *ret, GError **error)
{
    g_autoptr(GString) to = g_string_new(NULL);
    size_t part = 0;
    for (size_t i = 0; i < t->text.len; i++) {
        Str text;
        if (t->text.at[i] != '{' || part == t->n_parts) {
            g_string_append_c(to, t->text.at[i]);
            continue;
        }
        if (!own_text(f, &t->parts[part], &text, error))
            return false;
        text = letter_words(f, &t->parts[part++], text);
        g_string_append_len(to, text.at, (gssize)text.len);
        while (t->text.at[i] != '}')
            i++;
    }
    *ret = paper_cell(f->arena, (Str){to->str, to->len});
    return true;
}

static bool fill_cells(Making *f, GError **error)
{
    const Paper *p = f->paper;
    f->to->texts = arena_many(f->arena, Str, p->n_texts + 1);
    for (size_t i = 0; i < p->n_texts; i++)
        if (!fill_text(f, &p->texts[i], &f->to->texts[f->to->n_texts++], error))
            return false;
    f->to->entries = arena_many(f->arena, PaperEntry, p->n_cells + 1);
    for (size_t i = 0; i < p->n_cells; i++) {
        const PaperPrinted *x = &p->cells[i].shown;
        PaperEntry *to = &f->to->entries[f->to->n_entries++];
        Str text;
        if (!own_text(f, x, &text, error))
            return false;
        *to = (PaperEntry){.at = p->cells[i].at,
                           .label = printed_label_of(f, x),
                           .text = text,
                           .kind = printed_kind(x)};
    }
    return true;
}

/* ---- tables */

void tabling_begin(Making *f, const PaperRows *r, PaperTable *to, Tabling *ret)
{
    *to = (PaperTable){.at = r->at, .n_columns = r->n_columns};
    if (r->of != NULL)
        to->title = paper_cell(f->arena, r->of->label.zh);
    to->columns = arena_many(f->arena, PaperColumn, r->n_columns + 1);
    for (size_t k = 0; k < r->n_columns; k++)
        to->columns[k] = (PaperColumn){printed_label_of(f, &r->columns[k]),
                                       printed_kind(&r->columns[k]), r->columns[k].sum};
    *ret = (Tabling){.f = f,
                     .to = to,
                     .cells = g_array_new(FALSE, FALSE, sizeof(Str)),
                     .groups = g_array_new(FALSE, FALSE, sizeof(PaperGroup))};
}

void tabling_cell(Tabling *t, Str text)
{
    Str cell = paper_cell(t->f->arena, text);
    g_array_append_val(t->cells, cell);
}

bool tabling_end(Tabling *t, GError **error)
{
    PaperTable *to = t->to;
    Arena *a = t->f->arena;
    to->n_rows = to->n_columns > 0 ? t->cells->len / to->n_columns : 0;
    to->cells = arena_many(a, Str, t->cells->len + 1);
    if (t->cells->len > 0)
        memcpy(to->cells, t->cells->data, t->cells->len * sizeof *to->cells);
    to->n_groups = t->groups->len;
    to->groups = arena_many(a, PaperGroup, t->groups->len + 1);
    if (t->groups->len > 0)
        memcpy(to->groups, t->groups->data, t->groups->len * sizeof *to->groups);
    g_array_unref(t->cells);
    g_array_unref(t->groups);
    return to->n_rows <= LIMIT_PAPER_ROWS ||
           fail(error, FAIL_INPUT,
                "%zu rows of \"%.*s\" do not fit on one paper, at most %u: make it for a smaller "
                "place",
                to->n_rows, STR_ARG(to->title), LIMIT_PAPER_ROWS);
}

static bool fill_blank_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error)
{
    Tabling t;
    tabling_begin(f, r, to, &t);
    to->title = STR("手填");
    for (size_t i = 0; i < r->lines * r->n_columns; i++)
        tabling_cell(&t, STR(""));
    return tabling_end(&t, error);
}

static bool fill_table(Making *f, const PaperRows *r, PaperTable *to, GError **error)
{
    if (r->list == LIST_BLANK)
        return fill_blank_rows(f, r, to, error);
    if (r->list == LIST_figures)
        return fill_figure_rows(f, r, to, error);
    if (r->list == LIST_targets)
        return fill_target_rows(f, r, to, error);
    return r->list == LIST_NONE ? fill_record_rows(f, r, to, error)
                                : fill_list_rows(f, r, to, error);
}

/* ---- what it is about */

static bool find_region(Making *f, int32_t *ret, GError **error)
{
    const Field *code = entity_field(f->paper->entity, STR("code"));
    Record *record;
    uint32_t row = (uint32_t)f->row;
    *ret = ROW_NONE;
    if (code == NULL)
        return true;
    if (!record_rows(f->care, f->working, f->paper->entity, &row, 1, f->on, FILL_LIST, f->arena,
                     &record, error))
        return false;
    *ret = region_row(f->care->regions, record->facts[code->index].value.text);
    return true;
}

/* Of a place: it lies where the session works; who works inside one home has no place's papers. */
static bool find_place(Making *f, GError **error)
{
    const int32_t *places;
    if (making_is_region(f)) {
        if (!find_region(f, &f->region, error))
            return false;
        return (f->region != ROW_NONE && f->session->facility == 0 &&
                region_in(f->care->regions, f->region, f->session->region)) ||
               fail(error, FAIL_RIGHT, "this place lies outside what the role \"%s\" works on",
                    f->session->role->word);
    }
    if (!working_places(f->care, f->working, f->paper->entity, f->on, &places, error))
        return false;
    f->region = places[f->row] != ROW_NONE ? places[f->row] : f->session->region;
    return true;
}

static bool find_record(Making *f, GError **error)
{
    const Entity *e = f->paper->entity;
    if (!scope_allows(f->care, f->working, f->session, e, f->key, error))
        return false;
    if (!consent_whole(f->care, f->working, f->session, e))
        return fail(error, FAIL_RIGHT, "the consent of this account does not name the file");
    int64_t row = working_row(f->working, e, f->key.id);
    if (row == ROW_NONE)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(e->name));
    f->row = (size_t)row;
    return find_place(f, error);
}

static bool find_run(Making *f, GError **error)
{
    PayRun *run = arena_new_of(f->arena, PayRun);
    if (!session_may(f->session, MAY_MONEY_READ | MAY_PERSON_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" sees no pay runs", f->session->role->word);
    if (!pay_run_of(f->care, f->session, f->key.id, f->arena, run, error))
        return false;
    f->run = run;
    f->region = pay_county_region(f->care, f->run->county);
    if (f->region == ROW_NONE)
        f->region = f->session->region;
    return true;
}

static bool about_text(Making *f, Str *ret, GError **error)
{
    if (f->run == NULL)
        return title_of(f->care, f->working, f->session, f->paper->entity, f->key, 0, f->arena, ret,
                        error);
    *ret = making_text(f, "%.*s %.*s 批次 %" G_GINT64_FORMAT,
                       STR_ARG(month_words(f->run->month, f->arena)),
                       STR_ARG(paid_sum_text(f, PAPER_WORD_paid_benefit, ROW_NONE)), f->run->id);
    return true;
}

static bool fill_head(Making *f, GError **error)
{
    const Paper *p = f->paper;
    Str about;
    if (!about_text(f, &about, error))
        return false;
    g_autofree char *run = g_strdup_printf("%" G_GINT64_FORMAT, f->key.id);
    char id[ID_TEXT];
    *f->to = (PaperSheet){
        .name = p->name,
        .title = paper_cell(f->arena, p->label.zh),
        .document = p->home.document->name,
        .clause = p->home.clause != NULL ? paper_cell(f->arena, p->home.clause->number) : STR(""),
        .place = f->care->regions->code[f->region],
        .place_name = f->care->model->regions[f->region].name,
        .key = arena_str(f->arena, str_of(f->run != NULL ? run : id_format(f->key.id, id))),
        .about = paper_cell(f->arena, about),
        .actor = f->session->account,
        .person = paper_cell(f->arena, f->session->shown),
        .signs = paper_cell(f->arena, follow_names(&p->by, f->arena).zh),
        .format = {p->page.size, p->page.across, p->page.both, p->page.large},
        .made = f->on};
    return true;
}

/* The text of the day, in the place that it is about. */
static bool choose_text(Making *f, GError **error)
{
    const Paper *text = paper_text(f->care, f->paper->name, f->region, f->on);
    if (text == NULL)
        return text_refused(f->care, "the paper", f->paper->name, &f->paper->wording,
                            &f->paper->home, error);
    f->paper = text;
    return true;
}

bool paper_make(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                PaperSheet *ret, bool *ret_may, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    Making f = {.care = c,
                .working = w,
                .session = s,
                .paper = p,
                .key = key,
                .on = on,
                .arena = a,
                .to = ret,
                .shown = {.care = c, .working = w, .arena = a, .on = on, .session = s}};
    if (!(p->entity == NULL ? find_run(&f, error) : find_record(&f, error)) ||
        !choose_text(&f, error) || (f.run != NULL && !paid_get(&f, error)) ||
        !fill_head(&f, error) || !fill_cells(&f, error))
        return false;
    p = f.paper;
    ret->tables = arena_many(a, PaperTable, p->n_rows * 2 + 1);
    for (size_t i = 0; i < p->n_rows; i++)
        if (!fill_table(&f, &p->rows[i], &ret->tables[ret->n_tables++], error))
            return false;
    return paper_when(&f, ret_may, error);
}

/* Whether its `when` is yes today. */
bool paper_when(Making *f, bool *ret, GError **error)
{
    const Paper *p = f->paper;
    const Output output = {.kind = OUTPUT_TRUTH, .expr = p->when};
    const CompileOptions o = {.data = f->working->data, .regions = f->care->regions};
    Trace t;
    *ret = true;
    if (p->when == NULL)
        return true;
    g_autoptr(Program) program = program_new(f->care->model, p->entity, &output, 1, &o, error);
    if (program == NULL ||
        !evaluate_row(program, f->working->data, 0, f->row, f->on, f->arena, &t, error))
        return false;
    *ret = t.outcome == TRUTH_YES;
    return true;
}
