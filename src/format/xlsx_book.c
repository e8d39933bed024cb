/* xlsx_book.c — the small parts of a workbook: workbook.xml, its relations, styles.xml,
 * sharedStrings.xml.  Read first: xlsx_book_read(). */
#include "format/xlsx_book.h"

#include "base/limits.h"

#include <string.h>

/* ---- number formats */

/* Formats that have a number and no text; those of Chinese programs among them (27–36, 50–58). */
static XlsxStyle built_in(unsigned number)
{
    static const unsigned months[] = {17, 27, 36, 50, 52, 57}; /* Mar-45, 1945年3月 */
    for (size_t i = 0; i < G_N_ELEMENTS(months); i++)
        if (number == months[i])
            return (XlsxStyle){SHOW_MONTH, 0};
    if ((number >= 14 && number <= 22) || (number >= 27 && number <= 36) || number == 45 ||
        number == 47 || (number >= 50 && number <= 58))
        return (XlsxStyle){SHOW_DATE, 0};
    if (number == 46)
        return (XlsxStyle){SHOW_ELAPSED, 0};
    if (number == 9 || number == 10)
        return (XlsxStyle){SHOW_PERCENT, 0};
    return (XlsxStyle){SHOW_PLAIN, 0};
}

/* Behind a quoted text, an escaped character, or what stands in brackets. */
static const char *skip_apart(const char *at)
{
    char end = *at == '"' ? '"' : *at == '[' ? ']' : '\0';
    if (*at == '\\' || *at == '_' || *at == '*')
        return at[1] != '\0' ? at + 2 : at + 1;
    if (end == '\0')
        return NULL;
    const char *to = strchr(at + 1, end);
    return to != NULL ? to + 1 : at + strlen(at);
}

XlsxStyle xlsx_style_of_format(const char *format)
{
    size_t zeros = strspn(format, "0");
    XlsxStyle found = {SHOW_PLAIN, 0};
    if (zeros > 1 && format[zeros] == '\0')
        return (XlsxStyle){SHOW_ZEROS, (int)MIN(zeros, 18)};
    if (g_ascii_strncasecmp(format, "general", 7) == 0)
        return found;
    bool year = false, month = false, finer = false;
    for (const char *at = format; *at != '\0' && *at != ';';) {
        if (at[0] == '[' && strchr("hHmMsS", at[1]) != NULL && at[1] != '\0')
            return (XlsxStyle){SHOW_ELAPSED, 0};
        const char *behind = skip_apart(at);
        if (behind != NULL) {
            at = behind;
            continue;
        }
        year |= strchr("yY", *at) != NULL;
        month |= strchr("mM", *at) != NULL;
        finer |= strchr("dhsDHS", *at) != NULL;
        if (*at == '%')
            found.show = SHOW_PERCENT;
        at++;
    }
    if (year && !finer)
        found.show = month ? SHOW_MONTH : SHOW_YEAR;
    else if (year || month || finer)
        found.show = SHOW_DATE;
    return found;
}

typedef struct Styles {
    XlsxParsing parsing;
    GHashTable *formats; /* number → XlsxStyle * */
    GArray *styles;
    bool cells; /* inside cellXfs */
} Styles;

static unsigned number_of(const char *text)
{
    guint64 n;
    return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &n, NULL)
               ? (unsigned)n
               : 0;
}

static void style_start(void *with, const XML_Char *name, const XML_Char **attributes)
{
    Styles *s = with;
    const char *local = xlsx_local(name);
    if (strcmp(local, "cellXfs") == 0)
        s->cells = true;
    if (strcmp(local, "numFmt") == 0) {
        const char *code = xlsx_attribute(attributes, "formatCode");
        XlsxStyle *style = g_new(XlsxStyle, 1);
        *style = xlsx_style_of_format(code != NULL ? code : "");
        g_hash_table_insert(
            s->formats, GUINT_TO_POINTER(number_of(xlsx_attribute(attributes, "numFmtId"))), style);
    }
    if (!s->cells || strcmp(local, "xf") != 0)
        return;
    unsigned number = number_of(xlsx_attribute(attributes, "numFmtId"));
    const XlsxStyle *own = g_hash_table_lookup(s->formats, GUINT_TO_POINTER(number));
    XlsxStyle style = own != NULL ? *own : built_in(number);
    g_array_append_val(s->styles, style);
}

static void style_end(void *with, const XML_Char *name)
{
    Styles *s = with;
    if (strcmp(xlsx_local(name), "cellXfs") == 0)
        s->cells = false;
}

static bool read_styles(XlsxZip *z, XlsxBook *b, GError **error)
{
    Styles s = {.formats = g_hash_table_new_full(NULL, NULL, NULL, g_free), .styles = b->styles};
    XML_Parser p = xlsx_parser(&s, style_start, style_end, NULL);
    bool there, fine = xlsx_part_parse(z, "xl/styles.xml", LIMIT_XLSX_SMALL_PART, p, &there, error);
    XML_ParserFree(p);
    g_hash_table_unref(s.formats);
    return fine;
}

/* ---- shared texts */

typedef struct Texts {
    XlsxParsing parsing;
    XlsxBook *book;
    unsigned reading; /* a hint how to read: its text is none of the cell's */
    bool text, full;
} Texts;

static void text_start(void *with, const XML_Char *name, const XML_Char **attributes)
{
    Texts *t = with;
    const char *local = xlsx_local(name);
    (void)attributes;
    t->reading += strcmp(local, "rPh") == 0;
    t->text = t->reading == 0 && strcmp(local, "t") == 0;
}

static void text_end(void *with, const XML_Char *name)
{
    Texts *t = with;
    const char *local = xlsx_local(name);
    t->text = false;
    t->reading -= t->reading > 0 && strcmp(local, "rPh") == 0;
    if (strcmp(local, "si") != 0)
        return;
    uint32_t end = (uint32_t)t->book->texts->len;
    g_array_append_val(t->book->ends, end);
    if (t->book->ends->len > LIMIT_XLSX_TEXTS) {
        t->full = true;
        XML_StopParser(t->parsing.parser, XML_FALSE);
    }
}

static void text_text(void *with, const XML_Char *text, int len)
{
    Texts *t = with;
    if (!t->text)
        return;
    g_string_append_len(t->book->texts, text, len);
    if (t->book->texts->len > LIMIT_XLSX_PART) {
        t->full = true;
        XML_StopParser(t->parsing.parser, XML_FALSE);
    }
}

/* Texts are held in memory: what unpacks to much more than any list does was made to fill it. */
#define TEXTS_PER_BYTE 32u         /* of the file; lists of people have some ten */
#define TEXTS_ALWAYS   (64u << 20) /* small files repeat themselves more */

static size_t texts_most(const XlsxZip *z)
{
    return MIN((size_t)LIMIT_XLSX_PART, xlsx_zip_bytes(z) * TEXTS_PER_BYTE + TEXTS_ALWAYS);
}

static bool read_texts(XlsxZip *z, const char *name, XlsxBook *b, GError **error)
{
    Texts t = {.book = b};
    XML_Parser p = xlsx_parser(&t, text_start, text_end, text_text);
    bool there, fine = xlsx_part_parse(z, "xl/sharedStrings.xml", texts_most(z), p, &there, error);
    XML_ParserFree(p);
    if (!fine && t.full) {
        g_clear_error(error);
        return fail(error, FAIL_INPUT,
                    "%s: has more than %u different texts; split it, or save it as CSV", name,
                    LIMIT_XLSX_TEXTS) ||
               fail_zh(error, "工作簿里不同的文字多于 %u 种，请拆开或另存为 CSV", LIMIT_XLSX_TEXTS);
    }
    return fine;
}

/* ---- sheets */

typedef struct Sheets {
    XlsxParsing parsing;
    const char *wanted;
    char *id, *sheet; /* relation of the sheet, and its name */
    GString *names;
    GPtrArray *shown;
    bool from_1904;
} Sheets;

static void sheets_start(void *with, const XML_Char *name, const XML_Char **attributes)
{
    Sheets *s = with;
    const char *local = xlsx_local(name);
    if (strcmp(local, "workbookPr") == 0) {
        const char *since = xlsx_attribute(attributes, "date1904");
        s->from_1904 = since != NULL && (strcmp(since, "1") == 0 || strcmp(since, "true") == 0);
    }
    if (strcmp(local, "sheet") != 0)
        return;
    const char *title = xlsx_attribute(attributes, "name"), *id = NULL;
    const char *state = xlsx_attribute(attributes, "state");
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(xlsx_local(attributes[i]), "id") == 0)
            id = attributes[i + 1];
    if (title == NULL || id == NULL)
        return;
    g_string_append_printf(s->names, "%s\"%s\"", s->names->len > 0 ? ", " : "", title);
    bool shown = state == NULL || strcmp(state, "visible") == 0;
    if (shown)
        g_ptr_array_add(s->shown, g_strdup(title));
    if (s->id != NULL || (s->wanted != NULL ? strcmp(s->wanted, title) != 0 : !shown))
        return;
    s->id = g_strdup(id);
    s->sheet = g_strdup(title);
}

typedef struct Relations {
    XlsxParsing parsing;
    const char *id;
    char *target;
} Relations;

static void relations_start(void *with, const XML_Char *name, const XML_Char **attributes)
{
    Relations *r = with;
    const char *id = xlsx_attribute(attributes, "Id");
    const char *target = xlsx_attribute(attributes, "Target");
    if (strcmp(xlsx_local(name), "Relationship") == 0 && id != NULL && target != NULL &&
        r->target == NULL && strcmp(id, r->id) == 0)
        r->target = target[0] == '/' ? g_strdup(target + 1) : g_strconcat("xl/", target, NULL);
}

static bool find_part(XlsxZip *z, const char *name, Sheets *s, XlsxBook *b, GError **error)
{
    Relations r = {.id = s->id};
    bool there;
    XML_Parser p = xlsx_parser(&r, relations_start, NULL, NULL);
    bool fine =
        xlsx_part_parse(z, "xl/_rels/workbook.xml.rels", LIMIT_XLSX_SMALL_PART, p, &there, error);
    XML_ParserFree(p);
    b->part = r.target;
    if (fine && r.target == NULL)
        return fail(error, FAIL_INPUT, "%s: sheet \"%s\" is missing; save the workbook again", name,
                    s->sheet) ||
               fail_zh(error, "工作表“%s”找不到，请重新保存工作簿", s->sheet);
    return fine;
}

static bool choose_sheet(XlsxZip *z, const char *name, Sheets *s, XlsxBook *b, GError **error)
{
    bool there;
    XML_Parser p = xlsx_parser(s, sheets_start, NULL, NULL);
    bool fine = xlsx_part_parse(z, "xl/workbook.xml", LIMIT_XLSX_SMALL_PART, p, &there, error);
    XML_ParserFree(p);
    if (!fine)
        return false;
    if (!there)
        return fail(error, FAIL_INPUT, "%s: is no .xlsx workbook; save it again as .xlsx", name) ||
               fail_zh(error, "这不是 .xlsx 工作簿，请另存为 .xlsx");
    if (s->shown->len > LIMIT_XLSX_SHEETS)
        return fail(error, FAIL_INPUT, "%s: has %u sheets; at most %u are read", name,
                    s->shown->len, LIMIT_XLSX_SHEETS) ||
               fail_zh(error, "工作簿有 %u 张工作表，最多读 %u 张", s->shown->len,
                       LIMIT_XLSX_SHEETS);
    if (s->id == NULL && s->wanted != NULL)
        return fail(error, FAIL_INPUT, "%s: has no sheet \"%s\"; there are %s", name, s->wanted,
                    s->names->str) ||
               fail_zh(error, "没有工作表“%s”；有：%s", s->wanted, s->names->str);
    if (s->id == NULL)
        return fail(error, FAIL_INPUT, "%s: has no sheet that is not hidden", name) ||
               fail_zh(error, "工作簿里没有不隐藏的工作表");
    b->from_1904 = s->from_1904;
    return find_part(z, name, s, b, error);
}

bool xlsx_book_read(XlsxZip *z, const char *sheet, const char *name, XlsxBook *ret, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    Sheets s = {.wanted = sheet, .names = names};
    s.shown = g_ptr_array_new_with_free_func(g_free);
    *ret = (XlsxBook){
        .texts = g_string_new(NULL),
        .ends = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
        .styles = g_array_new(FALSE, FALSE, sizeof(XlsxStyle)),
    };
    GError *fault = NULL;
    bool fine = choose_sheet(z, name, &s, ret, &fault) && read_styles(z, ret, &fault) &&
                read_texts(z, name, ret, &fault);
    g_free(s.id);
    ret->sheet = s.sheet;
    ret->sheets = s.shown;
    if (fine)
        return true;
    xlsx_book_clear(ret);
    g_propagate_error(error, fault);
    return false;
}

void xlsx_book_clear(XlsxBook *b)
{
    if (b->texts == NULL)
        return;
    g_string_free(b->texts, TRUE);
    g_array_unref(b->ends);
    g_array_unref(b->styles);
    g_free(b->part);
    g_free(b->sheet);
    g_ptr_array_unref(b->sheets);
    *b = (XlsxBook){0};
}

bool xlsx_book_text(const XlsxBook *b, uint64_t index, Str *ret)
{
    if (index >= b->ends->len)
        return false;
    uint32_t from = index > 0 ? g_array_index(b->ends, uint32_t, index - 1) : 0;
    uint32_t to = g_array_index(b->ends, uint32_t, index);
    *ret = (Str){b->texts->str + from, to - from};
    return true;
}

XlsxStyle xlsx_book_style(const XlsxBook *b, uint64_t index)
{
    return index < b->styles->len ? g_array_index(b->styles, XlsxStyle, index)
                                  : (XlsxStyle){SHOW_PLAIN, 0};
}
