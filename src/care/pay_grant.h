/* pay_grant.h — who is new in a benefit, or gets another amount of it, stands in public first.
 * A grant is an ordinary record: an entity `benefit_grant` of the documents, dated by the day on
 * which it is put up, with a reference to whom the benefit is for, an enum `benefit` whose codes
 * are named as the benefits that are noticed (those of others are not), an enum `kind` with the
 * codes `new_grant` and `changed_grant`, a date `first_month` and a money `amount`.  How long it
 * stands there is said by the `publish` declarations of that entity; notice.h says when it is over.
 * In: a working set.  Out: who waits, and why.  Start: grants_new(), grant_standing(). */
#ifndef ANLAO_CARE_PAY_GRANT_H
#define ANLAO_CARE_PAY_GRANT_H

#include "care/care.h"
#include "care/notice.h"

typedef struct Grants Grants;
/* Always made: without such an entity nothing is noticed. */
Grants *grants_new(Care *c, Working *w, Date on, Arena *a, GError **error);
void grants_free(Grants *g);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grants, grants_free)

/* Whether who is new in this benefit, or gets another amount, stands in public first. */
bool grants_noticed(const Grants *g, const Rule *rule);

typedef struct GrantStanding {
    RecordKey grant;       /* id 0: nobody put it up yet */
    const Publish *notice; /* the one that is not closed; NULL: none says anything of it */
    NoticeStanding standing;
    const Param *unset; /* how long it stands there nobody has set */
} GrantStanding;
/* Of all her grants of a benefit the one that waits longest; closed where no notice is about it. */
bool grant_standing(Grants *g, const Rule *rule, int64_t subject, Arena *a, GrantStanding *ret,
                    GError **error);
static inline bool grant_is_closed(const GrantStanding *s)
{
    return s->grant.id != 0 && s->standing.state == NOTICE_CLOSED;
}

/* One that is to be put up. */
typedef struct GrantDraft {
    const Rule *rule;
    int64_t subject, fen;
    Month since;
    bool changed; /* she was paid before, another amount */
} GrantDraft;
/* Where one stands that a run asks about: who is new by whatever month and amount, who was paid
 * before by both. */
bool grant_asked(Grants *g, const GrantDraft *d, Arena *a, GrantStanding *ret, GError **error);
/* Writes those that are not there yet, as of the day. */
bool grants_put_up(Grants *g, const Session *s, const GrantDraft *drafts, size_t n,
                   uint64_t *ret_made, GError **error);

#endif
