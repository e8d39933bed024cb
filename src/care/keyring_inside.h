/* keyring_inside.h — between keyring.c and rotate.c. */
#ifndef ANLAO_CARE_KEYRING_INSIDE_H
#define ANLAO_CARE_KEYRING_INSIDE_H

#include "care/keyring.h"
#include "care/keys.h"
#include "store/keys.h"

/* Rows of `data_key`, wrapped by these keys. */
bool keyring_rows(const Keys *k, const DataKey *keys, size_t n, Arena *a, KeyRow **ret,
                  GError **error);
char *keyring_next_path(const Care *c); /* PATH.next; g_free */

#endif
