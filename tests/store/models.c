/* models.c — see models.h. */
#include "models.h"

Model *model_fresh(Fixture *f, uint8_t policy)
{
    return fixture_model(f->arena, false, policy);
}

void model_sealed(Model *m)
{
    g_autofree char *schema = NULL;

    for (size_t i = 0; i < m->n_entities; i++) {
        m->entities[i]->number = (unsigned)i;
        for (size_t j = 0; j < m->entities[i]->n_fields; j++)
            m->entities[i]->fields[j]->index = (unsigned)j;
    }
    schema = model_schema_text(m);
    sm3(schema, strlen(schema), m->schema_hash);
}

Entity *entity_of(Model *m, const char *name)
{
    for (size_t i = 0; i < m->n_entities; i++) {
        if (str_is(m->entities[i]->name, name))
            return m->entities[i];
    }
    g_error("no entity %s", name);
}

Field *field_in(Model *m, const char *entity, const char *name)
{
    return (Field *)field_of(entity_of(m, entity), name);
}

void field_drop(Model *m, const char *entity, const char *name)
{
    Entity *e = entity_of(m, entity);
    size_t n = 0;

    for (size_t i = 0; i < e->n_fields; i++) {
        if (!str_is(e->fields[i]->name, name))
            e->fields[n++] = e->fields[i];
    }
    g_assert_cmpuint(n + 1, ==, e->n_fields);
    e->n_fields = n;
}

Field *field_more(Model *m, const char *entity, const char *name, Kind kind)
{
    Entity *e = entity_of(m, entity);
    Field **fields = arena_many(m->arena, Field *, e->n_fields + 2);
    Field *f = arena_new_of(m->arena, Field);

    *f = (Field){.name = str_of(name), .entity = e};
    f->type.kind = kind;
    if (e->n_fields > 0) /* a new entity has none, and no address of them */
        memcpy(fields, e->fields, e->n_fields * sizeof *fields);
    fields[e->n_fields++] = f;
    e->fields = fields;
    return f;
}

Entity *entity_more(Model *m, const char *name)
{
    Entity **entities = arena_many(m->arena, Entity *, m->n_entities + 2);
    Entity *e = arena_new_of(m->arena, Entity);

    e->name = str_of(name);
    memcpy(entities, m->entities, m->n_entities * sizeof *entities);
    entities[m->n_entities++] = e;
    m->entities = entities;
    field_more(m, name, "name", KIND_TEXT);
    return e;
}

void entity_drop(Model *m, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n_entities; i++) {
        if (!str_is(m->entities[i]->name, name))
            m->entities[n++] = m->entities[i];
    }
    g_assert_cmpuint(n + 1, ==, m->n_entities);
    m->n_entities = n;
}

void code_drop(Model *m, const char *name, const char *code)
{
    for (size_t i = 0; i < m->n_enums; i++) {
        Enum *e = m->enums[i];
        size_t n = 0;

        if (!str_is(e->name, name))
            continue;
        for (size_t j = 0; j < e->n_codes; j++) {
            if (str_is(e->codes[j].name, code))
                continue;
            e->codes[n] = e->codes[j];
            e->codes[n].number = (unsigned)n;
            n++;
        }
        e->n_codes = n;
    }
}

bool migrate_to(Fixture *f, Model *m, const char *reason, Migration *ret, GError **error)
{
    const PolicyPut put = {
        .model = m, .actor = STR("li"), .via = STR("cli"), .reason = str_of(reason)};

    model_sealed(m);
    store_close(f->store);
    f->store = NULL;
    if (!store_migrate(f->uri, &put, f->arena, ret, error))
        return false;
    if (ret->nothing) { /* what is in force stays so: another policy is put in force by itself */
        fixture_reopen(f);
        return true;
    }
    f->model = m;
    f->facility = f->elder = f->visit = NULL;
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity **named = str_is(m->entities[i]->name, "facility") ? &f->facility
                               : str_is(m->entities[i]->name, "elder")  ? &f->elder
                               : str_is(m->entities[i]->name, "visit")  ? &f->visit
                                                                        : NULL;
        if (named != NULL)
            *named = m->entities[i];
    }
    fixture_reopen(f);
    return true;
}

void migrated_to(Fixture *f, Model *m, const char *reason)
{
    g_autoptr(GError) error = NULL;
    Migration done;

    migrate_to(f, m, reason, &done, &error);
    g_assert_no_error(error);
    assert_verified(f->store);
}

void migrate_refused(Fixture *f, Model *m, const char *reason, const char *words)
{
    g_autoptr(GError) error = NULL;
    Migration done;
    int64_t entries = ask(f, "SELECT count(*) FROM journal");

    g_assert_false(migrate_to(f, m, reason, &done, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" does not say \"%s\"", error->message, words);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM journal"), ==, entries);
    fixture_reopen(f);
    assert_verified(f->store);
}

/* ---- two states -------------------------------------------------------------------------- */

Model *model_other(Fixture *f, uint8_t policy)
{
    Model *m = model_fresh(f, policy);

    field_drop(m, "elder", "remark");
    field_in(m, "elder", "height")->type.kind = KIND_MONEY;
    field_more(m, "elder", "diet", KIND_TEXT)->dated = true;
    field_in(m, "facility", "code")->unique = false;
    entity_more(m, "elder_ability");
    entity_drop(m, "visit");
    model_sealed(m);
    return m;
}

bool migrate_closed(Fixture *f, const Model *m, GError **error)
{
    const PolicyPut put = {
        .model = m, .actor = STR("li"), .via = STR("cli"), .reason = STR("a trial")};
    g_autoptr(Arena) a = arena_new();
    Migration done;

    return store_migrate(f->uri, &put, a, &done, error);
}

const Model *state_of(Fixture *f, const Model *one, const Model *two)
{
    const Model *models[] = {one, two}, *is = NULL;

    for (size_t i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        Store *s = NULL;

        if (!store_open(f->uri, models[i], &s, &error)) {
            g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
            continue;
        }
        g_assert_null(is);
        is = models[i];
        assert_verified(s);
        store_close(s);
    }
    g_assert_nonnull(is);
    return is;
}

void elders(Fixture *f, size_t n)
{
    g_autoptr(Arena) a = arena_new();
    Change *changes = arena_many(a, Change, n);
    g_autoptr(GError) error = NULL;

    elders_make(f, a, changes, n, 4711);
    store_write_chunk(f->store, changes, n, NULL, &error);
    g_assert_no_error(error);
}
