/* model.c — the frozen result: look-ups, hashes, the schema as text.
 * The schema text holds what a store depends on and nothing else: no labels, no prose, no order of
 * documents.  Start: model_schema_text(), model_entity(). */
#include "declare/link.h"

#include "base/crypto.h"
#include "base/sort.h"
#include "declare/parsed.h"

/* ---- references */

Model *model_ref(const Model *m)
{
    Model *own = (Model *)m;
    g_atomic_int_inc(&own->refs);
    return own;
}

void model_unref(Model *m)
{
    if (m != NULL && g_atomic_int_dec_and_test(&m->refs))
        arena_free(m->arena); /* the Model itself lies in it */
}

/* ---- look-ups */

static void *find(const Model *m, Str name, NameKind kind)
{
    const Name *n = name_find(m, name);
    return n != NULL && n->kind == kind ? n->what : NULL;
}

const Entity *model_entity(const Model *m, Str name)
{
    return find(m, name, NAME_ENTITY);
}

const Enum *model_enum(const Model *m, Str name)
{
    return find(m, name, NAME_ENUM);
}

const Param *model_param(const Model *m, Str name)
{
    return find(m, name, NAME_PARAM);
}

const Expr *rule_place(const Rule *r)
{
    return r->place != NULL ? r->place : r->subject->place;
}

const Rule *model_rule(const Model *m, Str name)
{
    return find(m, name, NAME_RULE);
}

const Indicator *model_indicator(const Model *m, Str name)
{
    return find(m, name, NAME_INDICATOR);
}

const Table *model_table(const Model *m, Str name)
{
    return find(m, name, NAME_TABLE);
}

const Role *model_role(const Model *m, Str name)
{
    return find(m, name, NAME_ROLE);
}

const Task *model_task(const Model *m, Str name)
{
    return find(m, name, NAME_TASK);
}

const Procedure *model_procedure(const Model *m, Str name)
{
    return find(m, name, NAME_PROCEDURE);
}

const RegionRow *model_region(const Model *m, Str code_or_name)
{
    return find(m, code_or_name, NAME_REGION);
}

const Document *model_document(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_documents; i++)
        if (str_equal(m->documents[i]->name, name))
            return m->documents[i];
    return NULL;
}

const Code *enum_code(const Enum *e, Str name_or_label)
{
    const Code *c = code_find(e, name_or_label);
    for (size_t i = 0; i < e->n_codes && c == NULL; i++)
        if (str_equal(e->codes[i].stored, name_or_label) && name_or_label.len > 0)
            c = &e->codes[i];
    /* What two places add by one word is called by its name alone. */
    for (size_t i = 0; i < e->n_codes && c == NULL; i++)
        if (str_equal(e->codes[i].label.zh, name_or_label) && e->codes[i].word.len == 0)
            c = &e->codes[i];
    for (size_t i = 0; i < e->n_codes && c == NULL; i++)
        if (str_equal(e->codes[i].label.en, name_or_label) && e->codes[i].word.len == 0)
            c = &e->codes[i];
    return c;
}

/* ---- the schema */

static void type_text(const Type *t, GString *to)
{
    static const char *const durations[] = {[UNIT_DAYS] = "days",
                                            [UNIT_MONTHS] = "months",
                                            [UNIT_YEARS] = "years",
                                            [UNIT_WORKING_DAYS] = "working_days"};
    switch (t->kind) {
    case KIND_ENUM:
        g_string_append_printf(to, "enum %.*s", STR_ARG(enum_stored(t->of)));
        return;
    case KIND_SET:
        g_string_append_printf(to, "set of %.*s", STR_ARG(enum_stored(t->of)));
        return;
    case KIND_REF:
        g_string_append_printf(to, "ref %.*s", STR_ARG(entity_stored(t->to)));
        return;
    case KIND_TEXT:
        g_string_append_printf(to, "text(%u)", t->length);
        return;
    case KIND_DECIMAL:
        g_string_append_printf(to, "decimal(%u)", t->scale);
        return;
    default:
        if (t->kind == KIND_INT && t->unit >= UNIT_DAYS)
            g_string_append(to, durations[t->unit]);
        else
            g_string_append(to, kind_facts[t->kind].word);
    }
}

static void add_line(GPtrArray *lines, GString *s)
{
    g_ptr_array_add(lines, g_string_free(s, FALSE));
}

static void field_line(GPtrArray *lines, const Field *f)
{
    GString *s = g_string_new(NULL);
    g_string_append_printf(s, "field %.*s.%.*s ", STR_ARG(entity_stored(f->entity)),
                           STR_ARG(field_stored(f)));
    type_text(&f->type, s);
    static const char *const words[] = {" required", " dated", " secret",
                                        " unique",   " open",  " computed"};
    const bool flags[] = {f->required, f->dated, f->secret, f->unique, f->open, f->compute != NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (flags[i])
            g_string_append(s, words[i]);
    if (f->has_range && f->judgement == NULL) /* a ceiling of a judgement is policy */
        g_string_append_printf(s, " range %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, f->low,
                               f->high);
    add_line(lines, s);
}

static void entity_line(GPtrArray *lines, const Entity *e)
{
    GString *s = g_string_new(NULL);
    g_string_append_printf(s, "entity %.*s", STR_ARG(entity_stored(e)));
    if (e->begin != NULL)
        g_string_append_printf(s, " holds %.*s %s %.*s", STR_ARG(e->begin->name),
                               e->end_counts ? "through" : "to", STR_ARG(e->end->name));
    if (e->event_day != NULL)
        g_string_append_printf(s, " dated by %.*s", STR_ARG(e->event_day->name));
    if (e->key != NULL)
        g_string_append_printf(s, " key %.*s", STR_ARG(e->key->name));
    if (e->place != NULL) {
        g_string_append(s, " place ");
        expr_print(e->place, s);
    }
    add_line(lines, s);
}

static void enum_lines(GPtrArray *lines, const Enum *e)
{
    GString *s = g_string_new(NULL);
    g_string_append_printf(s, "enum %.*s%s", STR_ARG(enum_stored(e)), e->ordered ? " ordered" : "");
    add_line(lines, s);
    for (size_t i = 0; i < e->n_codes; i++) {
        s = g_string_new(NULL);
        g_string_append_printf(s, "code %.*s.%.*s %d", STR_ARG(enum_stored(e)),
                               STR_ARG(code_stored(&e->codes[i])), e->codes[i].stable);
        if (e->codes[i].wider != NULL)
            g_string_append_printf(s, " is %.*s", STR_ARG(code_stored(e->codes[i].wider)));
        add_line(lines, s);
    }
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *model_schema_text(const Model *m)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < m->n_enums; i++)
        enum_lines(lines, m->enums[i]);
    for (size_t i = 0; i < m->n_entities; i++) {
        entity_line(lines, m->entities[i]);
        for (size_t j = 0; j < m->entities[i]->n_fields; j++)
            field_line(lines, m->entities[i]->fields[j]);
    }
    g_ptr_array_sort(lines, by_text);
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(all, "%s\n", (const char *)lines->pdata[i]);
    return g_string_free(all, FALSE);
}

/* ---- what differs */

/* "field elder.born date required" → its first two words, and the rest. */
static Str line_key(Str line, Str *ret_rest)
{
    Str rest = line;
    Str kind = str_cut(&rest, ' ');
    Str name = str_cut(&rest, ' ');
    *ret_rest = rest;
    size_t end = name.len == 0 ? kind.len : (size_t)(name.at + name.len - line.at);
    return (Str){line.at, end};
}

/* "field elder.born" → "entity elder: field born". */
static void print_key(Str key, GString *to)
{
    Str name = key;
    Str kind = str_cut(&name, ' ');
    Str member = name;
    Str owner = str_cut(&member, '.');
    if (str_is(kind, "field"))
        g_string_append_printf(to, "entity %.*s: field %.*s", STR_ARG(owner), STR_ARG(member));
    else if (str_is(kind, "code"))
        g_string_append_printf(to, "enum %.*s: code %.*s", STR_ARG(owner), STR_ARG(member));
    else
        g_string_append_printf(to, "%.*s %.*s", STR_ARG(kind), STR_ARG(name));
}

static void print_changed(Str key, Str before, Str after, GString *to)
{
    print_key(key, to);
    g_string_append_printf(to, " was '%.*s' and is '%.*s'\n", STR_ARG(before), STR_ARG(after));
}

static void print_one(Str key, const char *what, GString *to)
{
    print_key(key, to);
    g_string_append_printf(to, " is %s\n", what);
}

char *schema_difference(const char *stored, const char *now)
{
    GString *out = g_string_new(NULL);
    Str a = str_of(stored), b = str_of(now);
    while (a.len > 0 || b.len > 0) {
        Str a_rest = a, b_rest = b, a_more, b_more;
        Str a_key = line_key(str_cut(&a_rest, '\n'), &a_more);
        Str b_key = line_key(str_cut(&b_rest, '\n'), &b_more);
        int order = a.len == 0 ? 1 : b.len == 0 ? -1 : str_compare(a_key, b_key);
        if (order < 0)
            print_one(a_key, "gone", out);
        else if (order > 0)
            print_one(b_key, "new", out);
        else if (!str_equal(a_more, b_more))
            print_changed(a_key, a_more, b_more, out);
        if (order <= 0)
            a = a_rest;
        if (order >= 0)
            b = b_rest;
    }
    return g_string_free(out, FALSE);
}

/* ---- hashes */

static int by_hash(const void *a, const void *b)
{
    return memcmp(*(const uint8_t *const *)a, *(const uint8_t *const *)b, SM3_SIZE);
}

/* Some hundredths of a second for all documents of a county. */
void model_seal(Model *m)
{
    g_autofree char *schema = model_schema_text(m);
    sm3(schema, strlen(schema), m->schema_hash);
    /* Whatever the order of the files, the same documents give the same hash. */
    g_autofree const uint8_t **all = g_new0(const uint8_t *, m->n_documents + 1);
    for (size_t i = 0; i < m->n_documents; i++) {
        Document *d = m->documents[i];
        sm3(d->text.at, d->text.len, d->hash);
        all[i] = d->hash;
    }
    sort_rows(all, m->n_documents, sizeof *all, by_hash);
    g_autoptr(Sm3) h = sm3_new();
    for (size_t i = 0; i < m->n_documents; i++)
        sm3_add(h, all[i], SM3_SIZE);
    sm3_end(h, m->policy_hash);
}
