/* file_kind.c — see file_kind.h.  Beginnings and ends are looked at, and the names in a packed
 * file's directory; nothing is unpacked. */
#include "format/file_kind.h"

#define END_BYTES   22    /* of a packed file's end of directory */
#define ENTRY_BYTES 46    /* of an entry in it, before its name */
#define ENTRIES     20000 /* more: no document of an office */
#define TAIL        1024  /* how far before the end a PDF says that it ends */

const FileKindFacts file_kind_facts[FILE_KINDS] = {
    [FILE_NONE] = {"", "application/octet-stream"},
    [FILE_PDF] = {"pdf", "application/pdf"},
    [FILE_PNG] = {"png", "image/png"},
    [FILE_JPEG] = {"jpg", "image/jpeg"},
    [FILE_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    [FILE_OFD] = {"ofd", "application/ofd"},
};

static bool begins(Str s, const void *with, size_t n)
{
    return s.len >= n && memcmp(s.at, with, n) == 0;
}

static bool ends_with_mark(Str s, Str mark)
{
    Str tail = s.len > TAIL ? (Str){s.at + s.len - TAIL, TAIL} : s;
    return str_find(tail, mark) >= 0;
}

/* ---- packed files */

static uint32_t number(Str s, size_t at, size_t bytes)
{
    uint32_t n = 0;
    for (size_t i = bytes; i-- > 0;)
        n = n << 8 | (uint8_t)s.at[at + i];
    return n;
}

/* The directory's end may have a comment behind it. */
static int64_t directory_end(Str s)
{
    size_t least = s.len > END_BYTES + 65535 ? s.len - END_BYTES - 65535 : 0;
    for (size_t at = s.len >= END_BYTES ? s.len - END_BYTES + 1 : 0; at-- > least;)
        if (number(s, at, 4) == 0x06054b50 && at + END_BYTES + number(s, at + 20, 2) == s.len)
            return (int64_t)at;
    return -1;
}

static bool has_entry(Str s, size_t at, size_t end, const char *name)
{
    for (size_t i = 0; i < ENTRIES && at + ENTRY_BYTES <= end; i++) {
        if (number(s, at, 4) != 0x02014b50)
            return false;
        size_t n = number(s, at + 28, 2), more = number(s, at + 30, 2) + number(s, at + 32, 2);
        if (at + ENTRY_BYTES + n > end)
            return false;
        if (str_is((Str){s.at + at + ENTRY_BYTES, n}, name))
            return true;
        at += ENTRY_BYTES + n + more;
    }
    return false;
}

static FileKind packed_kind(Str s)
{
    int64_t end = directory_end(s);
    if (end < 0)
        return FILE_NONE;
    size_t from = number(s, (size_t)end + 16, 4);
    if (from >= (size_t)end)
        return FILE_NONE;
    if (has_entry(s, from, (size_t)end, "[Content_Types].xml") &&
        has_entry(s, from, (size_t)end, "xl/workbook.xml") &&
        !has_entry(s, from, (size_t)end, "xl/vbaProject.bin")) /* programs stay outside */
        return FILE_XLSX;
    return has_entry(s, from, (size_t)end, "OFD.xml") ? FILE_OFD : FILE_NONE;
}

FileKind file_kind(Str s)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
                                  0,    0,   0,   13,  'I',  'H',  'D',  'R'},
                         jpeg[] = {0xff, 0xd8, 0xff};
    if (begins(s, "%PDF-", 5))
        return ends_with_mark(s, STR("%%EOF")) ? FILE_PDF : FILE_NONE;
    if (begins(s, png, sizeof png))
        return ends_with_mark(s, STR("IEND")) ? FILE_PNG : FILE_NONE;
    if (begins(s, jpeg, sizeof jpeg))
        return ends_with_mark(s, STR("\xff\xd9")) ? FILE_JPEG : FILE_NONE;
    return begins(s, "PK\3\4", 4) ? packed_kind(s) : FILE_NONE;
}
