/* migrate_added.c — version 4: what a document of a place adds is numbered with its document's
 * name, DOCUMENT/WORD (semantics 50).  A database made before has it by its word alone: the numbers
 * stay, and with them every column and every record; only the names in `naming`, in the schema text
 * and among what is hidden change. In: the documents in force in the database; where this program
 * no longer reads them, those it is migrated to.  Start: added_named(). */
#include "store/migrate_inside.h"

typedef struct Renaming {
    Arena *arena;
    GHashTable *to; /* "entity x", "enum x", "field x.y", "code x.y" → what is stored instead */
} Renaming;

static void rename_add(Renaming *r, const char *kind, Str owner, Str name, Str stored)
{
    Str plain = owner.len > 0 ? owner : name;

    if (str_equal(name, stored))
        return;
    g_hash_table_insert(r->to,
                        arena_printf(r->arena, "%s %.*s%s%.*s", kind, STR_ARG(plain),
                                     owner.len > 0 ? "." : "",
                                     STR_ARG(owner.len > 0 ? name : owner)),
                        arena_dup(r->arena, stored.at, stored.len));
}

static void renames_of(Renaming *r, const Model *m)
{
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];

        rename_add(r, "entity", STR(""), e->name, entity_stored(e));
        for (size_t j = 0; j < e->n_fields; j++)
            rename_add(r, "field", e->name, field_word(e->fields[j]), field_stored(e->fields[j]));
    }
    for (size_t i = 0; i < m->n_enums; i++) {
        const Enum *e = m->enums[i];

        rename_add(r, "enum", STR(""), e->name, enum_stored(e));
        for (size_t j = 0; j < e->n_codes; j++)
            rename_add(r, "code", e->name, code_word(&e->codes[j]), code_stored(&e->codes[j]));
    }
}

/* The name itself when it stays. */
static Str renamed(const Renaming *r, const char *kind, Str owner, Str name)
{
    g_autofree char *key = g_strdup_printf("%s %.*s%s%.*s", kind, STR_ARG(owner),
                                           owner.len > 0 ? "." : "", STR_ARG(name));
    const char *to = g_hash_table_lookup(r->to, key);

    return to != NULL ? str_of(to) : name;
}

/* ---- lines of a schema ------------------------------------------------------------------- */

/* `enum x`, `set of x` and `ref x` in the type of a field; what a code counts as. */
static void rest_renamed(const Renaming *r, Str owner, bool code, Str rest, GString *to)
{
    Str before = STR("");

    while (rest.at != NULL) {
        Str word = str_cut(&rest, ' ');
        Str name = word;

        if (code && str_is(before, "is"))
            name = renamed(r, "code", owner, word);
        else if (!code && (str_is(before, "enum") || str_is(before, "of")))
            name = renamed(r, "enum", STR(""), word);
        else if (!code && str_is(before, "ref"))
            name = renamed(r, "entity", STR(""), word);
        g_string_append_printf(to, " %.*s", STR_ARG(name));
        before = word;
    }
}

static char *line_renamed(const Renaming *r, Str line)
{
    GString *to = g_string_new(NULL);
    Str rest = line, kind = str_cut(&rest, ' '), member = str_cut(&rest, ' '),
        owner = str_cut(&member, '.');
    bool field = str_is(kind, "field"), code = str_is(kind, "code"),
         of_entity = field || str_is(kind, "entity");

    g_string_append_printf(to, "%.*s %.*s", STR_ARG(kind),
                           STR_ARG(renamed(r, of_entity ? "entity" : "enum", STR(""), owner)));
    if (field || code)
        g_string_append_printf(to, ".%.*s",
                               STR_ARG(renamed(r, field ? "field" : "code", owner, member)));
    if (field || code)
        rest_renamed(r, owner, code, rest, to);
    else if (rest.at != NULL)
        g_string_append_printf(to, " %.*s", STR_ARG(rest));
    return g_string_free(to, FALSE);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Str lines_renamed(const Renaming *r, Str text)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) to = g_string_new(NULL);

    while (text.len > 0) {
        Str line = str_cut(&text, '\n');

        if (line.len > 0)
            g_ptr_array_add(lines, line_renamed(r, line));
    }
    g_ptr_array_sort(lines, by_text);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(to, "%s\n", (const char *)lines->pdata[i]);
    return str_of(arena_dup(r->arena, to->str, to->len));
}

/* ---- numbers ----------------------------------------------------------------------------- */

typedef struct Moving {
    const Renaming *by;
    GArray *to; /* of NumberRename */
} Moving;

/* "entity elder", nickname → "entity elder", pingxiang-2020/nickname; a field that was set aside
 * keeps the number behind its word, as among what is hidden. */
static void number_moved(void *with, const char *owner, const char *name, int64_t number)
{
    Moving *m = with;
    const Renaming *r = m->by;
    Str of = str_of(owner), kind = str_cut(&of, ' '), word = str_of(name);
    NumberRename to = {str_of(arena_dup(r->arena, owner, strlen(owner))),
                       str_of(arena_dup(r->arena, name, strlen(name))),
                       {NULL, 0},
                       {NULL, 0}};

    (void)number;
    if (of.at == NULL) {
        to.owner_to = to.owner;
        to.to = str_is(kind, "entity") ? renamed(r, "entity", STR(""), word) : to.from;
    } else {
        bool entity = str_is(kind, "entity");

        to.owner_to =
            str_of(arena_printf(r->arena, "%.*s %.*s", STR_ARG(kind),
                                STR_ARG(renamed(r, entity ? "entity" : "enum", STR(""), of))));
        to.to = renamed(r, entity ? "field" : "code", of, to.from);
    }
    if (!str_equal(to.owner, to.owner_to) || !str_equal(to.from, to.to))
        g_array_append_val(m->to, to);
}

bool added_named(StepWork *w, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = NULL;
    Renaming r = {w->arena, g_hash_table_new(g_str_hash, g_str_equal)};
    DocumentFile *files = NULL;
    Moving moving = {&r, w->renames};
    size_t n = 0;

    if (!policy_documents(w->conn, 0, w->arena, &files, &n, error)) {
        g_hash_table_unref(r.to);
        return false;
    }
    m = model_read(files, n, ds);
    renames_of(&r, m != NULL ? m : w->model);
    w->schema = lines_renamed(&r, w->schema);
    w->kept = lines_renamed(&r, w->kept);
    guint first = w->renames->len;
    numbering_each(w->numbers, number_moved, &moving);
    for (guint i = first; i < w->renames->len; i++) {
        const NumberRename *x = &g_array_index(w->renames, NumberRename, i);

        numbering_move(w->numbers, x->owner, x->from, x->owner_to, x->to);
    }
    g_hash_table_unref(r.to);
    return true;
}
