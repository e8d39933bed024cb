/* verify_identities.c — the number of every record stands in the table of identities.
 * Looked for by the dozen: one by one, each of a million would wait for the database.
 * Read first: identity_expect(), identities_look(). */
#include "base/identifier.h"
#include "store/verify.h"

typedef struct Expected {
    const TablePlan *plan;
    RecordKey key;
    bool counted; /* among the rows that differ, already */
    uint8_t blind[SM3_SIZE];
} Expected;

struct Identities { /* of one field in one county: looked for together */
    int64_t field;
    int32_t county;
    size_t n;
    Expected of[FIND_MANY];
};

struct Identities *identities_new(void)
{
    return g_new0(struct Identities, 1);
}

void identities_free(struct Identities *i)
{
    g_free(i);
}

static void missing_fault(Verifying *v, const Expected *e)
{
    char text[ID_TEXT];
    const Str name = e->plan->entity->name;

    v->report->rows_differ += !e->counted;
    fault(v, "%.*s %s of county %d: its identity is missing from the table of identities",
          STR_ARG(name), id_format(e->key.id, text), e->key.county);
}

bool identities_look(Verifying *v, GError **error)
{
    struct Identities *x = v->identities;
    const int64_t keys[] = {v->keys.blind, v->keys.next};
    uint8_t blinds[FIND_MANY][SM3_SIZE];
    int64_t ids[FIND_MANY];
    bool has[FIND_MANY] = {false};

    for (size_t i = 0; i < x->n; i++)
        memcpy(blinds[i], x->of[i].blind, SM3_SIZE);
    /* While the index key changes, a record says its row under the one or the other. */
    for (size_t k = 0; k < G_N_ELEMENTS(keys) && x->n > 0 && (k == 0 || keys[k] != 0); k++) {
        const BlindMany b = {x->county, x->field, keys[k], (const uint8_t(*)[SM3_SIZE])blinds,
                             x->n,      ids};

        memset(ids, 0, sizeof ids);
        if (!blinds_find(v->conn, v->s->plan, &b, error))
            return false;
        for (size_t i = 0; i < x->n; i++)
            has[i] = has[i] || ids[i] == x->of[i].key.id;
    }
    for (size_t i = 0; i < x->n; i++) {
        if (!has[i])
            missing_fault(v, &x->of[i]);
    }
    x->n = 0;
    return true;
}

bool identity_expect(Verifying *v, const Row *r, const FieldPlan *f, const Slot *s, bool counted,
                     GError **error)
{
    struct Identities *x = v->identities;
    int64_t field = identity_field(r->plan, f);

    if ((x->n == FIND_MANY || x->field != field || x->county != r->key.county) &&
        !identities_look(v, error))
        return false;
    x->field = field;
    x->county = r->key.county;
    Expected *e = &x->of[x->n++];

    *e = (Expected){.plan = r->plan, .key = r->key, .counted = counted};
    memcpy(e->blind, s->blind, SM3_SIZE);
    return true;
}
