/* import_row.c — one row of a file, and the record it is about.
 * In: cells.  Out: a WriteRequest, or all that is wrong with the row in one sentence.  Which record
 * is meant is found by the entity's key and its unique fields; two of them that lead to two records
 * reject the row.  Read first: import_row(). */
#include "base/identifier.h"
#include "care/account.h"
#include "care/import_inside.h"
#include "care/inside.h"
#include "care/keys.h"
#include "care/places.h"
#include "care/record.h"

#define LONG_FILE   2000 /* rows from which it pays to know which counties can hold a match */
#define NAME_SPREAD 6    /* characters of a name that people pad with blanks: 张　三 */

typedef struct RowWork {
    Import *import;
    const Str *cells;
    size_t line;
    Arena *arena;
    WriteField *fields;
    size_t n_fields;
    Faults faults;
    GString *reason;
} RowWork;

static void say(RowWork *r, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(RowWork *r, const char *format, ...)
{
    va_list args;
    if (r->reason->len > 0)
        g_string_append(r->reason, "；");
    va_start(args, format);
    g_string_append_vprintf(r->reason, format, args);
    va_end(args);
}

static Str label_zh(const Field *f)
{
    return f->label.zh.len > 0 ? f->label.zh : f->name;
}

/* ---- cells */

/* As an export shows a secret: of a record that is there it says nothing. */
static bool is_masked(const ImportColumn *col, Str cell)
{
    return col->field != NULL && col->field->secret && !col->is_since &&
           memchr(cell.at, '*', cell.len) != NULL;
}

/* 张　三 → 张三: a short name of Chinese characters alone, padded to stand in line with longer
 * ones.
 */
static Str unspread(Str text, Arena *a)
{
    char *to = arena_alloc(a, text.len + 1);
    size_t n = 0, characters = 0;
    for (Str rest = text; rest.len > 0;) {
        Str before = rest;
        uint32_t c = str_utf8_next(&rest);
        size_t len = before.len - rest.len;
        if (c == ' ' || c == 0x3000 || c == 0xa0)
            continue;
        if (c < 0x2e80 || ++characters > NAME_SPREAD)
            return text;
        memcpy(to + n, before.at, len);
        n += len;
    }
    return (Str){to, n};
}

static bool is_title(const Entity *e, const Field *f)
{
    return e->n_title > 0 && e->title[0] == f && f->type.kind == KIND_TEXT;
}

static WriteField *field_of(RowWork *r, const Field *f)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (r->fields[i].field == f)
            return &r->fields[i];
    return NULL;
}

static void take_cell(RowWork *r, ImportColumn *col, Str cell)
{
    Value v;
    CellFault fault;
    if (!str_utf8_valid(cell, NULL)) {
        fault_add(&r->faults, col->field, "不是有效的文字", "is not valid text");
        return;
    }
    if (is_masked(col, cell))
        return;
    if (!cells_read(&col->cells, cell, r->arena, &v, &fault)) {
        fault_add(&r->faults, col->field, fault.zh, fault.en);
        return;
    }
    if (!v.known)
        return;
    if (col->field->type.kind == KIND_CITIZEN_ID && str_ends(v.text, STR("000"))) {
        fault_add(
            &r->faults, col->field, "以三个零结尾，像是电子表格丢了末几位；确实如此的请用表单登记",
            "ends in 000, as if a spreadsheet had lost its last digits; where it really does, "
            "enter it by the form");
        return;
    }
    if (kind_is_text(col->field->type.kind)) /* the row's own bytes go with the next row */
        v.text =
            arena_str(r->arena, is_title(r->import->entity, col->field) ? unspread(v.text, r->arena)
                                                                        : v.text);
    r->fields[r->n_fields++] = (WriteField){col->field, v, DATE_MIN, DATE_MAX};
}

/* Days from which values hold come behind the values themselves. */
static void take_since(RowWork *r, const ImportColumn *col, Str cell)
{
    const CellType day = {.kind = KIND_DATE};
    WriteField *w = field_of(r, col->field);
    Value v;
    CellFault fault;
    if (!cell_read(&day, cell, r->arena, &v, &fault))
        fault_add(&r->faults, col->field, fault.zh, fault.en);
    else if (v.known && w != NULL)
        w->since = (Date)v.num;
}

static void take_cells(RowWork *r)
{
    Import *in = r->import;
    r->fields = arena_many(r->arena, WriteField, in->n_columns + 1);
    for (size_t i = 0; i < in->n_columns; i++)
        if (in->columns[i].field != NULL && !in->columns[i].is_since)
            take_cell(r, &in->columns[i], r->cells[i]);
    for (size_t i = 0; i < in->n_columns; i++)
        if (in->columns[i].is_since)
            take_since(r, &in->columns[i], r->cells[i]);
}

/* ---- which record */

static char *taken_key(const WriteField *w)
{
    return import_text_key(w->field, w->value.text);
}

static bool is_unique_text(const Field *f)
{
    return kind_is_text(f->type.kind) && (f->unique || f == f->entity->key);
}

bool row_has_key(const WriteRequest *r)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (is_unique_text(r->fields[i].field))
            return true;
    return false;
}

/* The same number twice in one file: the first row stands, the others say where it is. */
static void check_file(RowWork *r)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        if (!is_unique_text(r->fields[i].field))
            continue;
        g_autofree char *key = taken_key(&r->fields[i]);
        size_t line = GPOINTER_TO_SIZE(g_hash_table_lookup(r->import->taken, key));
        if (line > 0)
            say(r, "%.*s：与本文件第%zu行重复", STR_ARG(label_zh(r->fields[i].field)), line);
    }
}

static void remember(RowWork *r, const WriteRequest *request)
{
    int64_t *id = g_new(int64_t, 1);
    for (size_t i = 0; i < r->n_fields; i++)
        if (is_unique_text(r->fields[i].field))
            g_hash_table_insert(r->import->taken, taken_key(&r->fields[i]),
                                GSIZE_TO_POINTER(r->line));
    *id = request->key.id;
    g_hash_table_insert(r->import->records, id, GSIZE_TO_POINTER(r->line));
}

bool import_counties(Import *in, GError **error)
{
    g_autoptr(Working) w = NULL;
    const CareInside *care = care_inside(in->care);
    if (in->counties != NULL || in->rows < LONG_FILE)
        return true;
    if (!working_get(in->care, &w, error))
        return false;
    const Batch *b = working_batch(w, in->entity);
    in->counties = g_new0(int32_t, care->n_counties + 1);
    for (size_t k = 0; k < care->n_counties; k++)
        for (size_t i = 0; b != NULL && b->counties != NULL && i < b->rows; i++)
            if (b->counties[i] == care->counties[k]) {
                in->counties[in->n_counties++] = care->counties[k];
                break;
            }
    return true;
}

static bool find_one(const RowWork *r, const WriteField *w, RecordKey *ret, bool *ret_found,
                     GError **error)
{
    Import *in = r->import;
    g_autoptr(GError) why = NULL;
    const RecordKey *looked = import_looked(in, w);
    if (looked != NULL) {
        *ret = *looked;
        *ret_found = looked->id != 0;
        return true;
    }
    if (w->field->secret && !import_counties(in, error))
        return false;
    if (!w->field->secret)
        *ret_found = store_find(in->care->store, w->field, w->value.text, ret, &why);
    else if (in->counties == NULL)
        *ret_found = find_secret(in->care, w->field, w->value.text, ret, &why);
    else
        *ret_found = find_secret_in(in->care, w->field, w->value.text, in->counties, in->n_counties,
                                    ret, &why);
    if (*ret_found || g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT))
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* ---- what is recorded */

/* As it was when the row was looked for, with others; else asked for alone. */
static bool recorded(const RowWork *r, RecordKey key, const Record **ret, GError **error)
{
    const SealedRecord *known = import_known(r->import, key);
    Record *alone = NULL;
    if (known == NULL &&
        !store_record(r->import->care->store, r->import->entity, key, r->arena, &alone, error))
        return false;
    *ret = known != NULL ? known->record : alone;
    return true;
}

static bool recorded_secret(const RowWork *r, RecordKey key, const Field *f, Str *ret,
                            GError **error)
{
    const SealedRecord *known = import_known(r->import, key);
    if (known == NULL)
        return store_sealed(r->import->care->store, f, key, r->arena, ret, error);
    *ret = known->sealed[f->index];
    return true;
}

/* A record that its key found already: its own number needs no looking for. */
static bool has_secret(RowWork *r, RecordKey key, const WriteField *w, bool *ret, GError **error)
{
    Care *c = r->import->care;
    Str sealed, plain;
    *ret = false;
    if (!recorded_secret(r, key, w->field, &sealed, error))
        return false;
    if (sealed.len == 0)
        return true;
    if (!keys_unseal(c->keys, w->field, key.id, sealed, r->arena, &plain, error))
        return false;
    *ret = str_equal(plain, w->value.text);
    return true;
}

/* Whether a record lies outside the session's region: then the row is told that, once and the same
 * whatever stands in it, or values tried one after the other would tell what the record says. */
static bool lies_elsewhere(RowWork *r, RecordKey key, bool *ret, GError **error)
{
    Import *in = r->import;
    const WriteRequest nothing = {.entity = in->entity};
    const Record *record;
    int32_t place;
    *ret = false;
    if (entity_is_region(in->entity) ||
        region_in(in->care->regions, in->care->place, in->session->region))
        return true;
    if (!recorded(r, key, &record, error) ||
        !place_after(in->care, &nothing, record, &place, error))
        return false;
    *ret = place == ROW_NONE || !region_in(in->care->regions, place, in->session->region);
    return true;
}

/* Of a comparison with another office's file nobody is told row by row. */
static bool say_elsewhere(RowWork *r, GError **error)
{
    Import *in = r->import;
    g_string_truncate(r->reason, 0);
    say(r, "已在您的辖区以外登记，请由两边办理迁移，或请上级核对");
    in->elsewhere++;
    return in->options->seen != NULL || session_elsewhere_allowed(in->care, in->session, error);
}

typedef struct Existing {
    RecordKey key;   /* id 0: none */
    const Field *by; /* NULL: by the number of the record */
    bool elsewhere;  /* one of those found */
} Existing;

static bool match_one(RowWork *r, const WriteField *w, Existing *to, GError **error)
{
    RecordKey key;
    bool found = false;
    if (w->field->secret && to->key.id != 0) {
        if (!has_secret(r, to->key, w, &found, error))
            return false;
        if (found)
            return true;
    }
    if (!find_one(r, w, &key, &found, error))
        return false;
    if (found && !to->elsewhere && !lies_elsewhere(r, key, &to->elsewhere, error))
        return false;
    const Str by = to->by != NULL ? label_zh(to->by) : STR("记录号");
    if (found && to->key.id != 0 && key.id != to->key.id)
        say(r, "%.*s和%.*s分别属于两条不同的记录", STR_ARG(by), STR_ARG(label_zh(w->field)));
    if (found && to->key.id == 0)
        *to = (Existing){key, w->field, to->elsewhere};
    return true;
}

/* What an export wrote beside it; somebody whose number is cleared is new. */
static bool find_numbered(RowWork *r, Existing *to, GError **error)
{
    Import *in = r->import;
    g_autoptr(GError) why = NULL;
    RecordKey key = {0};
    Record *record;
    size_t i = 0;
    while (i < in->n_columns && !in->columns[i].is_number)
        i++;
    Str cell = i < in->n_columns ? str_trim(r->cells[i]) : STR("");
    if (cell.len == 0)
        return true;
    if (!id_parse(cell, &key.id)) {
        say(r, "记录号不对：请照导出的样子填写，新登记的留空");
        return true;
    }
    if (!store_record(in->care->store, in->entity, key, r->arena, &record, &why)) {
        if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        say(r, "没有这个记录号的记录；新登记的请把记录号清空");
        return true;
    }
    if (record->ended) {
        say(r, "这个记录号的记录已不在册");
        return true;
    }
    to->key = record->key;
    return lies_elsewhere(r, to->key, &to->elsewhere, error);
}

/* What is open is asked first: it costs less than matching under keys. */
static bool find_existing(RowWork *r, RecordKey *ret, GError **error)
{
    Existing found = {0};
    if (!find_numbered(r, &found, error))
        return false;
    for (int secret = 0; secret < 2; secret++)
        for (size_t i = 0; i < r->n_fields; i++) {
            const WriteField *w = &r->fields[i];
            bool asks = is_unique_text(w->field) && w->field->secret == (secret != 0) &&
                        (secret == 0 || w->field->unique);
            if (asks && !match_one(r, w, &found, error))
                return false;
        }
    *ret = found.key;
    if (found.elsewhere)
        return say_elsewhere(r, error);
    size_t line = GPOINTER_TO_SIZE(g_hash_table_lookup(r->import->records, &ret->id));
    if (found.key.id != 0 && line > 0 && r->reason->len == 0)
        say(r, "与本文件第%zu行是同一条记录", line);
    return true;
}

/* ---- what it changes */

static bool secret_same(const RowWork *r, const Record *before, const WriteField *w, bool *ret,
                        GError **error)
{
    Care *c = r->import->care;
    Str sealed, plain;
    *ret = false;
    if (!before->facts[w->field->index].value.known)
        return true;
    if (!recorded_secret(r, before->key, w->field, &sealed, error) ||
        !keys_unseal(c->keys, w->field, before->key.id, sealed, r->arena, &plain, error))
        return false;
    *ret = str_equal(plain, w->value.text);
    return true;
}

static bool value_same(const RowWork *r, const Record *before, const WriteField *w, bool *ret,
                       GError **error)
{
    const Fact *fact = &before->facts[w->field->index];
    if (w->field->secret)
        return secret_same(r, before, w, ret, error);
    *ret = fact->value.known && fact->since <= MAX(w->since, DATE_MIN) &&
           (fact->until == DATE_MAX || w->since < fact->until) &&
           (w->field->type.kind == KIND_REGION
                ? str_equal(w->value.text, fact->value.text)
                : value_equal(w->field->type.kind, w->value, fact->value));
    return true;
}

/* What a record is known by: its title, its own number, the day it began or happened. */
static bool identifies(const Entity *e, const Field *f)
{
    for (size_t i = 0; i < e->n_title; i++)
        if (e->title[i] == f)
            return true;
    return f == e->begin || f == e->event_day ||
           (f->unique && (f->type.kind == KIND_CITIZEN_ID || f->type.kind == KIND_CREDIT_CODE));
}

/* Two offices number their lists from 1: a number that leads to somebody of whom nothing else is
 * the same, neither name nor citizen number nor birth, does not make her the one in the row. */
static bool check_another(RowWork *r, const Record *before, GError **error)
{
    size_t compared = 0;
    for (size_t i = 0; i < r->n_fields; i++) {
        const Field *f = r->fields[i].field;
        bool same;
        if (!identifies(r->import->entity, f) || !before->facts[f->index].value.known)
            continue;
        if (!value_same(r, before, &r->fields[i], &same, error))
            return false;
        if (same)
            return true;
        compared++;
    }
    if (compared > 1)
        say(r, "编号对应的记录与这一行的姓名（名称）、号码、日期都不同，像是另一位；请核对编号，"
               "确要更改的请用表单");
    return true;
}

/* Keeps the fields that say something new.  Where nothing was recorded yet a value holds on all
 * days, as if it had stood in the first file; else from today. */
static bool keep_changes(RowWork *r, const Record *before, GError **error)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n_fields; i++) {
        WriteField w = r->fields[i];
        bool same;
        if (w.field->dated && w.since == DATE_MIN && before->facts[w.field->index].value.known)
            w.since = r->import->today;
        if (!value_same(r, before, &w, &same, error))
            return false;
        if (!same)
            r->fields[kept++] = w;
    }
    r->n_fields = kept;
    return true;
}

/* A new record brings the state it is in; a state that is recorded moves by its steps alone. */
static void check_states(RowWork *r, const Record *before)
{
    const Procedure *p = r->import->entity->procedure;
    for (size_t i = 0; i < r->n_fields; i++)
        if (p != NULL && r->fields[i].field == p->state &&
            before->facts[p->state->index].value.known)
            fault_add(&r->faults, p->state, "办理进度要一步一步办，不能用导入改",
                      "a state moves by its steps, not by an import");
}

/* Four eyes: a file is one person's word. */
static void check_two(RowWork *r)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (r->fields[i].field->checked)
            fault_add(&r->faults, r->fields[i].field, "这一项的变更要由另一人复核，不能用导入改",
                      "a change of this waits for a second person, so no import makes it");
}

/* ---- the row as a whole */

static void say_faults(RowWork *r)
{
    for (size_t i = 0; i < r->faults.n; i++)
        say(r, "%.*s：%.*s", STR_ARG(label_zh(r->faults.list[i].field)),
            STR_ARG(r->faults.list[i].zh));
}

static bool check_place(RowWork *r, const Record *before, WriteRequest *request, GError **error)
{
    Import *in = r->import;
    const RegionTree *t = in->care->regions;
    int32_t place, was = ROW_NONE;
    const WriteRequest nothing = {.entity = in->entity};
    CellFault why;
    if (entity_is_region(in->entity)) {
        if (!place_may_write(in->care, in->session->region, request, before, &why))
            say(r, "%s", why.zh);
        return true;
    }
    if (!place_after(in->care, request, before, &place, error) ||
        (before != NULL && !place_after(in->care, &nothing, before, &was, error)))
        return false;
    bool whole = region_in(t, in->care->place, in->session->region);
    if (place == ROW_NONE && !whole)
        say(r, "地点不明，无法确定属于哪个辖区");
    else if ((place != ROW_NONE && !region_in(t, place, in->session->region)) ||
             (was != ROW_NONE && !region_in(t, was, in->session->region)))
        say(r, "不在您的辖区内");
    else if (before != NULL && place != ROW_NONE &&
             county_of_place(in->care, place) != before->key.county)
        say(r, "记录属于另一个县区，跨县区迁移要由两边分别办理");
    if (before == NULL)
        request->key.county = county_of_place(in->care, place);
    return true;
}

/* An exported list that comes back without what its records are found by would make everybody a
 * second time, without a number. */
static void check_masked(RowWork *r)
{
    const Import *in = r->import;
    for (size_t i = 0; i < in->n_columns; i++)
        if (is_masked(&in->columns[i], r->cells[i]))
            fault_add(&r->faults, in->columns[i].field,
                      "被星号遮住，又没有找到这条记录；请填完整，或补上能找到记录的编号",
                      "is masked, and no such record was found: enter it in full, or a number by "
                      "which the record is found");
}

static bool row_new(RowWork *r, WriteRequest *request, GError **error)
{
    request->kind = WRITE_CREATE;
    check_values(r->import->care, request, NULL, &r->faults);
    check_masked(r);
    say_faults(r);
    if (r->reason->len > 0)
        return true;
    return check_place(r, NULL, request, error) &&
           (r->reason->len > 0 || care_new_id(r->import->care, &request->key.id, error));
}

static bool row_changed(RowWork *r, RecordKey key, WriteRequest *request, GError **error)
{
    const Record *before;
    Care *c = r->import->care;
    if (!recorded(r, key, &before, error) || !check_another(r, before, error) ||
        !keep_changes(r, before, error))
        return false;
    request->kind = WRITE_SET;
    request->key = before->key;
    request->n_fields = r->n_fields;
    check_values(c, request, before, &r->faults);
    check_states(r, before);
    check_two(r);
    if (r->faults.n == 0 && (!check_born_recorded(c, request, before, &r->faults, error) ||
                             !check_taken(c, request, false, &r->faults, error)))
        return false;
    say_faults(r);
    return r->reason->len > 0 || check_place(r, before, request, error);
}

/* By fields that are no number of their own, as an exchange declares them: whose home was adapted.
 * More than one such record is none. */
static bool find_declared(const RowWork *r, RecordKey *ret, GError **error)
{
    const Import *in = r->import;
    ListQuery q = {.entity = in->entity, .region = ROW_NONE};
    g_autoptr(Working) w = NULL;
    uint32_t *rows;
    size_t n = 0;
    for (size_t i = 0; i < in->options->n_by; i++) {
        const Field *f = in->options->by[i];
        Kind k = f->type.kind;
        for (size_t j = 0; j < r->n_fields; j++)
            if (r->fields[j].field == f && q.n_filters < G_N_ELEMENTS(q.filters) &&
                (k == KIND_REF || k == KIND_ENUM || k == KIND_BOOL))
                q.filters[q.n_filters++] = (ListFilter){f, false, r->fields[j].value.num};
    }
    if (q.n_filters == 0 || q.n_filters != in->options->n_by)
        return true;
    if (!working_get(in->care, &w, error) ||
        !record_matches(in->care, w, in->session, &q, r->arena, &rows, &n, error))
        return false;
    if (n == 1) {
        const Batch *b = working_batch(w, in->entity);
        *ret = (RecordKey){b->counties[rows[0]], b->ids[rows[0]]};
    }
    return true;
}

bool import_row(Import *i, const Str *cells, size_t line, Arena *a, RowFate *ret_fate,
                WriteRequest *ret, GString *reason, GError **error)
{
    RowWork r = {.import = i,
                 .cells = cells,
                 .line = line,
                 .arena = a,
                 .faults = {.arena = a},
                 .reason = reason};
    RecordKey existing = {0};
    g_string_truncate(reason, 0);
    i->rows++;
    take_cells(&r);
    say_faults(&r);
    if (reason->len == 0)
        check_file(&r);
    if (reason->len == 0 && !find_existing(&r, &existing, error))
        return false;
    *ret = (WriteRequest){.entity = i->entity, .expected = -1};
    ret->fields = r.fields;
    ret->n_fields = r.n_fields;
    if (i->options->n_by > 0 && reason->len == 0 && existing.id == 0 &&
        !find_declared(&r, &existing, error))
        return false;
    if (i->options->seen != NULL && reason->len == 0 && existing.id == 0) {
        *ret_fate = ROW_NEW; /* somebody we do not know: nobody is made by a comparison */
        remember(&r, ret);
        return true;
    }
    bool fine = reason->len > 0 || (existing.id != 0 ? row_changed(&r, existing, ret, error)
                                                     : row_new(&r, ret, error));
    if (!fine)
        return false;
    *ret_fate = reason->len > 0      ? ROW_REJECTED
                : existing.id == 0   ? ROW_NEW
                : ret->n_fields == 0 ? ROW_SAME
                                     : ROW_CHANGED;
    if (*ret_fate != ROW_REJECTED)
        remember(&r, ret);
    return true;
}
