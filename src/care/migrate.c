/* migrate.c — see migrate.h.  Not here: tables and classes of changes (store/migrate.c). */
#include "care/migrate.h"

#include "care/write.h"
#include "compile/compile.h"

static void model_free_later(void *model)
{
    model_unref(model);
}

static Model *keep_model(Model *m, Arena *a)
{
    if (m != NULL)
        arena_on_free(a, model_free_later, m);
    return m;
}

/* The documents in force; *ret NULL: this version of the program no longer reads them. */
static bool model_stored(const char *uri, Arena *a, Model **ret, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile *files;
    size_t n;
    if (!store_peek_documents(uri, a, &files, &n, error))
        return false;
    *ret = keep_model(model_read(files, n, ds), a);
    return true;
}

static bool model_wanted(const MigrateOptions *o, Diags *ds, Arena *a, Model *stored, Model **ret,
                         GError **error)
{
    StoreFacts facts;
    if (o->stored && stored == NULL)
        return fail(error, FAIL_INPUT,
                    "the documents in force no longer compile with this version of the program: "
                    "migrate to others");
    *ret = stored;
    if (o->stored)
        return true;
    if (!store_peek(o->uri, a, &facts, error))
        return false;
    *ret = keep_model(
        model_read_packs(o->packs, arena_dup(a, facts.place.at, facts.place.len), ds, error), a);
    return *ret != NULL;
}

bool migrate_read(const MigrateOptions *o, Diags *ds, Arena *a, Migrate *ret, GError **error)
{
    Model *stored, *wanted;
    *ret = (Migrate){0};
    if (!model_stored(o->uri, a, &stored, error) ||
        !model_wanted(o, ds, a, stored, &wanted, error) ||
        !store_migration(o->uri, wanted, a, &ret->store, error))
        return false;
    /* Documents that only decide otherwise are put in force by a command of their own. */
    ret->model = ret->store.n_changes == 0 && stored != NULL ? stored : wanted;
    return ret->model == stored || policy_between(stored, ret->model, a, &ret->policy, error);
}

/* ---- doing it */

static bool account_may(const MigrateOptions *o, Arena *a, Str *ret_actor, Str *ret_via,
                        Str *ret_left_out, GError **error)
{
    const CareOptions open = {.uri = o->uri};
    const Session *s;
    g_autoptr(Care) care = NULL;
    if (o->account.len == 0) {
        *ret_actor = str_of(arena_printf(a, "local:%s", g_get_user_name()));
        *ret_via = STR("cli");
        return true;
    }
    if (!care_open(&open, &care, error))
        return fail_while(error, "asking for the rights of an account");
    *ret_left_out = arena_str(a, care_left_out(care));
    if (!session_local(care, o->account, a, &s, error))
        return false;
    if (!session_may(s, MAY_POLICY_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not put policies in force",
                    s->role->word);
    *ret_actor = arena_str(a, s->account);
    *ret_via = arena_str(a, s->via);
    return true;
}

/* Decisions by rules that differ, or that are new, are made anew. */
static struct PolicyRule *rules_marked(const Migrate *m, Str place, Arena *a, size_t *ret_n)
{
    const PolicyDifference *d = &m->policy;
    struct PolicyRule *rules = arena_many(a, struct PolicyRule, d->n_rules + 1);
    *ret_n = 0;
    for (size_t i = 0; i < d->n_rules; i++)
        if (d->rules[i].how != POLICY_GONE)
            rules[(*ret_n)++] =
                (struct PolicyRule){d->rules[i].rule->name, place, d->rules[i].from};
    return rules;
}

bool migrate_do(const MigrateOptions *o, Arena *a, Migrate *m, GError **error)
{
    PolicyPut put = {.model = m->model, .reason = o->reason};
    StoreFacts facts;
    if (!check_reason_kept(o->reason, NULL, error) ||
        !account_may(o, a, &put.actor, &put.via, &m->left_out, error) ||
        !store_peek(o->uri, a, &facts, error))
        return false;
    put.rules = rules_marked(m, facts.place, a, &put.n_rules);
    return care_migrate(o->uri, &put, a, &m->store, error);
}
