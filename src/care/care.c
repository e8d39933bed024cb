/* care.c — the running system: opened, asked for what it is, closed.
 * In: a database, documents, keys.  Out: a Care, or words why it may not start.
 * Read first: care_open(). */
#include "base/clock.h"
#include "care/access.h"
#include "care/account.h"
#include "care/inside.h"
#include "care/keyring.h"
#include "care/keys.h"
#include "care/ledger.h"
#include "care/move.h"
#include "care/session.h"
#include "compile/compile.h"
#include "store/import_job.h"
#include "store/migrate.h"

static bool diags_fail(const Diags *ds, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        if (d->severity == DIAG_ERROR) {
            diag_print(d, text);
            break;
        }
    }
    return fail(error, FAIL_INPUT,
                "the documents in force hold %u errors; anlao check lists them\n%s", ds->errors,
                text->str);
}

static bool packs_in_force(const Care *c, const char *packs, const char *place, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read_packs(packs, place, ds, error);
    if (m == NULL && error != NULL && *error != NULL)
        return fail_while(error, "reading the documents");
    if (m == NULL)
        return diags_fail(ds, error);
    return memcmp(m->policy_hash, c->model->policy_hash, sizeof m->policy_hash) == 0 ||
           fail(error, FAIL_INPUT,
                "the documents in \"%s\" are not those in force; \"anlao policy\" shows what "
                "differs and puts them in force",
                packs);
}

/* The documents stored in the database, whatever lies in folders; a folder that is named must hold
 * the same. */
static bool model_in_force(const CareOptions *o, Care *c, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Arena) a = arena_new();
    DocumentFile *files;
    StoreFacts facts;
    size_t n;
    if (!store_peek(o->uri, a, &facts, error) ||
        !store_peek_documents(o->uri, a, &files, &n, error))
        return false;
    c->model = model_read(files, n, ds);
    if (c->model == NULL)
        return diags_fail(ds, error);
    return o->packs == NULL ||
           packs_in_force(c, o->packs, arena_dup(a, facts.place.at, facts.place.len), error);
}

static bool keys_in_force(const CareOptions *o, Care *c, GError **error)
{
    g_autofree char *path = keys_path(o->uri, o->keys);
    care_inside(c)->key_path = g_strdup(path);
    return keys_open(path, &c->keys, error);
}

static void county_add(CareInside *in, int32_t county)
{
    for (size_t i = 0; i < in->n_counties; i++)
        if (in->counties[i] == county)
            return;
    if (county != 0)
        in->counties[in->n_counties++] = county;
}

static bool places_in_force(Care *c, GError **error)
{
    CareInside *in = care_inside(c);
    const StoreFacts *facts = store_facts(c->store);
    c->regions = region_tree_new(c->arena, c->model);
    c->seen = statements_seen(c->model, c->arena);
    c->place = region_row(c->regions, facts->place);
    roles_in_force(c);
    if (c->place == ROW_NONE)
        return fail(error, FAIL_INPUT, "the documents do not know the place %.*s of this database",
                    STR_ARG(facts->place));
    in->counties = arena_many(c->arena, int32_t, c->regions->n + 1);
    county_add(in, facts->home_county);
    for (int32_t k = c->regions->order[c->place]; k <= c->regions->last[c->place]; k++)
        county_add(in, c->regions->county[c->regions->by_order[k]]);
    return true;
}

static bool warm(Care *c, GError **error)
{
    g_autoptr(Working) w = NULL;
    return !c->keeps_working || working_get(c, &w, error);
}

bool care_open(const CareOptions *o, Care **ret, GError **error)
{
    CareInside *in = g_new0(CareInside, 1);
    Care *c = &in->care;
    c->arena = arena_new();
    c->keeps_working = o->load;
    c->sessions = sessions_new();
    access_begin(c);
    g_mutex_init(&c->working_lock);
    g_mutex_init(&in->wrote_lock);
    g_mutex_init(&in->load_lock);
    if (!model_in_force(o, c, error) || !keys_in_force(o, c, error) ||
        !store_open(o->uri, c->model, &c->store, error) || !places_in_force(c, error) ||
        !ledger_begin(c) || !keyring_open(c, error) || !moves_finish(c, error) || !warm(c, error)) {
        care_close(c);
        g_autofree char *shown = store_shown(o->uri);
        return fail_while(error, "opening \"%s\"", shown);
    }
    *ret = c;
    return true;
}

Str care_left_out(const Care *c)
{
    return store_left_out(c->store);
}

void care_close(Care *c)
{
    if (c == NULL)
        return;
    CareInside *in = care_inside(c);
    access_end(c);
    working_unref(c->working);
    sessions_free(c->sessions);
    store_close(c->store);
    keys_free(c->keys);
    g_free(in->key_path);
    model_unref(c->model);
    arena_free(c->arena);
    g_mutex_clear(&c->working_lock);
    g_mutex_clear(&in->wrote_lock);
    g_mutex_clear(&in->load_lock);
    g_free(in);
}

const Model *care_model(const Care *c)
{
    return c->model;
}

const RegionTree *care_regions(const Care *c)
{
    return c->regions;
}

bool care_is_demo(const Care *c)
{
    return store_facts(c->store)->demo;
}

bool care_is_outdated(Care *c)
{
    int64_t seq;
    g_autoptr(GError) unreachable = NULL; /* then it is not known to be */
    return store_is_outdated(c->store) ||
           (store_watermark(c->store, &seq, &unreachable) && store_is_outdated(c->store));
}

Date care_today(const Care *c)
{
    const StoreFacts *facts = store_facts(c->store);
    Date stands_at = ((const CareInside *)c)->stands_at;
    if (facts->demo && stands_at != 0)
        return stands_at;
    bool stands = facts->demo && facts->demo_day != 0 && facts->demo_day != DATE_MAX;
    return stands ? facts->demo_day : clock_today();
}

int32_t care_place(const Care *c)
{
    return c->place;
}
