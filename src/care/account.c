/* account.c — accounts: found, checked, written; the first one, and those of a demonstration.
 * In: names, roles, regions.  Out: rows of the store, journalled like every fact.
 * Read first: account_save(), care_make_demo_accounts(). */
#include "care/account.h"

#include "base/identifier.h"
#include "care/inside.h"
#include "care/keys.h"
#include "care/session.h"
#include "care/texts.h"
#include "care/write.h"
#include "compile/compile.h"

#define KEYS_ACCOUNT  "#keys" /* no person: no sign-in name may begin with # */
#define KEYS_PREFIX   "sm3:"
#define DEMO_PASSWORD "anlao-demo-2020"
#define MADE_PASSWORD 20 /* characters of a password we make: 100 bits */

bool account_find(Care *c, Str name, Arena *a, const AccountRow **ret, GError **error)
{
    AccountRow *rows;
    size_t n;
    if (!store_accounts(c->store, a, &rows, &n, error))
        return fail_while(error, "looking for an account");
    *ret = NULL;
    for (size_t i = 0; i < n && *ret == NULL; i++)
        if (str_equal(rows[i].name, name))
            *ret = &rows[i];
    return true;
}

/* A post inside a facility sees that facility, one of a consent that person; without one it sees
 * nothing, never all. */
static bool of_record(const RoleFacts *role)
{
    return strcmp(role->level, "facility") == 0 || strcmp(role->level, "consent") == 0;
}

bool account_session(Care *c, const AccountRow *row, Session *ret)
{
    Session s = {.account = row->name, .shown = row->shown};
    s.region = region_row(c->regions, row->region);
    s.role = care_role_held(c, row->role, s.region);
    if (s.role == NULL || s.region == ROW_NONE)
        return false;
    if (row->facility.len > 0 && !id_parse(row->facility, &s.facility))
        return false;
    if (of_record(s.role) && s.facility == 0)
        return false;
    *ret = s;
    return true;
}

static bool name_fine(Str name)
{
    if (name.len == 0 || name.at[0] == '-' || name.len > ACCOUNT_NAME_MOST ||
        !str_utf8_printable(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.at[i];
        if (ch == ' ' || strchr("#:/\\\"'<>", ch) != NULL)
            return false;
    }
    return true;
}

static bool account_check(Care *c, const AccountRow *row, GError **error)
{
    Session unused;
    if (!name_fine(row->name))
        return fail(error, FAIL_INPUT,
                    "\"%.*s\" is no sign-in name: at most %u bytes, no - at the beginning, no "
                    "blanks, nothing that cannot be seen and none of # : / \\ \" ' < >",
                    STR_ARG(row->name), ACCOUNT_NAME_MOST) ||
               fail_zh(error,
                       "“%.*s”不能作账号：最多 %u 个字节，不能以 - "
                       "开头，不能有空格、看不见的字符和 # : / \\ \" "
                       "' < >",
                       STR_ARG(row->name), ACCOUNT_NAME_MOST);
    if (!str_utf8_printable(row->shown) || str_utf8_length(row->shown) > ACCOUNT_SHOWN_MOST)
        return fail(error, FAIL_INPUT,
                    "the person's name has at most %u characters, on one line, all of which can "
                    "be seen",
                    ACCOUNT_SHOWN_MOST) ||
               fail_zh(error, "姓名最多 %u 个字，写在一行内，不能有看不见的字符",
                       ACCOUNT_SHOWN_MOST);
    const RoleFacts *role = care_role(c, row->role);
    int32_t region = region_row(c->regions, row->region);
    if (role == NULL)
        return fail(error, FAIL_INPUT, "there is no role \"%.*s\"", STR_ARG(row->role)) ||
               fail_zh(error, "没有岗位“%.*s”", STR_ARG(row->role));
    if (region == ROW_NONE)
        return fail(error, FAIL_INPUT, "there is no region \"%.*s\"", STR_ARG(row->region)) ||
               fail_zh(error, "没有地区“%.*s”", STR_ARG(row->region));
    if (care_role_held(c, row->role, region) == NULL)
        return text_refused(c, "the post", row->role, &role->post->wording, &role->post->home,
                            error);
    if (role->post != NULL && !of_record(role) && !str_is(c->regions->level[region], role->level))
        return fail(
                   error, FAIL_INPUT,
                   "\"%.*s\" is a post of a %s by the documents, and %.*s is a %.*s; name a region "
                   "of that level",
                   STR_ARG(row->role), role->level, STR_ARG(row->region),
                   STR_ARG(c->regions->level[region])) ||
               fail_zh(error, "按文件规定，这个岗位不设在所选的一级，请另选地区");
    if (!account_session(c, row, &unused))
        return fail(error, FAIL_INPUT,
                    "the role \"%.*s\" needs the facility, or the consent, it is for",
                    STR_ARG(row->role)) ||
               fail_zh(error, "这个岗位须填写所在机构或所凭的同意书");
    return true;
}

bool account_save(Care *c, const Session *by, const AccountRow *row, GError **error)
{
    AccountRow copy = *row;
    if (!session_may(by, MAY_ACCOUNT_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not manage accounts",
                    by->role->word) ||
               fail_zh(error, "本岗位不能管理账号");
    if (!account_check(c, row, error))
        return fail_while(error, "account \"%.*s\"", STR_ARG(row->name));
    int32_t region = region_row(c->regions, row->region);
    if (!session_is_machine(by) && !region_in(c->regions, region, by->region))
        return fail(error, FAIL_RIGHT, "the region of \"%.*s\" is not yours", STR_ARG(row->name)) ||
               fail_zh(error, "“%.*s”的地区不在您的辖区", STR_ARG(row->name));
    if (copy.id == 0 && !care_new_id(c, &copy.id, error))
        return false;
    return care_write_account(c, by, &copy, error);
}

bool account_password_fine(Str password, GError **error)
{
    if (str_utf8_valid(password, NULL) && password.len <= PASSWORD_MOST &&
        str_utf8_length(password) >= PASSWORD_LEAST)
        return true;
    return fail(error, FAIL_INPUT, "a password has at least %u characters and at most %u bytes",
                PASSWORD_LEAST, PASSWORD_MOST) ||
           fail_zh(error, "密码至少 %u 个字符，最多 %u 个字节", PASSWORD_LEAST, PASSWORD_MOST);
}

/* Letters and digits that are not mistaken for each other when written down. */
Str account_password_make(Arena *a)
{
    static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t bytes[MADE_PASSWORD];
    char text[MADE_PASSWORD];
    G_STATIC_ASSERT(sizeof digits - 1 == 32);
    random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < MADE_PASSWORD; i++)
        text[i] = digits[bytes[i] & 31];
    return arena_str(a, (Str){text, MADE_PASSWORD});
}

Str account_password_hash(Arena *a, Str password)
{
    g_autofree char *encoded = password_hash(password);
    return arena_str(a, str_of(encoded));
}

static bool any_account(Care *c, Arena *a, bool *ret, GError **error)
{
    AccountRow *rows;
    size_t n;
    if (!store_accounts(c->store, a, &rows, &n, error))
        return false;
    *ret = false;
    for (size_t i = 0; i < n; i++)
        *ret = *ret || !str_is(rows[i].name, KEYS_ACCOUNT);
    return true;
}

bool account_first_admin(Care *c, Str name, Str password, Arena *a, Str *ret_password,
                         GError **error)
{
    const Session *local;
    bool any;
    if (!any_account(c, a, &any, error) || !session_local(c, STR(""), a, &local, error))
        return false;
    if (any)
        return fail(error, FAIL_INPUT,
                    "the database has accounts already; an administrator adds "
                    "others");
    if (password.len > 0 && !account_password_fine(password, error))
        return false;
    bool make = password.len == 0;
    if (make)
        password = account_password_make(a);
    AccountRow row = {.name = name,
                      .role = STR("admin"),
                      .region = c->regions->code[c->place],
                      .shown = STR("系统管理员"),
                      .password = account_password_hash(a, password)};
    if (!account_save(c, local, &row, error))
        return false;
    *ret_password = make ? password : STR("");
    return true;
}

/* ---- demonstration */

/* The first place of a level at or below `from`, in the order of the documents. */
static int32_t first_of_level(const RegionTree *t, int32_t from, const char *level)
{
    for (int32_t k = t->order[from]; k <= t->last[from]; k++)
        if (str_is(t->level[t->by_order[k]], level))
            return t->by_order[k];
    return ROW_NONE;
}

/* How many records refer to each facility: a demonstration of an empty home shows little. */
static uint32_t *facility_weights(Care *c, const Working *w, const Entity *e, size_t rows)
{
    uint32_t *weights = g_new0(uint32_t, rows + 1);
    for (size_t k = 0; k < c->model->n_entities; k++) {
        const Entity *other = c->model->entities[k];
        const Batch *b = working_batch(w, other);
        for (size_t i = 0; b != NULL && i < other->n_fields; i++) {
            const Field *f = other->fields[i];
            const Column *col =
                f->type.kind == KIND_REF && f->type.to == e ? b->columns[f->index] : NULL;
            for (size_t r = 0; col != NULL && r < b->rows; r++)
                if (column_known(col, r) && (uint64_t)column_get(col, r) < rows)
                    weights[column_get(col, r)]++;
        }
    }
    return weights;
}

/* The busiest facility of the county; of equals the one with the smallest id. */
static bool busiest_facility(Care *c, int32_t county, int64_t *ret, GError **error)
{
    const Entity *e = model_entity(c->model, STR("facility"));
    g_autoptr(Working) w = NULL;
    const int32_t *places;
    *ret = 0;
    if (e == NULL)
        return true;
    if (!working_get(c, &w, error) || !working_places(c, w, e, care_today(c), &places, error))
        return false;
    const Batch *b = working_batch(w, e);
    size_t rows = b != NULL ? b->rows : 0;
    g_autofree uint32_t *weights = facility_weights(c, w, e, rows);
    uint32_t most = 0;
    for (size_t i = 0; i < rows; i++) {
        bool inside = places[i] != ROW_NONE && region_in(c->regions, places[i], county);
        if (!inside || (*ret != 0 && weights[i] < most) ||
            (*ret != 0 && weights[i] == most && b->ids[i] > *ret))
            continue;
        *ret = b->ids[i];
        most = weights[i];
    }
    return true;
}

/* Nobody's name, as forms write it: 甲某, 乙某 …; the post itself stands beside it. */
static Str demo_person(const Care *c, const RoleFacts *role, Arena *a)
{
    static const char *const who[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛",
                                      "壬", "癸", "子", "丑", "寅", "卯", "辰", "巳",
                                      "午", "未", "申", "酉", "戌", "亥"};
    const RoleFacts *roles;
    size_t n = care_roles(c, &roles), at = 0;
    while (at < n && strcmp(roles[at].word, role->word) != 0)
        at++;
    return at < G_N_ELEMENTS(who) ? str_of(arena_printf(a, "%s某（演示）", who[at]))
                                  : str_of(arena_printf(a, "%s（演示）", role->zh));
}

static bool demo_account(Care *c, const Session *by, const RoleFacts *role, Arena *a,
                         GError **error)
{
    const RegionTree *t = c->regions;
    int32_t county = first_of_level(t, c->place, "county"), at = c->place;
    char id[ID_TEXT] = "";
    if (county == ROW_NONE)
        county = c->place;
    if (strcmp(role->level, "consent") == 0)
        return true; /* nobody has agreed */
    if (role->post != NULL && !of_record(role)) {
        at = first_of_level(t, c->place, role->level);
        if (at == ROW_NONE)
            return true; /* no region of that level below this place */
    } else if (strcmp(role->level, "city") != 0)
        at = county;
    if (role->post == NULL && strcmp(role->level, "township") == 0) {
        int32_t town = first_of_level(t, county, "township");
        at = town != ROW_NONE ? town : county;
    }
    if (of_record(role)) {
        int64_t facility;
        if (!busiest_facility(c, county, &facility, error))
            return false;
        if (facility == 0)
            return true; /* no facility yet, no post in one */
        id_format(facility, id);
    }
    AccountRow row = {.name = str_of(role->word),
                      .role = str_of(role->word),
                      .region = t->code[at],
                      .facility = str_of(id),
                      .shown = demo_person(c, role, a),
                      .password = account_password_hash(a, STR(DEMO_PASSWORD))};
    return account_save(c, by, &row, error);
}

bool care_make_demo_accounts(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const Session *local;
    if (!care_is_demo(c))
        return fail(error, FAIL_INPUT,
                    "accounts with a published password are made in "
                    "demonstration databases only");
    if (!session_local(c, STR(""), a, &local, error))
        return false;
    const RoleFacts *roles;
    size_t n = care_roles(c, &roles);
    for (size_t i = 0; i < n; i++) {
        const AccountRow *there;
        if (!account_find(c, str_of(roles[i].word), a, &there, error))
            return false;
        if (there == NULL && !role_ended(c, &roles[i]) &&
            !demo_account(c, local, &roles[i], a, error))
            return fail_while(error, "making the account \"%s\"", roles[i].word);
    }
    return true;
}

size_t care_demo_accounts(const Care *c, Arena *a, const DemoAccount **ret)
{
    AccountRow *rows;
    size_t n, found = 0;
    *ret = NULL;
    if (!care_is_demo(c) || !store_accounts(c->store, a, &rows, &n, NULL))
        return 0;
    const RoleFacts *roles;
    size_t n_roles = care_roles(c, &roles);
    DemoAccount *list = arena_many(a, DemoAccount, n_roles);
    for (size_t r = 0; r < n_roles; r++)
        for (size_t i = 0; i < n; i++)
            if (str_is(rows[i].name, roles[r].word) && !rows[i].disabled &&
                !role_ended(c, &roles[r]))
                list[found++] = (DemoAccount){rows[i].name, STR(DEMO_PASSWORD), &roles[r]};
    *ret = list;
    return found;
}

/* ---- the keys that belong to the database */

bool account_keys_row(Care *c, const Keys *k, Arena *a, AccountRow *ret, GError **error)
{
    char check[KEYS_CHECK_TEXT];
    const AccountRow *row;
    if (!account_find(c, STR(KEYS_ACCOUNT), a, &row, error))
        return false;
    if (row == NULL)
        return fail(error, FAIL_SYSTEM, "the database does not say which keys are its own");
    keys_check(k, check);
    *ret = *row;
    ret->password = str_of(arena_printf(a, KEYS_PREFIX "%s", check));
    return true;
}

static bool keys_record(Care *c, Str check, Arena *a, GError **error)
{
    const Session *local;
    AccountRow row = {.name = STR(KEYS_ACCOUNT),
                      .role = STR("keys"),
                      .region = c->regions->code[c->place],
                      .password = check,
                      .disabled = true};
    return care_new_id(c, &row.id, error) && session_local(c, STR(""), a, &local, error) &&
           care_write_account(c, local, &row, error);
}

bool account_check_keys(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    char check[KEYS_CHECK_TEXT];
    const AccountRow *row;
    bool any;
    keys_check(c->keys, check);
    Str ours = str_of(arena_printf(a, KEYS_PREFIX "%s", check));
    if (!account_find(c, STR(KEYS_ACCOUNT), a, &row, error) || !any_account(c, a, &any, error))
        return false;
    if (row == NULL && !any)
        return keys_record(c, ours, a, error);
    if (row != NULL && str_equal(row->password, ours))
        return true;
    return fail(error, FAIL_INPUT,
                "the key file does not belong to this database: its secrets were sealed with other "
                "keys; put the right file in its place");
}
