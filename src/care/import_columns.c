/* import_columns.c — what the columns of a file are: by the words above them, or as somebody says.
 * In: a header, perhaps a mapping.  Out: a field for each column.  Read first: import_columns(),
 * import_look(). */
#include "care/cell_type.h"
#include "care/import_inside.h"
#include "care/record_number.h"
#include "format/sheet.h"

#include <stdlib.h>
#include <string.h>

/* Columns that carry nothing of the record: our own reasons, and what people number lists with. */
static const char *const idle_headers[] = {"原因", "序号", "reason", "No.", NULL};
static const char *const remark_headers[] = {"备注", "备注说明", "说明", "remark", "remarks", NULL};
static const char *const number_headers[] = {"身份证号",     "身份证号码",     "身份证",
                                             "公民身份号码", "公民身份证号码", NULL};
static const char *const since_endings[] = {".since", "起始日", "起始日期", " since", NULL};
/* What people write in a list instead of taking the row out. */
static const char *const end_words[] = {"已故", "死亡", "去世", "病故", "过世", "亡故", NULL};
static const char *const away_words[] = {"外迁", "迁出", "迁往", "已迁", "转出", NULL};
static const char *const total_words[] = {"合计",     "小计",     "总计",  "共计",
                                          "本页合计", "本页小计", "total", NULL};

static bool is_one_of(Str text, const char *const *list)
{
    for (size_t i = 0; list[i] != NULL; i++)
        if (str_is(text, list[i]))
            return true;
    return false;
}

static const char *holds_one_of(Str text, const char *const *list)
{
    for (size_t i = 0; list[i] != NULL; i++)
        if (str_find(text, str_of(list[i])) >= 0)
            return list[i];
    return NULL;
}

const char *remark_word(Str text)
{
    const char *word = holds_one_of(text, end_words);
    return word != NULL ? word : holds_one_of(text, away_words);
}

bool remark_is_end(const char *word)
{
    return is_one_of(str_of(word), end_words);
}

/* Without blanks and line ends inside, without a colon at its end. */
static Str without_blanks(Str text, char *to, size_t room)
{
    size_t n = 0;
    while (text.len > 0) {
        Str before = text;
        uint32_t c = str_utf8_next(&text);
        size_t len = before.len - text.len;
        if (c <= ' ' || c == 0x3000 || c == 0xa0 || c == '*' || c == ':' || c == 0xff1a)
            continue;
        if (n + len > room)
            break;
        memcpy(to + n, before.at, len);
        n += len;
    }
    return (Str){to, n};
}

/* 合　计, in one of the first columns of a row. */
const char *row_is_total(const Str *cells, size_t n)
{
    char room[64];
    for (size_t i = 0; i < n && i < 3; i++) {
        Str text = without_blanks(cells[i], room, sizeof room);
        for (size_t k = 0; total_words[k] != NULL; k++)
            if (str_is(text, total_words[k]))
                return total_words[k];
        if (text.len > 0 && i > 0)
            break; /* a row that begins with something else is somebody */
    }
    return NULL;
}

/* ---- one header */

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

/* 出生日期（证件） → 出生日期: what stands in brackets at the end explains. */
static Str without_brackets(Str text)
{
    ptrdiff_t at = str_find(text, STR("（"));
    if (at < 0)
        at = str_find(text, STR("("));
    return at > 0 ? (Str){text.at, (size_t)at} : text;
}

/* The only field whose label is the header but for blanks and brackets. */
static const Field *loose_field(const Entity *e, Str header)
{
    char room[LIMIT_NAME * 4], own[LIMIT_NAME * 4];
    Str want = without_brackets(without_blanks(header, room, sizeof room));
    const Field *found = NULL;
    if (want.len == 0)
        return NULL;
    for (size_t i = 0; i < e->n_fields; i++) {
        Str label = without_brackets(without_blanks(e->fields[i]->label.zh, own, sizeof own));
        if (e->fields[i]->compute != NULL || !str_equal(label, want))
            continue;
        if (found != NULL)
            return NULL;
        found = e->fields[i];
    }
    return found;
}

static void column_by_words(const Entity *e, Str header, ImportColumn *to)
{
    char room[LIMIT_NAME * 4];
    Str plain = without_brackets(without_blanks(header, room, sizeof room));
    *to = (ImportColumn){.field = field_of_header(e, header)};
    if (to->field == NULL && is_one_of(plain, number_headers))
        to->field = number_field(e);
    if (to->field == NULL) {
        to->field = since_field(e, header);
        to->is_since = to->field != NULL;
    }
    if (to->field == NULL)
        to->field = loose_field(e, header);
    if (to->field == NULL && is_one_of(plain, remark_headers))
        to->is_remark = true;
    if (to->field != NULL && to->field->compute != NULL)
        *to = (ImportColumn){.is_idle = true}; /* what the system computes is never taken */
    to->is_idle = to->is_idle || header.len == 0 || is_one_of(plain, idle_headers);
}

/* Numbers of another database are other records' here. */
static bool column_of_numbers(const Care *c, Str header, ImportColumn *to, GError **error)
{
    *to = (ImportColumn){.is_number = true};
    return record_number_read(c, header) == HEAD_OURS ||
           fail(error, FAIL_INPUT,
                "column \"%.*s\" holds no numbers of records of this database: take it out",
                STR_ARG(header)) ||
           fail_zh(error, "“%.*s”一列不是本库的记录号：请删去这一列", STR_ARG(header));
}

/* As the words of a mapping say: "", "residence", "residence.since", "*" for remarks, "#" for the
 * number of the record. */
static bool column_by_map(const Care *c, const Entity *e, const ImportMap *m, ImportColumn *to,
                          GError **error)
{
    if (str_is(m->field, "#"))
        return column_of_numbers(c, str_trim(m->header), to, error);
    *to = (ImportColumn){.is_idle = m->field.len == 0, .is_remark = str_is(m->field, "*")};
    if (to->is_idle || to->is_remark)
        return true;
    to->field = field_of_header(e, m->field);
    if (to->field == NULL) {
        to->field = since_field(e, m->field);
        to->is_since = to->field != NULL;
    }
    if (to->field != NULL && to->field->compute == NULL)
        return true;
    return fail(error, FAIL_INPUT,
                "column \"%.*s\": \"%.*s\" has no field \"%.*s\" that can be "
                "imported",
                STR_ARG(m->header), STR_ARG(e->name), STR_ARG(m->field)) ||
           fail_zh(error, "列“%.*s”：“%.*s”没有可导入的字段“%.*s”", STR_ARG(m->header),
                   STR_ARG(e->label.zh), STR_ARG(m->field));
}

/* A line break in a cell is a blank in a mapping that was kept. */
static bool same_header(Str a, Str b)
{
    a = str_trim(a);
    b = str_trim(b);
    for (size_t i = 0; i < a.len && a.len == b.len; i++) {
        bool blanks = strchr(" \t\n\r", a.at[i]) != NULL && strchr(" \t\n\r", b.at[i]) != NULL;
        if (a.at[i] != b.at[i] && !blanks)
            return false;
    }
    return a.len == b.len;
}

/* Of columns called alike the first is the first of the mapping, the second its second. */
static const ImportMap *map_find(const ImportOptions *o, Str header, size_t nth)
{
    const ImportMap *found = NULL;
    for (size_t i = 0; i < o->n_map; i++)
        if (same_header(o->map[i].header, header)) {
            found = &o->map[i];
            if (nth-- == 0)
                break;
        }
    return found;
}

static size_t before_alike(const Str *names, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; k < i; k++)
        n += same_header(names[k], names[i]);
    return n;
}

/* ---- all of them */

static bool is_wanted(const ImportOptions *o, const Field *f)
{
    for (size_t i = 0; i < o->n_only; i++)
        if (o->only[i] == f)
            return true;
    return o->n_only == 0;
}

/* Of the fields that alone are read the one with this word or label: where two places call what
 * they add alike, who reads the file has said whose it is.  NULL: none, or several. */
static const Field *only_field(const ImportOptions *o, Str header)
{
    const Field *found = NULL;
    for (size_t i = 0; i < o->n_only; i++) {
        const Field *f = o->only[i];
        if (f->word.len == 0 || f == found ||
            (!str_equal(f->word, header) && !str_equal(f->label.zh, header) &&
             !str_equal(f->label.en, header)))
            continue;
        if (found != NULL)
            return NULL;
        found = f;
    }
    return found;
}

static bool column_read(Import *in, const ImportOptions *o, const Str *names, size_t i,
                        ImportColumn *to, GString *unknown, GError **error)
{
    Str header = names[i];
    const ImportMap *m = map_find(o, header, before_alike(names, i));
    if (m != NULL)
        return column_by_map(in->care, in->entity, m, to, error);
    if (o->n_only == 0 && record_number_read(in->care, str_trim(header)) != HEAD_OTHER)
        return column_of_numbers(in->care, str_trim(header), to, error);
    column_by_words(in->entity, str_trim(header), to);
    to->is_nameless = header.len == 0;
    if (to->field == NULL)
        to->field = only_field(o, str_trim(header));
    if (o->n_only > 0 && (to->field == NULL || !is_wanted(o, to->field)))
        *to = (ImportColumn){.is_idle = true};
    if (to->field == NULL && !to->is_idle && !to->is_remark)
        g_string_append_printf(unknown, "%s\"%.*s\"", unknown->len > 0 ? ", " : "",
                               STR_ARG(header));
    return true;
}

bool import_columns(Import *in, const ImportOptions *o, const Str *names, size_t n, Arena *a,
                    GError **error)
{
    g_autoptr(GString) unknown = g_string_new(NULL);
    bool any = false;
    in->columns = arena_many(a, ImportColumn, n + 1);
    in->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        ImportColumn *to = &in->columns[i];
        if (!column_read(in, o, names, i, to, unknown, error))
            return false;
        any = any || to->field != NULL;
        for (size_t k = 0; k < i && to->is_number; k++)
            if (in->columns[k].is_number)
                return fail(error, FAIL_INPUT, "columns %zu and %zu are both \"%.*s\"", k + 1,
                            i + 1, STR_ARG(names[i]));
        for (size_t k = 0; k < i && to->field != NULL; k++)
            if (in->columns[k].field == to->field && in->columns[k].is_since == to->is_since)
                return fail(error, FAIL_INPUT, "columns %zu and %zu are both \"%.*s\"", k + 1,
                            i + 1, STR_ARG(to->field->name)) ||
                       fail_zh(error, "第 %zu 列和第 %zu 列都是“%.*s”", k + 1, i + 1,
                               STR_ARG(to->field->label.zh));
        if (to->field != NULL && !to->is_since)
            cells_init(&to->cells, in->care, in->session, to->field, a, true);
    }
    if (unknown->len > 0)
        return fail(error, FAIL_INPUT,
                    "\"%.*s\" has no field %s; name columns by field or label, say with --map "
                    "\"HEADER=FIELD\" what they are, or take out those that are not to be imported",
                    STR_ARG(in->entity->name), unknown->str) ||
               fail_zh(error, "“%.*s”没有字段 %s：请改列名，或去掉不导入的列",
                       STR_ARG(in->entity->label.zh), unknown->str);
    return any ||
           fail(error, FAIL_INPUT, "the header names no field of \"%.*s\"",
                STR_ARG(in->entity->name)) ||
           fail_zh(error, "表头里没有“%.*s”的字段", STR_ARG(in->entity->label.zh));
}

void import_columns_clear(Import *in)
{
    for (size_t i = 0; i < in->n_columns; i++)
        cells_clear(&in->columns[i].cells);
    in->n_columns = 0;
}

/* ---- a first look */

/* The only field whose label holds the header, or is held by it: shown to be confirmed. */
static const Field *guess_field(const Entity *e, Str header)
{
    char room[LIMIT_NAME * 4], own[LIMIT_NAME * 4];
    Str want = without_brackets(without_blanks(header, room, sizeof room));
    const Field *found = NULL;
    bool several = false;
    for (size_t i = 0; want.len >= 6 && i < e->n_fields; i++) { /* two characters */
        Str label = without_brackets(without_blanks(e->fields[i]->label.zh, own, sizeof own));
        if (e->fields[i]->compute != NULL || label.len < 6 ||
            (str_find(label, want) < 0 && str_find(want, label) < 0))
            continue;
        several = found != NULL;
        if (found == NULL || found->label.zh.len > e->fields[i]->label.zh.len)
            found = e->fields[i];
    }
    return several && found->label.zh.len > want.len + 6 ? NULL : found;
}

static void look_at(const Care *care, const Entity *e, const ImportOptions *o, const Str *names,
                    size_t i, Arena *a, ImportMap *to)
{
    Str header = names[i];
    const ImportMap *m = map_find(o, header, before_alike(names, i));
    ImportColumn c;
    *to = (ImportMap){arena_str(a, str_trim(header)), STR("")};
    if (m != NULL) {
        to->field = m->field;
        return;
    }
    switch (record_number_read(care, str_trim(header))) {
    case HEAD_OURS:
        to->field = STR("#");
        return;
    case HEAD_FOREIGN:
        return;
    default:
        break;
    }
    column_by_words(e, str_trim(header), &c);
    if (c.field == NULL && !c.is_idle && !c.is_remark)
        c.field = guess_field(e, header);
    if (c.is_remark)
        to->field = STR("*");
    else if (c.field != NULL)
        to->field =
            str_of(arena_printf(a, "%.*s%s", STR_ARG(c.field->name), c.is_since ? ".since" : ""));
}

static bool look_at_rows(Sheet *sheet, size_t n_columns, Arena *a, ImportLook *ret, GError **error)
{
    ret->rows = arena_many(a, Str *, IMPORT_LOOK_ROWS);
    while (ret->n_rows < IMPORT_LOOK_ROWS) {
        const Str *cells;
        GError *fault = NULL;
        size_t n;
        if (!sheet_next(sheet, &cells, &n, &fault)) {
            bool stop = fault == NULL || sheet_broken(sheet);
            if (fault != NULL && stop) {
                g_propagate_error(error, fault);
                return false;
            }
            g_clear_error(&fault);
            if (stop)
                return true;
            continue; /* a faulty row is told when it is imported */
        }
        Str *row = arena_many(a, Str, n_columns + 1);
        for (size_t i = 0; i < n_columns; i++)
            row[i] = i < n && str_utf8_valid(cells[i], NULL) ? arena_str(a, cells[i]) : STR("");
        ret->rows[ret->n_rows++] = row;
    }
    return true;
}

bool import_look(Care *c, const Session *s, const Entity *e, const char *path,
                 const ImportOptions *options, Arena *a, ImportLook *ret, GError **error)
{
    const Str *header;
    Sheet sheet;
    size_t n;
    *ret = (ImportLook){0};
    if (!import_may(c, s, e, path, options, error) ||
        !sheet_open(path, options->sheet, &sheet, error))
        return false;
    bool fine = sheet_header(&sheet, &header, &n, error);
    if (fine) {
        ret->columns = arena_many(a, ImportMap, n + 1);
        ret->n_columns = n;
        for (size_t i = 0; i < n; i++)
            look_at(c, e, options, header, i, a, &ret->columns[i]);
        const GPtrArray *names = sheet_names(&sheet);
        ret->n_sheets = names != NULL ? names->len : 0;
        ret->sheets = arena_many(a, Str, ret->n_sheets + 1);
        for (size_t i = 0; i < ret->n_sheets; i++)
            ret->sheets[i] = arena_str(a, str_of(names->pdata[i]));
        ret->encoding = arena_str(a, str_of(sheet_encoding(&sheet)));
        fine = look_at_rows(&sheet, n, a, ret, error);
    }
    sheet_close(&sheet);
    return fine || fail_while(error, "looking at \"%s\"", path);
}

/* ---- a mapping as text: a line a column, header and field parted by a tab */

Str import_map_text(const ImportMap *map, size_t n, Arena *a)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *header = g_strndup(map[i].header.at, map[i].header.len);
        g_strdelimit(header, "\t\n\r", ' ');
        g_string_append_printf(to, "%s\t%.*s\n", header, STR_ARG(map[i].field));
    }
    return arena_str(a, (Str){to->str, to->len});
}

void import_map_read(Str text, Arena *a, const ImportMap **ret, size_t *ret_n)
{
    size_t most = 1;
    for (size_t i = 0; i < text.len; i++)
        most += text.at[i] == '\n';
    ImportMap *map = arena_many(a, ImportMap, most + 1);
    *ret_n = 0;
    while (text.len > 0) {
        Str line = str_cut(&text, '\n');
        Str header = str_cut(&line, '\t');
        if (header.len > 0)
            map[(*ret_n)++] = (ImportMap){arena_str(a, header), arena_str(a, line)};
    }
    *ret = map;
}
