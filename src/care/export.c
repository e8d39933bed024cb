/* export.c — who asks, the journal's entry, then the records chunk by chunk.
 * Not here: which records match (record_list.c), how a file is laid out (format/).  Read first:
 * care_export(). */
#include "care/export.h"

#include "base/clock.h"
#include "base/identifier.h"
#include "care/cell_type.h"
#include "care/cells.h"
#include "care/consent_inside.h"
#include "care/keys.h"
#include "care/record.h"
#include "care/record_number.h"
#include "care/write.h"
#include "compile/compile.h"
#include "format/json.h"
#include "format/sheet.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define CHUNK 500 /* records read at once */

typedef struct Export {
    Care *care;
    Working *working;
    const Session *session;
    const ExportQuery *query;
    const Entity *entity;
    Date on;
    Arena *arena; /* of the whole export */
    CellType *types;
    Str *places;       /* per region row: what it is called; at NULL: not asked yet */
    SheetWriter sheet; /* CSV, XLSX */
    GString *text;     /* JSON, on its way into the file */
    JsonWriter json;
    char *beside; /* of JSON: renamed over the path when it is whole */
    int fd;
} Export;

bool export_format_parse(Str word, ExportFormat *ret)
{
    static const char *const words[] = {"csv", "xlsx", "json"};
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        if (str_is(word, words[i])) {
            *ret = (ExportFormat)i;
            return true;
        }
    return false;
}

/* ---- who, and the entry */

static bool may_export(const Session *s, const ExportQuery *q, GError **error)
{
    if (!session_may(s, MAY_EXPORT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not export", s->role->word);
    return q->reveal.len == 0 || may_reveal(s, q->reveal, error);
}

static void note_filters(const Export *x, GString *to)
{
    const ListQuery *q = &x->query->list;
    if (q->region != ROW_NONE && (size_t)q->region < x->care->regions->n)
        g_string_append_printf(to, ", region %.*s",
                               STR_ARG(x->care->model->regions[q->region].code));
    for (size_t i = 0; i < q->n_filters; i++)
        g_string_append_printf(to, ", filter %.*s", STR_ARG(q->filters[i].field->name));
    if (q->words.len > 0) /* a name or a number: it does not stand in clear */
        g_string_append(to, ", searched by words");
    if (q->rule != NULL)
        g_string_append_printf(to, ", outcome of %.*s", STR_ARG(q->rule->name));
}

static bool is_wanted(const Export *x, const Field *f)
{
    for (size_t i = 0; i < x->query->n_only; i++)
        if (x->query->only[i] == f)
            return true;
    return x->query->n_only == 0;
}

static bool note(const Export *x, size_t records, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    bool secrets = false;
    g_string_append_printf(text, "exported %zu records of %.*s", records, STR_ARG(x->entity->name));
    note_filters(x, text);
    for (size_t i = 0; i < x->entity->n_fields && x->query->reveal.len > 0; i++)
        if (x->entity->fields[i]->secret && is_wanted(x, x->entity->fields[i])) {
            g_string_append_printf(
                text, "%s %.*s", secrets ? "," : "; in full:", STR_ARG(x->entity->fields[i]->name));
            secrets = true;
        }
    if (secrets)
        g_string_append_printf(text, "; %.*s", STR_ARG(str_trim(x->query->reveal)));
    return care_note(x->care, x->session, x->entity, (RecordKey){0}, NULL,
                     (Str){text->str, text->len}, error) ||
           fail_while(error, "noting the export in the journal");
}

/* ---- values */

static bool in_full(const Export *x, const Field *f)
{
    return f->secret && x->query->reveal.len > 0 && is_wanted(x, f);
}

static bool plain_secret(const Export *x, const Field *f, Record *r, Arena *a, GError **error)
{
    Str sealed;
    Value *v = &r->facts[f->index].value;
    return !v->known ||
           (store_sealed(x->care->store, f, r->key, a, &sealed, error) &&
            keys_unseal(x->care->keys, f, r->key.id, sealed, a, &v->text, error)) ||
           fail_while(error, "reading \"%.*s\"", STR_ARG(f->name));
}

/* The key of the record behind a reference where the session may see that one and everybody may
 * know its key, else its id. */
static bool reference_words(const Export *x, const Field *f, int64_t id, Arena *a, Str *ret,
                            GError **error)
{
    char text[ID_TEXT];
    const Entity *to = f->type.to;
    Record *r;
    *ret = str_of(arena_printf(a, "%s", id_format(id, text)));
    int64_t row = working_row(x->working, to, id);
    if (to->key == NULL || to->key->secret || !kind_is_text(to->key->type.kind) ||
        row == ROW_NONE ||
        !scope_row(x->care, x->working, x->session, to, (size_t)row, care_today(x->care)))
        return true;
    if (!store_record(x->care->store, to, (RecordKey){0, id}, a, &r, error))
        return false;
    if (r->facts[to->key->index].value.known)
        *ret = r->facts[to->key->index].value.text;
    return true;
}

/* 甲区东镇: as people write it and import reads it; its code where that names no single place. */
static Str place_words(const Export *x, Str code)
{
    const Care *c = x->care;
    int32_t row = region_row(c->regions, code);
    if (row == ROW_NONE || x->query->english)
        return code;
    if (x->places[row].at != NULL)
        return x->places[row];
    g_autoptr(GString) path = g_string_new(NULL);
    for (int32_t up = row; up != ROW_NONE && (up == row || up != c->place);
         up = c->regions->parent[up])
        g_string_prepend_len(path, c->model->regions[up].name.at,
                             (gssize)c->model->regions[up].name.len);
    Str text = arena_str(x->arena, (Str){path->str, path->len});
    x->places[row] = place_named(c, c->place, text) == row ? text : code;
    return x->places[row];
}

static Str cell_words(const Export *x, const Field *f, Value v, CellWords words, Arena *a)
{
    g_autoptr(GString) text = g_string_new(NULL);
    cell_write(&x->types[f->index], v, words, text);
    return arena_str(a, (Str){text->str, text->len});
}

/* ---- sheets */

static bool put_cell(Export *x, const Field *f, Value v, Arena *a, GError **error)
{
    CellWords words = x->query->english ? CELL_EN : CELL_ZH;
    Str text = STR("");
    XlsxWriter *book = x->sheet.xlsx;
    if (v.known && f->type.kind == KIND_REF) {
        if (!reference_words(x, f, v.num, a, &text, error))
            return false;
    } else if (v.known && f->type.kind == KIND_REGION)
        text = place_words(x, v.text);
    else if (v.known && kind_is_text(f->type.kind))
        text = v.text;
    else if (v.known && book != NULL && f->type.kind == KIND_DATE) {
        xlsx_date(book, (Date)v.num);
        return true;
    } else if (v.known && book != NULL &&
               (f->type.kind == KIND_MONEY || f->type.kind == KIND_INT)) {
        xlsx_number(book, v.num, f->type.kind == KIND_MONEY ? 2 : 0);
        return true;
    } else if (v.known)
        text = cell_words(x, f, v, words, a);
    sheet_text(&x->sheet, text);
    return true;
}

/* A file for another office has the columns that were agreed on. */
static bool numbers_rows(const Export *x)
{
    return x->query->n_only == 0;
}

static bool put_row(Export *x, Record *r, Arena *a, GError **error)
{
    char id[ID_TEXT];
    for (size_t i = 0; i < x->entity->n_fields; i++)
        if (is_wanted(x, x->entity->fields[i]) &&
            !put_cell(x, x->entity->fields[i], r->facts[i].value, a, error))
            return false;
    if (numbers_rows(x))
        sheet_text(&x->sheet, str_of(id_format(r->key.id, id)));
    sheet_end_row(&x->sheet);
    return true;
}

static void put_heads(Export *x)
{
    for (size_t i = 0; i < x->entity->n_fields; i++) {
        const Field *f = x->entity->fields[i];
        if (!is_wanted(x, f))
            continue;
        Str label = x->query->english ? f->label.en : f->label.zh;
        /* What two places call alike is told apart by its name alone. */
        sheet_head(&x->sheet, field_of_header(x->entity, label) == f ? label : f->name);
    }
    if (numbers_rows(x))
        sheet_head(&x->sheet, record_number_head(x->care, x->query->english, x->arena));
    sheet_end_row(&x->sheet);
}

/* ---- JSON */

static void json_set(Export *x, const char *name, Value v, const Enum *e)
{
    json_put_array(&x->json, name);
    for (size_t i = 0; e != NULL && i < e->n_codes && i < 64; i++)
        if (((uint64_t)v.num >> i & 1) != 0)
            json_put_str(&x->json, NULL, e->codes[i].name);
    json_put_end(&x->json);
}

static bool json_value(Export *x, const Field *f, Value v, Arena *a, GError **error)
{
    const char *name = arena_printf(a, "%.*s", STR_ARG(f->name));
    Str text;
    if (!v.known)
        json_put_null(&x->json, name);
    else if (kind_is_text(f->type.kind))
        json_put_str(&x->json, name, v.text);
    else if (f->type.kind == KIND_REF) {
        if (!reference_words(x, f, v.num, a, &text, error))
            return false;
        json_put_str(&x->json, name, text);
    } else if (f->type.kind == KIND_INT || f->type.kind == KIND_MONEY)
        json_put_int(&x->json, name, v.num);
    else if (f->type.kind == KIND_BOOL)
        json_put_bool(&x->json, name, v.num != 0);
    else if (f->type.kind == KIND_DATE)
        json_put_date(&x->json, name, (Date)v.num);
    else if (f->type.kind == KIND_SET)
        json_set(x, name, v, f->type.of);
    else
        json_put_str(&x->json, name, cell_words(x, f, v, CELL_CODES, a));
    return true;
}

static bool json_record(Export *x, Record *r, Arena *a, GError **error)
{
    char id[ID_TEXT];
    json_put_object(&x->json, NULL);
    json_put_str(&x->json, "id", str_of(id_format(r->key.id, id)));
    for (size_t i = 0; i < x->entity->n_fields; i++)
        if (is_wanted(x, x->entity->fields[i]) &&
            !json_value(x, x->entity->fields[i], r->facts[i].value, a, error))
            return false;
    json_put_end(&x->json);
    return true;
}

static void json_heads(Export *x, size_t records)
{
    x->json = json_begin(x->text);
    json_put_object(&x->json, NULL);
    json_put_str(&x->json, "entity", x->entity->name);
    json_put_date(&x->json, "on", x->on);
    json_put_str(&x->json, "by", x->session->account);
    json_put_int(&x->json, "at", clock_now_us() / 1000000);
    json_put_uint(&x->json, "count", records);
    json_put_array(&x->json, "records");
}

static bool json_flush(Export *x, GError **error)
{
    for (size_t done = 0; done < x->text->len;) {
        ssize_t n = write(x->fd, x->text->str + done, x->text->len - done);
        if (n < 0 && errno != EINTR)
            return fail(error, FAIL_SYSTEM, "could not write \"%s\": %s", x->query->path,
                        g_strerror(errno));
        done += n > 0 ? (size_t)n : 0;
    }
    g_string_truncate(x->text, 0);
    return true;
}

/* ---- all of them */

static bool put_chunk(Export *x, const uint32_t *rows, size_t n, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Record *records;
    if (!record_rows(x->care, x->working, x->entity, rows, n, x->on, FILL_EXPORT, a, &records,
                     error))
        return false;
    for (size_t i = 0; i < n; i++) {
        consent_mask(x->care, x->working, x->session, x->entity, &records[i]);
        for (size_t k = 0; k < x->entity->n_fields; k++)
            if (in_full(x, x->entity->fields[k]) &&
                !plain_secret(x, x->entity->fields[k], &records[i], a, error))
                return false;
        if (x->text != NULL ? !json_record(x, &records[i], a, error)
                            : !put_row(x, &records[i], a, error))
            return false;
    }
    return x->text == NULL || json_flush(x, error);
}

static bool put_all(Export *x, const uint32_t *rows, size_t n, GError **error)
{
    if (x->text != NULL)
        json_heads(x, n);
    else
        put_heads(x);
    for (size_t at = 0; at < n; at += CHUNK) {
        if (!put_chunk(x, rows + at, MIN(CHUNK, n - at), error))
            return false;
        if (x->query->progress != NULL)
            x->query->progress(x->query->with, (double)at / (double)n);
    }
    if (x->text == NULL)
        return sheet_writer_close(&x->sheet, error);
    json_put_end(&x->json);
    json_put_end(&x->json);
    json_finish(&x->json);
    return json_flush(x, error) &&
           (g_rename(x->beside, x->query->path) == 0 ||
            fail(error, FAIL_SYSTEM, "could not rename \"%s\" to \"%s\": %s", x->beside,
                 x->query->path, g_strerror(errno)));
}

static void foot(Export *x)
{
    char day[DATE_TEXT];
    g_autofree char *text = g_strdup_printf("%.*s %s %s", STR_ARG(x->session->shown),
                                            date_format(care_today(x->care), day),
                                            x->query->english ? "p. &P/&N" : "第&P页，共&N页");
    xlsx_foot(x->sheet.xlsx, str_of(text));
}

static bool file_begin(Export *x, GError **error)
{
    const ExportQuery *q = x->query;
    if (q->format == EXPORT_JSON) {
        x->text = g_string_new(NULL);
        x->beside = g_strconcat(q->path, ".part", NULL);
        x->fd = g_open(x->beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        return x->fd >= 0 ||
               fail(error, FAIL_SYSTEM, "could not write \"%s\": %s", x->beside, g_strerror(errno));
    }
    Str label = q->english ? x->entity->label.en : x->entity->label.zh;
    g_autofree char *name = g_strndup(label.at, MIN(label.len, 30));
    if (q->format == EXPORT_XLSX) {
        x->sheet.xlsx = xlsx_writer_open(q->path, name, error);
        if (x->sheet.xlsx != NULL)
            foot(x);
    } else
        x->sheet.csv = csv_writer_open(q->path, true, error);
    return x->sheet.xlsx != NULL || x->sheet.csv != NULL;
}

static void file_end(Export *x, bool fine)
{
    if (x->text != NULL)
        g_string_free(x->text, TRUE);
    if (x->fd >= 0)
        close(x->fd);
    sheet_writer_clear(&x->sheet);
    if (!fine && x->fd >= 0)
        (void)g_unlink(x->beside);
    g_free(x->beside);
}

static void types_make(Export *x)
{
    x->types = arena_many(x->arena, CellType, x->entity->n_fields + 1);
    x->places = arena_many(x->arena, Str, x->care->regions->n + 1);
    for (size_t i = 0; i < x->entity->n_fields; i++)
        cell_type_of(x->entity->fields[i], x->care->regions, x->arena, &x->types[i]);
}

bool care_export(Care *c, const Session *s, const ExportQuery *q, Arena *a, ExportReport *ret,
                 GError **error)
{
    g_autoptr(Working) w = NULL;
    int64_t start = clock_monotonic_us();
    uint32_t *rows;
    size_t n;
    Export x = {c, NULL, s, q, q->list.entity, q->list.on, a, .fd = -1};
    if (!may_export(s, q, error) || !working_get(c, &w, error) ||
        !record_matches(c, w, s, &q->list, a, &rows, &n, error))
        return false;
    if (q->most > 0 && n > q->most)
        return fail(error, FAIL_INPUT,
                    "%zu records are more than %" G_GUINT64_FORMAT
                    "; narrow the list, or use `anlao export`",
                    n, q->most);
    x.working = w;
    x.on = x.on != 0 ? x.on : care_today(c);
    types_make(&x);
    bool fine = note(&x, n, error) && file_begin(&x, error) && put_all(&x, rows, n, error);
    file_end(&x, fine);
    if (!fine)
        return fail_while(error, "exporting \"%.*s\"", STR_ARG(x.entity->name));
    *ret = (ExportReport){n, (double)(clock_monotonic_us() - start) / 1e6};
    return true;
}
