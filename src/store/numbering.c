/* numbering.c — stored numbers: of entities, fields and codes.  A number never changes and is never
 * given twice, whatever the order of the documents. */
#include "store/plan.h"

#include "base/sort.h"

struct Numbering {
    GHashTable *numbers;  /* "owner\nname" → number + 1 */
    GHashTable *greatest; /* owner → greatest number + 1 */
};

Numbering *numbering_new(void)
{
    Numbering *n = g_new0(Numbering, 1);

    n->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    n->greatest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return n;
}

void numbering_free(Numbering *n)
{
    if (n == NULL)
        return;
    g_hash_table_unref(n->numbers);
    g_hash_table_unref(n->greatest);
    g_free(n);
}

static char *key_of(Str owner, Str name)
{
    return g_strdup_printf("%.*s\n%.*s", STR_ARG(owner), STR_ARG(name));
}

void numbering_add(Numbering *n, Str owner, Str name, int64_t number)
{
    char *who = g_strndup(owner.at, owner.len);
    int64_t greatest = GPOINTER_TO_SIZE(g_hash_table_lookup(n->greatest, who));

    g_hash_table_insert(n->numbers, key_of(owner, name), GSIZE_TO_POINTER(number + 1));
    g_hash_table_insert(n->greatest, who, GSIZE_TO_POINTER(MAX(greatest, number + 1)));
}

int64_t numbering_find(const Numbering *n, Str owner, Str name)
{
    g_autofree char *key = key_of(owner, name);

    return (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(n->numbers, key)) - 1;
}

void numbering_rename(Numbering *n, Str owner, Str from, Str to)
{
    numbering_move(n, owner, from, owner, to);
}

void numbering_move(Numbering *n, Str owner, Str from, Str owner_to, Str to)
{
    int64_t number = numbering_find(n, owner, from);
    g_autofree char *key = key_of(owner, from);

    if (number < 0)
        return;
    g_hash_table_remove(n->numbers, key);
    numbering_add(n, owner_to, to, number);
}

static int64_t number_first(Str owner)
{
    if (str_is(owner, "entity"))
        return ENTITY_FIRST;
    return str_starts(owner, STR("entity ")) ? 1 : 0; /* a field number 0 would be no field */
}

int64_t numbering_give(Numbering *n, Str owner, Str name)
{
    int64_t number = numbering_find(n, owner, name);
    g_autofree char *who = g_strndup(owner.at, owner.len);

    if (number >= 0)
        return number;
    number = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(n->greatest, who));
    number = MAX(number, number_first(owner));
    numbering_add(n, owner, name, number);
    return number;
}

void numbering_model(Numbering *n, const Model *m)
{
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];
        g_autofree char *owner = g_strdup_printf("entity %.*s", STR_ARG(entity_stored(e)));

        numbering_give(n, STR("entity"), entity_stored(e));
        for (size_t j = 0; j < e->n_fields; j++)
            numbering_give(n, str_of(owner), field_stored(e->fields[j]));
    }
    for (size_t i = 0; i < m->n_enums; i++) {
        g_autofree char *owner = g_strdup_printf("enum %.*s", STR_ARG(enum_stored(m->enums[i])));

        for (size_t j = 0; j < m->enums[i]->n_codes; j++)
            numbering_give(n, str_of(owner), code_stored(&m->enums[i]->codes[j]));
    }
    for (size_t i = 0; i < m->n_rules; i++)
        numbering_give(n, STR("rule"), m->rules[i]->name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void numbering_each(const Numbering *n, NumberingEach each, void *with)
{
    guint many = 0;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(n->numbers, &many);

    sort_rows(keys, many, sizeof *keys, by_text);
    for (guint i = 0; i < many; i++) {
        const char *cut = strchr(keys[i], '\n');
        g_autofree char *owner = g_strndup(keys[i], (gsize)(cut - (const char *)keys[i]));

        each(with, owner, cut + 1,
             (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(n->numbers, keys[i])) - 1);
    }
}
