/* trade.c — see trade.h.  A row that asks for something becomes a change that waits (proposal.h); a
 * file becomes a docket of kind batch.  Read first: trade_take(), row_seen(). */
#include "care/trade.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/sort.h"
#include "care/export.h"
#include "care/import_inside.h"
#include "care/inside.h"
#include "care/proposal_inside.h"
#include "care/texts.h"
#include "compile/compile.h"
#include "store/bytes.h"

#define BATCH_VERSION 3 /* 1: without the place; 2: without the business day */
#define FILE_MOST     (1u << 30)

/* ---- what is declared ---------------------------------------------------------------------- */

const Exchange *trade_named(const Care *c, Str name)
{
    const Model *m = care_model(c);
    for (size_t i = 0; i < m->n_exchanges; i++)
        if (str_equal(m->exchanges[i]->name, name))
            return m->exchanges[i];
    return NULL;
}

Label trade_who(const Who *who)
{
    return who->role != NULL     ? who->role->label
           : who->agency != NULL ? who->agency->label
           : who->level != NULL  ? who->level->label
                                 : (Label){{NULL, 0}, {NULL, 0}};
}

static Str who_name(const Who *who)
{
    return who->role != NULL     ? who->role->name
           : who->agency != NULL ? who->agency->name
           : who->level != NULL  ? who->level->name
                                 : STR("");
}

bool trade_with(const Exchange *x, Str word, const Who **ret)
{
    for (size_t i = 0; i < x->with.n; i++) {
        const Who *w = &x->with.list[i];
        if (!str_equal(who_name(w), word) && !str_equal(trade_who(w).zh, word) &&
            !str_equal(trade_who(w).en, word))
            continue;
        if (ret != NULL)
            *ret = w;
        return true;
    }
    return false;
}

static bool partner(const TradeFile *f, const Who **ret, GError **error)
{
    const Exchange *x = f->exchange;
    g_autoptr(GString) all = g_string_new(NULL);
    if (trade_with(x, f->who, ret))
        return true;
    for (size_t i = 0; i < x->with.n; i++)
        g_string_append_printf(all, "%s%.*s", i > 0 ? ", " : "",
                               STR_ARG(who_name(&x->with.list[i])));
    return fail(error, FAIL_INPUT, "\"%.*s\" takes no part in %.*s; declared are: %s",
                STR_ARG(f->who), STR_ARG(x->name), all->str);
}

/* What has ended takes and gives nothing, nor does what has not begun. */
static bool in_force(const Care *c, const Session *s, const Exchange *x, GError **error)
{
    return text_in_force(c, &x->wording, &x->home, s->region) ||
           text_refused(c, "the exchange", x->name, &x->wording, &x->home, error);
}

static bool letter_check(const TradeFile *f, GError **error)
{
    g_autofree char *name = g_path_get_basename(f->path);
    if (!check_file_name(str_of(name), NULL, error))
        return false;
    if (f->letter.len == 0)
        return fail(error, FAIL_INPUT, "say by which letter it comes or goes (--letter NUMBER)");
    return str_utf8_printable(f->letter) ||
           fail(error, FAIL_INPUT, "a letter's number is one line, all of which can be seen");
}

static const Field **fields_of(const Exchange *x, bool out, Arena *a, size_t *ret_n)
{
    const Entity *e = x->entity;
    const Field **to = arena_many(a, const Field *, e->n_fields * 2 + 2);
    size_t n = 0;
    for (size_t i = 0; i < x->n_key; i++)
        to[n++] = x->key[i];
    if (e->key != NULL && (!out || x->n_key == 0)) /* our own number serves as well */
        to[n++] = e->key;
    for (size_t i = 0; i < (out ? x->n_give : x->n_take); i++)
        to[n++] = out ? x->give[i] : x->take[i];
    for (size_t i = 0; !out && i < e->n_title; i++) /* what the person looks at beside it */
        to[n++] = e->title[i];
    *ret_n = n;
    return to;
}

/* ---- the docket of a file ------------------------------------------------------------------ */

static bool file_hash(const char *path, uint8_t to[SM3_SIZE], GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str text;
    if (!file_read(a, path, FILE_MOST, &text, error))
        return false;
    sm3(text.at, text.len, to);
    return true;
}

static bool batch_write(Care *c, const Session *s, const TradeFile *f, bool out,
                        const TradeCounts *n, const uint8_t hash[SM3_SIZE], Arena *a,
                        GError **error)
{
    const uint64_t counts[] = {n->rows, n->matched, n->fresh, n->conflict, n->ignored, n->absent};
    g_autofree char *name = g_path_get_basename(f->path);
    const char *reason =
        arena_printf(a, "%s %.*s: %.*s, %.*s", out ? "given out by" : "compared by",
                     STR_ARG(f->exchange->name), STR_ARG(f->who), STR_ARG(f->letter));
    const int32_t region = s->region;
    Bytes b = {0};
    Docket d = {.kind = DOCKET_BATCH,
                .state = DOCKET_DONE,
                .entity = f->exchange->entity,
                .by = s->account,
                .hash = {(const char *)hash, SM3_SIZE}};
    bytes_byte(&b, BATCH_VERSION);
    bytes_byte(&b, out);
    bytes_str(&b, f->exchange->name);
    bytes_str(&b, f->who);
    bytes_str(&b, f->letter);
    bytes_str(&b, str_of(name));
    bytes_int(&b, f->dated != 0 ? f->dated : care_today(c));
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        bytes_uint(&b, counts[i]);
    bytes_str(&b, region != ROW_NONE ? c->model->regions[region].code : STR(""));
    bytes_int(&b, care_today(c));
    d.body = arena_str(a, (Str){(const char *)b.at, b.len});
    bytes_free(&b);
    d.key.county = store_facts(c->store)->home_county;
    const WriteSet set = {.dockets = &d, .n_dockets = 1, .reason = str_of(reason)};
    return care_new_id(c, &d.key.id, error) && care_write_set(c, s, &set, error);
}

/* *ret_region: where who sent it worked; of the first version nobody knows.  *ret_day: before it
 * was written down, that of the entry. */
static bool batch_read(const Care *c, const Docket *d, Arena *a, TradeBatch *ret,
                       int32_t *ret_region, Date *ret_day)
{
    Reader r = reader_of(d->body);
    TradeBatch b = {.by = d->by, .at = d->at};
    uint8_t version = reader_byte(&r);
    b.out = reader_byte(&r) != 0;
    b.name = arena_str(a, reader_str(&r));
    b.who = arena_str(a, reader_str(&r));
    b.letter = arena_str(a, reader_str(&r));
    b.file = arena_str(a, reader_str(&r));
    b.dated = (Date)reader_int(&r);
    uint64_t *counts[] = {&b.counts.rows,     &b.counts.matched, &b.counts.fresh,
                          &b.counts.conflict, &b.counts.ignored, &b.counts.absent};
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        *counts[i] = reader_uint(&r);
    *ret_region = version > 1 ? region_row(c->regions, reader_str(&r)) : ROW_NONE;
    *ret_day = version > 2 ? (Date)reader_int(&r) : clock_day(d->at);
    b.exchange = trade_named(c, b.name);
    if (d->hash.len == SM3_SIZE)
        memcpy(b.hash, d->hash.at, SM3_SIZE);
    *ret = b;
    return version > 0 && version <= BATCH_VERSION && !r.bad;
}

static int newest_first(const void *a, const void *b)
{
    const TradeBatch *x = a, *y = b;
    return x->at > y->at ? -1 : x->at < y->at;
}

/* Letters between offices are for who works on the place they are about, and on all above it; of an
 * unknown place for the whole; whoever sent it knows it anyhow. */
static bool batch_seen(const Care *c, const Session *s, const TradeBatch *b, int32_t region)
{
    return str_equal(b->by, s->account) ||
           (s->facility == 0 &&
            region_in(c->regions, region != ROW_NONE ? region : c->place, s->region));
}

bool trade_list(Care *c, const Session *s, Arena *a, TradeBatch **ret, size_t *ret_n,
                GError **error)
{
    Docket *list;
    size_t n;
    *ret_n = 0;
    if (!store_dockets(c->store, DOCKET_BATCH, DOCKET_DONE, a, &list, &n, error))
        return false;
    *ret = arena_many(a, TradeBatch, n + 1);
    for (size_t i = 0; i < n; i++) {
        Scope scope;
        int32_t region;
        Date day;
        TradeBatch *b = &(*ret)[*ret_n];
        *ret_n += scope_of(s, list[i].entity, MAY_PERSON_READ, &scope, NULL) &&
                  batch_read(c, &list[i], a, b, &region, &day) && batch_seen(c, s, b, region);
    }
    sort_rows(*ret, *ret_n, sizeof **ret, newest_first);
    return true;
}

bool trade_days(Care *c, Arena *a, TradeDay **ret, size_t *ret_n, GError **error)
{
    Docket *list;
    size_t n;
    *ret_n = 0;
    if (!store_dockets(c->store, DOCKET_BATCH, DOCKET_DONE, a, &list, &n, error))
        return false;
    *ret = arena_many(a, TradeDay, n + 1);
    for (size_t i = 0; i < n; i++) {
        TradeBatch b;
        TradeDay *to = &(*ret)[*ret_n];
        if (!batch_read(c, &list[i], a, &b, &to->region, &to->day))
            continue;
        to->name = b.name;
        to->who = b.who;
        to->out = b.out;
        (*ret_n)++;
    }
    return true;
}

/* ---- what comes ---------------------------------------------------------------------------- */

typedef struct Taking {
    Care *care;
    const Session *session;
    const TradeFile *file;
    const Who *who;
    TradeCounts *counts;
} Taking;

static bool is_taken(const Exchange *x, const Field *f)
{
    for (size_t i = 0; i < x->n_take; i++)
        if (x->take[i] == f)
            return true;
    return false;
}

/* Whose word counts is the document's to say; the person decides all the same. */
static const char *preferred(const Taking *t)
{
    const Who *p = &t->file->exchange->prefer;
    bool theirs = memcmp(p, t->who, sizeof *p) == 0;
    bool none = p->role == NULL && p->agency == NULL && p->level == NULL;
    return theirs ? "按条文以来文为准" : none ? "条文没有规定以谁为准" : "按条文不以来文为准";
}

/* Names and the like that the file says otherwise: perhaps it is somebody else. */
static void evidence(const Taking *t, const ImportSeen *row, const Record *r, Arena *a, GString *to)
{
    const WriteRequest *w = row->request;
    bool any = false;
    for (size_t i = 0; i < w->n_fields; i++) {
        const Field *f = w->fields[i].field;
        if (is_taken(t->file->exchange, f) || f->secret)
            continue;
        Str ours = value_text(t->care, f, r->facts[f->index].value, false, a);
        Str theirs = value_text(t->care, f, w->fields[i].value, false, a);
        g_string_append_printf(to, "；%.*s不一致：档案%.*s、来文%.*s", STR_ARG(f->label.zh),
                               STR_ARG(ours), STR_ARG(theirs));
        any = true;
    }
    if (!any)
        g_string_append(to, "；其余核对一致");
}

/* What was asked for and refused, or waits, is not asked again: the day from which does not matter.
 */
static bool asked_for(Taking *t, const Record *r, const WriteField *fields, size_t n, Arena *a,
                      bool *ret, GError **error)
{
    return proposal_asked(t->care, t->file->exchange->entity, r->key.id, fields, n, a, ret, error);
}

static bool hit(Taking *t, const ImportSeen *row, Arena *a, GError **error)
{
    const WriteRequest *w = row->request;
    const Exchange *x = t->file->exchange;
    WriteField *fields = arena_many(a, WriteField, w->n_fields + 1);
    g_autoptr(GString) reason = g_string_new(NULL);
    bool known = false, before = false;
    size_t n = 0;
    Record *r;
    if (!store_record(t->care->store, x->entity, w->key, a, &r, error))
        return false;
    for (size_t i = 0; i < w->n_fields; i++) {
        if (!is_taken(x, w->fields[i].field))
            continue;
        known = known || r->facts[w->fields[i].field->index].value.known;
        fields[n++] = w->fields[i];
    }
    if (n == 0) {
        t->counts->matched++;
        return true;
    }
    if (!asked_for(t, r, fields, n, a, &before, error))
        return false;
    if (before) {
        t->counts->ignored++;
        return true;
    }
    g_string_printf(reason, "%.*s来文%.*s第%zu行，%s", STR_ARG(trade_who(t->who).zh),
                    STR_ARG(t->file->letter), row->line, preferred(t));
    evidence(t, row, r, a, reason);
    t->counts->conflict += known;
    t->counts->fresh += !known;
    return proposal_make(t->care, t->session, r, x->entity, fields, n,
                         (Str){reason->str, reason->len}, a, error);
}

static bool row_seen(void *to, const ImportSeen *row, Arena *a, GError **error)
{
    Taking *t = to;
    t->counts->rows++;
    if (row->rejected)
        t->counts->ignored++;
    else if (row->is_new)
        t->counts->absent++;
    else if (row->request->n_fields == 0)
        t->counts->matched++;
    else
        return hit(t, row, a, error);
    return true;
}

bool trade_take(Care *c, const Session *s, const TradeFile *f, Arena *a, TradeCounts *ret,
                GError **error)
{
    Taking t = {.care = c, .session = s, .file = f, .counts = ret};
    ImportOptions o = {.made_up = f->made_up, .seen = row_seen, .to = &t};
    uint8_t hash[SM3_SIZE];
    ImportReport unused;
    *ret = (TradeCounts){0};
    if (!in_force(c, s, f->exchange, error) || !partner(f, &t.who, error) ||
        !letter_check(f, error))
        return false;
    if (f->exchange->n_take == 0)
        return fail(error, FAIL_INPUT, "%.*s takes nothing: it only gives",
                    STR_ARG(f->exchange->name));
    o.only = fields_of(f->exchange, false, a, &o.n_only);
    o.by = f->exchange->key;
    o.n_by = f->exchange->n_key;
    return (file_hash(f->path, hash, error) &&
            care_import(c, s, f->exchange->entity, f->path, &o, a, &unused, error) &&
            batch_write(c, s, f, false, ret, hash, a, error)) ||
           fail_while(error, "comparing \"%s\"", f->path);
}

/* ---- what goes ----------------------------------------------------------------------------- */

bool trade_give(Care *c, const Session *s, const TradeFile *f, Arena *a, uint64_t *ret_records,
                GError **error)
{
    ExportQuery q = {.list = {.entity = f->exchange->entity, .region = ROW_NONE},
                     .reveal = f->reveal,
                     .path = f->path};
    TradeCounts counts = {0};
    ExportReport report;
    uint8_t hash[SM3_SIZE];
    const Who *who;
    if (!in_force(c, s, f->exchange, error) || !partner(f, &who, error) || !letter_check(f, error))
        return false;
    if (f->exchange->n_give == 0)
        return fail(error, FAIL_INPUT, "%.*s gives nothing: it only takes",
                    STR_ARG(f->exchange->name));
    q.format = g_str_has_suffix(f->path, ".xlsx") ? EXPORT_XLSX : EXPORT_CSV;
    q.only = fields_of(f->exchange, true, a, &q.n_only);
    if (!care_export(c, s, &q, a, &report, error))
        return false;
    *ret_records = counts.rows = report.records;
    return file_hash(f->path, hash, error) && batch_write(c, s, f, true, &counts, hash, a, error);
}
