/* header.h — reads the lines between --- and ---; only document.c asks for it. */
#ifndef ANLAO_DECLARE_HEADER_H
#define ANLAO_DECLARE_HEADER_H

#include "declare/document.h"

/* On success *rest is what follows the header and *line the number of its first line. */
bool header_read(Arena *scratch, Diags *diags, Reading *r, Str *rest, uint32_t *line);

#endif
