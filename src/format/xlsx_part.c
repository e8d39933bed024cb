/* xlsx_part.c — minizip over bytes in memory, and expat over what it unpacks. */
#include "format/xlsx_part.h"

#include "base/limits.h"

#include <minizip/unzip.h>
#include <string.h>

#define PIECE 65536

typedef struct Memory { /* what minizip reads as a file */
    Str bytes;
    uint64_t at;
} Memory;

struct XlsxZip {
    Memory memory;
    unzFile zip;
    char *name, *part;
    uint64_t size, done, most;
    bool open;
};

/* ---- a file that lies in memory */

static voidpf memory_open(voidpf with, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return with;
}

static uLong memory_read(voidpf with, voidpf stream, void *to, uLong n)
{
    Memory *m = stream;
    uint64_t left = m->at < m->bytes.len ? m->bytes.len - m->at : 0;
    (void)with;
    n = (uLong)MIN((uint64_t)n, left);
    if (n > 0)
        memcpy(to, m->bytes.at + m->at, n);
    m->at += n;
    return n;
}

static ZPOS64_T memory_tell(voidpf with, voidpf stream)
{
    (void)with;
    return ((Memory *)stream)->at;
}

static long memory_seek(voidpf with, voidpf stream, ZPOS64_T offset, int origin)
{
    Memory *m = stream;
    uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? m->at
                    : origin == ZLIB_FILEFUNC_SEEK_END ? m->bytes.len
                                                       : 0;
    (void)with;
    if (offset > m->bytes.len || base + offset > m->bytes.len)
        return -1;
    m->at = base + offset;
    return 0;
}

static int memory_end(voidpf with, voidpf stream)
{
    (void)with;
    (void)stream;
    return 0;
}

XlsxZip *xlsx_zip_open(Str bytes, const char *name, GError **error)
{
    XlsxZip *z = g_new0(XlsxZip, 1);
    z->memory.bytes = bytes;
    z->name = g_strdup(name);
    zlib_filefunc64_def functions = {
        .zopen64_file = memory_open,
        .zread_file = memory_read,
        .ztell64_file = memory_tell,
        .zseek64_file = memory_seek,
        .zclose_file = memory_end,
        .zerror_file = memory_end,
        .opaque = &z->memory,
    };
    z->zip = unzOpen2_64("memory", &functions);
    if (z->zip != NULL)
        return z;
    xlsx_zip_close(z);
    (void)(fail(error, FAIL_INPUT,
                "%s: is no .xlsx workbook, or is damaged; save it again as .xlsx", name) ||
           fail_zh(error, "这不是 .xlsx 工作簿，或已损坏，请另存为 .xlsx"));
    return NULL;
}

void xlsx_zip_close(XlsxZip *z)
{
    if (z == NULL)
        return;
    xlsx_part_close(z);
    if (z->zip != NULL)
        unzClose(z->zip);
    g_free(z->name);
    g_free(z);
}

size_t xlsx_zip_bytes(const XlsxZip *z)
{
    return z->memory.bytes.len;
}

/* ---- parts */

static bool damaged(const XlsxZip *z, GError **error)
{
    return fail(error, FAIL_INPUT, "%s: part \"%s\" is damaged; save the workbook again", z->name,
                z->part) ||
           fail_zh(error, "工作簿已损坏，请重新保存");
}

bool xlsx_part_open(XlsxZip *z, const char *part, size_t most, GError **error)
{
    unz_file_info64 info;
    xlsx_part_close(z);
    z->part = g_strdup(part);
    if (unzLocateFile(z->zip, part, 2) != UNZ_OK)
        return false;
    if (unzGetCurrentFileInfo64(z->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
        return damaged(z, error);
    if ((info.flag & 1) != 0)
        return fail(error, FAIL_INPUT, "%s: is protected by a password; save it without",
                    z->name) ||
               fail_zh(error, "工作簿带密码，请另存为不带密码的");
    if (info.uncompressed_size > most)
        return fail(error, FAIL_INPUT, "%s: part \"%s\" is longer than %zu bytes", z->name, part,
                    most) ||
               fail_zh(error, "工作簿太大，请拆开再上传");
    if (unzOpenCurrentFile(z->zip) != UNZ_OK)
        return damaged(z, error);
    z->open = true;
    z->size = info.uncompressed_size;
    z->done = 0;
    z->most = most;
    return true;
}

bool xlsx_part_feed(XlsxZip *z, XML_Parser p, bool *ret_last, GError **error)
{
    void *to = XML_GetBuffer(p, PIECE);
    if (to == NULL) /* some_memory() gives none for so much */
        return xlsx_part_fault(z, p, error);
    int n = unzReadCurrentFile(z->zip, to, PIECE);
    if (n < 0)
        return damaged(z, error);
    z->done += (uint64_t)n;
    if (z->done > z->most) /* it has more than it said */
        return damaged(z, error);
    *ret_last = n == 0;
    if (XML_ParseBuffer(p, n, n == 0) == XML_STATUS_ERROR)
        return xlsx_part_fault(z, p, error);
    return true;
}

void xlsx_part_close(XlsxZip *z)
{
    if (z->open)
        unzCloseCurrentFile(z->zip);
    z->open = false;
    g_clear_pointer(&z->part, g_free);
}

uint64_t xlsx_part_done(const XlsxZip *z)
{
    return z->done;
}

uint64_t xlsx_part_size(const XlsxZip *z)
{
    return z->size;
}

bool xlsx_part_fault(const XlsxZip *z, XML_Parser p, GError **error)
{
    enum XML_Error why = XML_GetErrorCode(p);
    return fail(error, FAIL_INPUT, "%s: part \"%s\", line %lu: %s", z->name, z->part,
                (unsigned long)XML_GetCurrentLineNumber(p),
                why == XML_ERROR_NO_MEMORY ? "longer in one piece than any workbook"
                                           : XML_ErrorString(why)) ||
           fail_zh(error, "工作簿已损坏，请重新保存");
}

/* ---- parsers */

static void refuse_type(void *with, const XML_Char *name, const XML_Char *system,
                        const XML_Char *public, int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    XML_StopParser(((XlsxParsing *)with)->parser, XML_FALSE);
}

static void open_element(void *with, const XML_Char *name, const XML_Char **attributes)
{
    XlsxParsing *p = with;
    if (++p->depth > LIMIT_XLSX_DEPTH)
        XML_StopParser(p->parser, XML_FALSE);
    else if (p->start != NULL)
        p->start(with, name, attributes);
}

static void close_element(void *with, const XML_Char *name)
{
    XlsxParsing *p = with;
    p->depth--;
    if (p->end != NULL)
        p->end(with, name);
}

/* A name, an attribute, a comment is kept whole, and looked at again with each piece of it. */
static void *some_memory(size_t n)
{
    return n <= LIMIT_XLSX_TOKEN ? g_malloc(n) : NULL;
}

static void *more_memory(void *was, size_t n)
{
    return n <= LIMIT_XLSX_TOKEN ? g_realloc(was, n) : NULL;
}

XML_Parser xlsx_parser(void *with, XlsxStart start, XlsxEnd end, XlsxText text)
{
    static const XML_Memory_Handling_Suite memory = {some_memory, more_memory, g_free};
    XML_Parser p = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (p == NULL)
        g_error("out of memory");
    *(XlsxParsing *)with = (XlsxParsing){p, start, end, 0};
    XML_SetUserData(p, with);
    XML_SetElementHandler(p, open_element, close_element);
    XML_SetCharacterDataHandler(p, text);
    XML_SetStartDoctypeDeclHandler(p, refuse_type);
    return p;
}

bool xlsx_part_parse(XlsxZip *z, const char *part, size_t most, XML_Parser p, bool *ret_there,
                     GError **error)
{
    GError *fault = NULL;
    bool last = false, fine = true;
    *ret_there = xlsx_part_open(z, part, most, &fault);
    if (fault != NULL) {
        g_propagate_error(error, fault);
        return false;
    }
    while (*ret_there && fine && !last)
        fine = xlsx_part_feed(z, p, &last, error);
    xlsx_part_close(z);
    return fine;
}

const char *xlsx_local(const XML_Char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

const char *xlsx_attribute(const XML_Char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1];
    return NULL;
}
