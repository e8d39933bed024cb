/* link_paper.c — printed papers: what they are about, paragraphs, single cells, rows.
 * Not here: one printed value (link_printed.c); making a paper (care/paper.h).
 * Start: link_papers(). */
#include "declare/link_paper.h"

#include "base/limits.h"

/* B3: one to three letters, then a row number. */
static bool is_address(Str s)
{
    size_t i = 0;
    while (i < s.len && i < 3 && g_ascii_isupper(s.at[i]))
        i++;
    bool fine = i > 0 && i < s.len && s.len - i <= 7 && s.at[i] != '0';
    for (; i < s.len; i++)
        fine &= g_ascii_isdigit(s.at[i]);
    return fine;
}

static bool need_address(Printing *x, const Node *n)
{
    if (!is_address(n->at.text))
        diag_error(x->l->diags, n->at.pos, "'%.*s' is no cell: write it as B3",
                   STR_ARG(n->at.text));
    return is_address(n->at.text);
}

static bool cell_address(Printing *x, const Node *n)
{
    if (!need_address(x, n))
        return false;
    for (size_t i = 0; i < x->p->n_cells; i++)
        if (str_equal(x->p->cells[i].at, n->at.text)) {
            diag_error(x->l->diags, n->at.pos, "cell %.*s stands twice", STR_ARG(n->at.text));
            return false;
        }
    return true;
}

static void paper_cell(Printing *x, const Node *n)
{
    PaperCell *to = &x->p->cells[x->p->n_cells];
    if (!cell_address(x, n))
        return;
    *to = (PaperCell){.at = n->at.text};
    if (!link_printed(x, &x->scope, LIST_NONE, n->a, &to->shown))
        return;
    printed_label(x, n->b, &to->shown);
    x->p->n_cells++;
}

/* ---- rows */

static const struct {
    const char *word;
    AggregatePeriod period;
} periods[] = {
    {"month", AGGREGATE_IN_MONTH}, {"quarter", AGGREGATE_IN_QUARTER}, {"year", AGGREGATE_IN_YEAR}};

static void rows_period(Printing *x, const Node *word, PaperRows *r)
{
    for (size_t i = 0; i < G_N_ELEMENTS(periods); i++)
        if (str_is(word->at.text, periods[i].word))
            r->period = periods[i].period;
    if (r->period == AGGREGATE_ALWAYS)
        diag_error(x->l->diags, word->at.pos, "rows are of a month, quarter or year");
    else if (r->of != NULL && r->of->event_day == NULL && r->of->begin == NULL &&
             !linker_damaged(x->l, r->of))
        diag_error(x->l->diags, word->at.pos, "%.*s has no day, so it lies in no period",
                   STR_ARG(r->of->name));
}

static void rows_outcome(Printing *x, const Node *n, PaperRows *r)
{
    const Name *name = word_name(x->l, &n->a->at);
    r->outcome = str_is(n->at.text, "gives")     ? OUTCOME_GIVES
                 : str_is(n->at.text, "unknown") ? OUTCOME_UNKNOWN
                                                 : OUTCOME_JUDGED;
    if (name != NULL && name->kind == NAME_RULE)
        r->rule = name->what;
    if (name != NULL && name->kind == NAME_TASK && r->outcome != OUTCOME_JUDGED)
        r->task = name->what;
    const Entity *about = r->rule != NULL   ? r->rule->subject
                          : r->task != NULL ? r->task->subject
                                            : NULL;
    if (r->rule != NULL && r->rule->asked != NULL) {
        diag_error(x->l->diags, n->a->at.pos, "'%.*s' is a check of regions: no rows are of it",
                   STR_ARG(n->a->at.text));
        r->rule = NULL;
    } else if (r->rule == NULL && r->task == NULL) {
        if (name == NULL || name->kind != NAME_BROKEN)
            diag_error(x->l->diags, n->a->at.pos, "'%.*s' is no benefit, check or task",
                       STR_ARG(n->a->at.text));
    } else if (about != r->of && about != NULL) {
        diag_error(x->l->diags, n->a->at.pos, "'%.*s' is about %.*s, these rows are of %.*s",
                   STR_ARG(n->a->at.text), STR_ARG(about->name), STR_ARG(r->of->name));
    }
}

static void rows_group(Printing *x, const Scope *s, const Node *path, PaperRows *r)
{
    const Enum *levels = name_of(x->l, STR("region_level"), NAME_ENUM);
    const Code *level = NULL;
    if (path_length(path) == 1 && entity_field(r->of, path->at.text) == NULL && levels != NULL)
        level = code_find(levels, path->at.text);
    if (level != NULL)
        r->group_level = level->number;
    else
        r->group = link_shown(s, path);
}

/* Of records: those that refer to this one, those of a region, those a run pays. */
static bool rows_entity(Printing *x, const Node *among, PaperRows *r)
{
    Linker *l = x->l;
    const Node *path = among->a, *second = list_first(path->a);
    Token word = path->at;
    r->of = name_need(l, &word, NAME_ENTITY, "an entity");
    if (r->of == NULL)
        return false;
    bool region = x->p->entity == NULL || entity_is_region(x->p->entity);
    if (region && second == NULL)
        return r->of->place != NULL || entity_is_region(r->of) || linker_damaged(l, r->of) ||
               (diag_error(l->diags, path->at.pos, "%.*s does not say its place",
                           STR_ARG(r->of->name)),
                false);
    r->by =
        link_reference(l, r->of, x->p->entity, second == NULL ? NULL : &second->at, node_pos(path));
    return r->by != NULL;
}

static bool rows_among(Printing *x, const Node *n, PaperRows *r, Scope *s)
{
    const Node *among = n->a;
    *s = (Scope){.l = x->l, .rule = true};
    if (among->kind == AST_NUMBER) {
        r->list = LIST_BLANK;
        r->lines = (unsigned)g_ascii_strtoull(among->at.text.at, NULL, 10);
        if (r->lines >= 1 && r->lines <= LIMIT_PAPER_LINES)
            return true;
        diag_error(x->l->diags, among->at.pos, "1 to %u empty lines", LIMIT_PAPER_LINES);
        return false;
    }
    r->list = paper_list_named(x, among->a);
    if (r->list == LIST_NONE && !rows_entity(x, among, r))
        return false;
    if (r->list != LIST_NONE) {
        if (among->b != NULL && r->list == LIST_figures)
            rows_period(x, among->b, r);
        if ((among->b == NULL || r->list == LIST_figures) && among->c == NULL && among->d == NULL &&
            n->b == NULL)
            return paper_list_fits(x, r->list, among->a);
        diag_error(x->l->diags, among->at.pos, "of '%.*s' all rows are printed, as they are",
                   STR_ARG(among->at.text));
        return false;
    }
    s->subject = r->of;
    s->outer = x->p->entity;
    if (among->b != NULL)
        rows_period(x, among->b, r);
    if (among->c != NULL)
        rows_outcome(x, among->c, r);
    if (among->d != NULL)
        rows_group(x, s, among->d, r);
    return true;
}

static bool columns_all(const PaperRows *r)
{
    return r->list != LIST_NONE && r->list != LIST_BLANK && r->list != LIST_figures &&
           r->list != LIST_targets;
}

static void paper_rows(Printing *x, const Node *n)
{
    PaperRows r = {.at = n->at.text, .group_level = -1};
    Scope s;
    if (!need_address(x, n) || !rows_among(x, n, &r, &s))
        return;
    if (n->b != NULL)
        r.where = link_condition(&s, n->b);
    x->period = r.period;
    r.columns = arena_many(x->l->keep, PaperPrinted, list_length(n->c) + PAPER_WORDS);
    for (const Node *p = list_first(n->c); p != NULL; p = p->next) {
        PaperPrinted *to = &r.columns[r.n_columns];
        *to = (PaperPrinted){0};
        if (!link_printed(x, &s, r.list, p->a, to))
            continue;
        printed_marks(x, p->b, to);
        printed_label(x, p->c, to);
        r.n_columns++;
    }
    if (n->c == NULL && columns_all(&r))
        paper_list_columns(&r);
    if (n->c == NULL && !columns_all(&r))
        diag_error(x->l->diags, n->at.pos, "these rows have no column");
    if (r.n_columns > LIMIT_PAPER_COLUMNS)
        diag_error(x->l->diags, n->at.pos, "at most %u columns", LIMIT_PAPER_COLUMNS);
    x->p->rows[x->p->n_rows++] = r;
}

/* ---- the paper itself */

/* A file beside the document: no folders, nothing that begins with a dot. */
static void paper_sheet(Printing *x, const Node *n)
{
    Str name = n->at.text;
    bool fine = str_ends(name, STR(".xlsx")) && name.at[0] != '.' && str_find(name, STR("/")) < 0 &&
                str_find(name, STR("\\")) < 0;
    if (fine)
        x->p->sheet = name;
    else
        diag_error(x->l->diags, n->at.pos, "a sheet is the name of an .xlsx file, without folder");
}

static void paper_page(Printing *x, const Node *n)
{
    for (const Node *w = list_first(n->a); w != NULL; w = w->next) {
        Str word = w->at.text;
        if (str_is(word, "a3") || str_is(word, "a4") || str_is(word, "a5"))
            x->p->page.size = (unsigned)(word.at[1] - '0');
        else if (str_is(word, "across"))
            x->p->page.across = true;
        else if (str_is(word, "both"))
            x->p->page.both = true;
        else if (str_is(word, "large"))
            x->p->page.large = true;
        else
            diag_error(x->l->diags, w->at.pos,
                       "a page is a3, a4 or a5, across, both, large; not '%.*s'", STR_ARG(word));
    }
}

static void paper_numbered(Printing *x, const Node *n)
{
    if (str_find(n->at.text, STR("{number}")) < 0 || n->at.text.len > LIMIT_NAME * 2)
        diag_error(x->l->diags, n->at.pos,
                   "numbers of papers need {number}, and perhaps {year} and {place}");
    else
        x->p->numbered = n->at.text;
}

static void paper_about(Printing *x, const Node *word)
{
    if (str_is(word->at.text, "pay_run") && name_find(x->l->model, word->at.text) == NULL)
        x->run = true;
    else
        x->p->entity = name_need(x->l, &word->at, NAME_ENTITY, "an entity");
    x->scope = (Scope){.l = x->l, .subject = x->p->entity};
}

static void paper_items(Printing *x)
{
    for (const Node *n = list_first(x->items); n != NULL; n = n->next) {
        if (n->kind == AST_CELL)
            paper_cell(x, n);
        else if (n->kind == AST_ROWS)
            paper_rows(x, n);
        else if (n->kind == AST_PARAGRAPH)
            link_paragraph(x, n, &x->p->texts[x->p->n_texts++]);
        else if (n->kind == AST_PAGE)
            paper_page(x, n);
    }
}

/* What is not recorded yet may be asked for: `when known missing_papers`. */
static const Expr *paper_when(Printing *x, const Node *n)
{
    Scope s = x->scope;
    s.may_know = true;
    return link_condition(&s, n);
}

static void link_paper(Linker *l, const Declaration *d)
{
    Printing x = {.l = l, .p = d->made, .items = d->node->c};
    const Node *n;
    size_t most = list_length(x.items);
    head_fill(l, d, &x.p->name, &x.p->label, &x.p->home);
    x.p->sheet = x.p->numbered = (Str){"", 0};
    x.p->page.size = 4;
    paper_about(&x, d->node->b);
    if (x.p->entity == NULL && !x.run)
        return;
    x.p->wording.leave = leave_of(l, item_once(l, x.items, AST_LEAVE, "may be amended by"));
    x.p->cells = arena_many(l->keep, PaperCell, most);
    x.p->rows = arena_many(l->keep, PaperRows, most);
    x.p->texts = arena_many(l->keep, PaperText, most);
    if ((n = item_once(l, x.items, AST_SHEET, "sheet")) != NULL)
        paper_sheet(&x, n);
    if ((n = item_once(l, x.items, AST_NUMBERED, "numbered")) != NULL)
        paper_numbered(&x, n);
    if ((n = item_once(l, x.items, AST_WHEN, "when")) != NULL) {
        if (x.run)
            diag_error(l->diags, n->at.pos, "a pay run has no field to ask 'when'");
        else
            x.p->when = paper_when(&x, n->a);
    }
    if ((n = item_once(l, x.items, AST_LEAD, "by")) != NULL)
        x.p->by = link_who(l, n->a, false);
    paper_items(&x);
    if (list_find(x.items, AST_CELL) == NULL && list_find(x.items, AST_ROWS) == NULL &&
        list_find(x.items, AST_PARAGRAPH) == NULL && !d->damaged)
        diag_error(l->diags, d->node->at.pos, "nothing stands on paper '%.*s'", STR_ARG(x.p->name));
}

void link_papers(Linker *l)
{
    Model *m = l->model;
    m->papers = arena_many(l->keep, Paper *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *x = &l->declarations[i];
        const Declaration *d =
            x->node->kind == AST_PAPER ? x : declaration_amending(l, x, AST_PAPER, sizeof(Paper));
        if (d == NULL || d->made == NULL)
            continue;
        link_paper(l, d);
        ((Paper *)d->made)->number = (unsigned)m->n_papers;
        m->papers[m->n_papers++] = d->made;
    }
}
