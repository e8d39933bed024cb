/* verify_rows.c — records, accounts and identities against what the journal says of them last. */
#include "base/identifier.h"
#include "store/issue_inside.h"
#include "store/stream.h"
#include "store/verify.h"

static void row_fault(Verifying *v, Str entity, int32_t county, int64_t id, const char *what)
{
    char text[ID_TEXT];

    fault(v, "%.*s %s of county %d: %s", STR_ARG(entity), id_format(id, text), county, what);
}

/* ---- identities -------------------------------------------------------------------------- */

static bool identities_count(Verifying *v, uint64_t held, GError **error)
{
    static const Sql sql =
        SQL("SELECT (SELECT count(*) FROM identity WHERE key_id<>?1 AND NOT EXISTS (SELECT 1 FROM "
            "data_key WHERE kind='blind' AND number=key_id AND state=3)) + (SELECT count(*) FROM "
            "identity_recent WHERE key_id<>?1 AND NOT EXISTS (SELECT 1 FROM data_key WHERE "
            "kind='blind' AND number=key_id AND state=3))");
    Statement *st = NULL;
    int64_t rows = 0;

    /* Those under the next key, which not every record has yet, are looked at one by one; those of
     * a key that is leaving count no more. */
    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    bind_int(st, 1, v->keys.next != 0 ? v->keys.next : -1);
    if (!conn_number(v->conn, st, 0, &rows, error))
        return false;
    if ((uint64_t)rows < held)
        fault(v, "the table of identities lacks %" G_GUINT64_FORMAT " rows", held - (uint64_t)rows);
    if ((uint64_t)rows > held) {
        v->report->rows_extra += (uint64_t)rows - held;
        fault(v, "the table of identities holds %" G_GUINT64_FORMAT " that no record has",
              (uint64_t)rows - held);
    }
    return true;
}

/* ---- periods ----------------------------------------------------------------------------- */

/* Live pieces are sorted by since; the one in E starts last. */
static bool periods_overlap(const Slot *s)
{
    Date end = DATE_MIN;
    bool any = false;

    for (size_t i = 0; i < s->n_pieces; i++) {
        const Piece *p = &s->pieces[i];

        if (p->gone != SEQ_OPEN)
            continue;
        if ((any && p->since < end) || p->since >= p->until)
            return true;
        end = p->until;
        any = true;
    }
    return any && s->value.type != CELL_NONE && s->since < end;
}

static bool periods_check(Verifying *v, const Row *r)
{
    bool sound = true;

    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const FieldPlan *f = &r->plan->fields[i];
        g_autofree char *what = NULL;

        if (!f->dated || !periods_overlap(&r->slots[i]))
            continue;
        sound = false;
        what = g_strdup_printf("two periods of field \"%.*s\" overlap", STR_ARG(f->field->name));
        row_fault(v, r->plan->entity->name, r->key.county, r->key.id, what);
    }
    return sound;
}

/* ---- records ----------------------------------------------------------------------------- */

static bool digest_check(Verifying *v, Str entity, int64_t number, RecordKey key,
                         const uint8_t digest[SM3_SIZE])
{
    Last *l = last_of(&v->last, number, key.county, key.id);
    g_autofree char *what = NULL;

    v->report->rows++;
    if (l == NULL) {
        v->report->rows_extra++;
        row_fault(v, entity, key.county, key.id, "no entry of the journal made it");
        return true;
    }
    l->seen = true;
    if (memcmp(l->row, digest, SM3_SIZE) == 0)
        return true;
    what = g_strdup_printf("it is not as entry %" G_GINT64_FORMAT " wrote it", l->seq);
    row_fault(v, entity, key.county, key.id, what);
    return false;
}

static bool record_check(Verifying *v, const Row *r, uint64_t *held, GError **error)
{
    uint8_t digest[SM3_SIZE];
    bool sound = true;

    row_digest(r, &v->scratch, v->hash, digest);
    sound = digest_check(v, r->plan->entity->name, r->plan->number, r->key, digest);
    sound = periods_check(v, r) && sound;
    if (r->residue)
        row_fault(v, r->plan->entity->name, r->key.county, r->key.id,
                  "it holds something beside the values that were written");
    sound = sound && !r->residue;
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        if (!r->slots[i].has_blind)
            continue;
        (*held)++;
        if (!identity_expect(v, r, &r->plan->fields[i], &r->slots[i], !sound, error))
            return false;
    }
    v->report->rows_differ += !sound;
    return true;
}

static bool table_check(Verifying *v, const TablePlan *t, uint64_t *held, GError **error)
{
    g_autoptr(Stream) stream = NULL;
    const Row *r = NULL;
    uint64_t loose = 0;

    if (!stream_open(v->conn, t, &stream, error))
        return false;
    for (;;) {
        if (!stream_next(stream, &r, &loose, error))
            return false;
        if (r == NULL)
            break;
        if (!record_check(v, r, held, error))
            return false;
    }
    if (loose > 0) {
        v->report->rows_extra += loose;
        fault(v, "%.*s: %" G_GUINT64_FORMAT " periods or versions belong to no record",
              STR_ARG(t->entity->name), loose);
    }
    return true;
}

/* ---- accounts ---------------------------------------------------------------------------- */

static AccountRow account_from(Statement *st)
{
    AccountRow a = {.id = column_int64(st, 1)};
    Str *texts[] = {&a.name, &a.role, &a.region, &a.facility, &a.shown, &a.password};

    for (int i = 0; i < 6; i++)
        *texts[i] = column_str(st, 3 + i);
    a.disabled = column_int(st, 9) != 0;
    return a;
}

static bool accounts_check(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT county,id,seq,name,role,region,facility,shown,password,"
                               "disabled FROM sign_in ORDER BY county,id");
    Statement *st = NULL;
    uint8_t digest[SM3_SIZE];
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        RecordKey key = {column_int(st, 0), column_int64(st, 1)};
        AccountRow a = account_from(st);

        account_digest(&v->scratch, v->hash, key.county, column_int64(st, 2), &a, digest);
        if (column_int(st, 9) != a.disabled)
            memset(digest, 0, sizeof digest); /* neither yes nor no */
        v->report->rows_differ += !digest_check(v, STR("account"), ENTITY_ACCOUNT, key, digest);
    }
    return ok;
}

/* ---- papers and receipts ------------------------------------------------------------------ */

static bool issued_check(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT " ISSUE_COLUMNS " FROM issued ORDER BY county,id");
    Statement *st = NULL;
    uint8_t digest[SM3_SIZE];
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        IssueRow x = issue_from(st);
        RecordKey key = {x.county, x.id};

        issue_digest(&v->scratch, v->hash, column_int64(st, 13), &x, digest);
        v->report->rows_differ += !digest_check(v, STR("issued"), ENTITY_ISSUED, key, digest);
    }
    return ok;
}

/* What a number that is no entity's is called. */
static Str own_name(int64_t entity, Str otherwise)
{
    return entity == ENTITY_ACCOUNT    ? STR("account")
           : entity == ENTITY_ISSUED   ? STR("issued")
           : entity == ENTITY_DOCKET   ? STR("docket")
           : entity == ENTITY_PAY_RUN  ? STR("pay run")
           : entity == ENTITY_PAY_HOLD ? STR("hold of payments")
                                       : otherwise;
}

static void missing_check(Verifying *v)
{
    for (size_t i = 0; i < v->last.room; i++) {
        const Last *l = &v->last.seats[i];
        g_autofree char *what = NULL;

        if (l->id == 0 || l->seen)
            continue;
        const TablePlan *t = plan_numbered(v->s->plan, l->entity);
        Str entity = t != NULL ? t->entity->name : STR("record");

        v->report->rows_missing++;
        what =
            g_strdup_printf("it is missing, although entry %" G_GINT64_FORMAT " wrote it", l->seq);
        row_fault(v, own_name(l->entity, entity), l->county, l->id, what);
    }
}

bool verify_rows(Verifying *v, GError **error)
{
    uint64_t held = 0;

    for (size_t i = 0; i < v->s->plan->n_all; i++) {
        if (!table_check(v, &v->s->plan->tables[i], &held, error))
            return false;
    }
    if (!identities_look(v, error) || !identities_count(v, held, error) ||
        !accounts_check(v, error) || !verify_dockets(v, error) || !issued_check(v, error) ||
        !verify_pay(v, error))
        return false;
    missing_check(v);
    return true;
}
