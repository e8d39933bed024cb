/* import.c — a file of records, row by row into a staged import, then all of it at once.
 * In: a CSV file or a workbook.  Out: counts, and the rejected rows with their reasons.  Not here:
 * what one row means (import_row.c), what its columns are (import_columns.c).  Read first:
 * care_import(), read_rows(). */
#include "care/import.h"

#include "base/clock.h"
#include "base/limits.h"
#include "care/import_inside.h"
#include "care/ledger.h"
#include "format/sheet.h"

#define PROGRESS_ROWS 512
#define REASONS_MOST  50
#define REASON_SHOWN  300 /* bytes */

#define NOTES_MOST 200 /* said of one file; who reads more? */

static void import_clear(Import *in)
{
    import_columns_clear(in);
    g_hash_table_unref(in->taken);
    g_hash_table_unref(in->records);
    import_ahead_clear(in);
    g_free(in->counties);
}

/* ---- rejected rows */

typedef struct Rejects {
    SheetWriter writer; /* in the file's own format */
    bool begun;         /* with the first one */
    char *path;
    const Str *header;
    size_t n_header;
} Rejects;

/* Reasons of an earlier import, when the rejected file is imported again: replaced, not kept. */
static bool is_reason(const Rejects *r, size_t i)
{
    return i + 1 == r->n_header && (str_is(r->header[i], "原因") || str_is(r->header[i], "reason"));
}

static bool rejects_begin(Rejects *r, GError **error)
{
    if (!sheet_writer_open(r->path, "退回", &r->writer, error))
        return fail_while(error, "writing the rejected rows");
    r->begun = true;
    for (size_t i = 0; i < r->n_header; i++)
        if (!is_reason(r, i))
            sheet_head(&r->writer, r->header[i]);
    sheet_head(&r->writer, STR("原因"));
    sheet_end_row(&r->writer);
    return true;
}

/* The original cells, and why. */
static bool reject(Rejects *r, const Str *cells, size_t n, Str reason, GError **error)
{
    if (!r->begun && !rejects_begin(r, error))
        return false;
    for (size_t i = 0; i < r->n_header; i++)
        if (!is_reason(r, i))
            sheet_text(&r->writer, i < n ? cells[i] : STR(""));
    sheet_text(&r->writer, reason);
    sheet_end_row(&r->writer);
    return true;
}

static bool rejects_end(Rejects *r, Arena *a, ImportReport *to, GError **error)
{
    if (!r->begun)
        return true;
    if (!sheet_writer_close(&r->writer, error))
        return fail_while(error, "writing the rejected rows");
    to->rejected_path = arena_str(a, str_of(r->path));
    return true;
}

static void rejects_clear(Rejects *r)
{
    sheet_writer_clear(&r->writer);
    g_free(r->path);
}

/* ---- rows */

typedef struct Tried { /* a row that is put to the accounts, and would go in */
    size_t line;
    bool is_new;
    Str *cells;
    size_t n_cells;
} Tried;

typedef struct Staging {
    Import *import;
    int64_t number; /* of the staged import; 0: nothing is staged */
    bool dry;       /* nothing stays */
    bool unkeyed;   /* it was said that rows have no number */
    GArray *tried;  /* of Tried, staged; dry alone */
    GArray *seats;  /* uint32_t of each staged row: which of the file, and in the lowest bit whether
                       it is new; not dry alone */
    size_t nth;     /* of the next row of the file */
    size_t staged;
    WriteBy by;
    WriteRequest *waiting;
    size_t n_waiting;
    Arena *arena; /* of the rows waiting */
    ImportReport *report;
    Str reason;  /* of the changes: the file */
    Arena *keep; /* of the report */
} Staging;

static bool stage(Staging *s, GError **error)
{
    bool wanted = s->number != 0 && (!s->dry || s->staged < LIMIT_IMPORT_TRIED);
    if (s->n_waiting > 0 && wanted &&
        !care_import_stage(s->import->care, s->number, &s->by, s->waiting, s->n_waiting, error))
        return fail_while(error, "staging rows");
    s->staged += s->n_waiting;
    s->n_waiting = 0;
    arena_free(s->arena);
    s->arena = arena_new();
    return true;
}

/* ---- what is said besides */

static void note(Staging *s, size_t line, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void note(Staging *s, size_t line, const char *format, ...)
{
    if (s->report->n_notes == NOTES_MOST)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    s->report->notes[s->report->n_notes++] = (ImportNote){line, arena_str(s->keep, str_of(text))};
}

/* The same fault of many rows is one line: values in it are left out. */
static void count_reason(Staging *s, const char *reason)
{
    ImportReport *r = s->report;
    g_autoptr(GString) kind = g_string_new(NULL);
    for (Str rest = str_of(reason); rest.len > 0 && kind->len < REASON_SHOWN;) {
        Str before = rest;
        uint32_t c = str_utf8_next(&rest);
        if (c == 0x201c) /* “ … ” */
            while (rest.len > 0 && str_utf8_next(&rest) != 0x201d)
                continue;
        else if (c < '0' || c > '9')
            g_string_append_len(kind, before.at, (gssize)(before.len - rest.len));
    }
    for (size_t i = 0; i < r->n_reasons; i++)
        if (str_is(r->reasons[i].text, kind->str)) {
            r->reasons[i].rows++;
            return;
        }
    if (r->n_reasons < REASONS_MOST)
        r->reasons[r->n_reasons++] =
            (ImportReason){1, arena_str(s->keep, (Str){kind->str, kind->len})};
}

/* 备注 "已故": nothing is changed by it, and nothing is passed over. */
static void note_remark(Staging *s, const Str *cells, size_t n, size_t line)
{
    const Import *in = s->import;
    const Field *end = in->entity->end;
    for (size_t i = 0; i < in->n_columns && i < n; i++) {
        const char *word = in->columns[i].is_remark ? remark_word(cells[i]) : NULL;
        if (word == NULL)
            continue;
        s->report->remarked++;
        if (remark_is_end(word) && end != NULL)
            note(s, line, "备注写着“%s”：请核实，属实的登记%.*s", word, STR_ARG(end->label.zh));
        else
            note(s, line, "备注写着“%s”：请核实，属实的办理迁出", word);
    }
}

/* A village a sheet, and the first one alone was asked for. */
static void note_sheets(Staging *s, const Sheet *sheet)
{
    const ImportOptions *o = s->import->options;
    const GPtrArray *names = sheet_names(sheet);
    g_autoptr(GString) others = g_string_new(NULL);
    if (names == NULL || o->all_sheets || o->sheet != NULL || o->seen != NULL)
        return;
    for (guint i = 1; i < names->len && others->len < REASON_SHOWN; i++)
        g_string_append_printf(others, "“%s”", (const char *)names->pdata[i]);
    if (others->len > 0)
        note(s, 1, "只读了第一张工作表，没有读：%s", others->str);
}

/* A heading over two columns leaves the second without a name: what stands in it is not taken. */
static void note_nameless(Staging *s, const Str *cells, size_t n, size_t line)
{
    for (size_t i = 0; i < s->import->n_columns && i < n; i++) {
        ImportColumn *col = &s->import->columns[i];
        if (!col->is_nameless || str_trim(cells[i]).len == 0)
            continue;
        note(s, line, "第%zu列没有列名，里面的内容没有导入", i + 1);
        col->is_nameless = false;
    }
}

/* Who is entered without a number by which she is found again is entered again by the same file. */
static void note_unkeyed(Staging *s, const WriteRequest *r, size_t line)
{
    if (s->unkeyed || row_has_key(r))
        return;
    s->unkeyed = true;
    note(s, line, "从这一行起，有的行没有能找到记录的编号：同一文件再导入一次，这些行会重复登记");
}

/* Who compares gets the row, and nothing waits. */
static bool row_seen(Staging *s, RowFate fate, const WriteRequest *r, size_t line,
                     const GString *reason, GError **error)
{
    const ImportOptions *o = s->import->options;
    const ImportSeen seen = {.line = line,
                             .is_new = fate == ROW_NEW,
                             .rejected = fate == ROW_REJECTED,
                             .request = fate == ROW_REJECTED ? NULL : r,
                             .why = {reason->str, reason->len}};
    bool ok = o->seen(o->to, &seen, s->arena, error);
    arena_free(s->arena);
    s->arena = arena_new();
    return ok || fail_while(error, "line %zu", line);
}

static void remember_staged(Staging *s, const ImportRow *row, bool is_new)
{
    const Str *cells = row->cells;
    const size_t n = row->n;
    Tried t = {row->line, is_new, NULL, n};
    const uint32_t seat = (uint32_t)row->nth << 1 | is_new;
    if (!s->dry)
        g_array_append_val(s->seats, seat);
    if (!s->dry || s->number == 0 || s->tried->len > LIMIT_IMPORT_TRIED)
        return;
    t.cells = arena_many(s->keep, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        t.cells[i] = arena_str(s->keep, cells[i]);
    g_array_append_val(s->tried, t);
}

static bool take_row(Staging *s, Rejects *rejects, const ImportRow *row, GString *reason,
                     GError **error)
{
    const Str *cells = row->cells;
    const size_t n = row->n, line = row->line;
    RowFate fate;
    const char *total = row_is_total(cells, n);
    if (total != NULL) {
        s->report->skipped++;
        note(s, line, "“%s”行没有导入", total);
        return true;
    }
    WriteRequest *to = &s->waiting[s->n_waiting];
    if (!import_row(s->import, cells, line, s->arena, &fate, to, reason, error))
        return fail_while(error, "line %zu", line);
    if (s->import->options->seen != NULL)
        return row_seen(s, fate, to, line, reason, error);
    to->reason = s->reason;
    note_nameless(s, cells, n, line);
    if (fate == ROW_NEW)
        note_unkeyed(s, to, line);
    if (fate == ROW_NEW || fate == ROW_CHANGED) {
        s->n_waiting++;
        remember_staged(s, row, fate == ROW_NEW);
    }
    s->report->accepted += fate == ROW_NEW;
    s->report->changed += fate == ROW_CHANGED;
    s->report->unchanged += fate == ROW_SAME;
    s->report->rejected += fate == ROW_REJECTED;
    if (fate == ROW_REJECTED)
        count_reason(s, reason->str);
    else
        note_remark(s, cells, n, line);
    if (fate == ROW_REJECTED && !reject(rejects, cells, n, (Str){reason->str, reason->len}, error))
        return false;
    /* Rows that say nothing new take memory as well: what a record was is read beside them. */
    return (s->n_waiting < LIMIT_IMPORT_CHUNK && arena_size(s->arena) < LIMIT_IMPORT_HELD) ||
           stage(s, error);
}

/* A line that is no row of cells is rejected like any other; only the disk stops the import, and a
 * workbook behind whose damage nothing can be read: half a list would look like all of it. */
static bool take_fault(Staging *s, Rejects *rejects, const Sheet *sheet, const ImportRow *row,
                       GError *fault, GError **error)
{
    if (!g_error_matches(fault, FAIL_DOMAIN, FAIL_INPUT) || sheet_broken(sheet)) {
        g_propagate_error(error, fault);
        return false;
    }
    const char *zh = fail_in_chinese(fault);
    g_autofree char *why =
        g_strdup_printf("第%zu行不能读取：%s", row->line, zh != NULL ? zh : fault->message);
    g_error_free(fault);
    s->report->rejected++;
    count_reason(s, why);
    return reject(rejects, row->cells, row->n, str_of(why), error);
}

typedef struct Ahead { /* rows that are read and not taken yet */
    ImportRow rows[IMPORT_ROWS_AHEAD];
    size_t n;
    Arena *arena; /* of their cells */
} Ahead;

/* The sheet's cells last until its next row.  A short row goes on with empty cells. */
static void ahead_add(Ahead *h, size_t columns, const Str *cells, size_t n, size_t line, size_t nth)
{
    Str *kept = arena_many(h->arena, Str, MAX(n, columns) + 1);
    for (size_t i = 0; i < n; i++)
        kept[i] = arena_str(h->arena, cells[i]);
    for (size_t i = n; i < columns; i++)
        kept[i] = STR("");
    h->rows[h->n++] = (ImportRow){kept, n, line, nth};
}

static bool ahead_take(Staging *s, Ahead *h, Rejects *rejects, GError **error)
{
    g_autoptr(GString) reason = g_string_new(NULL);
    bool ok = h->n == 0 || import_look_ahead(s->import, h->rows, h->n, error);
    for (size_t i = 0; ok && i < h->n; i++)
        ok = take_row(s, rejects, &h->rows[i], reason, error);
    h->n = 0;
    arena_free(h->arena);
    h->arena = arena_new();
    return ok;
}

static bool read_ahead(Staging *s, Ahead *h, Sheet *sheet, Rejects *rejects, const ImportOptions *o,
                       GError **error)
{
    size_t rows = 0;
    for (;;) {
        const Str *cells;
        size_t n;
        GError *fault = NULL;
        if (!sheet_next(sheet, &cells, &n, &fault)) {
            bool ok = ahead_take(s, h, rejects, error);
            if (fault == NULL || !ok) {
                g_clear_error(&fault);
                return ok && stage(s, error);
            }
            const ImportRow row = {.cells = cells, .n = n, .line = sheet_line(sheet)};
            if (!take_fault(s, rejects, sheet, &row, fault, error))
                return false;
            continue;
        }
        ahead_add(h, s->import->n_columns, cells, n, sheet_line(sheet), s->nth++);
        if ((h->n == IMPORT_ROWS_AHEAD || arena_size(h->arena) >= LIMIT_IMPORT_HELD) &&
            !ahead_take(s, h, rejects, error))
            return false;
        if (o->progress != NULL && ++rows % PROGRESS_ROWS == 0)
            o->progress(o->with, sheet_share(sheet));
    }
}

static bool read_rows(Staging *s, Sheet *sheet, Rejects *rejects, const ImportOptions *o,
                      GError **error)
{
    Ahead *h = g_new0(Ahead, 1);
    h->arena = arena_new();
    bool ok = read_ahead(s, h, sheet, rejects, o, error);
    arena_free(h->arena);
    g_free(h);
    return ok;
}

/* ---- what accounts would say */

/* Rows that would go in one by one, and together take more from an account than it has. */
static bool try_staged(Staging *s, Rejects *rejects, GError **error)
{
    ImportReport *to = s->report;
    ImportRefused *list;
    size_t n;
    if (!s->dry || s->number == 0)
        return true;
    if (!care_import_try(s->import->care, s->number, LIMIT_IMPORT_TRIED, s->keep, &list, &n, error))
        return fail_while(error, "asking what would be refused");
    for (size_t i = 0; i < n; i++) {
        const Tried *t = &g_array_index(s->tried, Tried, list[i].row);
        const LedgerRefusal *r = &list[i].refusal;
        Str why = r->account != NULL ? refusal_words(s->keep, r).zh : list[i].why;
        *(t->is_new ? &to->accepted : &to->changed) -= 1;
        to->rejected++;
        count_reason(s, arena_printf(s->keep, "%.*s", STR_ARG(why)));
        if (!reject(rejects, t->cells, t->n_cells, why, error))
            return false;
    }
    if (s->tried->len > LIMIT_IMPORT_TRIED)
        note(s, g_array_index(s->tried, Tried, LIMIT_IMPORT_TRIED).line,
             "从这一行起没有试算账户：请把文件分开试");
    return true;
}

/* ---- what is refused while it is applied */

typedef struct Refusing {
    Staging *staging;
    Rejects *rejects;
} Refusing;

static bool refused_again(void *with, const Str *cells, size_t n, bool is_new, Str why,
                          GError **error)
{
    const Refusing *r = with;
    ImportReport *to = r->staging->report;
    *(is_new ? &to->accepted : &to->changed) -= 1;
    to->rejected++;
    count_reason(r->staging, arena_printf(r->staging->keep, "%.*s", STR_ARG(why)));
    return reject(r->rejects, cells, n, why, error);
}

/* ---- what the journal says of it */

/* A file tells who is registered already, tried or not: who asked, and how much it told, stands in
 * the office's journal before it is told.  What is written has entries of its own. */
static bool note_told(const Staging *s, const char *name, GError **error)
{
    const Import *in = s->import;
    const ImportReport *r = s->report;
    if (in->options->seen != NULL || (!s->dry && in->elsewhere == 0))
        return true;
    const char *text = arena_printf(s->keep,
                                    "%s %s of %.*s: %zu rows, %" G_GUINT64_FORMAT
                                    " known, %zu registered outside the region",
                                    s->dry ? "tried" : "imported", name, STR_ARG(in->entity->name),
                                    in->rows, r->changed + r->unchanged, in->elsewhere);
    return care_note(in->care, in->session, NULL, (RecordKey){0}, NULL, str_of(text), error) ||
           fail_while(error, "noting in the journal what the file tells");
}

/* ---- the whole file */

bool import_may(Care *c, const Session *s, const Entity *e, const char *path,
                const ImportOptions *o, GError **error)
{
    if (!session_may(s, MAY_IMPORT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not import", s->role->word) ||
               fail_zh(error, "本岗位不能导入");
    if (e->place == NULL && !entity_is_region(e))
        return fail(error, FAIL_RIGHT, "\"%.*s\" comes from the documents, not from files",
                    STR_ARG(e->name)) ||
               fail_zh(error, "“%.*s”由文件规定，不从表格导入", STR_ARG(e->label.zh));
    if (s->facility != 0)
        return fail(error, FAIL_RIGHT, "files are imported by a region, not inside a facility") ||
               fail_zh(error, "表格由地区导入，不在机构里导入");
    if (care_is_demo(c) && !o->made_up)
        return fail(
                   error, FAIL_INPUT,
                   "this is a demonstration database: real people do not belong into it; a file of "
                   "made-up people is taken with --made-up") ||
               fail_zh(error, "这是演示库，不能放真人；虚构人员的表格请注明");
    if (!care_is_demo(c) && o->made_up)
        return fail(error, FAIL_INPUT, "made-up people do not belong into a real database") ||
               fail_zh(error, "正式库里不能放虚构人员");
    if (g_str_has_suffix(path, ".et"))
        return fail(error, FAIL_INPUT, "\"%s\": save it as .xlsx or CSV first", path) ||
               fail_zh(error, "请先另存为 .xlsx 或 CSV");
    g_autofree char *base = g_path_get_basename(path);
    return check_file_name(str_of(base), NULL, error);
}

static char *rejected_path(const char *path, const Sheet *sheet)
{
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return g_strdup("import.rejected.csv");
    return g_strconcat(path, sheet->xlsx != NULL ? ".rejected.xlsx" : ".rejected.csv", NULL);
}

/* The other sheets of a workbook, when all were asked for: each with a header of its own. */
static bool other_sheets(Staging *s, const Sheet *first, const char *path, const ImportOptions *o,
                         Rejects *rejects, GError **error)
{
    const GPtrArray *names = o->all_sheets ? sheet_names(first) : NULL;
    for (guint i = 1; names != NULL && i < names->len; i++) {
        Sheet sheet;
        const Str *header;
        size_t n;
        if (!sheet_open(path, names->pdata[i], &sheet, error))
            return false;
        bool fine = sheet_header(&sheet, &header, &n, error);
        Str *own = arena_many(s->keep, Str, n + 1);
        for (size_t k = 0; fine && k < n; k++)
            own[k] = arena_str(s->keep, header[k]);
        if (fine) {
            import_columns_clear(s->import);
            fine = import_columns(s->import, o, own, n, s->keep, error);
        }
        if (fine && n != rejects->n_header)
            fine = fail(error, FAIL_INPUT, "it has other columns than the first sheet") ||
                   fail_zh(error, "这张表的列与第一张不同");
        fine = fine && read_rows(s, &sheet, rejects, o, error);
        sheet_close(&sheet);
        if (!fine)
            return fail_while(error, "sheet \"%s\"", (const char *)names->pdata[i]);
    }
    return true;
}

/* Commits; what it refuses is rejected as if it had been seen before. */
static bool apply(Staging *s, const char *path, Rejects *rejects, GError **error)
{
    ImportRefused *list;
    size_t n;
    int64_t more;
    if (!care_import_commit(s->import->care, s->number, s->keep, &list, &n, &more, error))
        return fail_while(error, "the import is begun and will be finished at the next start");
    s->report->untold = (uint64_t)more;
    const ImportAgain again = {.import = s->import,
                               .path = path,
                               .seats = (const uint32_t *)(const void *)s->seats->data,
                               .list = list,
                               .n = n,
                               .arena = s->keep,
                               .refused = refused_again,
                               .with = &(Refusing){s, rejects}};
    return n == 0 || import_again(&again, error);
}

static bool read_all(Staging *s, Sheet *sheet, Rejects *rejects, const char *path, const char *base,
                     GError **error)
{
    const ImportOptions *o = s->import->options;
    return read_rows(s, sheet, rejects, o, error) &&
           other_sheets(s, sheet, path, o, rejects, error) && try_staged(s, rejects, error) &&
           note_told(s, base, error);
}

static bool import_file(Import *in, Sheet *sheet, Rejects *rejects, const char *path,
                        const ImportOptions *o, Arena *a, ImportReport *ret, GError **error)
{
    g_autofree char *base = o->name != NULL ? g_strdup(o->name) : g_path_get_basename(path);
    Staging s = {
        .import = in, .by = {in->session->account, STR("import")}, .report = ret, .keep = a};
    s.dry = o->dry_run || o->seen != NULL;
    s.reason = str_of(arena_printf(a, "导入 %s", base));
    s.waiting = arena_many(a, WriteRequest, LIMIT_IMPORT_CHUNK + 1);
    if ((!s.dry || (o->seen == NULL && care_import_asks(in->care, in->entity))) &&
        !care_import_begin(in->care, str_of(base), &s.number, error))
        return fail_while(error, "beginning the import");
    s.arena = arena_new();
    s.tried = g_array_new(FALSE, FALSE, sizeof(Tried));
    s.seats = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    note_sheets(&s, sheet);
    bool fine = read_all(&s, sheet, rejects, path, base, error);
    if (s.number != 0 && (!fine || s.dry))
        (void)care_import_drop(in->care, s.number, NULL); /* else the next start does */
    if (fine && !s.dry)
        fine = apply(&s, path, rejects, error);
    arena_free(s.arena);
    g_array_unref(s.tried);
    g_array_unref(s.seats);
    return fine && rejects_end(rejects, a, ret, error);
}

bool care_import(Care *c, const Session *s, const Entity *e, const char *path,
                 const ImportOptions *options, Arena *a, ImportReport *ret, GError **error)
{
    int64_t start = clock_monotonic_us();
    Import in = {.care = c, .session = s, .entity = e, .today = care_today(c), .options = options};
    Rejects rejects = {0};
    *ret = (ImportReport){.notes = arena_many(a, ImportNote, NOTES_MOST + 1),
                          .reasons = arena_many(a, ImportReason, REASONS_MOST + 1)};
    if (!import_may(c, s, e, path, options, error))
        return false;
    Sheet sheet;
    if (!sheet_open(path, options->sheet, &sheet, error))
        return false;
    in.taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    in.records = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    in.looked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    rejects.path =
        options->rejected != NULL ? g_strdup(options->rejected) : rejected_path(path, &sheet);
    bool fine = sheet_header(&sheet, &rejects.header, &rejects.n_header, error) &&
                import_columns(&in, options, rejects.header, rejects.n_header, a, error) &&
                import_file(&in, &sheet, &rejects, path, options, a, ret, error);
    rejects_clear(&rejects);
    import_clear(&in);
    if (fine)
        ret->encoding = arena_str(a, str_of(sheet_encoding(&sheet)));
    sheet_close(&sheet);
    if (!fine)
        return fail_while(error, "importing \"%s\"", path);
    ret->seconds = (double)(clock_monotonic_us() - start) / 1e6;
    return true;
}
