/* csv.c — one pass over the text of a file: cells point into it.
 * Quotes are taken out in place, when a row is complete; until then the text is as it was, so that
 * a message can count the characters before a fault. */
#include "format/csv.h"

#include "base/limits.h"
#include "base/pages.h"
#include "format/csv_text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define TITLE_ROWS 10  /* above the header: heading, unit, date */
#define SHOWN_MOST 600 /* bytes of a row that a message repeats */

struct CsvReader {
    CsvText text;
    char *name;
    size_t at;        /* next byte to read */
    size_t line;      /* of the next byte */
    size_t row_line;  /* of the last row's first byte */
    size_t row_start; /* its offset */
    char separator;
    size_t block; /* of 64 bytes, whose ends of cells `ends` has as bits; SIZE_MAX: none yet */
    uint64_t ends;
    size_t width;    /* cells of the header; 0 before it is read */
    GPtrArray *kept; /* the header's names */
    Str *names;
    Str cells[LIMIT_CSV_COLUMNS];
    bool doubled[LIMIT_CSV_COLUMNS]; /* the cell holds doubled quotes, still in place */
    size_t n;
};

static bool fault(const CsvReader *r, size_t offset, GError **error, const char *zh, const char *en)
{
    size_t line, column;

    csv_text_place(r->text.at + r->row_start, offset - r->row_start, &line, &column);
    return fail(error, FAIL_INPUT, "%s:%zu:%zu: %s", r->name, r->row_line + line - 1, column, en) ||
           fail_zh(error, "第 %zu 行第 %zu 个字符处%s", r->row_line + line - 1, column, zh);
}

/* ---- formulas */

/* Whether a spreadsheet reads a cell that begins so as a formula. */
static bool starts_formula(Str s)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};

    if (s.len > 0 && s.at[0] != '\0' && strchr("=+-@\t\r", s.at[0]) != NULL)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(wide); i++) {
        if (s.len >= 3 && memcmp(s.at, wide[i], 3) == 0)
            return true;
    }
    return false;
}

/* `-` (the empty set) and plain numbers: nothing to run. */
static bool harmless(Str s)
{
    bool point = false, digit = false;

    if (s.len == 0 || s.at[0] != '-')
        return false;
    for (size_t i = 1; i < s.len; i++) {
        if (s.at[i] == '.' && digit && !point)
            point = true;
        else if (g_ascii_isdigit(s.at[i]))
            digit = true;
        else
            return false;
    }
    return s.len == 1 || g_ascii_isdigit(s.at[s.len - 1]);
}

static bool guarded(Str s)
{
    Str rest = {s.at + 1, s.len - 1};

    return s.len >= 2 && s.at[0] == '\'' && (s.at[1] == '\'' || starts_formula(rest));
}

/* ---- reading */

/* Only what stands outside quotes counts: our own writer quotes every tab. */
static char separator_of(const char *text, size_t len)
{
    bool quoted = false, tab = false;

    for (size_t i = 0; i < len; i++) {
        quoted ^= text[i] == '"';
        if (quoted)
            continue;
        if (text[i] == ',')
            return ',';
        if (text[i] == '\n' || text[i] == '\r')
            break;
        tab |= text[i] == '\t';
    }
    return tab ? '\t' : ',';
}

static CsvReader *reader_of(CsvText text, const char *name)
{
    CsvReader *r = g_new0(CsvReader, 1);

    r->text = text;
    r->name = g_strdup(name);
    r->at = text.len >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    r->line = 1;
    r->row_line = 1;
    r->block = SIZE_MAX;
    r->separator = separator_of(text.at + r->at, text.len - r->at);
    r->kept = g_ptr_array_new_with_free_func(g_free);
    return r;
}

CsvReader *csv_open(const char *path, GError **error)
{
    CsvText text;

    return csv_text_load(path, &text, error) ? reader_of(text, path) : NULL;
}

CsvReader *csv_read(Str text, const char *name, GError **error)
{
    CsvText made;
    char *bytes = pages_new(text.len + 1);

    if (text.len > 0)
        memcpy(bytes, text.at, text.len);
    return csv_text_make(bytes, text.len, name, &made, error) ? reader_of(made, name) : NULL;
}

void csv_free(CsvReader *r)
{
    if (r == NULL)
        return;
    pages_free(r->text.at);
    g_free(r->name);
    g_free(r->names);
    g_ptr_array_unref(r->kept);
    g_free(r);
}

static void skip_line_end(CsvReader *r)
{
    const char *s = r->text.at;

    if (r->at < r->text.len && s[r->at] == '\r')
        r->at += r->at + 1 < r->text.len && s[r->at + 1] == '\n' ? 2 : 1;
    else if (r->at < r->text.len)
        r->at++;
    r->line++;
}

/* Once per cell. */
static inline __attribute__((always_inline)) bool keep_cell(CsvReader *r, size_t start, size_t end,
                                                            bool doubled, GError **error)
{
    if (end - start > LIMIT_CSV_CELL)
        return fault(r, start, error, "格子太长", "cell is too long");
    if (r->n == LIMIT_CSV_COLUMNS)
        return fault(r, start, error, "列数太多", "row has too many cells");
    r->cells[r->n] = (Str){r->text.at + start, end - start};
    r->doubled[r->n++] = doubled;
    return true;
}

/* r->at stands on the opening quote; ends on the separator or line end behind the closing one.
 * After a fault it stands where it stood: how far a quote that somebody forgot to close was meant
 * to reach nobody knows, and the lines behind it are rows. */
static bool quoted_cell(CsvReader *r, GError **error)
{
    const char *s = r->text.at;
    size_t open = r->at, i = open + 1, end = r->text.len, lines = 0;
    bool doubled = false;

    for (; i < end && i - open <= 2 * LIMIT_CSV_CELL + 1; i++) {
        lines += s[i] == '\n' || (s[i] == '\r' && s[i + 1] != '\n');
        if (s[i] != '"')
            continue;
        if (s[i + 1] != '"')
            break;
        doubled = true;
        i++;
    }
    if (i >= end)
        return fault(r, open, error, "的引号没有成对", "quote is not closed");
    if (s[i] == '"' && i + 1 < end && s[i + 1] != r->separator && s[i + 1] != '\n' &&
        s[i + 1] != '\r')
        return fault(r, i + 1, error, "，右引号后面还有文字", "text behind a closing quote");
    if (!keep_cell(r, open + 1, i, doubled, error))
        return false;
    r->at = i + 1;
    r->line += lines;
    return true;
}

static uint64_t is_end(const CsvReader *r, size_t at)
{
    char c = r->text.at[at];

    return c == r->separator || c == '\n' || c == '\r';
}

/* Which of the 64 bytes from `block` on end a cell; what lies behind the text does. */
static uint64_t ends_of(const CsvReader *r, size_t block)
{
    uint64_t ends = 0;
    size_t n = MIN(r->text.len - block, 64);

#ifdef __SSE2__
    const __m128i line = _mm_set1_epi8('\n'), back = _mm_set1_epi8('\r');
    const __m128i part = _mm_set1_epi8(r->separator);

    for (unsigned i = 0; n == 64 && i < 64; i += 16) {
        __m128i x = _mm_loadu_si128((const void *)(r->text.at + block + i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, line), _mm_cmpeq_epi8(x, back)),
                                   _mm_cmpeq_epi8(x, part));

        ends |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << i;
    }
    if (n == 64)
        return ends;
#endif
    for (size_t i = 0; i < n; i++)
        ends |= is_end(r, block + i) << i;
    return n == 64 ? ends : ends | UINT64_MAX << n;
}

/* The first separator or line end at or behind `at`; the text's length when there is none. */
static size_t cell_end(CsvReader *r, size_t at)
{
    size_t block = at & ~(size_t)63;
    uint64_t ends;

    if (at >= r->text.len)
        return r->text.len;
    if (block != r->block)
        r->ends = ends_of(r, block);
    for (ends = r->ends & UINT64_MAX << (at & 63); ends == 0; ends = r->ends) {
        block += 64;
        if (block >= r->text.len)
            return r->text.len;
        r->ends = ends_of(r, block);
    }
    r->block = block;
    return block + (size_t)__builtin_ctzll(ends);
}

static bool plain_cell(CsvReader *r, GError **error)
{
    size_t start = r->at;

    r->at = cell_end(r, start);
    return keep_cell(r, start, r->at, false, error);
}

static void settle_cell(Str *cell, bool doubled)
{
    if (doubled) {
        char *to = (char *)cell->at;
        size_t n = 0;

        for (size_t i = 0; i < cell->len; i++) {
            to[n++] = cell->at[i];
            i += cell->at[i] == '"'; /* the second of two */
        }
        cell->len = n;
    }
    if (cell->len > 0 && cell->at[0] == '\'' && guarded(*cell)) {
        cell->at++;
        cell->len--;
    }
}

/* At most so many bytes, and no half character. */
static Str cut_at(Str s, size_t most)
{
    if (s.len > most)
        for (s.len = most; s.len > 0 && (s.at[s.len] & 0xC0) == 0x80;)
            s.len--;
    return s;
}

/* What is left of a line that cannot be read stands in the last cell as it is. */
static void keep_rest(CsvReader *r, size_t start)
{
    r->at = start;
    while (r->at < r->text.len && r->text.at[r->at] != '\n' && r->text.at[r->at] != '\r')
        r->at++;
    if (r->n == LIMIT_CSV_COLUMNS)
        r->n--;
    r->cells[r->n] = cut_at((Str){r->text.at + start, r->at - start}, LIMIT_CSV_CELL);
    r->doubled[r->n++] = false;
}

static bool read_cells(CsvReader *r, GError **error)
{
    const char *s = r->text.at;
    bool read;

    for (r->n = 0;; r->at++) { /* over the separator */
        size_t start = r->at;

        read = s[start] == '"' ? quoted_cell(r, error) : plain_cell(r, error);
        if (!read)
            keep_rest(r, start);
        if (!read || s[r->at] != r->separator)
            break;
    }
    if (r->at < r->text.len)
        skip_line_end(r);
    for (size_t i = 0; i < r->n; i++) {
        if (r->doubled[i] || (r->cells[i].len > 0 && r->cells[i].at[0] == '\''))
            settle_cell(&r->cells[i], r->doubled[i]);
    }
    return read;
}

/* From this cell to the end of the row, as the file has it. */
static Str beyond(const CsvReader *r, size_t cell)
{
    const Str *last = &r->cells[r->n - 1];

    return cut_at((Str){r->cells[cell].at, (size_t)(last->at + last->len - r->cells[cell].at)},
                  SHOWN_MOST);
}

/* Cells beyond the header's must be empty; missing ones are empty. */
static bool fit_width(CsvReader *r, GError **error)
{
    for (size_t i = r->width; i < r->n; i++) {
        if (r->cells[i].len > 0) {
            Str more = beyond(r, i);

            return fail(error, FAIL_INPUT, "%s:%zu: row has %zu cells, the header %zu", r->name,
                        r->row_line, r->n, r->width) ||
                   fail_zh(error, "第 %zu 行有 %zu 格，表头只有 %zu 格：多出“%.*s”", r->row_line,
                           r->n, r->width, STR_ARG(more));
        }
    }
    for (size_t i = r->n; i < r->width; i++)
        r->cells[i] = (Str){"", 0};
    return true;
}

bool csv_next(CsvReader *r, const Str **ret_cells, size_t *ret_n, GError **error)
{
    const char *s = r->text.at;

    *ret_cells = r->cells;
    *ret_n = 0;
    while (r->at < r->text.len && (s[r->at] == '\n' || s[r->at] == '\r'))
        skip_line_end(r);
    if (r->at >= r->text.len)
        return false;
    r->row_line = r->line;
    r->row_start = r->at;
    bool read = read_cells(r, error) && (r->width == 0 || fit_width(r, error));

    *ret_n = r->n;
    return read;
}

/* The pieces of the line at `at`, and how many of them hold anything; *ret_end: behind the line. */
static size_t line_pieces(const CsvReader *r, size_t at, size_t *ret_filled, size_t *ret_end)
{
    const char *s = r->text.at;
    bool quoted = false, filled = false;
    size_t pieces = 1;

    *ret_filled = 0;
    for (; at < r->text.len && s[at] != '\n' && s[at] != '\r'; at++) {
        quoted ^= s[at] == '"';
        if (s[at] == r->separator && !quoted) {
            pieces++;
            filled = false;
        } else if (!filled && s[at] != ' ' && s[at] != '"') {
            filled = true;
            ++*ret_filled;
        }
    }
    *ret_end = at + (at + 1 < r->text.len && s[at] == '\r' && s[at + 1] == '\n' ? 2 : 1);
    return pieces;
}

/* Titles of a sheet that was saved as CSV: one piece, and the separators of the columns below. */
static void skip_titles(CsvReader *r)
{
    size_t at = r->at, end, filled;

    for (size_t i = 0; i < TITLE_ROWS && at < r->text.len; i++) {
        if (line_pieces(r, at, &filled, &end) < 2)
            return;
        if (filled > 1) {
            r->at = at;
            r->line += i;
            return;
        }
        at = end;
    }
}

bool csv_header(CsvReader *r, const Str **ret_names, size_t *ret_n, GError **error)
{
    const Str *cells = NULL;
    size_t n = 0;
    GError *why = NULL;

    g_assert(r->width == 0);
    skip_titles(r);
    if (!csv_next(r, &cells, &n, &why)) {
        if (why == NULL)
            return fail(error, FAIL_INPUT, "%s:1: no header: the file is empty", r->name) ||
                   fail_zh(error, "文件是空的，没有表头");
        g_propagate_error(error, why);
        return false;
    }
    r->names = g_new(Str, n);
    for (size_t i = 0; i < n; i++) {
        Str name = str_trim(cells[i]);
        char *own = g_strndup(name.at, name.len);

        g_ptr_array_add(r->kept, own);
        r->names[i] = (Str){own, name.len};
    }
    r->width = n;
    *ret_names = r->names;
    *ret_n = n;
    return true;
}

size_t csv_line(const CsvReader *r)
{
    return r->row_line;
}

const char *csv_encoding(const CsvReader *r)
{
    return r->text.encoding;
}

double csv_share(const CsvReader *r)
{
    return r->text.len == 0 ? 1.0 : (double)r->at / (double)r->text.len;
}

/* ---- writing */

#define WRITE_AT (1u << 20) /* a file gets a megabyte at once */

struct CsvWriter {
    GString *out;
    bool own;       /* `out` is ours */
    size_t n;       /* cells of the row so far */
    bool all_empty; /* and none of them has a character */
    FILE *file;
    char *path, *beside;
    int broken; /* errno of the first write that failed */
};

static CsvWriter *writer_of(GString *to, bool own, bool bom)
{
    CsvWriter *w = g_new0(CsvWriter, 1);

    w->out = to;
    w->own = own;
    if (bom)
        g_string_append(w->out, "\xEF\xBB\xBF");
    return w;
}

CsvWriter *csv_writer_new(GString *to, bool bom)
{
    return writer_of(to, false, bom);
}

CsvWriter *csv_writer_open(const char *path, bool bom, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".part", NULL);
    /* For its maker alone: rejected rows hold whole numbers of people. */
    int fd = open(beside, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;

    if (file == NULL) {
        fail(error, FAIL_SYSTEM, "could not write file \"%s\": %s", beside, g_strerror(errno));
        return NULL;
    }
    CsvWriter *w = writer_of(g_string_sized_new(WRITE_AT + 4096), true, bom);

    w->file = file;
    w->path = g_strdup(path);
    w->beside = g_steal_pointer(&beside);
    return w;
}

static void append_quoted(GString *out, Str text)
{
    g_string_append_c(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, text.at[i]);
    }
    g_string_append_c(out, '"');
}

static bool needs_quotes(Str s)
{
    if (s.len == 0)
        return false;
    if (s.at[0] == ' ' || s.at[s.len - 1] == ' ')
        return true;
    if (s.len >= 3 && memcmp(s.at, "\xEF\xBB\xBF", 3) == 0) /* would be taken for a BOM */
        return true;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == ',' || s.at[i] == '"' || s.at[i] == '\n' || s.at[i] == '\r' ||
            s.at[i] == '\t')
            return true;
    }
    return false;
}

void csv_cell(CsvWriter *w, Str text)
{
    bool guard = (starts_formula(text) && !harmless(text)) || guarded(text);

    if (w->n++ > 0)
        g_string_append_c(w->out, ',');
    w->all_empty = (w->n == 1 || w->all_empty) && text.len == 0;
    if (!guard && !needs_quotes(text)) {
        if (text.len > 0)
            g_string_append_len(w->out, text.at, (gssize)text.len);
        return;
    }
    g_autofree char *own = g_malloc(text.len + 1);

    own[0] = '\'';
    memcpy(own + 1, text.at, text.len);
    append_quoted(w->out, guard ? (Str){own, text.len + 1} : text);
}

void csv_int(CsvWriter *w, int64_t value)
{
    char text[24];
    int n = g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);

    csv_cell(w, (Str){text, (size_t)n});
}

static void writer_flush(CsvWriter *w)
{
    if (w->broken == 0 && fwrite(w->out->str, 1, w->out->len, w->file) != w->out->len)
        w->broken = errno != 0 ? errno : EIO;
    g_string_truncate(w->out, 0);
}

void csv_end_row(CsvWriter *w)
{
    /* A line with nothing on it would be read as no row at all. */
    if (w->n == 1 && w->all_empty)
        g_string_append(w->out, "\"\"");
    g_string_append_c(w->out, '\n');
    w->n = 0;
    if (w->file != NULL && w->out->len >= WRITE_AT)
        writer_flush(w);
}

bool csv_writer_close(CsvWriter *w, GError **error)
{
    if (w->file == NULL)
        return true;
    writer_flush(w);
    if (fclose(w->file) != 0 && w->broken == 0)
        w->broken = errno;
    w->file = NULL;
    if (w->broken == 0 && g_rename(w->beside, w->path) != 0)
        w->broken = errno;
    if (w->broken == 0)
        return true;
    g_unlink(w->beside);
    return fail(error, FAIL_SYSTEM, "could not write file \"%s\": %s", w->path,
                g_strerror(w->broken));
}

void csv_writer_free(CsvWriter *w)
{
    if (w == NULL)
        return;
    if (w->file != NULL) {
        fclose(w->file);
        g_unlink(w->beside);
    }
    if (w->own)
        g_string_free(w->out, TRUE);
    g_free(w->path);
    g_free(w->beside);
    g_free(w);
}
