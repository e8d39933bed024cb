/* link_paper.c — printed forms and sheets: single cells, and rows of records that refer to the one
 * the paper is about.  Not here: writing them.  Start: link_papers(). */
#include "declare/follow.h"

typedef struct Printing {
    Linker *l;
    Paper *p;
    Scope scope;
    const Node *items;
} Printing;

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

static bool cell_address(Printing *x, const Node *n)
{
    if (!is_address(n->at.text)) {
        diag_error(x->l->diags, n->at.pos, "'%.*s' is no cell: write it as B3",
                   STR_ARG(n->at.text));
        return false;
    }
    for (size_t i = 0; i < x->p->n_cells; i++)
        if (str_equal(x->p->cells[i].at, n->at.text)) {
            diag_error(x->l->diags, n->at.pos, "cell %.*s stands twice", STR_ARG(n->at.text));
            return false;
        }
    return true;
}

static void paper_cell(Printing *x, const Node *n)
{
    if (!cell_address(x, n))
        return;
    const Expr *e = n->a->kind == AST_PATH &&
                            field_said(x->l, x->p->entity, n->a->at.text, n->a->at.pos) != NULL
                        ? link_shown(&x->scope, n->a)
                        : link_expr(&x->scope, n->a, NULL);
    if (e != NULL)
        x->p->cells[x->p->n_cells++] = (PaperCell){n->at.text, e};
}

static void paper_rows(Printing *x, const Node *n)
{
    Linker *l = x->l;
    PaperRows r = {.at = n->at.text};
    const Node *second = list_first(n->a->a);
    if (!is_address(n->at.text)) {
        diag_error(l->diags, n->at.pos, "'%.*s' is no cell: write it as B3", STR_ARG(n->at.text));
        return;
    }
    Token word = n->a->at;
    r.of = name_need(l, &word, NAME_ENTITY, "an entity");
    if (r.of == NULL)
        return;
    r.by =
        link_reference(l, r.of, x->p->entity, second == NULL ? NULL : &second->at, node_pos(n->a));
    Scope s = {.l = l, .subject = r.of, .outer = x->p->entity, .rule = true};
    if (n->b != NULL)
        r.where = link_condition(&s, n->b);
    r.columns = arena_many(l->keep, const Expr *, list_length(n->c));
    for (const Node *p = list_first(n->c); p != NULL; p = p->next) {
        const Expr *e = link_shown(&s, p);
        if (e != NULL)
            r.columns[r.n_columns++] = e;
    }
    x->p->rows[x->p->n_rows++] = r;
}

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

static void link_paper(Linker *l, const Declaration *d)
{
    Printing x = {.l = l, .p = d->made, .items = d->node->c};
    const Node *n;
    head_fill(l, d, &x.p->name, &x.p->label, &x.p->home);
    x.p->sheet = (Str){"", 0};
    x.p->entity = name_need(l, &d->node->b->at, NAME_ENTITY, "an entity");
    if (x.p->entity == NULL)
        return;
    x.scope = (Scope){.l = l, .subject = x.p->entity};
    x.p->wording.leave = leave_of(l, item_once(l, x.items, AST_LEAVE, "may be amended by"));
    x.p->cells = arena_many(l->keep, PaperCell, list_length(x.items));
    x.p->rows = arena_many(l->keep, PaperRows, list_length(x.items));
    if ((n = item_once(l, x.items, AST_SHEET, "sheet")) != NULL)
        paper_sheet(&x, n);
    if ((n = item_once(l, x.items, AST_LEAD, "by")) != NULL)
        x.p->by = link_who(l, n->a, false);
    for (n = list_first(x.items); n != NULL; n = n->next) {
        if (n->kind == AST_CELL)
            paper_cell(&x, n);
        else if (n->kind == AST_ROWS)
            paper_rows(&x, n);
    }
    if (list_find(x.items, AST_CELL) == NULL && list_find(x.items, AST_ROWS) == NULL && !d->damaged)
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
