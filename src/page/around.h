/* around.h — the page of what was done about one record, shared by the files that fill it. */
#ifndef ANLAO_PAGE_AROUND_H
#define ANLAO_PAGE_AROUND_H

#include "care/said.h"
#include "page/cells.h"

typedef struct Around {
    Req *q;
    const Entity *entity;
    RecordKey key;
    View *v;
} Around;

bool around_read(Req *q, Around *a, GError **error);
bool around_page(Around *a, unsigned status, Str fault, GError **error);
/* Done: back to the page; refused with words: the page again; else the error (takes `why`). */
bool around_again(Around *a, bool done, Said said, GError *why, GError **error);
/* False when it says too little. */
bool around_reason(Around *a, Str *ret);

/* Its sections. */
bool around_fill_files(Around *a, GError **error); /* files.c */
bool around_fill_move(Around *a, GError **error);  /* moves.c */

#endif
