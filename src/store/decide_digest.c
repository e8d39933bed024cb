/* decide_digest.c — canonical bytes of a run's changes, and of its entry. */
#include "store/decide.h"

#define DIGEST_ROOM 16384 /* hashed at once: a call costs more than a row */

void digest_begin(RunDigest *d)
{
    *d = (RunDigest){.hash = sm3_new(), .rule = -1};
}

/* A rule is named by its own name, once: numbers are only this database's. */
static void digest_row(RunDigest *d, int64_t rule, Str name, uint8_t tag, const AnswerRow *a)
{
    if (rule != d->rule) {
        bytes_byte(&d->bytes, 'r');
        bytes_str(&d->bytes, name);
        d->rule = rule;
    }
    bytes_byte(&d->bytes, tag);
    bytes_int(&d->bytes, a->subject);
    bytes_int(&d->bytes, a->from);
}

static void digest_flush(RunDigest *d, size_t room)
{
    if (d->bytes.len < room)
        return;
    sm3_add(d->hash, d->bytes.at, d->bytes.len);
    if (d->copy != NULL)
        bytes_put(d->copy, d->bytes.at, d->bytes.len);
    bytes_reset(&d->bytes);
}

void digest_inserted(RunDigest *d, int64_t rule, Str name, const AnswerRow *a)
{
    digest_row(d, rule, name, 'n', a);
    bytes_int(&d->bytes, a->until);
    bytes_int(&d->bytes, a->outcome);
    bytes_int(&d->bytes, a->amount);
    bytes_int(&d->bytes, a->missing);
    d->inserted++;
    digest_flush(d, DIGEST_ROOM);
}

void digest_superseded(RunDigest *d, int64_t rule, Str name, const AnswerRow *a)
{
    digest_row(d, rule, name, 'g', a);
    bytes_int(&d->bytes, a->run);
    d->superseded++;
    digest_flush(d, DIGEST_ROOM);
}

void digest_end(RunDigest *d, uint8_t to[SM3_SIZE])
{
    digest_flush(d, 1);
    sm3_end(d->hash, to);
    sm3_free(d->hash);
    bytes_free(&d->bytes);
    d->hash = NULL;
}

void body_run(Bytes *b, const RunSaid *r)
{
    bytes_int(b, r->run);
    bytes_int(b, r->policy);
    bytes_int(b, r->seq);
    bytes_int(b, r->first);
    bytes_int(b, r->last);
    bytes_uint(b, r->inserted);
    bytes_uint(b, r->superseded);
    bytes_put(b, r->digest, SM3_SIZE);
}

bool body_read_run(Body *b, RunSaid *ret)
{
    Reader *r = &b->fields;
    RunSaid x = {0};
    const uint8_t *digest;

    x.run = reader_int(r);
    x.policy = reader_int(r);
    x.seq = reader_int(r);
    x.first = (Month)reader_int(r);
    x.last = (Month)reader_int(r);
    x.inserted = reader_uint(r);
    x.superseded = reader_uint(r);
    digest = reader_raw(r, SM3_SIZE);
    if (r->bad || digest == NULL)
        return false;
    memcpy(x.digest, digest, SM3_SIZE);
    *ret = x;
    return true;
}
