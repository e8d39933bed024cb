/* key_index.c — a table of hashes and rows beside the keys themselves, which lie packed: a million
 * of them are looked at once each, so that what counts is how few lines of memory are touched. */
#include "care/key_index.h"

#include "base/pages.h"

#define CHUNK (256u << 10)

typedef struct Slot {
    uint32_t hash, row; /* row + 1; 0: free */
} Slot;

struct KeyIndex {
    Arena *texts;
    char *free; /* in the last chunk */
    size_t left;
    Str *keys;
    size_t n, settled, room;     /* settled: rows that have their slot */
    uint32_t waiting[KEYS_WAIT]; /* hashes of the others */
    Slot *slots;                 /* a power of two of them, at most half full */
    size_t mask;
};

KeyIndex *key_index_new(void)
{
    KeyIndex *k = g_new0(KeyIndex, 1);

    k->texts = arena_new();
    key_index_expect(k, 100);
    return k;
}

void key_index_free(KeyIndex *k)
{
    if (k == NULL)
        return;
    arena_free(k->texts);
    pages_free(k->keys);
    pages_free(k->slots);
    g_free(k);
}

Str key_index_key(const KeyIndex *k, size_t row)
{
    return k->keys[row];
}

static uint32_t hash_of(Str key)
{
    uint64_t h = key.len * UINT64_C(0x9E3779B97F4A7C15), w = 0;

    for (size_t i = 0; i < key.len; i += 8) {
        w = 0;
        memcpy(&w, key.at + i, MIN(key.len - i, 8));
        h = (h ^ w) * UINT64_C(0xD6E8FEB86659FD93);
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

static void place(KeyIndex *k, uint32_t hash, size_t row)
{
    size_t i = hash & k->mask;

    while (k->slots[i].row != 0)
        i = (i + 1) & k->mask;
    k->slots[i] = (Slot){hash, (uint32_t)row + 1};
}

static Str *more_keys(Str *keys, size_t n, size_t room)
{
    Str *more = pages_new(room * sizeof *more);

    if (n > 0)
        memcpy(more, keys, n * sizeof *more);
    pages_free(keys);
    return more;
}

void key_index_expect(KeyIndex *k, size_t rows)
{
    size_t n = 64;

    if (rows <= k->room)
        return;
    while (n < 2 * rows)
        n *= 2;
    k->room = rows;
    k->keys = more_keys(k->keys, k->n, rows);
    if (n - 1 == k->mask)
        return;
    pages_free(k->slots);
    k->slots = pages_new(n * sizeof(Slot));
    memset(k->slots, 0, n * sizeof(Slot));
    k->mask = n - 1;
    for (size_t row = 0; row < k->settled; row++)
        place(k, hash_of(k->keys[row]), row);
}

static Str keep(KeyIndex *k, Str key)
{
    char *at;

    if (key.len > k->left) {
        k->left = MAX(CHUNK, key.len);
        k->free = arena_alloc(k->texts, k->left);
    }
    at = k->free;
    if (key.len > 0)
        memcpy(at, key.at, key.len);
    k->free += key.len;
    k->left -= key.len;
    return (Str){at, key.len};
}

static int64_t find(const KeyIndex *k, Str key, uint32_t hash)
{
    for (size_t i = hash & k->mask; k->slots[i].row != 0; i = (i + 1) & k->mask) {
        size_t row = k->slots[i].row - 1;

        if (k->slots[i].hash == hash && str_equal(k->keys[row], key))
            return (int64_t)row;
    }
    return ROW_NONE;
}

/* The first row that waits gets its slot, unless its key has one. */
static size_t settle_one(KeyIndex *k)
{
    size_t row = k->settled++;
    uint32_t hash = k->waiting[row % KEYS_WAIT];

    if (find(k, k->keys[row], hash) != ROW_NONE)
        return row;
    place(k, hash, row);
    return SIZE_MAX;
}

size_t key_index_add(KeyIndex *k, Str key)
{
    uint32_t hash = hash_of(key);
    size_t twice = k->n - k->settled == KEYS_WAIT ? settle_one(k) : SIZE_MAX;

    if (k->n == k->room)
        key_index_expect(k, k->room * 2);
    __builtin_prefetch(&k->slots[hash & k->mask], 1);
    k->waiting[k->n % KEYS_WAIT] = hash;
    k->keys[k->n++] = keep(k, key);
    return twice;
}

size_t key_index_settle(KeyIndex *k)
{
    while (k->settled < k->n) {
        size_t twice = settle_one(k);

        if (twice != SIZE_MAX)
            return twice;
    }
    return SIZE_MAX;
}

int64_t key_index_find(const KeyIndex *k, Str key)
{
    return find(k, key, hash_of(key));
}

static void free_texts(void *what)
{
    arena_free(what);
}

void key_index_give(KeyIndex *k, Batch *b)
{
    g_assert(b->rows == k->n);
    b->keys = k->keys;
    arena_on_free(b->arena, pages_free, k->keys);
    arena_on_free(b->arena, free_texts, k->texts);
    k->keys = NULL;
    k->texts = NULL;
}
