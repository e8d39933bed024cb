/* record_check.c — what must be true of a record before it is written.
 * In: a WriteRequest, the record as it stands.  Out: Faults, each beside its field, in both
 * languages, saying what to do.  Nothing about amounts or ages stands here: ranges, codes and
 * required fields come from the Model.  Read first: check_values(). */
#include "base/identifier.h"
#include "care/cells.h"
#include "care/follow.h"
#include "care/inside.h"
#include "care/keyring.h"
#include "care/keys.h"
#include "care/write.h"
#include "compile/compile.h"

void fault_add(Faults *f, const Field *field, const char *zh, const char *en)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->list[i].field == field)
            return; /* one word beside each input is enough */
    if (f->n == f->room) {
        FieldFault *more = arena_many(f->arena, FieldFault, f->room * 2 + 8);
        if (f->n > 0)
            memcpy(more, f->list, f->n * sizeof *more);
        f->list = more;
        f->room = f->room * 2 + 8;
    }
    f->list[f->n++] = (FieldFault){field, str_of(zh), str_of(en)};
}

/* ---- what holds after the request */

static const WriteField *asked(const WriteRequest *r, const Field *f)
{
    const WriteField *found = NULL;
    for (size_t i = 0; i < r->n_fields; i++)
        if (r->fields[i].field == f)
            found = &r->fields[i]; /* of several periods the last given counts */
    return found;
}

Value value_after(const WriteRequest *r, const Record *before, const Field *f)
{
    const WriteField *w = asked(r, f);
    if (w != NULL)
        return w->value;
    return before != NULL ? before->facts[f->index].value : VALUE_UNKNOWN;
}

bool locate(Care *c, const Entity *e, int64_t id, RecordKey *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Record *record;
    if (!store_record(c->store, e, (RecordKey){0, id}, a, &record, error))
        return false;
    if (record->ended)
        return fail(error, FAIL_ABSENT, "this %.*s was taken off the books", STR_ARG(e->name));
    *ret = record->key;
    return true;
}

int32_t county_of_place(const Care *c, int32_t region)
{
    int32_t county = region != ROW_NONE ? c->regions->county[region] : 0;
    return county != 0 ? county : store_facts(c->store)->home_county;
}

/* Follows a path of references from one record on; *ret stays ROW_NONE where something is unknown.
 */
static bool place_along(Care *c, const Field *const *path, size_t n, Value v, Arena *a,
                        int32_t *ret, GError **error)
{
    for (size_t i = 0; i + 1 < n && v.known; i++) {
        const RecordKey key = {0, v.num}; /* of whatever county */
        Record *record;
        g_autoptr(GError) why = NULL;
        if (!store_record(c->store, path[i]->type.to, key, a, &record, &why)) {
            if (g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT))
                return true;
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        v = record->facts[path[i + 1]->index].value;
    }
    if (v.known)
        *ret = region_row(c->regions, v.text);
    return true;
}

bool place_after(Care *c, const WriteRequest *r, const Record *before, int32_t *ret, GError **error)
{
    const Expr *place = r->entity->place;
    g_autoptr(Arena) a = arena_new();
    *ret = ROW_NONE;
    if (place == NULL || place->n_path == 0)
        return true;
    Value v = value_after(r, before, place->path[0]);
    return place_along(c, place->path, place->n_path, v, a, ret, error);
}

/* ---- one value */

static bool can_be_shown(Str text)
{
    return !str_utf8_hides(text) && str_utf8_control(text) == 0 && str_find(text, STR("\r")) < 0;
}

static void check_text(const WriteField *w, Faults *faults)
{
    const Field *f = w->field;
    Str text = w->value.text;
    if (!str_utf8_valid(text, NULL)) {
        fault_add(faults, f, "不是有效的文字", "is not valid text");
        return;
    }
    if (!can_be_shown(text)) {
        fault_add(faults, f, "含有不能显示的字符，请重新录入",
                  "holds characters that cannot be shown; enter it again");
        return;
    }
    if (!f->secret && text_holds_citizen_id(text))
        fault_add(faults, f, "含有公民身份号码，号码只能填在加密的字段里",
                  "holds a citizen number: those belong into sealed fields only");
    else if (f->type.length > 0 && str_utf8_length(text) > f->type.length)
        fault_add(faults, f, arena_printf(faults->arena, "最多%u个字", f->type.length),
                  arena_printf(faults->arena, "at most %u characters", f->type.length));
    else if (text.len == 0 && f->required)
        fault_add(faults, f, "必填", "is required");
}

static char *amount_shown(const Faults *faults, const Field *f, int64_t n)
{
    unsigned scale = f->type.kind == KIND_DECIMAL ? f->type.scale : kind_scale(f->type.kind);
    char to[DECIMAL_TEXT], day[DATE_TEXT];
    const char *text = f->type.kind == KIND_DATE ? date_format((Date)n, day)
                                                 : decimal_format((Decimal){n, (uint8_t)scale}, to);
    return arena_dup(faults->arena, text, strlen(text));
}

static void check_range(const WriteField *w, Faults *faults)
{
    const Field *f = w->field;
    int64_t n = w->value.num;
    if (!f->has_range || (n >= f->low && n <= f->high))
        return;
    const char *low = amount_shown(faults, f, f->low), *high = amount_shown(faults, f, f->high);
    fault_add(faults, f, arena_printf(faults->arena, "应在 %s 到 %s 之间", low, high),
              arena_printf(faults->arena, "must be between %s and %s", low, high));
}

/* Amounts and counts are none or more where the document says nothing else (`range`). */
static void check_negative(const WriteField *w, Faults *faults)
{
    const Kind k = w->field->type.kind;
    const bool counts = k == KIND_INT || k == KIND_DECIMAL || k == KIND_MONEY || k == KIND_AREA ||
                        k == KIND_SHARE || k == KIND_HOURS;
    if (counts && !w->field->has_range && w->value.num < 0)
        fault_add(faults, w->field, "不能是负数", "cannot be negative");
}

static bool number_possible(const Field *f, int64_t n)
{
    const Enum *of = f->type.of;
    switch (f->type.kind) {
    case KIND_BOOL:
        return n == 0 || n == 1;
    case KIND_ENUM:
        return n >= 0 && (size_t)n < of->n_codes;
    case KIND_SET:
        return of->n_codes >= 64 || ((uint64_t)n >> of->n_codes) == 0;
    case KIND_DATE:
        return n >= DATE_MIN && n < DATE_MAX;
    default:
        return true;
    }
}

/* Identifiers and telephones have rules of their own: the reader of cells knows them. */
static void check_form(const WriteField *w, Faults *faults)
{
    const CellType type = {.kind = w->field->type.kind, .length = w->field->type.length};
    CellFault fault;
    Value read;
    if (!cell_read(&type, w->value.text, faults->arena, &read, &fault))
        fault_add(faults, w->field, fault.zh, fault.en);
}

/* A report is about one of the duties, by its name. */
static void check_duty(const Care *c, const WriteField *w, Faults *faults)
{
    DutyRegister of;
    if (str_is(w->field->name, "duty") && duty_register(c->model, &of) && of.duty == w->field &&
        duty_named(c->model, w->value.text) == NULL)
        fault_add(faults, w->field, "文件里没有这项工作任务，填任务的代码",
                  "no document sets this duty; give its name");
}

static void check_value(const Care *c, const WriteField *w, Faults *faults)
{
    const Field *f = w->field;
    if (f->compute != NULL) {
        fault_add(faults, f, "由系统算出，不能填写", "is computed and cannot be entered");
        return;
    }
    if (!w->value.known) {
        if (f->required)
            fault_add(faults, f, "必填", "is required");
        return;
    }
    switch (f->type.kind) {
    case KIND_TEXT:
        check_text(w, faults);
        check_duty(c, w, faults);
        break;
    case KIND_CITIZEN_ID:
    case KIND_CREDIT_CODE:
    case KIND_PHONE:
        check_form(w, faults);
        break;
    case KIND_REGION:
        if (region_row(c->regions, w->value.text) == ROW_NONE)
            fault_add(faults, f, "没有这个地方", "there is no such place");
        break;
    default:
        if (!number_possible(f, w->value.num))
            fault_add(faults, f, "没有这个选项", "there is no such value");
        else
            check_range(w, faults);
        check_negative(w, faults);
    }
}

/* ---- the record as a whole */

static void check_required(const WriteRequest *r, Faults *faults)
{
    for (size_t i = 0; i < r->entity->n_fields; i++) {
        const Field *f = r->entity->fields[i];
        if (f->required && f->compute == NULL && asked(r, f) == NULL)
            fault_add(faults, f, "必填", "is required");
    }
}

/* The day of birth of whoever a record is about: a field of this name. */
static const Field *birth_of(const Entity *e)
{
    const Field *f = entity_field(e, STR("born"));
    return f != NULL && f->type.kind == KIND_DATE && f->compute == NULL ? f : NULL;
}

/* A citizen number says when its holder was born; so does the card the birth is taken from. */
static void check_number_born(const WriteRequest *r, Date born, Faults *faults)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        const WriteField *w = &r->fields[i];
        char to[19], day[DATE_TEXT];
        Date says;
        if (w->field->type.kind != KIND_CITIZEN_ID || !w->value.known ||
            citizen_id_check(w->value.text, to, &says, NULL) != IDENTIFIER_VALID || says == born)
            continue;
        date_format(says, day);
        fault_add(
            faults, w->field,
            arena_printf(faults->arena, "与出生日期不一致：号码里是 %s，请核对哪一个写错了", day),
            arena_printf(faults->arena,
                         "does not agree with the birth: the number says %s; see which is wrong",
                         day));
    }
}

/* A birth that is changed alone is held against the number on record: the form sends a number that
 * stays as it is masked, an import leaves it out.  What the number says is not told: it is masked
 * for who asks, and revealing it is journalled. */
bool check_born_recorded(Care *c, const WriteRequest *r, const Record *before, Faults *faults,
                         GError **error)
{
    const Field *f = birth_of(r->entity);
    const WriteField *born = f != NULL ? asked(r, f) : NULL;
    if (before == NULL || born == NULL || !born->value.known)
        return true;
    for (size_t i = 0; i < r->entity->n_fields; i++) {
        const Field *number = r->entity->fields[i];
        Str text = before->facts[i].value.text, sealed;
        char to[19];
        Date says;
        if (number->type.kind != KIND_CITIZEN_ID || asked(r, number) != NULL ||
            !before->facts[i].value.known)
            continue;
        if (number->secret &&
            (!store_sealed(c->store, number, before->key, faults->arena, &sealed, error) ||
             !keys_unseal(c->keys, number, before->key.id, sealed, faults->arena, &text, error)))
            return fail_while(error, "comparing \"%.*s\" with the birth", STR_ARG(number->name));
        if (citizen_id_check(text, to, &says, NULL) == IDENTIFIER_VALID && says != born->value.num)
            fault_add(faults, f, "与已登记的公民身份号码不一致，请核对哪一个写错了",
                      "does not agree with the citizen number on record; see which is wrong");
    }
    return true;
}

/* False: nothing more can be said of days. */
static bool check_birth(Care *c, const WriteRequest *r, const Record *before, Faults *faults)
{
    const Field *f = birth_of(r->entity);
    const Value born = f != NULL ? value_after(r, before, f) : VALUE_UNKNOWN;
    const Date today = care_today(c);
    if (!born.known)
        return true;
    check_number_born(r, (Date)born.num, faults);
    if (asked(r, f) == NULL)
        return true;
    if (born.num > today)
        fault_add(faults, f, "晚于今天", "lies after today");
    else if (born.num < date_add_months(today, -12 * (int)LIMIT_AGE))
        fault_add(faults, f, arena_printf(faults->arena, "早于%u年前，请核对", LIMIT_AGE),
                  arena_printf(faults->arena, "more than %u years ago; look again", LIMIT_AGE));
    else
        return true;
    return false;
}

/* Semantics 10: outside its span a record is not there, so nothing can hold of it then. */
static void check_span(const WriteRequest *r, const Record *before, Faults *faults)
{
    const Entity *e = r->entity;
    Value begin = e->begin != NULL ? value_after(r, before, e->begin) : VALUE_UNKNOWN;
    Value end = e->end != NULL ? value_after(r, before, e->end) : VALUE_UNKNOWN;
    char day[DATE_TEXT];
    if (begin.known && end.known && end.num < begin.num) {
        const Label *l = &e->begin->label;
        date_format((Date)begin.num, day);
        fault_add(
            faults, asked(r, e->end) != NULL ? e->end : e->begin,
            arena_printf(faults->arena, "结束早于开始：%.*s是 %s", STR_ARG(l->zh), day),
            arena_printf(faults->arena, "ends before it begins: %.*s is %s", STR_ARG(l->en), day));
    }
    for (size_t i = 0; i < r->n_fields; i++) {
        const WriteField *w = &r->fields[i];
        if (!w->field->dated || w->since == DATE_MIN)
            continue;
        if (begin.known && w->since < begin.num) {
            date_format((Date)begin.num, day);
            fault_add(faults, w->field,
                      arena_printf(faults->arena, "起始日早于本记录的开始（%s）", day),
                      arena_printf(faults->arena, "holds from before the record begins (%s)", day));
        }
        if (end.known && w->since > end.num) {
            date_format((Date)end.num, day);
            fault_add(faults, w->field,
                      arena_printf(faults->arena, "起始日晚于本记录的结束（%s）", day),
                      arena_printf(faults->arena, "holds from after the record ends (%s)", day));
        }
    }
}

void check_values(Care *c, const WriteRequest *r, const Record *before, Faults *faults)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        const WriteField *w = &r->fields[i];
        g_assert(w->field->entity == r->entity);
        check_value(c, w, faults);
        if (w->field->dated && w->until != 0 && w->until <= w->since)
            fault_add(faults, w->field, "截止日不晚于起始日", "ends before it begins");
    }
    if (r->kind == WRITE_CREATE)
        check_required(r, faults);
    if (r->kind != WRITE_END && check_birth(c, r, before, faults))
        check_span(r, before, faults);
    check_ceilings(c, r, before, faults);
}

/* ---- other records */

bool check_references(Care *c, const WriteRequest *r, Faults *faults, GError **error)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        const WriteField *w = &r->fields[i];
        g_autoptr(GError) why = NULL;
        RecordKey key;
        if (w->field->type.kind != KIND_REF || !w->value.known)
            continue;
        if (locate(c, w->field->type.to, w->value.num, &key, &why))
            continue;
        if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        const Label *l = &w->field->type.to->label;
        fault_add(faults, w->field, arena_printf(faults->arena, "没有这条%.*s记录", STR_ARG(l->zh)),
                  arena_printf(faults->arena, "there is no such %.*s", STR_ARG(l->en)));
    }
    return true;
}

static bool absent(GError *why, GError **error)
{
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
        g_error_free(why);
        return true;
    }
    g_propagate_error(error, why);
    return false;
}

/* A county's numbers are matched under its own key: each county is asked. */
static bool secret_in(Care *c, const Field *f, Str plain, const int32_t *counties, size_t n,
                      RecordKey *ret, bool *ret_found, GError **error)
{
    uint8_t blind[SM3_SIZE];
    *ret_found = false;
    for (size_t i = 0; i < n && !*ret_found; i++) {
        GError *why = NULL;
        int64_t number = keys_blind(c->keys, f, counties[i], plain, blind);
        *ret_found = store_find_blind(c->store, f, counties[i], number, blind, ret, &why);
        if (!*ret_found && !absent(why, error))
            return false;
    }
    return true;
}

/* Not found under a key that another process exchanged meanwhile says nothing: once more then. */
bool find_secret_in(Care *c, const Field *f, Str plain, const int32_t *counties, size_t n,
                    RecordKey *ret, GError **error)
{
    bool found = false, changed = true;
    while (!found && changed) {
        RecordKey key = {0};
        if (!secret_in(c, f, plain, counties, n, &key, &found, error))
            return false;
        if (found)
            *ret = key;
        else if (!keyring_refresh(c, &changed, error))
            return false;
    }
    return found || fail(error, FAIL_ABSENT, "no %.*s has this number", STR_ARG(f->entity->name));
}

bool find_secret(Care *c, const Field *f, Str plain, RecordKey *ret, GError **error)
{
    const CareInside *in = care_inside(c);
    return find_secret_in(c, f, plain, in->counties, in->n_counties, ret, error);
}

bool check_taken(Care *c, const WriteRequest *r, bool elsewhere_only, Faults *faults,
                 GError **error)
{
    int32_t own = r->key.county;
    int32_t place;
    if (own == 0 && place_after(c, r, NULL, &place, NULL))
        own = county_of_place(c, place);
    for (size_t i = 0; i < r->n_fields; i++) {
        const WriteField *w = &r->fields[i];
        GError *why = NULL;
        RecordKey key;
        if (!w->field->unique || !w->value.known || !kind_is_text(w->field->type.kind))
            continue;
        bool taken = w->field->secret ? find_secret(c, w->field, w->value.text, &key, &why)
                                      : store_find(c->store, w->field, w->value.text, &key, &why);
        if (!taken && !absent(why, error))
            return false;
        if (!taken || key.id == r->key.id || (elsewhere_only && key.county == own))
            continue;
        const char *zh = key.county == own ? "已有另一条记录使用，请先查找那条记录"
                                           : "另一个县区已有记录使用，请先与该县区核对";
        const char *en = key.county == own ? "another record has it; look for that record first"
                                           : "a record of another county has it; settle it there "
                                             "first";
        fault_add(faults, w->field, zh, en);
    }
    return true;
}
