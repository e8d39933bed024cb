/* house.c — see house.h. */
#include "house.h"

#include "../store/database.h"
#include "../store/replayed.h"
#include "care/same.h"

#include "base/file.h"
#include "base/identifier.h"

#include <glib/gstdio.h>
#include <unistd.h>

static const char model_text[] =
    "---\n"
    "document: house-model\ntitle: 测试\ntitle en: Test\nlayer: model\nin force: 2019-01-01\n"
    "---\n\n# 档案 / Records\n\n"
    "```anlao\n"
    "enum region_level ordered \"级别\" / \"level\" {\n"
    "  group \"小组\" / \"group\"\n  village \"村\" / \"village\"\n"
    "  township \"乡镇\" / \"township\"\n  county \"县区\" / \"county\"\n"
    "  city \"市\" / \"city\"\n  province \"省\" / \"province\"\n}\n"
    "enum living \"居住状况\" / \"living\" {\n"
    "  alone \"独居\" / \"alone\"\n  empty_nest \"空巢\" / \"empty nest\"\n}\n"
    "enum ability ordered \"能力\" / \"ability\" {\n"
    "  intact \"完好\" / \"intact\"\n  mild \"轻度\" / \"mild\"\n  severe \"重度\" / "
    "\"severe\"\n}\n"
    "entity region \"行政区划\" / \"region\" {\n"
    "  key code\n  title name\n"
    "  code text(12) \"代码\" / \"code\" required unique\n"
    "  name text(60) \"名称\" / \"name\" required\n"
    "}\n"
    "entity elder \"老年人\" / \"elder\" {\n"
    "  place residence\n  holds born through died\n  key file_no\n  title name\n"
    "  list name, born, residence, living, ability\n"
    "  file_no text(24) \"档案编号\" / \"file number\" unique\n"
    "  name text(8) \"姓名\" / \"name\" required\n"
    "  id_number citizen_id \"公民身份号码\" / \"citizen number\" unique secret\n"
    "  phone phone \"联系电话\" / \"telephone\" secret found\n"
    "  born date \"出生日期\" / \"born\" required\n"
    "  died date \"死亡日期\" / \"died\" open\n"
    "  residence region \"常住地\" / \"residence\" required dated\n"
    "  living set of living \"居住状况\" / \"living\" dated\n"
    "  income money \"月收入\" / \"income\" dated range 0 yuan..100000 yuan\n"
    "  beds int \"床位\" / \"beds\" range 0..10\n"
    "  ability ability \"能力等级\" / \"ability level\" = latest assessment.level\n"
    "}\n"
    "entity facility \"设施\" / \"facility\" {\n"
    "  place region\n  key facility_no\n  title name\n"
    "  list name, region, residents\n"
    "  facility_no text(24) \"设施编号\" / \"facility number\" unique\n"
    "  name text(80) \"名称\" / \"name\" required\n"
    "  region region \"所在地\" / \"region\" required\n"
    "  residents int \"在住\" / \"residents\" = count(stay)\n"
    "}\n"
    "entity stay \"入住\" / \"stay\" {\n"
    "  place facility.region\n  holds moved_in to moved_out\n  title elder, facility\n"
    "  elder elder \"老年人\" / \"elder\" required\n"
    "  facility facility \"设施\" / \"facility\" required\n"
    "  moved_in date \"入住日\" / \"moved in\" required\n"
    "  moved_out date \"离院日\" / \"moved out\" open\n"
    "}\n"
    "entity assessment \"能力评估\" / \"assessment\" {\n"
    "  place elder.residence\n  dated by assessed_at\n  key assessment_no\n  title elder, "
    "assessed_at\n"
    "  elder elder \"老年人\" / \"elder\" required\n"
    "  assessment_no text(40) \"评估编号\" / \"assessment number\" unique\n"
    "  assessed_at date \"评估日期\" / \"assessed on\" required\n"
    "  level ability \"等级\" / \"level\" required\n"
    "}\n"
    "```\n";

const char house_place_text[] =
    "---\n"
    "document: house-place\ntitle: 某市\ntitle en: A city\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-model\n"
    "---\n\n# 地方 / Places\n\n"
    "```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | managing | county | since |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| 990300 | 某市 | Some City | city |  |  | 990300 |  |\n"
    "| 990302 | 甲区 | District A | county | 990300 |  | 990302 |  |\n"
    "| 990302101 | 东镇 | East | township | 990302 |  |  |  |\n"
    "| 990302102 | 西镇 | West | township | 990302 |  |  |  |\n"
    "| 990313 | 乙区 | District B | county | 990300 |  | 990313 |  |\n"
    "| 990313101 | 南镇 | South | township | 990313 |  |  |  |\n"
    "| 990313102 | 西镇 | West | township | 990313 |  |  |  |\n";

void house_write(const House *h, const char *name, const char *text, char **ret_path)
{
    char *path = g_build_filename(h->folder, name, NULL);
    g_autoptr(GError) error = NULL;
    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    if (ret_path != NULL)
        *ret_path = path;
    else
        g_free(path);
}

static void house_create(House *h, bool demo)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read_packs(h->packs, "990300", ds, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(ds->list->pdata[i], text);
    if (m == NULL)
        g_error("the test's documents: %s", text->str);
    StoreFacts facts = {.place = STR("990300"), .demo = demo, .home_county = 990300};
    date_make(2020, 6, 18, &facts.demo_day);
    if (!demo)
        facts.demo_day = DATE_MAX;
    keys_create(h->keys, &error);
    g_assert_no_error(error);
    store_create(h->uri, m, &facts, &error);
    g_assert_no_error(error);
}

static House *house_made(bool demo, const char *model, const char *place, const char *rules)
{
    House *h = g_new0(House, 1);
    g_autoptr(GError) error = NULL;
    h->folder = g_dir_make_tmp("anlao-care-XXXXXX", &error);
    g_assert_no_error(error);
    h->packs = g_build_filename(h->folder, "packs", NULL);
    g_assert_cmpint(g_mkdir(h->packs, 0700), ==, 0);
    house_write(h, "packs/model.md", model, NULL);
    house_write(h, "packs/place.md", place, NULL);
    if (rules != NULL)
        house_write(h, "packs/more.md", rules, NULL);
    h->uri = database_new(h->folder, "house.db", database_on_postgres());
    h->file = database_on_postgres() ? NULL : g_strdup(h->uri + strlen("sqlite:"));
    h->keys = g_build_filename(h->folder, "house.key", NULL);
    house_create(h, demo);
    house_open(h);
    return h;
}

static void link_layer(const char *from, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) d = g_dir_open(from, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_mkdir_with_parents(to, 0700), ==, 0);
    for (const char *name; (name = g_dir_read_name(d)) != NULL;) {
        g_autofree char *link = g_build_filename(to, name, NULL);
        g_autofree char *file = g_build_filename(from, name, NULL);
        g_assert_cmpint(symlink(file, link), ==, 0);
    }
}

/* The documents of packs/ by links to each file, and one more. */
static char *packs_with(const char *folder, const char *text)
{
    static const char *const layers[] = {"model", "standards", "national", "places"};
    char *packs = g_build_filename(folder, "packs", NULL);
    g_autofree char *own = g_build_filename(packs, "places", "added.md", NULL);
    g_autofree char *all = g_canonicalize_filename(g_getenv("PACKS"), NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++) {
        g_autofree char *from = g_build_filename(all, layers[i], NULL);
        g_autofree char *to = g_build_filename(packs, layers[i], NULL);
        link_layer(from, to);
    }
    g_assert_true(g_file_set_contents(own, text, -1, NULL));
    return packs;
}

House *house_of_packs(const char *code, Date day, const char *text)
{
    House *h = g_new0(House, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Diags) ds = diags_new();
    h->folder = g_dir_make_tmp("anlao-place-XXXXXX", &error);
    h->packs = text != NULL ? packs_with(h->folder, text) : g_strdup(g_getenv("PACKS"));
    h->file = g_build_filename(h->folder, "place.db", NULL);
    h->uri = g_strconcat("sqlite:", h->file, NULL);
    h->keys = g_build_filename(h->folder, "place.key", NULL);
    g_autoptr(Model) m = model_read_packs(h->packs, code, ds, &error);
    g_assert_no_error(error);
    if (m == NULL) {
        g_autoptr(GString) said = g_string_new(NULL);
        for (guint i = 0; i < ds->list->len; i++)
            diag_print(ds->list->pdata[i], said);
        g_error("%s", said->str);
    }
    const RegionRow *r = model_region(m, str_of(code));
    StoreFacts facts = {.place = str_of(code), .demo = true, .demo_day = day};
    facts.home_county = (int32_t)g_ascii_strtoll(r->code.at, NULL, 10);
    g_assert_true(keys_create(h->keys, &error) && store_create(h->uri, m, &facts, &error));
    g_assert_no_error(error);
    house_open(h);
    return h;
}

House *house_new(bool demo)
{
    return house_new_with(demo, NULL);
}

House *house_new_with(bool demo, const char *document)
{
    return house_made(demo, model_text, house_place_text, document);
}

House *house_new_of(const char *model, const char *place, const char *rules)
{
    return house_made(false, model, place, rules);
}

void house_put_in_force(House *h)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GString) text = g_string_new(NULL);
    PolicyDifference d;
    Model *m = model_read_packs(h->packs, "990300", ds, &error);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(ds->list->pdata[i], text);
    if (m == NULL)
        g_error("the test's documents: %s", text->str);
    policy_replace(h->care, h->local, m, STR("test"), h->arena, &d, &error);
    g_assert_no_error(error);
    model_unref(m);
    house_close(h);
    house_open(h);
}

void house_open(House *h)
{
    g_autoptr(GError) error = NULL;
    const CareOptions o = {h->uri, h->packs, h->keys, false};
    h->arena = arena_new();
    care_open(&o, &h->care, &error);
    g_assert_no_error(error);
    session_local(h->care, STR(""), h->arena, &h->local, &error);
    g_assert_no_error(error);
}

void house_close(House *h)
{
    care_close(h->care);
    arena_free(h->arena);
    h->care = NULL;
    h->arena = NULL;
}

static void folder_remove(const char *path)
{
    GDir *d = g_dir_open(path, 0, NULL);
    const char *name;
    while (d != NULL && (name = g_dir_read_name(d)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        if (g_file_test(below, G_FILE_TEST_IS_DIR))
            folder_remove(below);
        g_remove(below);
    }
    if (d != NULL)
        g_dir_close(d);
    g_rmdir(path);
}

/* $REPLAY: whatever a test did, its journal alone makes the same tables, and so does a copy that is
 * put back; unless it changed them behind the program's back.  From PostgreSQL to both kinds. */
static void replay_if_asked(House *h)
{
    VerifyReport v;

    if (h->care == NULL || g_getenv("REPLAY") == NULL || care_is_outdated(h->care) ||
        !store_verify(h->care->store, h->arena, &v, NULL) || !v.ok)
        return;
    for (int kind = 0; kind < (h->file == NULL ? 2 : 1); kind++) {
        replayed_equal(h->care->store, h->care->model, h->uri, h->folder, kind == 1, 137);
        copied_equal(h->care->model, h->uri, h->folder, kind == 1);
    }
}

void house_free(House *h)
{
    if (h == NULL)
        return;
    replay_if_asked(h);
    if (h->care != NULL)
        house_close(h);
    if (h->file == NULL)
        database_drop(h->uri);
    folder_remove(h->folder);
    g_free(h->folder);
    g_free(h->packs);
    g_free(h->file);
    g_free(h->uri);
    g_free(h->keys);
    g_free(h);
}

const Entity *house_entity(const House *h, const char *name)
{
    const Entity *e = model_entity(h->care->model, str_of(name));
    g_assert_nonnull(e);
    return e;
}

const Field *house_field(const House *h, const char *entity, const char *field)
{
    const Field *f = entity_field(house_entity(h, entity), str_of(field));
    g_assert_nonnull(f);
    return f;
}

const Session *house_session(House *h, const char *name, const char *role, const char *region,
                             int64_t facility)
{
    g_autoptr(GError) error = NULL;
    static char *password; /* of all accounts: hashing is meant to be dear */
    if (password == NULL)
        password = password_hash(STR(HOUSE_PASSWORD));
    const AccountRow *there;
    char token[TOKEN_TEXT], id[ID_TEXT] = "";
    if (facility != 0)
        id_format(facility, id);
    account_find(h->care, str_of(name), h->arena, &there, &error);
    g_assert_no_error(error);
    AccountRow row = {.id = there != NULL ? there->id : 0,
                      .name = str_of(name),
                      .role = str_of(role),
                      .region = str_of(region),
                      .facility = str_of(id),
                      .shown = str_of(name),
                      .password = str_of(password)};
    account_save(h->care, h->local, &row, &error);
    g_assert_no_error(error);
    /* everybody at a desk of their own: the door counts by address */
    g_autofree char *desk = g_strdup_printf("192.0.2.%u", ++h->desks % 250);
    session_sign_in(h->care, str_of(name), STR(HOUSE_PASSWORD), str_of(desk), token, NULL, &error);
    g_assert_no_error(error);
    const Session *s = session_find(h->care, str_of(token), h->arena);
    g_assert_nonnull(s);
    return s;
}

/* ---- records */

static size_t edits_of(House *h, const char *entity, va_list args, FieldEdit edits[16])
{
    size_t n = 0;
    const char *name;
    while ((name = va_arg(args, const char *)) != NULL) {
        const char *text = va_arg(args, const char *);
        g_assert_cmpuint(n, <, 16);
        edits[n] = (FieldEdit){.field = house_field(h, entity, name), .text = str_of(text)};
        if (edits[n].field->dated)
            date_make(2019, 1, 1, &edits[n].since);
        n++;
    }
    return n;
}

static bool save(House *h, const Session *s, const char *entity, RecordKey *key, va_list args,
                 FieldFault **faults, size_t *n_faults, GError **error)
{
    FieldEdit edits[16];
    RecordEdit edit = {
        .entity = house_entity(h, entity), .key = *key, .fields = edits, .reason = STR("测试")};
    edit.n_fields = edits_of(h, entity, args, edits);
    return record_save(h->care, s, &edit, h->arena, key, faults, n_faults, error);
}

RecordKey house_save(House *h, const Session *s, const char *entity, RecordKey key, ...)
{
    g_autoptr(GError) error = NULL;
    FieldFault *faults;
    size_t n;
    va_list args;
    va_start(args, key);
    save(h, s, entity, &key, args, &faults, &n, &error);
    va_end(args);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 0);
    return key;
}

int house_refused(House *h, const Session *s, const char *entity, RecordKey key,
                  const char **ret_field, ...)
{
    g_autoptr(GError) error = NULL;
    FieldFault *faults = NULL;
    size_t n = 0;
    va_list args;
    va_start(args, ret_field);
    bool done = save(h, s, entity, &key, args, &faults, &n, &error);
    va_end(args);
    g_assert_false(done);
    g_assert_nonnull(error);
    g_assert_true(error->domain == FAIL_DOMAIN);
    for (size_t i = 0; i < n; i++) {
        g_assert_cmpuint(faults[i].zh.len, >, 0);
        g_assert_cmpuint(faults[i].en.len, >, 0);
    }
    if (ret_field != NULL)
        *ret_field =
            n > 0 ? arena_dup(h->arena, faults[0].field->name.at, faults[0].field->name.len) : NULL;
    return error->code;
}

const char *house_number(House *h, unsigned n)
{
    char *number = arena_printf(h->arena, "99039919400501%03u0", n);
    number[17] = citizen_id_digit(number);
    return number;
}

RecordKey house_elder(House *h, const char *name, const char *town, const char *number)
{
    return house_save(h, h->local, "elder", (RecordKey){0}, "name", name, "residence", town,
                      "id_number", number, "born", "1940-05-01", NULL);
}

void house_merge(House *h, GArray *elders, guint gone, RecordKey stays)
{
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    const RecordKey key = g_array_index(elders, RecordKey, gone);
    MergeReport report;
    MergeLine *lines;
    size_t n;
    if (merges_into(h->care, h->local, e, stays, h->arena, &lines, &n, NULL) && n > 0) {
        if (record_unmerge(h->care, h->local, e, lines[0].gone.id, STR("弄错了人"), h->arena,
                           &report, &error))
            g_array_append_val(elders, lines[0].gone);
        else
            g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
    } else if (record_merge(h->care, h->local, e, key, stays, STR("同一个人"), h->arena, &report,
                            &error)) {
        g_array_remove_index_fast(elders, gone);
    } else {
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT); /* one and the same */
    }
}

char *house_list(House *h, const Session *s, const char *entity, const ListQuery *query,
                 uint64_t *ret_all)
{
    g_autoptr(GError) error = NULL;
    GString *names = g_string_new(NULL);
    ListQuery q = query != NULL ? *query : (ListQuery){.region = ROW_NONE};
    ListResult found;
    q.entity = house_entity(h, entity);
    record_list(h->care, s, &q, h->arena, &found, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < found.n; i++) {
        Str title;
        record_title(h->care, s, q.entity, found.rows[i].key, h->arena, &title, &error);
        g_assert_no_error(error);
        g_string_append_printf(names, "%s%.*s", i > 0 ? " " : "", STR_ARG(title));
    }
    if (ret_all != NULL)
        *ret_all = found.all;
    return g_string_free(names, FALSE);
}
