/* import.c — a file of records, row by row into a staged import, then all of it at once.
 * In: a CSV file or a workbook.  Out: counts, and the rejected rows with their reasons.  Not here:
 * what one row means (import_row.c).  Read first: care_import(), read_rows(). */
#include "care/import.h"

#include "base/clock.h"
#include "base/limits.h"
#include "care/cell_type.h"
#include "care/import_inside.h"
#include "format/sheet.h"

#define PROGRESS_ROWS 512

/* Columns that carry nothing of the record: our own reasons, and what people number lists with. */
static const char *const idle_headers[] = {"原因", "序号", "reason", NULL};
static const char *const number_headers[] = {"身份证号",     "身份证号码",     "身份证",
                                             "公民身份号码", "公民身份证号码", NULL};
static const char *const since_endings[] = {".since", "起始日", "起始日期", " since", NULL};

/* ---- the header */

static bool is_one_of(Str text, const char *const *list)
{
    for (size_t i = 0; list[i] != NULL; i++)
        if (str_is(text, list[i]))
            return true;
    return false;
}

/* 身份证号 is what everybody writes for the one citizen number of a record. */
static const Field *number_field(const Entity *e)
{
    const Field *found = NULL;
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->type.kind == KIND_CITIZEN_ID) {
            if (found != NULL)
                return NULL;
            found = e->fields[i];
        }
    return found;
}

static const Field *since_field(const Entity *e, Str header)
{
    for (size_t i = 0; since_endings[i] != NULL; i++) {
        if (!str_ends(header, str_of(since_endings[i])))
            continue;
        header.len -= strlen(since_endings[i]);
        const Field *f = field_of_header(e, header);
        return f != NULL && f->dated ? f : NULL;
    }
    return NULL;
}

static bool is_wanted(const ImportOptions *o, const Field *f)
{
    for (size_t i = 0; i < o->n_only; i++)
        if (o->only[i] == f)
            return true;
    return o->n_only == 0;
}

static bool column_of(Import *in, Str header, ImportColumn *to, GString *unknown)
{
    *to = (ImportColumn){.field = field_of_header(in->entity, header)};
    if (to->field == NULL && is_one_of(header, number_headers))
        to->field = number_field(in->entity);
    if (to->field == NULL) {
        to->field = since_field(in->entity, header);
        to->is_since = to->field != NULL;
    }
    if (in->options->n_only > 0 && (to->field == NULL || !is_wanted(in->options, to->field)))
        to->field = NULL;
    else if (to->field != NULL && to->field->compute != NULL)
        to->field = NULL; /* what the system computes is never taken from a file */
    else if (to->field == NULL && header.len > 0 && !is_one_of(header, idle_headers))
        g_string_append_printf(unknown, "%s\"%.*s\"", unknown->len > 0 ? ", " : "",
                               STR_ARG(header));
    return to->field != NULL;
}

static bool columns_make(Import *in, const Str *names, size_t n, Arena *a, GError **error)
{
    g_autoptr(GString) unknown = g_string_new(NULL);
    bool any = false;
    in->columns = arena_many(a, ImportColumn, n + 1);
    in->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        ImportColumn *to = &in->columns[i];
        any = column_of(in, names[i], to, unknown) || any;
        for (size_t k = 0; k < i && to->field != NULL; k++)
            if (in->columns[k].field == to->field && in->columns[k].is_since == to->is_since)
                return fail(error, FAIL_INPUT, "columns %zu and %zu are both \"%.*s\"", k + 1,
                            i + 1, STR_ARG(to->field->name));
        if (to->field != NULL && !to->is_since)
            cells_init(&to->cells, in->care, in->session, to->field, a, true);
    }
    if (unknown->len > 0)
        return fail(error, FAIL_INPUT,
                    "\"%.*s\" has no field %s; name columns by field or label, and take out those "
                    "that are not to be imported",
                    STR_ARG(in->entity->name), unknown->str);
    return any || fail(error, FAIL_INPUT, "the header names no field of \"%.*s\"",
                       STR_ARG(in->entity->name));
}

static void import_clear(Import *in)
{
    for (size_t i = 0; i < in->n_columns; i++)
        cells_clear(&in->columns[i].cells);
    g_hash_table_unref(in->taken);
    g_hash_table_unref(in->records);
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

typedef struct Staging {
    Import *import;
    int64_t number; /* of the staged import */
    bool dry;       /* nothing is staged */
    WriteBy by;
    WriteRequest *waiting;
    size_t n_waiting;
    Arena *arena; /* of the rows waiting */
    ImportReport *report;
    Str reason; /* of the changes: the file */
} Staging;

static bool stage(Staging *s, GError **error)
{
    if (s->n_waiting > 0 && !s->dry &&
        !care_import_stage(s->import->care, s->number, &s->by, s->waiting, s->n_waiting, error))
        return fail_while(error, "staging rows");
    s->n_waiting = 0;
    arena_free(s->arena);
    s->arena = arena_new();
    return true;
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

static bool take_row(Staging *s, Rejects *rejects, const Str *cells, size_t n, size_t line,
                     GString *reason, GError **error)
{
    RowFate fate;
    WriteRequest *to = &s->waiting[s->n_waiting];
    if (!import_row(s->import, cells, line, s->arena, &fate, to, reason, error))
        return fail_while(error, "line %zu", line);
    if (s->import->options->seen != NULL)
        return row_seen(s, fate, to, line, reason, error);
    to->reason = s->reason;
    s->n_waiting += fate == ROW_NEW || fate == ROW_CHANGED;
    s->report->accepted += fate == ROW_NEW;
    s->report->changed += fate == ROW_CHANGED;
    s->report->unchanged += fate == ROW_SAME;
    s->report->rejected += fate == ROW_REJECTED;
    if (fate == ROW_REJECTED && !reject(rejects, cells, n, (Str){reason->str, reason->len}, error))
        return false;
    return s->n_waiting < LIMIT_IMPORT_CHUNK || stage(s, error);
}

/* A line that is no row of cells is rejected like any other; only the disk stops the import, and a
 * workbook behind whose damage nothing can be read: half a list would look like all of it. */
static bool take_fault(Staging *s, Rejects *rejects, const Sheet *sheet, GError *fault,
                       GError **error)
{
    if (!g_error_matches(fault, FAIL_DOMAIN, FAIL_INPUT) || sheet_broken(sheet)) {
        g_propagate_error(error, fault);
        return false;
    }
    g_autofree char *why =
        g_strdup_printf("第%zu行不能读取：%s", sheet_line(sheet), fault->message);
    g_error_free(fault);
    s->report->rejected++;
    return reject(rejects, NULL, 0, str_of(why), error);
}

static bool read_rows(Staging *s, Sheet *sheet, Rejects *rejects, const ImportOptions *o,
                      GError **error)
{
    g_autoptr(GString) reason = g_string_new(NULL);
    size_t rows = 0;
    for (;;) {
        const Str *cells;
        size_t n;
        GError *fault = NULL;
        if (!sheet_next(sheet, &cells, &n, &fault)) {
            if (fault == NULL)
                return stage(s, error);
            if (!take_fault(s, rejects, sheet, fault, error))
                return false;
            continue;
        }
        if (!take_row(s, rejects, cells, n, sheet_line(sheet), reason, error))
            return false;
        if (o->progress != NULL && ++rows % PROGRESS_ROWS == 0)
            o->progress(o->with, sheet_share(sheet));
    }
}

/* ---- the whole file */

static bool may_import(Care *c, const Session *s, const Entity *e, const char *path,
                       const ImportOptions *o, GError **error)
{
    if (!session_may(s, MAY_IMPORT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not import", s->role->word);
    if (e->place == NULL && !entity_is_region(e))
        return fail(error, FAIL_RIGHT, "\"%.*s\" comes from the documents, not from files",
                    STR_ARG(e->name));
    if (s->facility != 0)
        return fail(error, FAIL_RIGHT, "files are imported by a region, not inside a facility");
    if (care_is_demo(c) && !o->made_up)
        return fail(
            error, FAIL_INPUT,
            "this is a demonstration database: real people do not belong into it; a file of "
            "made-up people is taken with --made-up");
    if (!care_is_demo(c) && o->made_up)
        return fail(error, FAIL_INPUT, "made-up people do not belong into a real database");
    if (g_str_has_suffix(path, ".et"))
        return fail(error, FAIL_INPUT, "\"%s\": save it as .xlsx or CSV first", path);
    return true;
}

static char *rejected_path(const char *path, const Sheet *sheet)
{
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return g_strdup("import.rejected.csv");
    return g_strconcat(path, sheet->xlsx != NULL ? ".rejected.xlsx" : ".rejected.csv", NULL);
}

static bool import_file(Import *in, Sheet *sheet, Rejects *rejects, const char *path,
                        const ImportOptions *o, Arena *a, ImportReport *ret, GError **error)
{
    g_autofree char *base = g_path_get_basename(path);
    Staging s = {.import = in, .by = {in->session->account, STR("import")}, .report = ret};
    s.dry = o->dry_run || o->seen != NULL;
    s.reason = str_of(arena_printf(a, "导入 %s", base));
    s.waiting = arena_many(a, WriteRequest, LIMIT_IMPORT_CHUNK + 1);
    if (!s.dry && !care_import_begin(in->care, str_of(base), &s.number, error))
        return fail_while(error, "beginning the import");
    s.arena = arena_new();
    bool fine = read_rows(&s, sheet, rejects, o, error) && rejects_end(rejects, a, ret, error);
    arena_free(s.arena);
    if (!fine && !s.dry)
        (void)care_import_drop(in->care, s.number, NULL); /* else the next start does */
    if (!fine || s.dry)
        return fine;
    return care_import_commit(in->care, s.number, error) ||
           fail_while(error, "the import is begun and will be finished at the next start");
}

bool care_import(Care *c, const Session *s, const Entity *e, const char *path,
                 const ImportOptions *options, Arena *a, ImportReport *ret, GError **error)
{
    int64_t start = clock_monotonic_us();
    Import in = {.care = c, .session = s, .entity = e, .today = care_today(c), .options = options};
    Rejects rejects = {0};
    *ret = (ImportReport){0};
    if (!may_import(c, s, e, path, options, error))
        return false;
    Sheet sheet;
    if (!sheet_open(path, options->sheet, &sheet, error))
        return false;
    in.taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    in.records = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    rejects.path = rejected_path(path, &sheet);
    bool fine = sheet_header(&sheet, &rejects.header, &rejects.n_header, error) &&
                columns_make(&in, rejects.header, rejects.n_header, a, error) &&
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
