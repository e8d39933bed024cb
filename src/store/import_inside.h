/* import_inside.h — an import between import.c and import_left.c. */
#ifndef ANLAO_STORE_IMPORT_INSIDE_H
#define ANLAO_STORE_IMPORT_INSIDE_H

#include "store/import_job.h"
#include "store/writing.h"

enum ImportState { IMPORT_STAGING, IMPORT_COMMITTED, IMPORT_DONE };

#define IMPORT_REFUSED_ROW  0  /* in the place of a row: it was left out, and why */
#define IMPORT_REFUSED_SAID 20 /* rows whose reason is said */

typedef struct Rolling {
    int64_t import, applied, staged, refused;
    char *why;            /* of the first refused rows */
    GArray *list;         /* of ImportRefused; NULL: nobody asks */
    Arena *arena;         /* of their words */
    const Entity *entity; /* of the last rows */
} Rolling;

/* Applies what is left, chunk by chunk; the writer is free between chunks. */
bool import_roll(Store *s, Rolling *r, GError **error);
/* What was left out is told.  What fails here is told once more by the next start. */
void import_refused_forget(Store *s, int64_t import);

#endif
