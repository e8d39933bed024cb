/* duty_report.c — see duty_report.h. */
#include "care/duty_report.h"

#include "base/sort.h"
#include "store/docket.h"

bool duty_register(const Model *m, DutyRegister *ret)
{
    const Entity *e = model_entity(m, STR("duty_report"));
    const Enum *agencies = model_enum(m, STR("agency"));
    if (e == NULL || e->event_day == NULL || e->place == NULL)
        return false;
    *ret = (DutyRegister){e, entity_field(e, STR("duty")), entity_field(e, STR("agency")),
                          entity_field(e, STR("progress")), 0};
    if (ret->duty == NULL || ret->duty->type.kind != KIND_TEXT || ret->agency == NULL ||
        ret->agency->type.kind != KIND_ENUM || ret->agency->type.of != agencies ||
        ret->progress == NULL || ret->progress->type.kind != KIND_ENUM)
        return false;
    const Code *done = enum_code(ret->progress->type.of, STR("done"));
    if (done == NULL)
        return false;
    ret->done = done->number;
    return true;
}

const Duty *duty_named(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_duties; i++)
        if (str_equal(m->duties[i]->name, name))
            return m->duties[i];
    return NULL;
}

/* ---- reading the register */

typedef struct Reports {
    const Following *f;
    DutyRegister of;
    const Batch *batch;
    const Column *duty, *agency, *progress, *day;
} Reports;

static const Column *column_of(const Reports *r, const Field *x)
{
    return r->batch != NULL && x->index < r->batch->n_columns ? r->batch->columns[x->index] : NULL;
}

static bool says_done(const Reports *r, size_t row)
{
    return column_known(r->duty, row) && column_known(r->agency, row) &&
           column_known(r->progress, row) && column_known(r->day, row) &&
           column_get(r->progress, row) == r->of.done && column_get(r->day, row) <= r->f->on;
}

/* Large tables keep no texts in memory: then they are read. */
static bool read_names(const Reports *r, DutyReport *list, const uint32_t *rows, size_t n,
                       GError **error)
{
    const Following *f = r->f;
    RecordKey *keys = arena_many(f->arena, RecordKey, n + 1);
    Record **found = arena_many(f->arena, Record *, n + 1);
    for (size_t i = 0; i < n; i++)
        keys[i] = key_of_row(f->working, r->of.entity, rows[i]);
    if (n > 0 && !store_records(f->care->store, r->of.entity, keys, n, f->arena, found, error))
        return fail_while(error, "reading reports on duties");
    for (size_t i = 0; i < n; i++)
        list[i].duty = found[i]->facts[r->of.duty->index].value.text;
    return true;
}

bool duty_reports(const Following *f, DutyReport **ret, size_t *ret_n, GError **error)
{
    Reports r = {.f = f};
    const int32_t *places;
    *ret = NULL;
    *ret_n = 0;
    if (!duty_register(f->care->model, &r.of))
        return true;
    if (!working_places(f->care, f->working, r.of.entity, f->on, &places, error))
        return false;
    r.batch = working_batch(f->working, r.of.entity);
    size_t rows = working_rows(f->working, r.of.entity), n = 0;
    r.duty = column_of(&r, r.of.duty);
    r.agency = column_of(&r, r.of.agency);
    r.progress = column_of(&r, r.of.progress);
    r.day = column_of(&r, r.of.entity->event_day);
    if (rows == 0 || r.duty == NULL || r.agency == NULL || r.progress == NULL || r.day == NULL)
        return true;
    bool texts = r.duty->physical != PHYSICAL_I8;
    DutyReport *list = arena_many(f->arena, DutyReport, rows);
    uint32_t *at = arena_many(f->arena, uint32_t, rows);
    for (size_t i = 0; i < rows; i++) {
        if (!says_done(&r, i))
            continue;
        at[n] = (uint32_t)i;
        list[n++] = (DutyReport){.duty = texts ? column_text(r.duty, i) : STR(""),
                                 .agency = column_get(r.agency, i),
                                 .region = places[i],
                                 .key = key_of_row(f->working, r.of.entity, i),
                                 .day = (Date)column_get(r.day, i)};
    }
    *ret = list;
    *ret_n = n;
    return texts || read_names(&r, list, at, n, error);
}

/* ---- one duty */

static int by_day(const void *a, const void *b)
{
    Date x = *(const Date *)a, y = *(const Date *)b;
    return x < y ? -1 : x > y;
}

static bool is_about(const Following *f, const DutyReport *r, const Duty *d, int32_t region)
{
    bool there = region == ROW_NONE ||
                 (r->region != ROW_NONE && region_in(f->care->regions, r->region, region));
    return there && str_equal(r->duty, d->name);
}

bool duty_files(const Following *f, const Duty *d, int32_t region, const DutyReport *reports,
                size_t n, size_t *ret, GError **error)
{
    DutyRegister of;
    *ret = 0;
    if (!duty_register(f->care->model, &of))
        return true;
    for (size_t i = 0; i < n; i++) {
        g_autoptr(Arena) scratch = arena_new();
        Docket *files;
        size_t n_files;
        if (!is_about(f, &reports[i], d, region))
            continue;
        if (!store_dockets_of(f->care->store, DOCKET_FILE, of.entity, reports[i].key.id, scratch,
                              &files, &n_files, error))
            return fail_while(error, "reading the evidence of duties");
        for (size_t k = 0; k < n_files; k++)
            *ret += files[k].state == DOCKET_OPEN;
    }
    return true;
}

static DoneDays days_of(const Following *f, const Duty *d, int64_t agency, int32_t region,
                        const DutyReport *reports, size_t n)
{
    DoneDays days = {.sure = arena_many(f->arena, Date, n + 1)};
    for (size_t i = 0; i < n; i++) {
        const DutyReport *r = &reports[i];
        if (r->agency == agency && is_about(f, r, d, region))
            days.sure[days.n_sure++] = r->day;
    }
    sort_rows(days.sure, days.n_sure, sizeof(Date), by_day);
    return days;
}

/* Done when the last of them has reported; else it stands as those stand that have not. */
DutyAnswer duty_reported(const Following *f, const Duty *d, int32_t region, const DutyTimes *t,
                         const DutyReport *reports, size_t n, size_t *ret_reported)
{
    const Enum *agencies = model_enum(f->care->model, STR("agency"));
    DutyAnswer all = {0};
    *ret_reported = 0;
    for (size_t i = 0; i < d->n_lead; i++) {
        const Code *lead = enum_code(agencies, d->lead[i]);
        DoneDays days =
            days_of(f, d, lead != NULL ? (int64_t)lead->number : -1, region, reports, n);
        DutyAnswer one = duty_standing(t, &days, f->on);
        *ret_reported += one.state == DUTY_DONE;
        duty_join(&all, &one, i == 0);
    }
    return all;
}
