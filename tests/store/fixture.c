/* fixture.c — see fixture.h. */
#include "fixture.h"

/* ---- a Model by hand --------------------------------------------------------------------- */

static Enum *enum_make(Arena *a, Model *m, const char *name, const char *const *codes)
{
    Enum *e = arena_new_of(a, Enum);

    e->name = str_of(name);
    while (codes[e->n_codes] != NULL)
        e->n_codes++;
    e->codes = arena_many(a, Code, e->n_codes);
    for (size_t i = 0; i < e->n_codes; i++)
        e->codes[i] = (Code){.name = str_of(codes[i]), .number = (unsigned)i};
    e->number = (unsigned)m->n_enums;
    m->enums[m->n_enums++] = e;
    return e;
}

typedef struct FieldMade {
    const char *name;
    Kind kind;
    bool dated, secret, unique;
} FieldMade;

static Entity *entity_make(Arena *a, Model *m, const char *name, const FieldMade *fields, size_t n)
{
    Entity *e = arena_new_of(a, Entity);

    e->name = str_of(name);
    e->number = (unsigned)m->n_entities;
    e->fields = arena_many(a, Field *, n + 1);
    e->n_fields = n;
    for (size_t i = 0; i < n; i++) {
        Field *f = arena_new_of(a, Field);

        *f = (Field){.name = str_of(fields[i].name), .entity = e, .index = (unsigned)i};
        f->type.kind = fields[i].kind;
        f->dated = fields[i].dated;
        f->secret = fields[i].secret;
        f->unique = fields[i].unique;
        e->fields[i] = f;
    }
    m->entities[m->n_entities++] = e;
    return e;
}

static Field *field_make(const Entity *e, const char *name)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        if (str_is(e->fields[i]->name, name))
            return e->fields[i];
    }
    g_error("no field %s", name);
}

const Field *field_of(const Entity *e, const char *name)
{
    return field_make(e, name);
}

static void title_of(Arena *a, Entity *e, const char *name)
{
    e->title = arena_many(a, const Field *, 1);
    e->title[0] = field_make(e, name);
    e->n_title = 1;
}

static const FieldMade facility_fields[] = {
    {"code", KIND_TEXT, false, false, true},
    {"name", KIND_TEXT, true, false, false},
    {"kind", KIND_ENUM, false, false, false},
    {"beds", KIND_INT, true, false, false},
    {"place", KIND_REGION, false, false, false},
    {"state", KIND_ENUM, true, false, false}, /* collides with a column of the store */
};

static const FieldMade elder_fields[] = {
    {"name", KIND_TEXT, false, false, false},
    {"id_number", KIND_CITIZEN_ID, false, true, true},
    {"born", KIND_DATE, false, false, false},
    {"woman", KIND_BOOL, false, false, false},
    {"household_register", KIND_REGION, true, false, false},
    {"residence", KIND_REGION, true, false, false},
    {"pension_kind", KIND_ENUM, true, false, false},
    {"economy", KIND_SET, true, false, false},
    {"living", KIND_SET, true, false, false},
    {"ability", KIND_ENUM, true, false, false},
    {"income", KIND_MONEY, true, false, false},
    {"risk", KIND_ENUM, true, false, false},
    {"home", KIND_REF, true, false, false},
    {"phone", KIND_PHONE, false, true, false},
    {"address", KIND_TEXT, false, false, false},
    {"remark", KIND_TEXT, false, false, false},
    {"height", KIND_INT, false, false, false},
    {"weight", KIND_INT, false, false, false},
    {"floor", KIND_INT, false, false, false},
    {"rooms", KIND_INT, false, false, false},
    {"area", KIND_AREA, false, false, false},
    {"share", KIND_SHARE, false, false, false},
    {"insured", KIND_BOOL, false, false, false},
    {"residence_since", KIND_DATE, false, false, false}, /* collides with a made column */
    {"died", KIND_DATE, false, false, false},
    {"extra", KIND_INT, false, false, false}, /* the last one: only when asked for */
};

static const FieldMade visit_fields[] = {
    {"elder", KIND_REF, false, false, false},     {"day", KIND_DATE, false, false, false},
    {"minutes", KIND_HOURS, false, false, false}, {"outcome", KIND_ENUM, false, false, false},
    {"note", KIND_TEXT, false, false, false},
};

static void model_regions(Arena *a, Model *m)
{
    static const char *const codes[] = {"360300", "360302", "360302001", "360302002", "360313"};
    static const char *const parents[] = {"", "360300", "360302", "360302", "360300"};

    m->n_regions = G_N_ELEMENTS(codes);
    m->regions = arena_many(a, RegionRow, m->n_regions);
    for (size_t i = 0; i < m->n_regions; i++)
        m->regions[i] = (RegionRow){.code = str_of(codes[i]),
                                    .name = str_of(codes[i]),
                                    .level = STR("county"),
                                    .parent = str_of(parents[i]),
                                    .county = i == 4 ? OTHER : COUNTY,
                                    .since = DATE_MIN,
                                    .until = DATE_MAX};
}

static void model_enums(Arena *a, Model *m)
{
    static const char *const kinds[] = {"nursing", "rural", NULL},
                             *const states[] = {"planned", "built", "closed", NULL},
                             *const pensions[] = {"none", "resident", "employee", NULL},
                             *const economies[] = {"poor", "low_insured", "destitute", NULL},
                             *const livings[] = {"alone", "empty_nest", "with_children", NULL},
                             *const abilities[] = {"intact", "mild",  "moderate",
                                                   "severe", "total", NULL},
                             *const outcomes[] = {"seen", "not_seen", NULL};

    m->enums = arena_many(a, Enum *, 8);
    Enum *kind = enum_make(a, m, "facility_kind", kinds);
    Enum *state = enum_make(a, m, "facility_state", states);
    Enum *pension = enum_make(a, m, "pension_kind", pensions);
    Enum *economy = enum_make(a, m, "economy", economies);
    Enum *living = enum_make(a, m, "living", livings);
    Enum *ability = enum_make(a, m, "ability", abilities);
    Enum *outcome = enum_make(a, m, "outcome", outcomes);

    field_make(m->entities[0], "kind")->type.of = kind;
    field_make(m->entities[0], "state")->type.of = state;
    field_make(m->entities[1], "pension_kind")->type.of = pension;
    field_make(m->entities[1], "economy")->type.of = economy;
    field_make(m->entities[1], "living")->type.of = living;
    field_make(m->entities[1], "ability")->type.of = ability;
    field_make(m->entities[1], "risk")->type.of = ability;
    field_make(m->entities[2], "outcome")->type.of = outcome;
}

static void model_documents(Arena *a, Model *m, uint8_t policy)
{
    Document *d = arena_new_of(a, Document);
    static const char *const rules[] = {"allowance", "nursing"};
    static const Source source = {.name = "packs/small.md"};

    d->name = STR("small");
    d->source = &source;
    d->file = source.name;
    d->text = str_of(arena_printf(a, "# small %u", policy));
    sm3(d->text.at, d->text.len, d->hash);
    m->documents = arena_many(a, Document *, 1);
    m->documents[0] = d;
    m->n_documents = 1;
    m->rules = arena_many(a, Rule *, 2);
    for (size_t i = 0; i < 2; i++) {
        Rule *r = arena_new_of(a, Rule);

        *r = (Rule){.name = str_of(rules[i]), .number = (unsigned)i, .subject = m->entities[1]};
        m->rules[m->n_rules++] = r;
    }
    sm3(d->hash, sizeof d->hash, m->policy_hash);
}

Model *fixture_model(Arena *a, bool extra, uint8_t policy)
{
    Model *m = arena_new_of(a, Model);
    g_autofree char *schema = NULL;

    m->arena = a;
    m->refs = 1000; /* belongs to the fixture's arena */
    m->entities = arena_many(a, Entity *, 3);
    Entity *facility =
        entity_make(a, m, "facility", facility_fields, G_N_ELEMENTS(facility_fields));
    Entity *elder =
        entity_make(a, m, "elder", elder_fields, G_N_ELEMENTS(elder_fields) - (extra ? 0 : 1));
    Entity *visit = entity_make(a, m, "visit", visit_fields, G_N_ELEMENTS(visit_fields));

    facility->key = field_make(facility, "code");
    title_of(a, facility, "name");
    title_of(a, elder, "name");
    field_make(elder, "home")->type.to = facility;
    field_make(visit, "elder")->type.to = elder;
    visit->event_day = field_make(visit, "day");
    model_enums(a, m);
    model_regions(a, m);
    model_documents(a, m, policy);
    schema = model_schema_text(m);
    sm3(schema, strlen(schema), m->schema_hash);
    return m;
}

RegionTree *fixture_regions(Arena *a, const Model *m)
{
    RegionTree *t = arena_new_of(a, RegionTree);

    t->n = m->n_regions;
    t->code = arena_many(a, Str, t->n);
    t->by_code = arena_many(a, int32_t, t->n);
    for (size_t i = 0; i < t->n; i++) {
        t->code[i] = m->regions[i].code;
        t->by_code[i] = (int32_t)i; /* they stand in the order of their codes */
    }
    return t;
}

/* ---- the database ------------------------------------------------------------------------ */

void fixture_reopen(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    bool ok = false;

    store_close(f->store);
    f->store = NULL;
    ok = store_open(f->uri, f->model, &f->store, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
}

Fixture *fixture_new(void)
{
    return fixture_new_on(database_on_postgres());
}

Fixture *fixture_new_on(bool postgres)
{
    g_autoptr(GError) error = NULL;
    Arena *a = arena_new();
    Fixture *f = arena_new_of(a, Fixture);
    StoreFacts facts = {.place = STR("360302"), .demo = true, .home_county = COUNTY};

    f->arena = a;
    f->model = fixture_model(a, false, 1);
    f->facility = f->model->entities[0];
    f->elder = f->model->entities[1];
    f->visit = f->model->entities[2];
    f->regions = fixture_regions(a, f->model);
    f->folder = g_dir_make_tmp("anlao-store-XXXXXX", NULL);
    f->uri = database_new(f->folder, "county.db", postgres);
    f->path = postgres ? NULL : g_strdup(f->uri + strlen("sqlite:"));
    store_create(f->uri, f->model, &facts, &error);
    g_assert_no_error(error);
    fixture_reopen(f);
    return f;
}

void fixture_free(Fixture *f)
{
    store_close(f->store);
    database_drop(f->uri);
    g_rmdir(f->folder);
    g_free(f->folder);
    g_free(f->path);
    g_free(f->uri);
    arena_free(f->arena);
}

void tamper(const Fixture *f, const char *sql)
{
    database_tamper(f->uri, sql);
}

int64_t ask(const Fixture *f, const char *sql)
{
    return database_ask(f->uri, sql);
}

/* ---- changes ----------------------------------------------------------------------------- */

Date day(const char *text)
{
    Date d = 0;

    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

Draft *draft_new(Arena *a, ChangeKind kind, const Entity *e, RecordKey key)
{
    Draft *d = arena_new_of(a, Draft);

    d->change = (Change){.kind = kind,
                         .entity = e,
                         .key = key,
                         .expected = -1,
                         .fields = d->fields,
                         .actor = STR("li"),
                         .via = STR("web")};
    return d;
}

static FieldChange *draft_next(Draft *d, const char *field)
{
    FieldChange *f = &d->fields[d->change.n_fields++];

    f->field = field_of(d->change.entity, field);
    f->value.known = true;
    f->since = DATE_MIN;
    f->until = DATE_MAX;
    return f;
}

void draft_number(Draft *d, const char *field, int64_t n)
{
    draft_next(d, field)->value.num = n;
}

void draft_text(Draft *d, const char *field, const char *text)
{
    draft_next(d, field)->value.text = str_of(text);
}

void draft_on(Draft *d, const char *field, int64_t n, const char *since)
{
    FieldChange *f = draft_next(d, field);

    f->value.num = n;
    f->since = day(since);
}

void draft_text_on(Draft *d, const char *field, const char *text, const char *since)
{
    FieldChange *f = draft_next(d, field);

    f->value.text = str_of(text);
    f->since = day(since);
}

void draft_span(Draft *d, const char *field, int64_t n, const char *since, const char *until)
{
    FieldChange *f = draft_next(d, field);

    f->value.num = n;
    f->since = day(since);
    f->until = day(until);
}

void draft_unknown(Draft *d, const char *field, const char *since)
{
    FieldChange *f = draft_next(d, field);

    f->value.known = false;
    if (since != NULL)
        f->since = day(since);
}

/* Not sealed in earnest: the store never looks inside. */
void draft_secret(Draft *d, const char *field, const char *plain)
{
    FieldChange *f = draft_next(d, field);

    f->sealed = str_of(plain);
    f->has_blind = f->field->unique;
    sm3(plain, strlen(plain), f->blind);
}

int64_t write_ok(Store *s, const Draft *d)
{
    g_autoptr(GError) error = NULL;
    ChangeAnswer answer;
    bool ok = store_write(s, &d->change, 1, &answer, &error);

    g_assert_no_error(error);
    g_assert_true(ok);
    g_assert_no_error(answer.error);
    g_assert_true(answer.done);
    return answer.seq;
}

void write_refused(Store *s, const Draft *d, int code, const char *words)
{
    g_autoptr(GError) error = NULL;
    ChangeAnswer answer;

    g_assert_true(store_write(s, &d->change, 1, &answer, &error));
    g_assert_no_error(error);
    g_assert_false(answer.done);
    g_assert_error(answer.error, FAIL_DOMAIN, code);
    if (words != NULL && strstr(answer.error->message, words) == NULL)
        g_error("\"%s\" does not say \"%s\"", answer.error->message, words);
    g_error_free(answer.error);
}

RecordKey elder_new(Fixture *f, const char *name, const char *number)
{
    RecordKey key = {COUNTY, store_new_id(f->store)};
    Draft *d = draft_new(f->arena, CHANGE_CREATE, f->elder, key);

    draft_text(d, "name", name);
    if (number != NULL)
        draft_secret(d, "id_number", number);
    draft_number(d, "born", day("1940-06-30"));
    draft_text_on(d, "residence", "360302001", "2000-01-01");
    write_ok(f->store, d);
    return key;
}

RecordKey facility_new(Fixture *f, const char *code, const char *name)
{
    RecordKey key = {COUNTY, store_new_id(f->store)};
    Draft *d = draft_new(f->arena, CHANGE_CREATE, f->facility, key);

    draft_text(d, "code", code);
    draft_text_on(d, "name", name, "2010-01-01");
    write_ok(f->store, d);
    return key;
}

/* ---- looking ----------------------------------------------------------------------------- */

Value value_now(Store *s, const Entity *e, RecordKey key, const char *field, Arena *a)
{
    g_autoptr(GError) error = NULL;
    Record *r = NULL;

    store_record(s, e, key, a, &r, &error);
    g_assert_no_error(error);
    return r->facts[field_of(e, field)->index].value;
}

bool value_known_at(Fixture *f, const Entity *e, RecordKey key, const char *field, const char *on,
                    int64_t known_at, int64_t *ret)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) data = NULL;
    const Batch *b = NULL;

    store_load(f->store, f->regions, known_at, &data, &error);
    g_assert_no_error(error);
    b = data->batches[e->number];
    for (size_t i = 0; b != NULL && i < b->rows; i++) {
        if (b->ids[i] == key.id)
            return column_at(b->columns[field_of(e, field)->index], i, day(on), ret);
    }
    return false;
}

void assert_verified(Store *s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    VerifyReport report;

    store_verify(s, a, &report, &error);
    g_assert_no_error(error);
    if (!report.ok)
        g_error("%.*s", STR_ARG(report.first_fault));
}

/* ---- many -------------------------------------------------------------------------------- */

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void name_make(char *to, size_t room, uint64_t *seed)
{
    static const char *const families[] = {"李", "王", "张", "刘", "陈", "杨", "黄", "赵"},
                             *const given[] = {"秀", "英", "建", "国", "华",
                                               "桂", "兰", "玉", "明", "芳"};

    g_snprintf(to, room, "%s%s%s", families[next(seed) % 8], given[next(seed) % 10],
               given[next(seed) % 10]);
}

void elders_make(Fixture *f, Arena *a, Change *to, size_t n, uint64_t seed)
{
    static const char *const places[] = {"360302001", "360302002", "360302"};
    static const char *const plain[] = {"height", "weight", "floor", "rooms", "area", "share"};
    static const char *const dated[] = {"pension_kind", "economy", "living", "ability", "risk"};

    for (size_t i = 0; i < n; i++) {
        Draft *d =
            draft_new(a, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});

        name_make(d->texts[0], sizeof d->texts[0], &seed);
        draft_text(d, "name", d->texts[0]);
        g_snprintf(d->texts[1], sizeof d->texts[1], "%018" G_GUINT64_FORMAT "sealed-with-tag",
                   next(&seed) % 1000000000000000000);
        draft_secret(d, "id_number", d->texts[1]);
        draft_number(d, "born", -14000 + (int64_t)(next(&seed) % 12000));
        draft_number(d, "woman", (int64_t)(next(&seed) & 1));
        draft_text_on(d, "household_register", places[next(&seed) % 3], "2000-01-01");
        draft_text_on(d, "residence", places[next(&seed) % 3], "2010-01-01");
        for (size_t j = 0; j < G_N_ELEMENTS(dated); j++)
            draft_on(d, dated[j], (int64_t)(next(&seed) % 3), "2015-01-01");
        draft_on(d, "income", (int64_t)(next(&seed) % 500000), "2018-01-01");
        draft_secret(d, "phone", "sealed-phone-number");
        draft_text(d, "address", "跃进北路 12 号 3 栋 2 单元 501 室");
        for (size_t j = 0; j < G_N_ELEMENTS(plain); j++)
            draft_number(d, plain[j], (int64_t)(next(&seed) % 200));
        draft_number(d, "insured", 1);
        to[i] = d->change;
    }
}
