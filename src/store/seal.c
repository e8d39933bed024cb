/* seal.c — see seal.h. */
#include "store/seal.h"

#include "base/limits.h"
#include "store/verify.h"

#define SEAL_HEAD "anlao seal 1"

void seal_message(Str place, const Seal *s, GString *to)
{
    g_autofree char *link = hex_of(s->link, sizeof s->link);

    g_string_append_printf(to,
                           SEAL_HEAD "\nplace %.*s\ncounty %d\nseq %" G_GINT64_FORMAT
                                     "\nat %" G_GINT64_FORMAT "\nlink %s\n",
                           STR_ARG(place), s->county, s->seq, s->at, link);
}

bool seal_is_signed(Str place, const Seal *s)
{
    g_autoptr(GString) message = g_string_new(NULL);

    seal_message(place, s, message);
    return sm2_matches(s->key, (Str){message->str, message->len},
                       (Str){(const char *)s->signature, s->signature_len});
}

/* ---- text ---------------------------------------------------------------------------------- */

void seal_write(Str place, const Seal *seals, size_t n, GString *to)
{
    g_autofree char *key = hex_of(seals[0].key, SM2_PUBLIC);

    g_string_append_printf(to, SEAL_HEAD "\nplace %.*s\nkey %s\nat %" G_GINT64_FORMAT "\n",
                           STR_ARG(place), key, seals[0].at);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *link = hex_of(seals[i].link, SM3_SIZE);
        g_autofree char *signature = hex_of(seals[i].signature, seals[i].signature_len);

        g_string_append_printf(to, "seal %d %" G_GINT64_FORMAT " %s %s\n", seals[i].county,
                               seals[i].seq, link, signature);
    }
    g_string_append(to, "end\n");
}

/* "WORD rest": the rest. */
static bool line_is(Str *text, const char *word, Str *ret)
{
    Str line = text->at != NULL ? str_trim(str_cut(text, '\n')) : (Str){NULL, 0};

    *ret = line;
    if (line.at == NULL || !str_is(str_cut(ret, ' '), word))
        return false;
    if (ret->at == NULL)
        *ret = STR("");
    return true;
}

static bool seal_line(Str rest, const Seal *common, Seal *ret)
{
    int64_t county = 0;
    Seal s = *common;
    Str word = str_cut(&rest, ' ');

    if (!str_whole(word, 1, INT32_MAX, &county) || rest.at == NULL ||
        !str_whole(str_cut(&rest, ' '), 0, INT64_MAX, &s.seq) || rest.at == NULL ||
        !hex_parse(str_cut(&rest, ' '), s.link, SM3_SIZE) || rest.at == NULL)
        return false;
    s.county = (int32_t)county;
    s.signature_len = rest.len / 2;
    if (s.signature_len == 0 || s.signature_len > SM2_SIGNATURE ||
        !hex_parse(rest, s.signature, s.signature_len))
        return false;
    *ret = s;
    return true;
}

bool seal_parse(Str text, Arena *a, SealFile *ret)
{
    g_autoptr(GArray) seals = g_array_new(FALSE, TRUE, sizeof(Seal));
    Seal common = {0};
    SealFile file = {0};
    Str rest;

    if (!str_is(str_trim(str_cut(&text, '\n')), SEAL_HEAD) || !line_is(&text, "place", &rest))
        return false;
    file.place = arena_str(a, rest);
    if (!line_is(&text, "key", &rest) || !hex_parse(rest, common.key, SM2_PUBLIC) ||
        !line_is(&text, "at", &rest) || !str_whole(rest, 0, INT64_MAX, &common.at))
        return false;
    Str end = text;

    for (; line_is(&text, "seal", &rest); end = text) {
        Seal s;

        if (seals->len >= LIMIT_SEAL_COUNTIES || !seal_line(rest, &common, &s))
            return false;
        g_array_append_val(seals, s);
    }
    if (seals->len == 0 || !line_is(&end, "end", &rest) || rest.len > 0 || str_trim(end).len > 0)
        return false;
    file.n = seals->len;
    file.seals = arena_many(a, Seal, file.n + 1);
    memcpy(file.seals, seals->data, file.n * sizeof *file.seals);
    *ret = file;
    return true;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static bool seal_insert(Conn *c, const Seal *s, GError **error)
{
    static const Sql sql = SQL("INSERT INTO seal(county,seq,link,at,key,signature) "
                               "VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT(county,seq) DO NOTHING");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, s->county);
    bind_int(st, 2, s->seq);
    bind_bytes(st, 3, s->link, sizeof s->link);
    bind_int(st, 4, s->at);
    bind_bytes(st, 5, s->key, sizeof s->key);
    bind_bytes(st, 6, s->signature, s->signature_len);
    return conn_done(c, st, error);
}

/* What a server showed and lost is not sealed; what is here is on the disk with the seal. */
static bool seal_put(Conn *c, const Seal *s, GError **error)
{
    bool holds = s->seq == 0;

    if (!holds && !journal_holds(c, s->county, s->seq, s->link, &holds, error))
        return false;
    return holds ? seal_insert(c, s, error)
                 : fail(error, FAIL_BUSY,
                        "county %d, entry %" G_GINT64_FORMAT
                        ": the database ended and lost it before it was acknowledged, so it is not "
                        "sealed: try again",
                        s->county, s->seq);
}

bool store_put_seals(Store *s, const Seal *seals, size_t n, GError **error)
{
    g_mutex_lock(&s->writing);
    bool ok = writing_begin(s->work, error);

    for (size_t i = 0; ok && i < n; i++) {
        ok = seal_put(s->writer, &seals[i], error);
        if (!ok)
            writing_abort(s->work);
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

bool seal_from(Statement *st, Seal *ret)
{
    Seal s = {.county = column_int(st, 0), .seq = column_int64(st, 1), .at = column_int64(st, 3)};
    Str link = column_str(st, 2), key = column_str(st, 4), signature = column_str(st, 5);

    if (link.len != SM3_SIZE || key.len != SM2_PUBLIC || signature.len > SM2_SIGNATURE)
        return false;
    memcpy(s.link, link.at, link.len);
    memcpy(s.key, key.at, key.len);
    if (signature.len > 0)
        memcpy(s.signature, signature.at, signature.len);
    s.signature_len = signature.len;
    *ret = s;
    return true;
}

bool store_knows_key(Store *s, const uint8_t key[SM2_PUBLIC], bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM seal WHERE key=?1");
    Statement *st = NULL;
    int64_t n = 0;
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = conn_statement(c, sql, &st, error);
    if (ok) {
        bind_bytes(st, 1, key, SM2_PUBLIC);
        ok = conn_number(c, st, 0, &n, error);
    }
    reader_give(s, c);
    *ret = n > 0;
    return ok;
}
