/* text.c — UTF-16 units against bytes and code points.
 * A line ends with its line feed; a carriage return before it belongs to the end.
 * Read first: text_offset(). */
#include "author/text.h"

#include <string.h>

static uint32_t units_of(uint32_t c)
{
    return c > 0xFFFF ? 2 : 1;
}

/* The line from `at` without its end. */
static Str line_at(Str text, size_t at)
{
    Str rest = {text.at + at, text.len - at};
    const char *end = rest.len > 0 ? memchr(rest.at, '\n', rest.len) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;
    if (len > 0 && rest.at[len - 1] == '\r')
        len--;
    return (Str){rest.at, len};
}

/* Where line `line` (from 0) begins; the text's end when it has fewer. */
static size_t line_start(Str text, uint32_t line)
{
    size_t at = 0;
    for (; line > 0 && at < text.len; line--) {
        const char *end = memchr(text.at + at, '\n', text.len - at);
        if (end == NULL)
            return text.len;
        at = (size_t)(end - text.at) + 1;
    }
    return at;
}

size_t text_offset(Str text, Place place)
{
    size_t start = line_start(text, place.line);
    Str rest = line_at(text, start);
    size_t len = rest.len;
    for (uint32_t unit = 0; unit < place.unit && rest.len > 0;) {
        Str before = rest;
        unit += units_of(str_utf8_next(&rest));
        if (unit > place.unit) { /* inside a pair: before it */
            rest = before;
            break;
        }
    }
    return start + (len - rest.len);
}

static uint32_t units_until(Str line, size_t bytes)
{
    uint32_t units = 0;
    Str rest = {line.at, MIN(bytes, line.len)};
    while (rest.len > 0)
        units += units_of(str_utf8_next(&rest));
    return units;
}

Place text_place(Str text, size_t offset)
{
    Place p = {0, 0};
    size_t start = 0;
    offset = MIN(offset, text.len);
    for (size_t i = 0; i < offset; i++)
        if (text.at[i] == '\n') {
            p.line++;
            start = i + 1;
        }
    p.unit = units_until((Str){text.at + start, text.len - start}, offset - start);
    return p;
}

Range text_range(Pos pos)
{
    Range r = {{pos.line > 0 ? pos.line - 1 : 0, 0}, {pos.line > 0 ? pos.line - 1 : 0, 0}};
    if (pos.source == NULL || pos.line == 0)
        return r;
    Str text = pos.source->text;
    Str rest = line_at(text, line_start(text, pos.line - 1));
    uint32_t length = MAX(pos.length, 1);
    for (uint32_t column = 1; column < pos.column + length && rest.len > 0; column++) {
        uint32_t units = units_of(str_utf8_next(&rest));
        r.to.unit += units;
        if (column < pos.column)
            r.from.unit += units;
    }
    return r;
}

Pos text_pos(const Source *source, Place place)
{
    size_t start = line_start(source->text, place.line);
    size_t offset = text_offset(source->text, place);
    Str before = {source->text.at + start, offset - start};
    return (Pos){source, place.line + 1, (uint32_t)str_utf8_length(before) + 1, 0};
}

Range text_whole(Str text)
{
    return (Range){{0, 0}, text_place(text, text.len)};
}
