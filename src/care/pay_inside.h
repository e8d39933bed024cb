/* pay_inside.h — what the files about payments share. */
#ifndef ANLAO_CARE_PAY_INSIDE_H
#define ANLAO_CARE_PAY_INSIDE_H

#include "care/inside.h"
#include "care/pay.h"
#include "care/write.h"
#include "store/ledger.h"
#include "store/pay_plan.h"

#define FUND_KIND     STR("fund")
#define SOURCE_KIND   STR("source")
#define BENEFIT_KIND  STR("benefit")
#define FUND_UNSTATED STR("unstated") /* of a benefit that names no fund */

/* Numbers of the counties that lie whole in the session's region, the node's own office among them
 * when the region is its place. */
int32_t *pay_counties(Care *c, const Session *s, Arena *a, size_t *ret_n);
bool pay_county_is_mine(Care *c, const Session *s, int32_t county, Arena *a);
bool pay_reason_check(Str reason, GError **error);
/* Key of the move that belongs to a run's step. */
void pay_key(int64_t run, PayState state, uint8_t part, uint8_t to[16]);
/* The account of a kind; one that is not there yet is added to `fresh` (LedgerAccount). */
bool pay_account(Care *c, int32_t county, Str kind, Str owner, Arena *a, GArray *fresh,
                 LedgerAccount *ret, GError **error);
/* Record paid instead of the subject, in a working set; 0: not known. */
int64_t pay_payee(const Model *m, const Dataset *d, unsigned rule, int64_t row, Month month);
/* County in which a record of the rule's subject lay on a month's first day; 0: not known. */
int32_t pay_lived(const RegionTree *t, const Model *m, const Dataset *d, unsigned rule, int64_t row,
                  Month month);
/* The account of who is paid, in clear; empty: not recorded (pay_files.c). */
bool pay_account_of(Care *c, const PayRun *run, const PayPayment *p, Arena *a, Str *ret,
                    GError **error);
/* Whether a record is a doubt that still holds somebody: it ends by being settled, which takes two,
 * and neither by a merge nor by going off the books. */
bool pay_doubt_open(const Care *c, const Entity *e, const Record *r);
/* Records of the node that may be somebody's second ones, whom nobody looked at yet (same.h). */
typedef struct PayAlike {
    int64_t *later;
    size_t n;
} PayAlike;
bool pay_alike(Care *c, Arena *a, PayAlike *ret, GError **error);
/* Who is held in a county on a day, by hand, by what records say, or as a second record, with the
 * records that cannot be without her (pay_held.c). */
bool pay_held(Care *c, const Working *w, int32_t county, Date on, const PayAlike *alike, Arena *a,
              PayHeld **ret, size_t *ret_n, GError **error);

#endif
