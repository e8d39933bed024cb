/* draw_fill.c — the list of a draw from the registers, and the records its result gives.
 * A record of which it is not known whether it may be drawn, or how many of its class are, stops
 * the list: leaving it out would be a choice nobody made.  Read first: draw_fill(). */
#include "care/draw_inside.h"

#include "base/identifier.h"
#include "care/follow_inside.h"
#include "care/publish_inside.h"
#include "care/record.h"
#include "care/said.h"
#include "evaluate/evaluate.h"

/* A receipt is public: of people with a citizen number only so much of the name as they know. */
static bool is_person(const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->type.kind == KIND_CITIZEN_ID)
            return true;
    return false;
}

/* What people call the record in files: its key where it has one. */
static bool name_of(const DrawFilling *f, const Entity *e, size_t row, Str *ret_id, Str *ret_name,
                    GError **error)
{
    RecordKey key = key_of_row(f->working, e, row);
    char id[ID_TEXT];
    Record *r;
    *ret_id = arena_str(f->arena, str_of(id_format(key.id, id)));
    if (!title_of(f->care, f->working, f->session, e, key, 0, f->arena, ret_name, error))
        return false;
    const Field plain = {.type = {.kind = KIND_TEXT}};
    if (is_person(e))
        *ret_name = text_masked(&plain, *ret_name, f->arena);
    if (e->key == NULL || e->key->secret || e->key->type.kind == KIND_CITIZEN_ID)
        return true;
    if (!store_record(f->care->store, e, key, f->arena, &r, error))
        return false;
    Value v = r->facts[e->key->index].value;
    if (v.known && receipt_cell_fine(v.text, true))
        *ret_id = v.text;
    return true;
}

static bool cell_check(Str text, GError **error)
{
    return receipt_cell_fine(text, true) ||
           fail(error, FAIL_INPUT, "\"%.*s\" can not stand in a list: a name of one line is needed",
                STR_ARG(text)) ||
           fail_zh(error, "“%.*s”不能列入名单：需要一行以内的名称", STR_ARG(text));
}

/* ---- who may be drawn */

/* Classes are told apart by what is taken of them: 5%, 30%, or a number. */
static Str class_text(const DrawFilling *f, const Expr *take, int64_t n)
{
    char to[DECIMAL_TEXT];
    if (take->type.kind != KIND_SHARE)
        return str_of(arena_printf(f->arena, "%" G_GINT64_FORMAT, n));
    decimal_format((Decimal){n, (uint8_t)(MAX(take->type.scale, 2) - 2)}, to);
    while (strchr(to, '.') != NULL && (g_str_has_suffix(to, "0") || g_str_has_suffix(to, ".")))
        to[strlen(to) - 1] = '\0';
    return str_of(arena_printf(f->arena, "%s%%", to));
}

/* Never less than the share: 30 % of 7 are 3. */
static uint64_t taken_of(const Expr *take, int64_t n, uint64_t all)
{
    int64_t part, count;
    if (take->type.kind != KIND_SHARE)
        return n < 0 ? 0 : MIN((uint64_t)n, all);
    if (n <= 0 || !checked_mul(n, (int64_t)all, &part) ||
        !round_divide(part, power_of_ten(take->type.scale), ROUND_UP, &count))
        return 0;
    return MIN((uint64_t)count, all);
}

typedef struct Class {
    int64_t n; /* share or number */
    uint64_t all;
} Class;

static int by_number(const void *a, const void *b)
{
    const Class *x = a, *y = b;
    return x->n < y->n ? -1 : x->n > y->n;
}

static void classes_fill(DrawFilling *f, GArray *classes)
{
    Receipt *r = f->to;
    r->classes = arena_many(f->arena, ReceiptClass, classes->len + 1);
    r->n_classes = classes->len;
    g_array_sort(classes, by_number);
    for (guint i = 0; i < classes->len; i++) {
        const Class *c = &g_array_index(classes, Class, i);
        r->classes[i] = (ReceiptClass){.name = class_text(f, f->draw->take, c->n),
                                       .take = taken_of(f->draw->take, c->n, c->all)};
    }
}

static void class_count(GArray *classes, int64_t n)
{
    for (guint i = 0; i < classes->len; i++) {
        Class *c = &g_array_index(classes, Class, i);
        if (c->n == n) {
            c->all++;
            return;
        }
    }
    const Class fresh = {n, 1};
    g_array_append_val(classes, fresh);
}

/* Of the records in scope and place those that the condition lets in: 1; the rest 0. */
static bool rows_of(const DrawFilling *f, const Entity *e, uint8_t **ret, size_t *ret_n,
                    GError **error)
{
    Following x;
    const int32_t *places;
    const FollowQuery q = {.region = f->region, .on = f->on};
    return following_may(f->session, error) &&
           following_begin(&x, f->care, f->working, f->session, &q, f->arena, error) &&
           following_rows(&x, e, ret, &places, ret_n, error);
}

static bool unclear(const DrawFilling *f, const Program *p, size_t output, size_t row,
                    uint64_t missing, Said what, GError **error)
{
    Str id, name;
    MissingFact *facts;
    size_t n;
    if (!name_of(f, f->draw->of, row, &id, &name, error))
        return false;
    missing_facts(p, output, missing, f->arena, &facts, &n);
    return fail(error, FAIL_INPUT, "of \"%.*s\" (%.*s) it is not known %s: %.*s is missing",
                STR_ARG(name), STR_ARG(id), what.en, n > 0 ? (int)facts[0].zh.len : 6,
                n > 0 ? facts[0].zh.at : "a fact") ||
           fail_zh(error, "“%.*s”（%.*s）还不能确定%s：缺%.*s", STR_ARG(name), STR_ARG(id), what.zh,
                   n > 0 ? (int)facts[0].zh.len : (int)strlen("情况"),
                   n > 0 ? facts[0].zh.at : "情况");
}

static bool one_of(DrawFilling *f, Evaluation *e, const Program *p, size_t row, GArray *classes,
                   GError **error)
{
    ReceiptName *to = &f->to->of[f->to->n_of];
    int64_t n;
    Trace t;
    if (!evaluation_row(e, 0, row, f->on, f->arena, &t, error))
        return false;
    if (t.outcome == TRUTH_NO)
        return true;
    if (t.outcome != TRUTH_YES)
        return unclear(f, p, 0, row, t.missing, (Said){"能否参加抽取", "whether it may be drawn"},
                       error);
    if (!evaluation_value(e, 1, row, f->on, &n))
        return evaluation_row(e, 1, row, f->on, f->arena, &t, error) &&
               unclear(f, p, 1, row, t.missing,
                       (Said){"这一类抽取多少", "how many like it are drawn"}, error);
    if (!name_of(f, f->draw->of, row, &to->id, &to->name, error) || !cell_check(to->name, error))
        return false;
    to->class = class_text(f, f->draw->take, n);
    class_count(classes, n);
    f->to->n_of++;
    return true;
}

static bool fill_of(DrawFilling *f, GArray *at, GError **error)
{
    const Draw *w = f->draw;
    const Output outputs[] = {
        {.kind = OUTPUT_CONDITION, .document = w->home.document, .expr = w->where},
        {.kind = OUTPUT_EXPR, .expr = w->take},
    };
    const CompileOptions o = {.data = f->working->data, .regions = f->care->regions};
    g_autoptr(Program) p = program_new(f->care->model, w->of, outputs, 2, &o, error);
    g_autoptr(Evaluation) e = p != NULL ? evaluation_new(p, f->working->data, error) : NULL;
    g_autoptr(GArray) classes = g_array_new(FALSE, FALSE, sizeof(Class));
    uint8_t *rows;
    size_t n;
    if (e == NULL || !rows_of(f, w->of, &rows, &n, error))
        return false;
    f->to->of = arena_many(f->arena, ReceiptName, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t before = f->to->n_of;
        if (rows[i] != 0 && !one_of(f, e, p, i, classes, error))
            return false;
        if (f->to->n_of > before)
            g_array_append_val(at, i);
    }
    classes_fill(f, classes);
    return f->to->n_of > 0 || fail(error, FAIL_INPUT, "there is nothing to be drawn from here") ||
           fail_zh(error, "这里没有可抽取的对象");
}

/* ---- who may be sent, and where not */

static bool fill_with(DrawFilling *f, GArray *at, GError **error)
{
    const Draw *w = f->draw;
    const Output output = {.kind = OUTPUT_CONDITION, .document = w->home.document};
    const CompileOptions o = {.data = f->working->data, .regions = f->care->regions};
    uint8_t *rows;
    size_t n;
    if (w->with == NULL)
        return true;
    g_autoptr(Program) p = program_new(f->care->model, w->with, &output, 1, &o, error);
    g_autoptr(Evaluation) e = p != NULL ? evaluation_new(p, f->working->data, error) : NULL;
    if (e == NULL || !rows_of(f, w->with, &rows, &n, error))
        return false;
    f->to->with = arena_many(f->arena, ReceiptName, n + 1);
    for (size_t i = 0; i < n; i++) {
        ReceiptName *to = &f->to->with[f->to->n_with];
        Trace t;
        if (rows[i] == 0)
            continue;
        if (!evaluation_row(e, 0, i, f->on, f->arena, &t, error))
            return false;
        if (t.outcome != TRUTH_YES) /* not on the books that day, or nobody knows: not sent */
            continue;
        if (!name_of(f, w->with, i, &to->id, &to->name, error) || !cell_check(to->name, error))
            return false;
        f->to->n_with++;
        g_array_append_val(at, i);
    }
    return f->to->n_with >= w->count ||
           fail(error, FAIL_INPUT, "%u are sent to each, and only %zu may be", w->count,
                f->to->n_with) ||
           fail_zh(error, "每处派 %u 人，可派的只有 %zu 人", w->count, f->to->n_with);
}

static const Column *column_of(const DrawFilling *f, const Field *x)
{
    const Batch *b = working_batch(f->working, x->entity);
    return b != NULL && x->index < b->n_columns ? b->columns[x->index] : NULL;
}

static size_t listed_at(const GArray *at, int64_t row)
{
    for (guint i = 0; i < at->len; i++)
        if ((int64_t)g_array_index(at, size_t, i) == row)
            return i;
    return SIZE_MAX;
}

static bool pair_there(const Receipt *r, const ReceiptBar *bar)
{
    for (size_t i = 0; i < r->n_bars; i++)
        if (str_equal(r->bars[i].with, bar->with) && str_equal(r->bars[i].of, bar->of))
            return true;
    return false;
}

/* Records of the relation that are there on the day; of which both sides are listed. */
static bool fill_relation(DrawFilling *f, const DrawBar *bar, const GArray *of, const GArray *with,
                          GArray *bars, GError **error)
{
    bool a_sent = bar->a->type.to == f->draw->with;
    const Column *sent = column_of(f, a_sent ? bar->a : bar->b);
    const Column *drawn = column_of(f, a_sent ? bar->b : bar->a);
    const Output output = {.kind = OUTPUT_CONDITION};
    const CompileOptions o = {.data = f->working->data, .regions = f->care->regions};
    g_autoptr(Program) p = program_new(f->care->model, bar->relation, &output, 1, &o, error);
    g_autoptr(Evaluation) e = p != NULL ? evaluation_new(p, f->working->data, error) : NULL;
    if (e == NULL)
        return false;
    for (size_t i = 0; sent != NULL && drawn != NULL && i < working_rows(f->working, bar->relation);
         i++) {
        int64_t from, to;
        Trace t;
        if (!column_at(sent, i, f->on, &from) || !column_at(drawn, i, f->on, &to))
            continue;
        size_t s = listed_at(with, from), d = listed_at(of, to);
        if (s == SIZE_MAX || d == SIZE_MAX)
            continue;
        if (!evaluation_row(e, 0, i, f->on, f->arena, &t, error))
            return false;
        ReceiptBar pair = {f->to->with[s].id, f->to->of[d].id};
        if (t.outcome != TRUTH_NO) /* of an end that is not known: still tied */
            g_array_append_val(bars, pair);
    }
    return true;
}

static bool fill_bars(DrawFilling *f, const GArray *of, const GArray *with, GError **error)
{
    g_autoptr(GArray) bars = g_array_new(FALSE, FALSE, sizeof(ReceiptBar));
    Receipt *r = f->to;
    for (size_t i = 0; i < f->draw->n_bars; i++) {
        const DrawBar *bar = &f->draw->bars[i];
        if (bar->relation == NULL)
            return fail(error, FAIL_INPUT,
                        "this draw can not be run: who may not be sent is said by a condition; "
                        "only a register that names both can be asked") ||
                   fail_zh(error,
                           "这项抽取办不了：谁须回避是用条件写的，只有同时登记双方的登记簿才能查");
        if (!fill_relation(f, bar, of, with, bars, error))
            return false;
    }
    r->bars = arena_many(f->arena, ReceiptBar, bars->len + 1);
    for (guint i = 0; i < bars->len; i++) {
        const ReceiptBar *pair = &g_array_index(bars, ReceiptBar, i);
        if (!pair_there(r, pair))
            r->bars[r->n_bars++] = *pair;
    }
    return true;
}

bool draw_fill(DrawFilling *f, GError **error)
{
    g_autoptr(GArray) of = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autoptr(GArray) with = g_array_new(FALSE, FALSE, sizeof(size_t));
    return fill_of(f, of, error) && fill_with(f, with, error) && fill_bars(f, of, with, error);
}

/* ---- what comes of it */

/* The record behind an id of the receipt. */
static bool record_of(Care *c, const Entity *e, Str text, int64_t *ret, GError **error)
{
    RecordKey key;
    int64_t id;
    if (e->key != NULL && !e->key->secret && store_find(c->store, e->key, text, &key, NULL)) {
        *ret = key.id;
        return true;
    }
    if (!id_parse(text, &id))
        return fail(error, FAIL_ABSENT, "there is no %.*s \"%.*s\" any more", STR_ARG(e->name),
                    STR_ARG(text)) ||
               fail_zh(error, "“%.*s”（%.*s）已经不在登记里", STR_ARG(text), STR_ARG(e->label.zh));
    *ret = id;
    return true;
}

static void request_key(const DrawRound *x, Str id, uint8_t to[16])
{
    uint8_t bytes[DIGEST_SIZE];
    g_autofree char *text = g_strdup_printf("%.*s %.*s", STR_ARG(x->receipt.digest), STR_ARG(id));
    digest(DIGEST_SM3, text, strlen(text), bytes);
    memcpy(to, bytes, 16);
}

static bool one_record(Care *c, const DrawRound *x, const ReceiptTaken *t, Arena *a,
                       WriteRequest *to, GError **error)
{
    const struct DrawGives *g = &x->draw->gives;
    const Receipt *r = &x->receipt;
    WriteField *fields = arena_many(a, WriteField, x->draw->count + 4);
    size_t n = 0;
    int64_t id;
    if (!record_of(c, x->draw->of, r->of[t->of].id, &id, error))
        return false;
    fields[n++] = (WriteField){.field = g->of, .value = VALUE_NUM(id)};
    fields[n++] = (WriteField){.field = g->day, .value = VALUE_NUM(x->made)};
    if (g->receipt != NULL)
        fields[n++] = (WriteField){.field = g->receipt, .value = VALUE_TEXT(r->number)};
    for (size_t i = 0; i < t->n_with; i++) {
        if (!record_of(c, x->draw->with, r->with[t->with[i]].id, &id, error))
            return false;
        fields[n++] = (WriteField){.field = g->with[i], .value = VALUE_NUM(id)};
    }
    *to = (WriteRequest){.kind = WRITE_CREATE,
                         .entity = g->entity,
                         .expected = -1,
                         .fields = fields,
                         .n_fields = n,
                         .reason = str_of(arena_printf(a, "draw %.*s", STR_ARG(r->number)))};
    request_key(x, r->of[t->of].id, to->request);
    return care_new_id(c, &to->key.id, error);
}

bool draw_records(Care *c, const DrawRound *x, Arena *a, WriteRequest **ret, size_t *ret_n,
                  GError **error)
{
    *ret_n = x->receipt.n_taken;
    *ret = arena_many(a, WriteRequest, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++)
        if (!one_record(c, x, &x->receipt.taken[i], a, &(*ret)[i], error))
            return false;
    return true;
}
