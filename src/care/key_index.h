/* key_index.h — what records of a file are called → their rows.  Keys are numbered in the order
 * they come.  Start: key_index_new(), key_index_add(). */
#ifndef ANLAO_CARE_KEY_INDEX_H
#define ANLAO_CARE_KEY_INDEX_H

#include "base/arena.h"
#include "data/batch.h"

typedef struct KeyIndex KeyIndex;

KeyIndex *key_index_new(void);
void key_index_free(KeyIndex *k);
Str key_index_key(const KeyIndex *k, size_t row);
void key_index_expect(KeyIndex *k, size_t rows); /* room for so many: a guess is enough */
/* The key of the next row, copied.  It is looked for some rows later, when its place has come from
 * memory: what is given is the row that turned out to repeat a key, or SIZE_MAX. */
#define KEYS_WAIT 16u
size_t key_index_add(KeyIndex *k, Str key);
/* The same for those that wait; SIZE_MAX: none does any more.  Before the first find(). */
size_t key_index_settle(KeyIndex *k);
int64_t key_index_find(const KeyIndex *k, Str key); /* ROW_NONE: no record has it */
/* The batch takes over the keys; the index is not asked afterwards. */
void key_index_give(KeyIndex *k, Batch *b);

#endif
