/* xlsx_merge.c — see xlsx_merge.h. */
#include "format/xlsx_merge.h"

#include "base/limits.h"
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

typedef struct Merges {
    XlsxParsing parsing;
    GArray *to;
} Merges;

/* "B3" → column 1, row 3; behind it. */
static const char *corner(const char *at, uint32_t *column, uint32_t *row)
{
    *column = *row = 0;
    for (size_t i = 0; i < 3 && g_ascii_isalpha(*at); i++, at++)
        *column = *column * 26 + (uint32_t)(g_ascii_toupper(*at) - 'A') + 1;
    for (size_t i = 0; i < 7 && g_ascii_isdigit(*at); i++, at++)
        *row = *row * 10 + (uint32_t)(*at - '0');
    return at;
}

static void merges_start(void *with, const XML_Char *name, const XML_Char **attributes)
{
    Merges *m = with;
    if (strcmp(xlsx_local(name), "mergeCell") != 0 || m->to->len >= LIMIT_XLSX_TEXTS)
        return;
    const char *at = xlsx_attribute(attributes, "ref");
    uint32_t left, right;
    XlsxMerge one;
    if (at == NULL)
        return;
    at = corner(at, &left, &one.from);
    if (*at != ':')
        return;
    corner(at + 1, &right, &one.to);
    one.column = left - 1;
    if (left > 0 && left == right && one.from > 0 && one.to > one.from)
        g_array_append_val(m->to, one);
}

static int by_row(const void *a, const void *b)
{
    const XlsxMerge *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

bool xlsx_merges_read(XlsxZip *z, const char *part, size_t most, GArray *to, GError **error)
{
    Merges m = {.to = to};
    bool there;
    XML_Parser p = xlsx_parser(&m, merges_start, NULL, NULL);
    bool fine = xlsx_part_parse(z, part, most, p, &there, error);
    XML_ParserFree(p);
    if (fine && to->len > 0)
        sort_rows(to->data, to->len, sizeof(XlsxMerge), by_row);
    return fine;
}
