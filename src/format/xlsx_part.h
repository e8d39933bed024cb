/* xlsx_part.h — the parts of a workbook: a zip archive in memory, each part XML.
 * In: the bytes of a file.  Out: a part, parsed by handlers the caller has set on an expat parser;
 * whole, or piece by piece.  Document types are refused: no office program writes one, and with
 * them go entities that grow.  Not here: what the elements mean (xlsx_book.c, xlsx.c). */
#ifndef ANLAO_FORMAT_XLSX_PART_H
#define ANLAO_FORMAT_XLSX_PART_H

#include "base/fail.h"
#include "base/str.h"

#include <expat.h>
#include <glib.h>

typedef struct XlsxZip XlsxZip;

/* `bytes` stay the caller's and must outlive it; `name` is what messages call the file. */
XlsxZip *xlsx_zip_open(Str bytes, const char *name, GError **error);
void xlsx_zip_close(XlsxZip *z);
size_t xlsx_zip_bytes(const XlsxZip *z); /* of the whole file, packed */

/* Opens a part to be read by xlsx_part_feed(); one at a time.  `most`: bytes it may have, unpacked.
 * False and no error where there is none of this name. */
bool xlsx_part_open(XlsxZip *z, const char *part, size_t most, GError **error);
/* The next piece of the open part goes through the parser; *ret_last: it was the last one.  A
 * parser that suspends itself is left so. */
bool xlsx_part_feed(XlsxZip *z, XML_Parser p, bool *ret_last, GError **error);
void xlsx_part_close(XlsxZip *z);
uint64_t xlsx_part_done(const XlsxZip *z); /* bytes read of the open part */
uint64_t xlsx_part_size(const XlsxZip *z); /* bytes it says it has */
/* The fault of a parser as an error with part and line. */
bool xlsx_part_fault(const XlsxZip *z, XML_Parser p, GError **error);

typedef void (*XlsxStart)(void *with, const XML_Char *name, const XML_Char **attributes);
typedef void (*XlsxEnd)(void *with, const XML_Char *name);
typedef void (*XlsxText)(void *with, const XML_Char *text, int len);
typedef struct XlsxParsing {
    XML_Parser parser;
    XlsxStart start;
    XlsxEnd end;
    unsigned depth;
} XlsxParsing;
/* `with` is a structure whose first member is an XlsxParsing, filled in here.  The parser stops at
 * what is nested deeper, or longer in one piece, than any office program writes: it would have to
 * keep it all. */
XML_Parser xlsx_parser(void *with, XlsxStart start, XlsxEnd end, XlsxText text);
/* Open, feed to the end, close. */
bool xlsx_part_parse(XlsxZip *z, const char *part, size_t most, XML_Parser p, bool *ret_there,
                     GError **error);

/* Names come with or without a prefix: "x:row" is "row". */
const char *xlsx_local(const XML_Char *name);
const char *xlsx_attribute(const XML_Char **attributes, const char *name); /* NULL: not there */

#endif
