/* check_catalogue.c — a list of a place holds what the wider place's list holds, no less in any
 * column: on every day on which either changes (semantics 47).
 * What falls short is a warning, item by item, with both clauses: it is a fact that supervisors
 * look at, and pages show it; the documents say it, so nothing is wrong with reading them. Start:
 * check_catalogues(). */
#include "declare/catalogue.h"
#include "declare/link.h"

typedef struct Comparing {
    Linker *l;
    const CatalogueVersion *own, *wider;
    const CatalogueVersion *before; /* the wider one of the days before: what it asked was said */
    Date day;
} Comparing;

static void hint_clauses(const Comparing *x, Diag *d)
{
    const Home *a = &x->own->home, *b = &x->wider->home;
    char since[DATE_TEXT];
    g_autoptr(GString) s = g_string_new(NULL);
    g_string_append_printf(s, "here clause %.*s", STR_ARG(a->clause->number));
    g_string_append_printf(s, "; clause %.*s of %.*s, line %u", STR_ARG(b->clause->number),
                           STR_ARG(b->document->name), b->pos.line);
    if (x->day > x->own->since)
        g_string_append_printf(s, ", since %s", date_format(x->day, since));
    diag_hint(x->l->diags, d, "%s", s->str);
}

static Str item_of(const CatalogueRow *r, const Catalogue *c)
{
    return r->cells[c->key].text;
}

static const CatalogueRow *asked_before(const Comparing *x, Str item)
{
    for (size_t i = 0; x->before != NULL && i < x->before->n_rows; i++)
        if (str_equal(item_of(&x->before->rows[i], x->own->of), item))
            return &x->before->rows[i];
    return NULL;
}

static void report_column(const Comparing *x, const CatalogueFit *f, size_t i)
{
    const Catalogue *c = x->own->of;
    Label words = catalogue_words(f, c, i, x->l->scratch);
    Diag *d =
        diag_warning(x->l->diags, f->own->cells[i].pos, "item '%.*s': %.*s %.*s",
                     STR_ARG(item_of(f->own, c)), STR_ARG(c->columns[i].name), STR_ARG(words.en));
    hint_clauses(x, d);
}

static void report_item(const Comparing *x, const CatalogueFit *f)
{
    const Catalogue *c = x->own->of;
    const CatalogueRow *before = asked_before(x, item_of(f->wider, c));
    if (f->fit == FIT_MISSING && before != NULL)
        return;
    if (f->fit == FIT_MISSING) {
        Diag *d = diag_warning(x->l->diags, x->own->home.pos, "item '%.*s' is missing in this list",
                               STR_ARG(item_of(f->wider, c)));
        hint_clauses(x, d);
        return;
    }
    for (size_t i = 0; i < c->n_columns; i++)
        if (f->cells[i] >= FIT_UNKNOWN &&
            (before == NULL || !str_equal(before->cells[i].text, f->wider->cells[i].text)))
            report_column(x, f, i);
}

static void compare_on(Comparing *x, Date day)
{
    const CatalogueVersion *wider = catalogue_wider(x->l->model, x->own, day);
    if (wider == NULL || wider == x->wider)
        return;
    size_t n;
    x->before = x->wider;
    x->wider = wider;
    x->day = day;
    const CatalogueFit *all = catalogue_compare(wider, x->own, x->l->scratch, &n);
    for (size_t i = 0; i < n; i++)
        if (all[i].fit >= FIT_UNKNOWN)
            report_item(x, &all[i]);
}

static int by_day(const void *a, const void *b)
{
    Date x = *(const Date *)a, y = *(const Date *)b;
    return (x > y) - (x < y);
}

static void check_version(Linker *l, const CatalogueVersion *v)
{
    Comparing x = {.l = l, .own = v};
    const Catalogue *c = v->of;
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(Date));
    g_array_append_val(days, v->since);
    for (size_t i = 0; i < c->n_versions; i++) {
        Date since = c->versions[i]->since, next = c->versions[i]->until + 1;
        if (since > v->since && since <= v->until)
            g_array_append_val(days, since);
        if (c->versions[i]->until < DATE_MAX && next > v->since && next <= v->until)
            g_array_append_val(days, next);
    }
    g_array_sort(days, by_day);
    for (guint i = 0; i < days->len; i++)
        compare_on(&x, g_array_index(days, Date, i));
}

void check_catalogues(Linker *l)
{
    for (size_t i = 0; i < l->model->n_catalogues; i++)
        for (size_t k = 0; k < l->model->catalogues[i]->n_versions; k++)
            check_version(l, l->model->catalogues[i]->versions[k]);
}
