/* issue.c — see issue.h. */
#include "store/issue_inside.h"

#include "base/limits.h"

#define ISSUES_MOST 1000u

void issue_digest(Bytes *scratch, Sm3 *hash, int64_t seq, const IssueRow *x, uint8_t to[SM3_SIZE])
{
    const Str texts[] = {x->kind,  x->number, x->name,   x->entity, x->place,
                         x->actor, x->type,   x->digest, x->content};
    bytes_reset(scratch);
    bytes_uint(scratch, ENTITY_ISSUED);
    bytes_int(scratch, x->county);
    bytes_int(scratch, x->id);
    bytes_int(scratch, seq);
    bytes_int(scratch, x->record);
    bytes_int(scratch, x->day);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        bytes_str(scratch, texts[i]);
    sm3_reset(hash);
    sm3_add(hash, scratch->at, scratch->len);
    sm3_end(hash, to);
}

bool issue_put(Writing *w, const IssueRow *x, int64_t seq, bool over, GError **error)
{
    /* What was issued never changes; what the law took out of it comes over it. */
    static const Sql sql = SQL("INSERT INTO issued(" ISSUE_COLUMNS
                               ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)"),
                     again = SQL("INSERT INTO issued(" ISSUE_COLUMNS
                                 ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14) ON "
                                 "CONFLICT(county,id) DO UPDATE SET content=excluded.content, "
                                 "seq=excluded.seq");
    Statement *st = NULL;

    if (!conn_statement(w->conn, over ? again : sql, &st, error))
        return false;
    bind_int(st, 1, x->county);
    bind_int(st, 2, x->id);
    bind_str(st, 3, x->kind);
    bind_str(st, 4, x->number);
    bind_str(st, 5, x->name);
    bind_str(st, 6, x->entity);
    bind_int(st, 7, x->record);
    bind_str(st, 8, x->place);
    bind_int(st, 9, x->day);
    bind_str(st, 10, x->actor);
    bind_str(st, 11, x->type);
    bind_str(st, 12, x->digest);
    bind_bytes(st, 13, x->content.at, x->content.len);
    bind_int(st, 14, seq);
    return conn_done(w->conn, st, error);
}

bool issue_entry(Writing *w, const Change *c, Head *h, const IssueRow *x, bool by_law,
                 GError **error)
{
    Entry e = {.actor = c->actor,
               .via = c->via,
               .kind = str_of(change_word(CHANGE_ISSUE)),
               .entity = ENTITY_ISSUED,
               .id = x->id,
               .has_row = true};

    if (!issue_put(w, x, h->seq + 1, by_law, error))
        return false;
    issue_digest(&w->scratch, w->hash, h->seq + 1, x, e.row);
    body_begin(&w->body, CHANGE_ISSUE, c->reason, 0);
    return writing_append(w, h, &e, error);
}

bool issue_change(Writing *w, const Change *c, Head *h, GError **error)
{

    if (c->issue == NULL || c->issue->id <= 0 || c->issue->number.len == 0 ||
        c->issue->content.len == 0 || c->issue->content.len > LIMIT_ISSUED_BYTES)
        return fail(error, FAIL_INPUT,
                    "what is issued needs an id, a number, and content of at "
                    "most %u bytes",
                    LIMIT_ISSUED_BYTES);
    IssueRow x = *c->issue;

    x.county = h->county;
    return issue_entry(w, c, h, &x, false, error);
}

/* ---- reading */

IssueRow issue_from(Statement *st)
{
    IssueRow x = {.county = column_int(st, 0), .id = column_int64(st, 1)};

    x.kind = column_str(st, 2);
    x.number = column_str(st, 3);
    x.name = column_str(st, 4);
    x.entity = column_str(st, 5);
    x.record = column_int64(st, 6);
    x.place = column_str(st, 7);
    x.day = column_int(st, 8);
    x.actor = column_str(st, 9);
    x.type = column_str(st, 10);
    x.digest = column_str(st, 11);
    x.content = column_str(st, 12);
    return x;
}

static IssueRow issue_keep(Arena *a, IssueRow x)
{
    Str *texts[] = {&x.kind,  &x.number, &x.name,   &x.entity, &x.place,
                    &x.actor, &x.type,   &x.digest, &x.content};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = arena_str(a, *texts[i]);
    return x;
}

static void bind_query(Statement *st, const IssueQuery *q)
{
    bind_str(st, 1, q->kind);
    bind_str(st, 2, q->number);
    bind_str(st, 3, q->name);
    bind_str(st, 4, q->entity);
    bind_int(st, 5, q->record);
    bind_int(st, 6, q->id);
    bind_int(st, 7, (int64_t)(q->most == 0 ? ISSUES_MOST : MIN(q->most, ISSUES_MOST)));
}

#define ISSUE_WHERE                                                                                \
    " FROM issued WHERE (?1='' OR kind=?1) AND (?2='' OR number=?2) AND (?3='' OR name=?3) AND "   \
    "(?4='' OR entity=?4) AND (?5=0 OR record=?5) AND (?6=0 OR id=?6) "                            \
    "ORDER BY day DESC, id DESC LIMIT ?7"

static bool issued_read(Conn *c, const IssueQuery *q, Arena *a, GArray *rows, GError **error)
{
    static const Sql whole = SQL("SELECT " ISSUE_COLUMNS ISSUE_WHERE);
    static const Sql heads = SQL("SELECT county,id,kind,number,name,entity,record,place,day,actor,"
                                 "type,digest,'' AS content,seq" ISSUE_WHERE);
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, q->content ? whole : heads, &st, error))
        return false;
    bind_query(st, q);
    while (conn_next(c, st, &ok, error)) {
        IssueRow x = issue_keep(a, issue_from(st));

        g_array_append_val(rows, x);
    }
    return ok;
}

bool store_issued(Store *s, const IssueQuery *q, Arena *a, IssueRow **ret, size_t *ret_n,
                  GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(IssueRow));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = issued_read(c, q, a, rows, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, rows, ret_n);
    return true;
}

static bool by_request(Conn *c, int32_t county, const uint8_t request[16], Arena *a, IssueRow **ret,
                       GError **error)
{
    static const Sql sql = SQL("SELECT " ISSUE_COLUMNS " FROM issued WHERE county=?1 AND seq="
                               "(SELECT seq FROM request WHERE county=?1 AND key=?2) ORDER BY id");
    Statement *st = NULL;
    bool ok;

    *ret = NULL;
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_bytes(st, 2, request, 16);
    while (conn_next(c, st, &ok, error)) {
        *ret = arena_new_of(a, IssueRow);
        **ret = issue_keep(a, issue_from(st));
    }
    return ok;
}

bool store_issued_by(Store *s, int32_t county, const uint8_t request[16], Arena *a, IssueRow **ret,
                     GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = by_request(c, county, request, a, ret, error);
    reader_give(s, c);
    return ok;
}

/* By the counties there are: (county, kind, number) is an index, and most rows are papers. */
static bool days_read(Conn *c, Str kind, Arena *a, GArray *rows, GError **error)
{
    static const Sql sql = SQL("SELECT DISTINCT i.name,i.place,i.day FROM head h JOIN issued i ON "
                               "i.county=h.county WHERE i.kind=?1 ORDER BY i.name,i.place,i.day");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_str(st, 1, kind);
    while (conn_next(c, st, &ok, error)) {
        IssueRow x = {.name = arena_str(a, column_str(st, 0)),
                      .place = arena_str(a, column_str(st, 1)),
                      .day = column_int(st, 2)};

        g_array_append_val(rows, x);
    }
    return ok;
}

bool store_issued_days(Store *s, Str kind, Arena *a, IssueRow **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(IssueRow));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = days_read(c, kind, a, rows, error);
    reader_give(s, c);
    if (ok)
        *ret = arena_list(a, rows, ret_n);
    return ok;
}

static bool holds_any(Str text, const Str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (words[i].len > 0 && str_find(text, words[i]) >= 0)
            return true;
    return false;
}

static bool naming_read(Conn *c, const Str *words, size_t n, Arena *a, GArray *rows, GError **error)
{
    static const Sql sql = SQL("SELECT " ISSUE_COLUMNS " FROM issued ORDER BY county,id");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        IssueRow x = issue_from(st);

        if (!holds_any(x.content, words, n))
            continue;
        x = issue_keep(a, x);
        g_array_append_val(rows, x);
    }
    return ok;
}

bool store_issued_naming(Store *s, const Str *words, size_t n, Arena *a, IssueRow **ret,
                         size_t *ret_n, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(IssueRow));
    Conn *c = NULL;

    if (!reader_take(s, &c, error))
        return false;
    c->deadline = 0;
    bool ok = conn_begin(c, error) && naming_read(c, words, n, a, rows, error);

    reader_give(s, c);
    if (ok)
        *ret = arena_list(a, rows, ret_n);
    return ok;
}
