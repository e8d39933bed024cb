/* seal.c — see seal.h. */
#include "care/seal.h"

#include "base/clock.h"
#include "base/file.h"
#include "care/inside.h"
#include "care/keys.h"
#include "store/backup.h"
#include "store/seal.h"

#define SEAL_FILE_MOST (4u << 20) /* LIMIT_SEAL_COUNTIES lines */

/* ---- making -------------------------------------------------------------------------------- */

static bool sign(Care *c, Seal *s, GError **error)
{
    g_autoptr(GString) message = g_string_new(NULL);
    seal_message(store_facts(c->store)->place, s, message);
    return keys_node_sign(c->keys, (Str){message->str, message->len}, s->signature,
                          &s->signature_len, error);
}

static bool seals_make(Care *c, Arena *a, Seal **ret, size_t *ret_n, GError **error)
{
    StoreHead *heads;
    size_t n;
    int64_t at = clock_now_us();
    if (!store_heads(c->store, a, &heads, &n, error))
        return false;
    Seal *seals = arena_many(a, Seal, n + 1);
    for (size_t i = 0; i < n; i++) {
        seals[i] = (Seal){.county = heads[i].county, .seq = heads[i].seq, .at = at};
        memcpy(seals[i].link, heads[i].link, SM3_SIZE);
        keys_node_public(c->keys, seals[i].key);
        if (!sign(c, &seals[i], error))
            return false;
    }
    *ret = seals;
    *ret_n = n;
    return store_put_seals(c->store, seals, n, error);
}

bool care_seal(Care *c, Arena *a, Str *ret_text, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Seal *seals;
    size_t n;
    if (!seals_make(c, a, &seals, &n, error))
        return fail_while(error, "sealing");
    seal_write(store_facts(c->store)->place, seals, n, text);
    *ret_text = arena_str(a, (Str){text->str, text->len});
    return true;
}

bool care_seal_into(Care *c, const char *folder, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    char day[DATE_TEXT];
    uint64_t moment;
    Str place = store_facts(c->store)->place, text;
    if (!store_moment(c->store, &moment, error))
        return false;
    const char *name =
        arena_printf(a, "%s/%.*s-%s.seal", folder, STR_ARG(place), date_format(clock_today(), day));
    /* A new day begins with a seal of its own, whatever happened. */
    if (moment == care_inside(c)->sealed && g_file_test(name, G_FILE_TEST_EXISTS))
        return true;
    if (!care_seal(c, a, &text, error) || !file_write(name, text, error))
        return fail_while(error, "sealing into \"%s\"", folder);
    care_inside(c)->sealed = moment;
    return true;
}

/* ---- comparing ----------------------------------------------------------------------------- */

static bool finding_of(Store *store, Str place, const Seal *s, const StoreHead *heads, size_t n,
                       SealFinding *ret, GError **error)
{
    const StoreHead h = {s->county, s->seq, {0}};
    StoreHead sealed = h;
    bool is = false;
    memcpy(sealed.link, s->link, SM3_SIZE);
    *ret = (SealFinding){.county = s->county, .seq = s->seq};
    for (size_t i = 0; i < n; i++)
        if (heads[i].county == s->county)
            ret->ends = heads[i].seq;
    if (!store_has_entry(store, &sealed, &is, error))
        return false;
    ret->state = !seal_is_signed(place, s) ? SEAL_FORGED
                 : is                      ? SEAL_STANDS
                 : ret->ends < s->seq      ? SEAL_CUT
                                           : SEAL_OTHER;
    return true;
}

bool seal_compare_store(Store *s, const char *path, Arena *a, SealReport *ret, GError **error)
{
    char at[MOMENT_TEXT];
    StoreHead *heads;
    SealFile file;
    size_t n;
    Str text;
    if (!file_read(a, path, SEAL_FILE_MOST, &text, error))
        return false;
    if (!seal_parse(text, a, &file))
        return fail(error, FAIL_INPUT, "\"%s\" is not a whole seal", path);
    if (!str_equal(file.place, store_facts(s)->place))
        return fail(error, FAIL_INPUT, "\"%s\" is a seal of place %.*s, the database is of %.*s",
                    path, STR_ARG(file.place), STR_ARG(store_facts(s)->place));
    if (!store_heads(s, a, &heads, &n, error) ||
        !store_knows_key(s, file.seals[0].key, &ret->key_known, error))
        return false;
    ret->place = file.place;
    ret->at = str_of(arena_printf(a, "%s", moment_format(file.seals[0].at, at)));
    ret->findings = arena_many(a, SealFinding, file.n + 1);
    ret->n = file.n;
    ret->ok = true;
    for (size_t i = 0; i < file.n; i++) {
        if (!finding_of(s, file.place, &file.seals[i], heads, n, &ret->findings[i], error))
            return false;
        ret->ok = ret->ok && ret->findings[i].state == SEAL_STANDS;
    }
    return true;
}

bool seal_compare(Care *c, const char *path, Arena *a, SealReport *ret, GError **error)
{
    *ret = (SealReport){0};
    if (!seal_compare_store(c->store, path, a, ret, error))
        return false;
    g_autoptr(Arena) own = arena_new();
    SealFile file;
    uint8_t key[SM2_PUBLIC];
    Str text;
    keys_node_public(c->keys, key);
    if (!file_read(own, path, SEAL_FILE_MOST, &text, error))
        return false;
    if (seal_parse(text, own, &file) && memcmp(file.seals[0].key, key, sizeof key) == 0)
        ret->key_known = true;
    ret->ok = ret->ok && ret->key_known;
    return true;
}

char *seal_words(const SealReport *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const SealFinding *f = &r->findings[i];
        switch (f->state) {
        case SEAL_STANDS:
            break;
        case SEAL_CUT:
            return g_strdup_printf("county %d: the journal was cut off: it ends at entry "
                                   "%" G_GINT64_FORMAT ", entry %" G_GINT64_FORMAT " was sealed",
                                   f->county, f->ends, f->seq);
        case SEAL_OTHER:
            return g_strdup_printf("county %d: entry %" G_GINT64_FORMAT " is not the one that was "
                                   "sealed: the history was written anew",
                                   f->county, f->seq);
        case SEAL_FORGED:
            return g_strdup_printf("county %d: the seal itself was changed: its signature is not "
                                   "valid",
                                   f->county);
        }
    }
    return g_strdup(r->key_known ? "every sealed entry stands"
                                 : "the seal was made with a key that this node never sealed with");
}
