/* read.c — documents become a Model, or diagnoses.
 * In: texts.  Out: a Model when no pass found an error.  The passes are those of link.h, in their
 * order; all run, so that all mistakes are reported at once.  Start: model_read(). */
#include "declare/link.h"

#include "base/limits.h"
#include "declare/parsed.h"
#include "declare/statement.h"

static void table_free(void *table)
{
    g_hash_table_destroy(table);
}

static void array_free(void *array)
{
    g_array_free(array, TRUE);
}

static void take_documents(Linker *l, Parsed *const *all, size_t n, size_t supposed)
{
    l->readings = arena_many(l->scratch, Reading *, n);
    for (size_t i = 0; i < n; i++) {
        Reading *r = parsed_copy(all[i], l->keep, l->scratch, l->diags);
        r->document->supposed = i < supposed;
        if (r->usable)
            l->readings[l->n_readings++] = r;
    }
}

/* Whether a table is used hangs on the Model. */
static Sheet *own_sheet(Linker *l, const Sheet *from)
{
    Sheet *s = arena_new_of(l->scratch, Sheet);
    *s = *from;
    return s;
}

/* The table behind a block belongs to the last declaration in it. */
static void take_block(Linker *l, const Reading *r, const Block *b, GArray *to)
{
    const Clause *clause = b->clause != NULL ? r->document->clauses[b->clause->index] : NULL;
    for (guint i = 0; i < b->declared->len; i++) {
        const Declared *one = &g_array_index(b->declared, Declared, i);
        Declaration d = {.node = one->node, .damaged = one->damaged};
        d.home = (Home){r->document, clause, one->node->at.pos};
        d.word = one->word;
        d.begin = one->begin;
        d.end = one->end;
        if (i + 1 == b->declared->len && b->sheet != NULL)
            d.sheet = own_sheet(l, b->sheet);
        g_array_append_val(to, d);
    }
}

static void take_blocks(Linker *l)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(Declaration));
    arena_on_free(l->scratch, array_free, all);
    for (size_t i = 0; i < l->n_readings; i++) {
        const Reading *r = l->readings[i];
        for (guint j = 0; j < r->blocks->len; j++)
            take_block(l, r, &g_array_index(r->blocks, Block, j), all);
    }
    l->declarations = (Declaration *)(void *)all->data;
    l->n_declarations = all->len;
}

static void check_places(Linker *l)
{
    for (size_t i = 0; i < l->n_readings; i++) {
        Document *doc = l->readings[i]->document;
        Str code;
        if (doc->place.len > 0 && link_region(l, l->readings[i]->place, doc->place, &code))
            doc->place = code;
    }
}

static void check_sheets(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Sheet *s = l->declarations[i].sheet;
        if (s != NULL && !s->used && !l->declarations[i].damaged)
            diag_warning(l->diags, s->pos, "no declaration above asks for this table");
    }
}

static void run_passes(Linker *l)
{
    order_documents(l);
    take_blocks(l);
    link_names(l);
    link_regions(l);
    check_places(l);
    link_enums(l);
    link_states(l);
    link_params(l);
    link_entities(l);
    link_tables(l);
    link_amended_tables(l);
    link_computed(l);
    link_scores(l);
    link_param_values(l);
    link_judgements(l);
    link_catalogues(l);
    link_rules(l);
    link_amendments(l);
    link_exceptions(l);
    link_combines(l);
    link_roles(l);
    link_tasks(l);
    link_figures(l);
    link_region_checks(l);
    link_targets(l);
    link_duties(l);
    link_nothings(l);
    link_procedures(l);
    link_holds(l);
    link_amended_wholes(l);
    link_accounts(l);
    link_draws(l);
    link_publications(l);
    link_papers(l);
    link_exchanges(l);
    link_amended_acts(l);
    link_examples(l);
    check_sheets(l);
    statements_seal(l);
    bool acyclic = check_cycles(l);
    check_phases(l);
    check_tables(l);
    if (acyclic) {
        check_bounds(l);
        check_judgements(l);
        check_rules(l);
        check_follows(l);
    }
    if (l->diags->errors == 0) { /* what could not be read would look unused or impossible */
        check_conditions(l);
        check_catalogues(l);
        check_clauses(l);
    }
}

/* What is damaged is left out by the checks that follow, so it must have been said. */
static void check_damage(Linker *l, unsigned before)
{
    bool damaged = g_hash_table_size(l->damaged) > 0;

    for (size_t i = 0; i < l->n_declarations && !damaged; i++)
        damaged = l->declarations[i].damaged;
    if (damaged && l->diags->errors == before)
        diag_error(l->diags, (Pos){0},
                   "something in these documents can not be read, and the program does not say "
                   "what (this is a fault of the program)");
}

static void free_model(void *model)
{
    model_unref(model);
}

/* Diagnoses point into the documents, so the documents live as long as they do. */
Model *model_read_parsed(Parsed *const *all, size_t n, size_t supposed, Diags *diags)
{
    Arena *keep = arena_new();
    g_autoptr(Arena) scratch = arena_new();
    Linker l = {.keep = keep, .scratch = scratch, .diags = diags};
    l.model = arena_new_of(keep, Model);
    l.model->arena = keep;
    l.model->refs = 1;
    l.model->names = names_new(keep);
    l.damaged = g_hash_table_new(NULL, NULL);
    arena_on_free(scratch, table_free, l.damaged);
    l.mentions = g_array_new(FALSE, TRUE, sizeof(Mention));
    arena_on_free(scratch, array_free, l.mentions);
    if (n > LIMIT_DOCUMENTS) {
        diag_error(diags, (Pos){0}, "more than %u documents", LIMIT_DOCUMENTS);
        n = 0;
    }
    unsigned before = diags->errors;
    take_documents(&l, all, n, supposed);
    run_passes(&l);
    check_damage(&l, before);
    diags_sort(diags);
    l.model->whole = diags->errors == before;
    if (diags->list->len > 0)
        arena_on_free(diags->arena, free_model, model_ref(l.model));
    return l.model;
}

static Model *read_all(const DocumentFile *files, size_t n, size_t supposed, Diags *diags)
{
    size_t most = MIN(n, LIMIT_DOCUMENTS);
    g_autofree Parsed **all = g_new0(Parsed *, most + 1);
    for (size_t i = 0; i < most && n == most; i++)
        all[i] = parsed_new(files[i].name, files[i].text);
    Model *m = model_read_parsed(all, n, supposed, diags);
    for (size_t i = 0; i < most; i++)
        parsed_free(all[i]);
    if (m->whole)
        model_seal(m);
    return m;
}

Model *model_read(const DocumentFile *files, size_t n, Diags *diags)
{
    return model_suppose(files, n, 0, diags);
}

Model *model_suppose(const DocumentFile *files, size_t n, size_t supposed, Diags *diags)
{
    Model *m = read_all(files, n, supposed, diags);
    if (diags->errors == 0)
        return m;
    model_unref(m);
    return NULL;
}

Model *model_survey(const DocumentFile *files, size_t n, Diags *diags)
{
    return read_all(files, n, 0, diags);
}
