/* text.h — places in a text, as editors count them (lines from 0, UTF-16 units) and as we do (lines
 * from 1, code points).
 * In: valid UTF-8.  What lies outside the text is taken to its nearest end.  Start: text_offset().
 */
#ifndef ANLAO_AUTHOR_TEXT_H
#define ANLAO_AUTHOR_TEXT_H

#include "base/diag.h"

typedef struct Place { /* of an editor */
    uint32_t line, unit;
} Place;

typedef struct Range {
    Place from, to;
} Range;

size_t text_offset(Str text, Place place); /* byte */
Place text_place(Str text, size_t offset);
Range text_range(Pos pos);                       /* of what a Pos underlines, in its own source */
Pos text_pos(const Source *source, Place place); /* length 0 */
Range text_whole(Str text);

#endif
