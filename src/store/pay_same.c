/* pay_same.c — records that are one person, and records that moved, as payments see them: what was
 * paid to a record that went into another counts for the one that stays, until the merge is undone;
 * of somebody who moved each month is owed since the ledger of the county where she lived then
 * began.  As of now, or as of a past run.  Read first: pay_sames_read(), pay_begins_read(). */
#include "store/pay_inside.h"

#define HOPS_MOST 16 /* merges one after the other: care/merge.c */

/* ---- merges --------------------------------------------------------------------------------- */

PaySames *pay_sames_new(void)
{
    PaySames *s = g_new0(PaySames, 1);

    s->led = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    s->gone =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
    s->twins = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return s;
}

void pay_sames_free(PaySames *s)
{
    if (s == NULL)
        return;
    g_hash_table_unref(s->led);
    g_hash_table_unref(s->gone);
    g_hash_table_unref(s->twins);
    g_free(s);
}

int64_t pay_led(const PaySames *s, int64_t id)
{
    for (int hop = 0; hop < HOPS_MOST; hop++) {
        const int64_t *to = g_hash_table_lookup(s->led, &id);

        if (to == NULL)
            break;
        id = *to;
    }
    return id;
}

static void twin_add(PaySames *s, int64_t id, int32_t county)
{
    g_hash_table_insert(s->twins, g_memdup2(&id, sizeof id), GINT_TO_POINTER((int)county));
}

/* Whom each one that stays stands for, over all hops. */
static void gone_fill(PaySames *s)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, s->led);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        int64_t stays = pay_led(s, *(const int64_t *)key);
        GArray *all = g_hash_table_lookup(s->gone, &stays);

        if (all == NULL) {
            all = g_array_new(FALSE, FALSE, sizeof(int64_t));
            g_hash_table_insert(s->gone, g_memdup2(&stays, sizeof stays), all);
        }
        g_array_append_vals(all, key, 1);
    }
}

/* Entries of another county are not numbered with the run's: what was first is told by the clock.
 */
static bool was_before(const PayRun *as_of, int32_t county, int64_t seq, int64_t at)
{
    return as_of == NULL || (county == as_of->county ? seq < as_of->seq : at < pay_run_at(as_of));
}

bool pay_sames_read(Conn *c, const PayRun *as_of, PaySames *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT d.county,d.subject,d.other,d.state,d.seq,d.at,j.seq,j.at FROM docket d JOIN "
            "journal j ON j.county=d.county AND j.entity=?2 AND j.id=d.id AND j.seq=(SELECT "
            "min(x.seq) FROM journal x WHERE x.county=d.county AND x.entity=?2 AND x.id=d.id) "
            "WHERE d.kind=?1 ORDER BY j.at,j.seq");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, DOCKET_MERGE);
    bind_int(st, 2, ENTITY_DOCKET);
    while (conn_next(c, st, &ok, error)) {
        int32_t county = column_int(st, 0);
        int64_t gone = column_int64(st, 1), stays = column_int64(st, 2);
        bool ended = column_int(st, 3) != DOCKET_OPEN &&
                     was_before(as_of, county, column_int64(st, 4), column_int64(st, 5));

        twin_add(to, gone, county);
        twin_add(to, stays, county);
        if (!ended && was_before(as_of, county, column_int64(st, 6), column_int64(st, 7)))
            g_hash_table_insert(to->led, g_memdup2(&gone, sizeof gone),
                                g_memdup2(&stays, sizeof stays));
    }
    gone_fill(to);
    return ok;
}

/* ---- where ledgers begin --------------------------------------------------------------------- */

bool pay_begins_read(Conn *c, int64_t rule, const PayRun *as_of, GHashTable *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT s.county,min(s.since) FROM pay_sum s WHERE s.rule=?1 AND s.run<?2 AND NOT "
            "EXISTS (SELECT 1 FROM pay_step x WHERE x.county=s.county AND x.run=s.run AND "
            "x.state=0 AND x.at<?3) GROUP BY s.county");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, rule);
    bind_int(st, 2, as_of != NULL ? as_of->id : INT64_MAX);
    bind_int(st, 3, as_of != NULL ? pay_run_at(as_of) : INT64_MAX);
    while (conn_next(c, st, &ok, error))
        g_hash_table_insert(to, GINT_TO_POINTER(column_int(st, 0)),
                            GINT_TO_POINTER(column_int(st, 1)));
    return ok;
}

Month pay_begin_of(GHashTable *begins, int32_t county, Month own)
{
    gpointer since = NULL;

    return county != 0 &&
                   g_hash_table_lookup_extended(begins, GINT_TO_POINTER((int)county), NULL, &since)
               ? (Month)GPOINTER_TO_INT(since)
               : own;
}

Month pay_begin_least(GHashTable *begins, Month own)
{
    GHashTableIter iter;
    gpointer since;

    g_hash_table_iter_init(&iter, begins);
    while (g_hash_table_iter_next(&iter, NULL, &since))
        own = MIN(own, (Month)GPOINTER_TO_INT(since));
    return own;
}
