/* link_catalogue.c — lists that narrower places have after wider ones: columns, versions, rows.
 * In: `table NAME key ITEM { … }`, `set NAME`, `delegate NAME to LEVEL` and the Markdown tables
 * behind the first two.  Out: Catalogue with its versions.  Not here: how they compare
 * (catalogue.c), what is said about that (check_catalogue.c).  Start: link_catalogues(). */
#include "declare/catalogue.h"
#include "declare/grammar.h"
#include "declare/link.h"

/* A list is read by people; beyond this many items it is a register. */
#define ITEMS 2000u

static const char *const comparators[] = {
    [COMPARATOR_KEY] = "key",           [COMPARATOR_SUPERSET] = "superset",
    [COMPARATOR_AT_LEAST] = "at_least", [COMPARATOR_AT_MOST] = "at_most",
    [COMPARATOR_SAME] = "same",
};

/* ---- columns */

static bool comparator_of(Str word, Comparator *ret)
{
    for (size_t i = COMPARATOR_KEY; i < G_N_ELEMENTS(comparators); i++)
        if (str_is(word, comparators[i])) {
            *ret = (Comparator)i;
            return true;
        }
    return false;
}

static void read_comparator(Linker *l, const Node *word, CatalogueColumn *to)
{
    Str all[G_N_ELEMENTS(comparators) - 1];
    if (comparator_of(word->at.text, &to->comparator))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        all[i] = str_of(comparators[i + 1]);
    Diag *d = diag_error(l->diags, word->at.pos, "'%.*s' does not compare anything",
                         STR_ARG(word->at.text));
    diag_nearest(l->diags, d, word->at.text, all, G_N_ELEMENTS(all));
    if (d->hint == NULL)
        diag_hint(l->diags, d, "key, superset, at_least, at_most or same");
}

/* Without a type a column holds words, and what is compared by its size numbers. */
static void read_type(Linker *l, const Node *n, CatalogueColumn *to)
{
    to->type = type_of_kind(KIND_TEXT);
    if (n->c == NULL && n->a->a == NULL && n->a->b == NULL &&
        comparator_of(n->a->at.text, &to->comparator)) {
        if (to->comparator == COMPARATOR_AT_LEAST || to->comparator == COMPARATOR_AT_MOST)
            to->type.kind = KIND_N;
        return;
    }
    if (n->c != NULL)
        read_comparator(l, n->c, to);
    if (str_is(n->a->at.text, "text") && n->a->a == NULL)
        return;
    if (!link_type(l, n->a, &to->type))
        to->type = type_of_kind(KIND_TEXT);
}

static bool has_order(const Type *t)
{
    switch (t->kind) {
    case KIND_INT:
    case KIND_DECIMAL:
    case KIND_MONEY:
    case KIND_AREA:
    case KIND_SHARE:
    case KIND_HOURS:
    case KIND_DATE:
    case KIND_N:
        return true;
    case KIND_ENUM:
        return t->of->ordered;
    default:
        return false;
    }
}

static void check_column(Linker *l, const Node *n, const CatalogueColumn *c)
{
    bool size = c->comparator == COMPARATOR_AT_LEAST || c->comparator == COMPARATOR_AT_MOST;
    bool set = c->type.kind == KIND_SET || kind_is_text(c->type.kind);
    Diag *d = NULL;
    if (c->type.kind == KIND_REF || c->type.kind == KIND_REGION || c->type.kind == KIND_MOMENT)
        diag_error(l->diags, n->a->at.pos, "a list can not hold %s",
                   type_words(l->scratch, &c->type));
    else if (size && !has_order(&c->type))
        d = diag_error(l->diags, n->at.pos, "'%.*s' is %s: it has no more or less",
                       STR_ARG(c->name), type_words(l->scratch, &c->type));
    else if (c->comparator == COMPARATOR_SUPERSET && !set)
        d = diag_error(l->diags, n->at.pos, "'%.*s' is %s: it holds nothing", STR_ARG(c->name),
                       type_words(l->scratch, &c->type));
    else if (c->comparator == COMPARATOR_KEY && c->type.kind != KIND_TEXT)
        diag_error(l->diags, n->at.pos, "a key is text");
    if (d != NULL)
        diag_hint(l->diags, d,
                  "superset goes with sets and words, at_least and at_most with numbers "
                  "and ordered codes, same with all");
}

static const CatalogueColumn *column_named(const Catalogue *c, Str name)
{
    for (size_t i = 0; i < c->n_columns; i++)
        if (str_equal(c->columns[i].name, name))
            return &c->columns[i];
    return NULL;
}

static void read_columns(Linker *l, Catalogue *c, const Node *columns)
{
    c->columns = arena_many(l->keep, CatalogueColumn, list_length(columns));
    for (const Node *n = list_first(columns); n != NULL; n = n->next) {
        CatalogueColumn *to = &c->columns[c->n_columns];
        if (c->n_columns == CATALOGUE_COLUMNS) {
            diag_error(l->diags, n->at.pos, "a list has at most %u columns", CATALOGUE_COLUMNS);
            return;
        }
        if (column_named(c, n->at.text) != NULL) {
            diag_error(l->diags, n->at.pos, "column '%.*s' stands twice", STR_ARG(n->at.text));
            continue;
        }
        to->name = n->at.text;
        to->label = link_label(l, n->b, to->name);
        read_type(l, n, to);
        check_column(l, n, to);
        c->n_columns++;
    }
}

/* One column names the items; it may say `key` itself. */
static bool find_key(Linker *l, Catalogue *c, const Node *key)
{
    CatalogueColumn *own = (CatalogueColumn *)column_named(c, key->at.text);
    if (own == NULL) {
        Str names[CATALOGUE_COLUMNS];
        for (size_t i = 0; i < c->n_columns; i++)
            names[i] = c->columns[i].name;
        Diag *d = diag_error(l->diags, key->at.pos, "list '%.*s' has no column '%.*s'",
                             STR_ARG(c->name), STR_ARG(key->at.text));
        diag_nearest(l->diags, d, key->at.text, names, c->n_columns);
        return false;
    }
    own->comparator = COMPARATOR_KEY;
    c->key = (size_t)(own - c->columns);
    for (size_t i = 0; i < c->n_columns; i++)
        if (i != c->key && c->columns[i].comparator == COMPARATOR_KEY)
            diag_error(l->diags, key->at.pos, "a list has one key: '%.*s' or '%.*s'",
                       STR_ARG(own->name), STR_ARG(c->columns[i].name));
    if (kind_is_text(own->type.kind))
        return true;
    diag_error(l->diags, key->at.pos, "a key is text");
    return false;
}

/* ---- rows */

typedef struct Rows {
    Linker *l;
    const Catalogue *c;
    CatalogueVersion *v;
    size_t column_at[CATALOGUE_COLUMNS]; /* of each cell of a row */
} Rows;

static bool read_head(Rows *r, const SheetRow *head)
{
    Linker *l = r->l;
    unsigned seen = 0;
    bool fine = true;
    Str names[CATALOGUE_COLUMNS];
    for (size_t i = 0; i < r->c->n_columns; i++)
        names[i] = r->c->columns[i].name;
    for (size_t i = 0; i < head->n_cells; i++) {
        Str text = head->cells[i].text;
        size_t at = 0;
        for (; at < r->c->n_columns; at++)
            if (str_equal(names[at], text) || str_equal(r->c->columns[at].label.zh, text) ||
                str_equal(r->c->columns[at].label.en, text))
                break;
        if (at < r->c->n_columns && !(seen & 1u << at) && i < CATALOGUE_COLUMNS) {
            seen |= 1u << at;
            r->column_at[i] = at;
            continue;
        }
        Diag *d = diag_error(l->diags, head->cells[i].pos, "'%.*s' is no column of list '%.*s'",
                             STR_ARG(text), STR_ARG(r->c->name));
        diag_nearest(l->diags, d, text, names, r->c->n_columns);
        fine = false;
    }
    for (size_t i = 0; i < r->c->n_columns && fine; i++)
        if (!(seen & 1u << i)) {
            diag_error(l->diags, head->pos, "this list has no column '%.*s'", STR_ARG(names[i]));
            fine = false;
        }
    return fine;
}

static bool read_codes(Rows *r, const Span *span, const Type *t, int64_t *to)
{
    Str rest = span->text, word;
    size_t n = 0;
    *to = 0;
    for (; catalogue_word(&rest, &word); n++) {
        const Code *c = enum_code(t->of, word);
        if (c == NULL && !linker_damaged(r->l, t->of)) {
            Diag *d = diag_error(r->l->diags, span->pos, "'%.*s' is no code of %.*s", STR_ARG(word),
                                 STR_ARG(t->of->name));
            hint_codes(r->l, d, t->of, word);
        }
        if (c == NULL)
            return false;
        if (t->kind == KIND_ENUM)
            *to = (int64_t)c->number;
        else
            *to |= (int64_t)(UINT64_C(1) << (c->number & 63));
    }
    if (t->kind == KIND_ENUM && n > 1)
        diag_error(r->l->diags, span->pos, "one code is needed here");
    return true;
}

static void read_number(Rows *r, const Span *span, const CatalogueColumn *c, CatalogueCell *to)
{
    Linker *l = r->l;
    Scope s = {.l = l};
    const char *what = arena_printf(l->scratch, "'%.*s'", STR_ARG(c->name));
    const Node *n = parse_expression(l->keep, l->scratch, l->diags, *span);
    const Expr *e = n == NULL                ? NULL
                    : c->type.kind == KIND_N ? link_expr(&s, n, NULL)
                                             : link_as(&s, n, &c->type, what);
    if (e == NULL || !constant_need(l, e, &to->number))
        return;
    to->type = e->type;
}

static void read_cell(Rows *r, const Span *span, const CatalogueColumn *c, CatalogueCell *to)
{
    *to = (CatalogueCell){.text = span->text, .type = c->type, .pos = span->pos};
    if (str_is(span->text, "unset"))
        to->text.len = 0;
    if (to->text.len == 0 || kind_is_text(c->type.kind))
        return;
    if (c->type.kind == KIND_ENUM || c->type.kind == KIND_SET)
        read_codes(r, span, &c->type, &to->number);
    else
        read_number(r, span, c, to);
}

static bool item_is_new(Rows *r, const CatalogueCell *key)
{
    if (key->text.len == 0) {
        diag_error(r->l->diags, key->pos, "this item has no name");
        return false;
    }
    for (size_t i = 0; i < r->v->n_rows; i++)
        if (str_equal(r->v->rows[i].cells[r->c->key].text, key->text)) {
            diag_error(r->l->diags, key->pos, "'%.*s' stands twice", STR_ARG(key->text));
            return false;
        }
    return true;
}

static void read_row(Rows *r, const SheetRow *row, size_t n_head)
{
    const Catalogue *c = r->c;
    CatalogueRow *to = &r->v->rows[r->v->n_rows];
    if (row->n_cells != n_head) {
        diag_error(r->l->diags, row->pos, "this row has %zu cells, the table %zu", row->n_cells,
                   n_head);
        return;
    }
    to->pos = row->pos;
    to->cells = arena_many(r->l->keep, CatalogueCell, c->n_columns);
    for (size_t i = 0; i < row->n_cells; i++) {
        size_t at = r->column_at[i];
        read_cell(r, &row->cells[i], &c->columns[at], &to->cells[at]);
    }
    if (item_is_new(r, &to->cells[c->key]))
        r->v->n_rows++;
}

static void read_rows(Linker *l, CatalogueVersion *v, const Sheet *s)
{
    Rows r = {.l = l, .c = v->of, .v = v};
    if (!read_head(&r, &s->rows[0]))
        return;
    if (s->n_rows > ITEMS) {
        diag_error(l->diags, s->pos, "a list has at most %u items", ITEMS);
        return;
    }
    v->rows = arena_many(l->keep, CatalogueRow, s->n_rows);
    for (size_t i = 1; i < s->n_rows; i++)
        read_row(&r, &s->rows[i], s->rows[0].n_cells);
    if (v->n_rows == 0)
        diag_error(l->diags, s->pos, "list '%.*s' has no items", STR_ARG(v->of->name));
}

/* ---- versions */

static CatalogueVersion *version_of(Linker *l, Catalogue *c, Declaration *d, const Node *tails)
{
    CatalogueVersion *v = arena_new_of(l->keep, CatalogueVersion);
    const Document *doc = d->home.document;
    const Node *from = item_once(l, tails, AST_FROM, "from");
    const Node *until = item_once(l, tails, AST_UNTIL, "until");
    v->of = c;
    v->place = doc->place;
    v->since = from == NULL ? doc->from : (Date)from->at.number;
    v->until = until == NULL ? doc->until : (Date)until->at.number;
    check_begin(l, doc, from, d->node->at.text);
    v->home = d->home;
    v->home.pos = d->node->at.pos;
    if (d->sheet == NULL) {
        Diag *g = diag_error(l->diags, v->home.pos,
                             "the items of list '%.*s' must follow its block", STR_ARG(c->name));
        diag_hint(l->diags, g, "a table with the columns of the list");
        return v;
    }
    d->sheet->used = true;
    read_rows(l, v, d->sheet);
    return v;
}

static void declare_catalogue(Linker *l, Declaration *d)
{
    Catalogue *c = d->made;
    const Node *n = d->node;
    c->name = n->at.text;
    c->label = link_label(l, n->a, c->name);
    c->home = d->home;
    c->home.pos = n->at.pos;
    c->delegated_to = (Str){"", 0};
    c->number = (unsigned)l->model->n_catalogues;
    l->model->catalogues[l->model->n_catalogues++] = c;
    c->versions = arena_many(l->keep, CatalogueVersion *, l->n_declarations);
    read_columns(l, c, n->c);
    if (c->n_columns == 0 || !find_key(l, c, n->b)) {
        linker_damage(l, c);
        if (d->sheet != NULL)
            d->sheet->used = true;
        return;
    }
    c->versions[c->n_versions++] = version_of(l, c, d, NULL);
}

static void delegate_catalogue(Linker *l, const Declaration *d)
{
    const Node *n = d->node;
    const Name *name = name_find(l->model, n->at.text);
    Catalogue *c = name != NULL && name->kind == NAME_CATALOGUE ? name->what : NULL;
    if (c == NULL)
        return;
    link_mention(l, n->at.pos, name->pos);
    if (d->home.document != c->home.document) {
        diag_error(l->diags, n->at.pos, "only the document that declares '%.*s' can delegate it",
                   STR_ARG(c->name));
        return;
    }
    if (n->b != NULL)
        diag_error(l->diags, n->at.pos, "a list has no floor: its columns say how they compare");
    if (c->delegated_to.len > 0)
        diag_error(l->diags, n->at.pos, "list '%.*s' is delegated twice", STR_ARG(c->name));
    leave_level(l, n->a);
    c->delegated_to = n->a->at.text;
}

static bool may_have_own(Linker *l, const Catalogue *c, const Declaration *d)
{
    const Document *doc = d->home.document;
    Pos pos = d->node->at.pos;
    if (str_equal(doc->place, c->home.document->place))
        return true;
    if (c->delegated_to.len == 0) {
        Diag *g = diag_error(l->diags, pos, "list '%.*s' is not delegated", STR_ARG(c->name));
        diag_hint(l->diags, g, "'delegate %.*s to …' belongs in %s", STR_ARG(c->name),
                  c->home.document->source->name);
        return false;
    }
    if (!region_below_level(l->model, doc->place, c->delegated_to))
        return true;
    diag_error(l->diags, pos, "list '%.*s' is delegated to %.*s, and %.*s lies below that",
               STR_ARG(c->name), STR_ARG(c->delegated_to), STR_ARG(doc->place));
    return false;
}

/* A later version of one place ends the one before it. */
static void add_version(Linker *l, Catalogue *c, CatalogueVersion *v)
{
    for (size_t i = 0; i < c->n_versions; i++) {
        CatalogueVersion *x = c->versions[i];
        if (!str_equal(x->place, v->place))
            continue;
        if (x->since == v->since) {
            Diag *d = diag_error(l->diags, v->home.pos,
                                 "two lists '%.*s' of one place from one day", STR_ARG(c->name));
            diag_hint(l->diags, d, "the other one is in %s, line %u", x->home.pos.source->name,
                      x->home.pos.line);
            return;
        }
        CatalogueVersion *earlier = x->since < v->since ? x : v, *later = earlier == x ? v : x;
        earlier->until = MIN(earlier->until, later->since - 1);
    }
    c->versions[c->n_versions++] = v;
}

static void set_catalogue(Linker *l, Declaration *d)
{
    const Name *name = name_find(l->model, d->node->at.text);
    Catalogue *c = name != NULL && name->kind == NAME_CATALOGUE ? name->what : NULL;
    if (c == NULL)
        return;
    link_mention(l, d->node->at.pos, name->pos);
    if (d->sheet != NULL)
        d->sheet->used = true;
    if (d->node->a != NULL || d->node->b != NULL) {
        diag_error(l->diags, d->node->at.pos, "'%.*s' is a list: its items follow in a table",
                   STR_ARG(c->name));
        return;
    }
    if (may_have_own(l, c, d) && !linker_damaged(l, c))
        add_version(l, c, version_of(l, c, d, d->node->c));
}

void link_catalogues(Linker *l)
{
    l->model->catalogues = arena_many(l->keep, Catalogue *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_CATALOGUE && l->declarations[i].made != NULL)
            declare_catalogue(l, &l->declarations[i]);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_DELEGATE)
            delegate_catalogue(l, &l->declarations[i]);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_SET)
            set_catalogue(l, &l->declarations[i]);
}
