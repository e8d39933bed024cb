/* people.c — see people.h.  Read first: account_put(). */
#include "care/people.h"

#include "base/identifier.h"
#include "base/sort.h"
#include "care/account.h"
#include "care/session.h"
#include "care/write.h"
#include "compile/compile.h"

static bool may_manage(const Session *s, GError **error)
{
    return session_may(s, MAY_ACCOUNT_WRITE) ||
           fail(error, FAIL_RIGHT, "the role \"%s\" does not manage accounts", s->role->word) ||
           fail_zh(error, "本岗位不能管理账号");
}

static AccountFacts facts_of(const Care *c, const AccountRow *row)
{
    AccountFacts f = {.name = row->name,
                      .shown = row->shown,
                      .region = region_row(c->regions, row->region),
                      .region_code = row->region,
                      .disabled = row->disabled};
    f.role = care_role(c, row->role);
    if (row->facility.len > 0)
        (void)id_parse(row->facility, &f.facility);
    return f;
}

/* Accounts of regions that are gone are the whole place's business. */
static bool within(const Care *c, const Session *s, const AccountRow *row)
{
    int32_t region = region_row(c->regions, row->region);
    if (session_is_machine(s) || s->region == c->place)
        return true;
    return region != ROW_NONE && region_in(c->regions, region, s->region);
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const AccountFacts *)a)->name, ((const AccountFacts *)b)->name);
}

bool account_list(Care *c, const Session *s, Arena *a, AccountFacts **ret, size_t *ret_n,
                  GError **error)
{
    AccountRow *rows;
    size_t n, kept = 0;
    if (!may_manage(s, error) || !store_accounts(c->store, a, &rows, &n, error))
        return false;
    AccountFacts *list = arena_many(a, AccountFacts, n + 1);
    for (size_t i = 0; i < n; i++)
        if (rows[i].name.at[0] != '#' && within(c, s, &rows[i])) /* # is nobody: account.c */
            list[kept++] = facts_of(c, &rows[i]);
    sort_rows(list, kept, sizeof *list, by_name);
    *ret = list;
    *ret_n = kept;
    return true;
}

static bool find_row(Care *c, const Session *s, Str name, Arena *a, const AccountRow **ret,
                     GError **error)
{
    *ret = NULL;
    if (!may_manage(s, error))
        return false;
    if (name.len > 0 && name.at[0] != '#' && !account_find(c, name, a, ret, error))
        return false;
    if (*ret != NULL && within(c, s, *ret))
        return true;
    return fail(error, FAIL_ABSENT, "there is no account \"%.*s\" in your region", STR_ARG(name)) ||
           fail_zh(error, "本辖区没有账号“%.*s”", STR_ARG(name));
}

bool account_get(Care *c, const Session *s, Str name, Arena *a, AccountFacts *ret, GError **error)
{
    const AccountRow *row = NULL;
    if (!find_row(c, s, name, a, &row, error))
        return false;
    *ret = facts_of(c, row);
    return true;
}

/* ---- changing */

/* The record the post is inside of: a facility, or the consent of a person. */
static bool facility_of(Care *c, const Session *s, Str role, Str text, Arena *a, Str *ret,
                        GError **error)
{
    const RoleFacts *facts = care_role(c, role);
    bool consent = facts != NULL && strcmp(facts->level, "consent") == 0;
    const Entity *e = model_entity(c->model, consent ? STR("consent") : STR("facility"));
    RecordKey key;
    char id[ID_TEXT];
    *ret = STR("");
    if (text.len == 0)
        return true;
    if (e == NULL)
        return fail(error, FAIL_INPUT, "the documents know no facilities") ||
               fail_zh(error, "文件里没有机构登记");
    if (!record_find(c, s, e, text, &key, error))
        return fail_while(error, "looking for the %s \"%.*s\"", consent ? "consent" : "facility",
                          STR_ARG(text));
    *ret = str_of(arena_printf(a, "%s", id_format(key.id, id)));
    return true;
}

static bool password_in(const AccountEdit *edit, Arena *a, AccountRow *row, Str *ret_made,
                        GError **error)
{
    *ret_made = STR("");
    if (edit->password == PASSWORD_KEPT)
        return true;
    Str password = edit->password == PASSWORD_MADE ? account_password_make(a) : edit->given;
    if (!account_password_fine(password, error))
        return false;
    row->password = account_password_hash(a, password);
    if (edit->password == PASSWORD_MADE)
        *ret_made = password;
    return true;
}

/* What an account is taken away from itself it could not give back. */
static bool not_oneself(const Session *s, const AccountEdit *edit, GError **error)
{
    bool post = edit->role.at != NULL || edit->region.at != NULL || edit->facility.at != NULL ||
                edit->state != STATE_KEPT;
    if (!post || edit->is_new || !str_equal(s->account, edit->name))
        return true;
    return fail(error, FAIL_RIGHT,
                "nobody changes the post of the own account; another administrator does") ||
           fail_zh(error, "不能改自己账号的岗位，须由另一管理员办理");
}

static void take(Str *to, Str from)
{
    if (from.at != NULL)
        *to = from;
}

bool account_put(Care *c, const Session *s, const AccountEdit *edit, Arena *a, Str *ret_password,
                 GError **error)
{
    const AccountRow *before = NULL;
    AccountRow row = {.name = edit->name};
    if (!may_manage(s, error) || !not_oneself(s, edit, error))
        return false;
    if (edit->is_new) {
        if (!account_find(c, edit->name, a, &before, error))
            return false;
        if (before != NULL)
            return fail(error, FAIL_CONFLICT, "there is an account \"%.*s\" already",
                        STR_ARG(edit->name)) ||
                   fail_zh(error, "账号“%.*s”已经有了", STR_ARG(edit->name));
    } else if (!find_row(c, s, edit->name, a, &before, error))
        return false;
    else
        row = *before;
    take(&row.shown, edit->shown);
    take(&row.role, edit->role);
    take(&row.region, edit->region);
    if (edit->facility.at != NULL &&
        !facility_of(c, s, row.role, edit->facility, a, &row.facility, error))
        return false;
    if (edit->state != STATE_KEPT)
        row.disabled = edit->state == STATE_CLOSED;
    return password_in(edit, a, &row, ret_password, error) && account_save(c, s, &row, error);
}

bool account_own_password(Care *c, const Session *s, Str address, Str old, Str fresh,
                          GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const AccountRow *row;
    if (!account_password_fine(fresh, error))
        return false;
    if (str_equal(old, fresh))
        return fail(error, FAIL_INPUT, "the new password is the old one") ||
               fail_zh(error, "新密码与旧密码相同");
    if (!session_prove(c, s->account, old, address, a, &row, NULL, error))
        return false;
    AccountRow changed = *row;
    changed.password = account_password_hash(a, fresh);
    return care_write_account(c, s, &changed, error);
}
