/* about.h — what a database says of itself, and what it was made from. */
#ifndef ANLAO_STORE_ABOUT_H
#define ANLAO_STORE_ABOUT_H

#include "store/writing.h"

/* One value of table `about`; at NULL when it has none. */
bool about_read(Conn *c, Arena *a, const char *name, Str *ret, GError **error);
bool about_write(Conn *c, const char *name, Str value, GError **error); /* or replaces it */
/* The version of the program that made or migrated the tables last; FAIL_INPUT when this one
 * cannot read them. */
bool about_version(Conn *c, Arena *a, int *ret, GError **error);
bool about_schema_write(Conn *c, const Model *m, GError **error);
bool about_tables_write(Conn *c, GError **error);
bool about_generation(Conn *c, int64_t *ret, GError **error);
bool about_facts(Conn *c, Arena *a, StoreFacts *ret, GError **error);
bool naming_read(Conn *c, Numbering *n, GError **error);
/* SM3 over all stored numbers: journalled when the database is made, compared by verify. */
void naming_digest(const Numbering *n, uint8_t to[SM3_SIZE]);
bool naming_write(Conn *c, const Numbering *n, GError **error);
/* What the first entry says: all that `about` holds and that never changes; g_free. */
char *origin_text(const StoreFacts *f, const char *schema, const char *numbers);
/* policy.c */
/* Its place in the folder of documents; of what was kept by the address of some machine before,
 * what stands behind its folder `packs`, or the file's name alone. */
const char *document_file(Arena *a, Str stored);
bool policy_documents(Conn *c, int64_t version, Arena *a, DocumentFile **ret, size_t *ret_n,
                      GError **error); /* version 0: in force */
bool policy_note(Writing *w, const PolicyPut *put, const char *reason, GError **error);
bool policy_now(Conn *c, int64_t *ret_version, uint8_t hash[32], GError **error);
GHashTable *region_codes(const Model *m); /* NULL when the Model has no regions */

#endif
