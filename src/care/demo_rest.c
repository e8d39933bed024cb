/* demo_rest.c — the part of the demonstration that knows no trade: fields and registers that the
 * files beside it leave alone are filled by what the documents declare of them (kind, codes, range,
 * span, references), so that each register, list and figure of any place has rows.
 * In: the Model, records already made.  Out: more of them.  Read first: demo_rest(). */
#include "care/demo_inside.h"
#include "care/follow.h"
#include "data/point.h"

/* Of each entity so many records are kept to be referred to. */
#define SAMPLE 4000
/* Records of an entity that the profile says nothing of. */
#define USUAL 60

/* ---- what is there already */

static void mark(const Demo *d, const Field *f)
{
    d->bound[f->entity->number][f->index] = 1;
}

static void mark_bound(const Demo *d)
{
#define FIELD(entity, field) mark(d, d->names.entity##_##field);
#define CODE(of, code)
#include "care/demo_names.def"
#undef FIELD
#undef CODE
}

void demo_rest_begin(Demo *d, uint64_t seed)
{
    const Model *m = d->care->model;
    d->made = g_new0(GArray *, m->n_entities);
    d->n_made = g_new0(uint64_t, m->n_entities);
    d->bound = g_new0(uint8_t *, m->n_entities);
    for (size_t i = 0; i < m->n_entities; i++) {
        d->made[i] = g_array_new(FALSE, FALSE, sizeof(DemoMade));
        d->bound[i] = g_new0(uint8_t, m->entities[i]->n_fields + 1);
    }
    mark_bound(d);
    demo_flows_begin(d, seed);
    chance_seed(&d->rest, seed ^ 0x72657374);
}

void demo_rest_end(Demo *d)
{
    for (size_t i = 0; i < d->care->model->n_entities; i++) {
        g_array_free(d->made[i], TRUE);
        g_free(d->bound[i]);
    }
    demo_flows_end(d);
    g_free(d->made);
    g_free(d->n_made);
    g_free(d->bound);
}

static const WriteField *filled(const Demo *d, const Field *f)
{
    for (size_t i = 0; f != NULL && i < d->n_fields; i++)
        if (d->fields[i].field == f)
            return &d->fields[i];
    return NULL;
}

/* The first day on which the record being filled is there. */
static Date begin_of(const Demo *d)
{
    const Entity *e = d->entity;
    const WriteField *w = filled(d, e->begin != NULL ? e->begin : e->event_day);
    return w != NULL && w->value.known ? (Date)w->value.num : DEMO_START;
}

void demo_rest_note(Demo *d)
{
    GArray *made = d->made[d->entity->number];
    DemoMade m = {d->key, d->region, begin_of(d)};
    uint64_t n = d->n_made[d->entity->number]++;
    demo_flows_note(d);
    if (made->len < SAMPLE) {
        g_array_append_val(made, m);
        return;
    }
    uint64_t at = chance_next(&d->rest) % (n + 1);
    if (at < SAMPLE)
        g_array_index(made, DemoMade, at) = m;
}

static const DemoMade *some_record(Demo *d, const Entity *e)
{
    GArray *made = d->made[e->number];
    return made->len > 0 ? &g_array_index(made, DemoMade, chance_below(&d->rest, made->len)) : NULL;
}

static bool has_point(const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->type.kind == KIND_POINT)
            return true;
    return false;
}

/* What stands on the map is near what is of the same region. */
static const DemoMade *next_door(Demo *d, const Entity *e)
{
    const GArray *made = d->made[e->number];
    unsigned begin = made->len > 0 ? chance_below(&d->rest, made->len) : 0;
    for (unsigned i = 0; i < made->len; i++) {
        const DemoMade *m = &g_array_index(made, DemoMade, (begin + i) % made->len);
        if (m->region == d->region && m->key.county == d->key.county)
            return m;
    }
    return NULL;
}

/* Of the same county where a few tries find one: who keeps this record may see the other. */
static const DemoMade *near_record(Demo *d, const Entity *e)
{
    const DemoMade *to = has_point(d->entity) && has_point(e) ? next_door(d, e) : NULL;
    if (to != NULL)
        return to;
    to = some_record(d, e);
    for (int i = 0; to != NULL && to->key.county != d->key.county && i < 40; i++)
        to = some_record(d, e);
    return to;
}

/* ---- values by kind */

/* The profile's usual numbers, in yuan, square metres, hours or as they are. */
static bool usual(const Demo *d, const Field *f, int64_t *low, int64_t *high, int64_t *step)
{
    int64_t unit = f->type.kind == KIND_HOURS     ? 60
                   : f->type.kind == KIND_DECIMAL ? power_of_ten(f->type.scale)
                                                  : power_of_ten(kind_scale(f->type.kind));
    for (size_t i = 0; i < d->profile.n_values; i++) {
        const DemoValues *v = &d->profile.values[i];
        if (!str_equal(v->entity, f->entity->name) || !str_equal(v->field, f->name))
            continue;
        *low = v->low * unit;
        *high = v->high * unit;
        *step = unit;
        return true;
    }
    return false;
}

static int64_t number_within(Demo *d, const Field *f, int64_t low, int64_t high, int64_t step)
{
    (void)usual(d, f, &low, &high, &step);
    if (f->has_range) {
        low = MAX(low, f->low);
        high = MIN(MAX(high, low), f->high);
    }
    return low + chance_between(&d->rest, 0, (high - low) / step) * step;
}

static bool is_about(const DemoCodes *x, const Field *f)
{
    return str_equal(x->entity, f->entity->name) && str_equal(x->field, f->name);
}

static bool has_usual_codes(const Demo *d, const Field *f)
{
    for (size_t i = 0; i < d->profile.n_codes; i++)
        if (is_about(&d->profile.codes[i], f))
            return true;
    return false;
}

/* As often as the profile says: one code of an enum, of a set each by itself.  False: it says
 * nothing of the field. */
static bool usual_codes(Demo *d, const Field *f, int64_t *ret)
{
    unsigned at = chance_below(&d->rest, 1000), sum = 0;
    bool said = false, found = false, set = f->type.kind == KIND_SET;
    *ret = 0;
    for (size_t i = 0; i < d->profile.n_codes; i++) {
        const DemoCodes *x = &d->profile.codes[i];
        if (!is_about(x, f))
            continue;
        const Code *c = enum_code(f->type.of, x->code);
        said = true;
        if (c == NULL)
            continue; /* of other documents than these */
        sum += x->share;
        if (set && chance_permille(&d->rest, x->share))
            *ret |= INT64_C(1) << c->number;
        else if (!set && !found && at < sum) {
            *ret = c->number;
            found = true;
        }
    }
    return said && (set || found);
}

static int64_t some_number(Demo *d, const Field *f)
{
    int64_t n;
    switch (f->type.kind) {
    case KIND_BOOL:
        return chance_permille(&d->rest, 750);
    case KIND_ENUM:
        return usual_codes(d, f, &n) ? n : chance_below(&d->rest, (unsigned)f->type.of->n_codes);
    case KIND_MONEY:
        return number_within(d, f, 10000, 5000000, 10000); /* 100 to 50,000 yuan */
    case KIND_AREA:
        return number_within(d, f, 6000, 250000, 100);
    case KIND_SHARE:
        return number_within(d, f, 0, 10000, 100);
    case KIND_HOURS:
        return number_within(d, f, 30, 480, 30);
    case KIND_DECIMAL:
        return number_within(d, f, 0, 100 * power_of_ten(f->type.scale),
                             power_of_ten(f->type.scale));
    default:
        return number_within(d, f, 1, 60, 1);
    }
}

static int64_t some_set(Demo *d, const Field *f)
{
    unsigned n = (unsigned)f->type.of->n_codes;
    int64_t bits = 0;
    if (usual_codes(d, f, &bits))
        return bits;
    for (unsigned i = chance_below(&d->rest, 4); i > 0; i--)
        bits |= INT64_C(1) << chance_below(&d->rest, n);
    return bits;
}

/* Ends of spans lie behind their begin; so do deadlines and the other days of a record, by as many
 * days as the profile says. */
static Date some_date(Demo *d, const Field *f)
{
    const Entity *e = f->entity;
    Date begin = begin_of(d), last = d->profile.day;
    int64_t low, high, step;
    if (usual(d, f, &low, &high, &step))
        return begin + (Date)chance_between(&d->rest, low, high);
    if (f == e->begin || f == e->event_day)
        return (Date)chance_between(&d->rest, MAX(DEMO_START, last - 900), last);
    if (f == e->end && !e->end_counts)
        return (Date)chance_between(&d->rest, begin + 1, MAX(begin + 1, last));
    if (f == e->end)
        return begin + 364 + (Date)chance_below(&d->rest, 3) * 365;
    return e->begin == NULL && e->event_day == NULL
               ? (Date)chance_between(&d->rest, last - 1200, last)
               : begin + (Date)chance_below(&d->rest, 60);
}

/* A name by a chance of its own. */
static void some_person(Demo *d, Chance *own, GString *to)
{
    Chance others = d->chance;
    g_autoptr(GString) name = g_string_new(NULL);
    d->chance = *own;
    demo_name(d, chance_permille(&d->chance, 600), 1970, name);
    *own = d->chance;
    d->chance = others;
    g_string_append(to, name->str);
}

static const DemoText *pattern_of(const Demo *d, const Field *f, bool title)
{
    Str label = title ? f->entity->label.zh : f->label.zh;
    for (size_t i = 0; i < d->profile.n_texts; i++) {
        const DemoText *t = &d->profile.texts[i];
        if (t->titles == title && str_find(label, t->part) >= 0)
            return t;
    }
    return NULL;
}

/* What the profile says such fields hold; false: nothing, or more than the field takes.  Its words
 * take nothing from the chance of what follows. */
static bool pattern_text(Demo *d, const Field *f, bool title, unsigned number)
{
    const Words *words = &d->profile.facility_names;
    const DemoText *t = pattern_of(d, f, title);
    Chance own = d->rest;
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; t != NULL && i < t->pattern.len; i++) {
        char c = t->pattern.at[i];
        if (c == '#')
            g_string_append_printf(to, "%u", number);
        else if (c == '~')
            some_person(d, &own, to);
        else if (c == '@' && words->n > 0)
            g_string_append_printf(to, "%.*s",
                                   STR_ARG(words->list[chance_below(&own, (unsigned)words->n)]));
        else
            g_string_append_c(to, c);
    }
    if (t == NULL || str_utf8_length(str_of(to->str)) > f->type.length)
        return false;
    demo_text(d, f, "%s", to->str);
    return true;
}

/* As the profile says, else 某某养老项目12: a word of the profile, the label, a number. */
static void some_text(Demo *d, const Field *f)
{
    const Words *words = &d->profile.facility_names;
    bool called = f->entity->n_title > 0 && f->entity->title[0] == f;
    Str label = called ? f->entity->label.zh : f->label.zh;
    unsigned number = chance_below(&d->rest, 900) + 1;
    if (f->unique || f == f->entity->key)
        demo_text(d, f, "R%07" G_GUINT64_FORMAT, ++d->next_number);
    else if (pattern_text(d, f, called, number))
        return;
    else if (called && words->n > 0)
        demo_text(d, f, "%.*s%.*s%u",
                  STR_ARG(words->list[chance_below(&d->rest, (unsigned)words->n)]), STR_ARG(label),
                  number);
    else
        demo_text(d, f, "%.*s%u", STR_ARG(label), number);
}

static int32_t some_place(Demo *d)
{
    const DemoProfile *p = &d->profile;
    unsigned all = 0, at;
    for (size_t i = 0; i < p->n_counties; i++)
        all += p->counties[i].share + 1;
    at = chance_below(&d->rest, all);
    for (size_t i = 0; i < p->n_counties; i++) {
        const DemoCounty *c = &p->counties[i];
        if (at <= c->share)
            return chance_permille(&d->rest, 400)
                       ? c->region
                       : c->towns[chance_below(&d->rest, (unsigned)c->n_towns)];
        at -= c->share + 1;
    }
    return care_place(d->care);
}

/* Around the middle of its region, within some 800 m each way; regions lie apart. */
static int64_t some_point(Demo *d)
{
    int32_t east, north;
    unsigned spread = (unsigned)d->region * 2654435761u >> 8;
    point_split(d->profile.centre, &east, &north);
    east += (int32_t)(spread % 200000) - 100000 + (int32_t)chance_between(&d->rest, -8000, 8000);
    north += (int32_t)(spread / 200000 % 80) * 2000 - 80000 +
             (int32_t)chance_between(&d->rest, -8000, 8000);
    return point_make(east, north);
}

static void fill_value(Demo *d, const Field *f)
{
    switch (f->type.kind) {
    case KIND_REF: {
        const DemoMade *to = near_record(d, f->type.to);
        if (to != NULL)
            demo_reference(d, f, to->key);
        break;
    }
    case KIND_REGION:
        demo_region(d, f, some_place(d));
        break;
    case KIND_DATE:
        demo_number(d, f, some_date(d, f));
        break;
    case KIND_SET:
        demo_number(d, f, some_set(d, f));
        break;
    case KIND_PHONE:
        demo_text(d, f, "%.*s%06u", STR_ARG(d->profile.phone), chance_below(&d->rest, 1000000));
        break;
    case KIND_TEXT:
        some_text(d, f);
        break;
    case KIND_POINT:
        demo_number(d, f, some_point(d));
        break;
    case KIND_CITIZEN_ID:
    case KIND_CREDIT_CODE:
    case KIND_MONTH:
    case KIND_MOMENT:
        break; /* left empty: a number of a person is made with the person, a moment by an event */
    default:
        demo_number(d, f, some_number(d, f));
    }
}

/* Dated facts hold from some day of the record on; a fifth of them changed once. */
static void fill_dated(Demo *d, const Field *f)
{
    Date first = MAX(begin_of(d), DEMO_START), last = d->profile.day;
    size_t before = d->n_fields;
    demo_since(d, first);
    fill_value(d, f);
    d->since = 0;
    if (d->n_fields == before || first + 40 >= last || !chance_permille(&d->rest, 200))
        return;
    Date changed = (Date)chance_between(&d->rest, first + 20, last);
    WriteField *earlier = &d->fields[before];
    demo_since(d, changed);
    fill_value(d, f);
    d->since = 0;
    if (d->n_fields > before + 1)
        earlier->until = changed;
}

/* A record that the trade-wise part made ends when that part says so. */
static bool ends_elsewhere(const Demo *d, const Field *f)
{
    const Entity *e = f->entity;
    return f == e->end && !d->whole && e->begin != NULL && d->bound[e->number][e->begin->index];
}

static bool left_empty(Demo *d, const Field *f)
{
    if (f->required || (f->entity->procedure != NULL && f->entity->procedure->state == f))
        return false;
    if (ends_elsewhere(d, f))
        return true;
    if (f == f->entity->end)
        return chance_permille(&d->rest, f->entity->end_counts ? 300 : 800);
    return chance_permille(&d->rest, has_usual_codes(d, f) ? 20 : 120);
}

void demo_rest_fields(Demo *d)
{
    const Field *empty = demo_flow_choose(d);
    for (size_t i = 0; i < d->entity->n_fields; i++) {
        const Field *f = d->entity->fields[i];
        bool secret = f->secret && f->type.kind != KIND_PHONE;
        bool bound = d->bound[d->entity->number][f->index] && !d->whole;
        if (f->compute != NULL || secret || bound || f == empty || filled(d, f) != NULL ||
            left_empty(d, f))
            continue;
        if (f->entity->procedure != NULL && f->entity->procedure->state == f)
            demo_states(d, f, begin_of(d));
        else if (f->dated)
            fill_dated(d, f);
        else
            fill_value(d, f);
    }
}

/* ---- registers of their own */

static bool can_make(const Demo *d, const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->required && f->type.kind == KIND_REF && d->made[f->type.to->number]->len == 0)
            return false;
    }
    return true;
}

/* What it may refer to is made first where that is possible, so that the reference is filled. */
static bool refers_to_untried(const Demo *d, const Entity *e, const bool *tried)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->type.kind == KIND_REF && f->compute == NULL && f->type.to != e &&
            !tried[f->type.to->number] && d->made[f->type.to->number]->len == 0)
            return true;
    }
    return false;
}

/* What the profile asks for is made even where others made some. */
static unsigned wanted(const Demo *d, const Entity *e)
{
    for (size_t i = 0; i < d->profile.n_records; i++)
        if (str_equal(d->profile.records[i].entity, e->name))
            return d->profile.records[i].count;
    return d->n_made[e->number] > 0 ? 0 : USUAL;
}

/* The record lies where its first reference's record lies, or in a region of its own. */
static bool make_one(Demo *d, const Entity *e, GError **error)
{
    const Field *place = e->place != NULL && e->place->n_path > 0 ? e->place->path[0] : NULL;
    const DemoMade *to =
        place != NULL && place->type.kind == KIND_REF ? some_record(d, place->type.to) : NULL;
    int32_t region = to != NULL ? to->region : place != NULL ? some_place(d) : care_place(d->care);
    Date begin = to != NULL ? to->begin : 0;
    demo_begin(d, e, region);
    if (to != NULL)
        demo_reference(d, place, to->key);
    else if (place != NULL && place->type.kind == KIND_REGION)
        demo_region(d, place, region);
    const Field *first = e->begin != NULL ? e->begin : e->event_day;
    if (first != NULL && first->type.kind == KIND_DATE) {
        Date low = MAX(begin, MAX(DEMO_START, d->profile.day - 900));
        demo_number(d, first, chance_between(&d->rest, MIN(low, d->profile.day), d->profile.day));
    }
    return demo_end(d, error);
}

static bool is_tree(const Entity *e)
{
    return str_is(e->name, "region");
}

static bool is_reports(const Demo *d, const Entity *e)
{
    DutyRegister of;
    return duty_register(d->care->model, &of) && of.entity == e;
}

static bool make_register(Demo *d, const Entity *e, GError **error)
{
    if (is_reports(d, e))
        return demo_duty_reports(d, error);
    for (unsigned k = wanted(d, e); k > 0; k--)
        if (!make_one(d, e, error))
            return fail_while(error, "making records of %.*s", STR_ARG(e->name));
    return true;
}

/* The next register to make; NULL when all that can be made are. */
static const Entity *next_register(const Demo *d, const bool *tried)
{
    const Model *m = d->care->model;
    const Entity *any = NULL;
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];
        if (tried[i] || is_tree(e) || !can_make(d, e))
            continue;
        if (!refers_to_untried(d, e, tried) && !demo_flows_wait(d, e, tried))
            return e;
        any = any != NULL ? any : e;
    }
    return any;
}

bool demo_rest(Demo *d, GError **error)
{
    const Model *m = d->care->model;
    g_autofree bool *tried = g_new0(bool, m->n_entities);
    d->whole = true;
    const Entity *e;
    for (size_t done = 0; (e = next_register(d, tried)) != NULL; done++) {
        tried[e->number] = true;
        d->progress("registers", done, m->n_entities);
        if (!make_register(d, e, error))
            return false;
    }
    return true;
}
