/* stand_in_accounts.c — care/people.h and the accounts of a demonstration for the site's tests: two
 * accounts, all texts poisoned. */
#include "care/people.h"
#include "stand_in.h"

bool account_list(Care *c, const Session *s, Arena *a, AccountFacts **ret, size_t *ret_n,
                  GError **error)
{
    (void)c, (void)error;
    AccountFacts *list = arena_many(a, AccountFacts, 2);
    list[0] = (AccountFacts){.name = STR(POISON),
                             .shown = STR(POISON),
                             .role = s->role,
                             .region = ROW_NONE,
                             .region_code = STR(POISON),
                             .disabled = true};
    list[1] = (AccountFacts){.name = STR("town"), .shown = STR("b"), .role = s->role, .region = 0};
    *ret = list;
    *ret_n = 2;
    return true;
}

bool account_get(Care *c, const Session *s, Str name, Arena *a, AccountFacts *ret, GError **error)
{
    AccountFacts *list;
    size_t n;
    account_list(c, s, a, &list, &n, error);
    *ret = list[1];
    ret->name = name;
    return !str_is(name, "nobody") || fail(error, FAIL_ABSENT, "nobody");
}

bool account_put(Care *c, const Session *s, const AccountEdit *edit, Arena *a, Str *ret_password,
                 GError **error)
{
    (void)c, (void)s, (void)a;
    if (str_is(edit->name, "taken"))
        return fail(error, FAIL_CONFLICT, POISON);
    *ret_password = edit->password == PASSWORD_MADE ? STR("made-password") : STR("");
    return true;
}

bool account_own_password(Care *c, const Session *s, Str address, Str old, Str fresh,
                          GError **error)
{
    (void)c, (void)s, (void)address, (void)fresh;
    return str_is(old, "right") || fail(error, FAIL_RIGHT, "wrong");
}

size_t care_demo_accounts(const Care *c, Arena *a, const DemoAccount **ret)
{
    (void)c;
    DemoAccount *list = arena_many(a, DemoAccount, 1);
    list[0] = (DemoAccount){STR(POISON), STR(POISON), &role_facts[0]};
    *ret = list;
    return 1;
}

Str session_person(Care *c, Str account, Arena *a)
{
    (void)c;
    (void)a;
    return str_is(account, "clerk") ? STR(POISON) : STR("");
}
