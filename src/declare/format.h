/* format.h — a document with its anlao blocks laid out as everybody lays them out.
 * In: a document's text.  Out: the same text with other blanks and line ends inside its blocks:
 * what stands outside them, every word, and every comment stay byte for byte.
 * It works from the words and from what the grammar says of them, so that a new declaration needs
 * nothing here.  Not here: what is right or wrong (parse.c).  Start: format_document(). */
#ifndef ANLAO_DECLARE_FORMAT_H
#define ANLAO_DECLARE_FORMAT_H

#include "base/diag.h"

/* Appends the document to `to`.  False when a block, or the document itself, can not be read:
 * `diags` says where; nothing is appended then. */
bool format_document(const char *name, Str text, Diags *diags, GString *to);

#endif
