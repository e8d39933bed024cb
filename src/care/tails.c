/* tails.c — last digits of telephones that were recorded when none were kept: each is opened once,
 * and only a keyed number of its last digits is written.
 * In: records behind the place the work has come to.  Out: rows of the store's table of tails.  Who
 * cannot be opened under the keys of this node (another node's record) is passed over: nobody here
 * can find her by telephone either.  Start: tails_turn(). */
#include "care/tails.h"

#include "care/keyring.h"
#include "care/keys.h"
#include "store/keys.h"

static bool has_tail(const Field *f)
{
    return f->secret && f->found && f->compute == NULL;
}

/* False: nothing is to be written of it. */
static bool tail_of(const Care *c, const Field *f, RecordKey key, Str sealed, Arena *a,
                    TailFill *to)
{
    int64_t unused;
    char digits[32];
    Str plain;
    size_t n;
    *to = (TailFill){.field = f, .key = key, .sealed = sealed};
    if (sealed.len == 0 || !keys_unseal(c->keys, f, key.id, sealed, a, &plain, NULL))
        return false;
    bool fits = phone_digits(plain, digits, &n);
    if (fits) {
        to->tail = keys_tail(c->keys, f, key.county, (Str){digits, n}, &unused);
        to->next_tail = keys_tail_next(c->keys, f, key.county, (Str){digits, n});
    }
    explicit_bzero(digits, sizeof digits);
    explicit_bzero((char *)plain.at, plain.len);
    return fits;
}

static void row_tails(const Care *c, const Entity *e, const SealedRow *row, Arena *a,
                      TailsPiece *to, TailFill *list)
{
    size_t secret = 0;
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (!f->secret || f->compute != NULL)
            continue;
        Str sealed = row->sealed[secret++];
        if (has_tail(f) && tail_of(c, f, row->key, sealed, a, &list[to->n]))
            to->n++;
    }
}

bool tails_turn(Care *c, bool *ret_more, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    TailsPiece p = {0};
    SealedRow *rows;
    size_t n;
    *ret_more = false;
    if (!store_tails_at(c->store, &p.at, error))
        return false;
    if (p.at.entity == NULL)
        return true;
    *ret_more = true;
    if (!keyring_refresh(c, NULL, error) ||
        !store_sealed_after(c->store, p.at.entity, p.at.after, TAILS_PIECE, a, &rows, &n, error))
        return false;
    p.generation = keys_generation(c->keys);
    TailFill *list = arena_many(a, TailFill, n * p.at.entity->n_fields + 1);
    for (size_t i = 0; i < n; i++)
        row_tails(c, p.at.entity, &rows[i], a, &p, list);
    p.list = list;
    p.last = n > 0 ? rows[n - 1].key : (RecordKey){0};
    return store_tails_fill(c->store, &p, error) ||
           fail_while(error, "making telephones found by their last digits");
}
