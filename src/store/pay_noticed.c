/* pay_noticed.c — who stands in public before she is paid: who is new in a benefit, and who gets
 * another amount of it than she was paid, but for changes of the rule that all get.
 * Read first: noticed_waits(). */
#include "store/pay_preparing.h"

static bool is_closed(const Preparing *d, Month since, bool changed)
{
    const PayGrant g = {.rule = d->rule->rule,
                        .subject = d->subject,
                        .since = since,
                        .fen = prepare_fen(d, since),
                        .changed = changed};

    return d->p->closed(d->p->user, &g);
}

/* The first month that is paid for, when it is no older one: those who were paid when the ledger
 * began are not new. */
static bool is_fresh(const Preparing *d, Month *ret)
{
    Month m = prepare_since(d);

    while (m <= d->p->month && (prepare_fen(d, m) == 0 || m < prepare_begin(d, m)))
        m++;
    *ret = m;
    return m <= d->p->month && m > prepare_begin(d, m) && d->paid->len == 0;
}

static int64_t paid_in(const Preparing *d, Month m)
{
    int64_t sum = 0;

    for (guint i = 0; i < d->paid->len; i++) {
        const PaidLine *l = &g_array_index(d->paid, PaidLine, i);

        sum += l->month == m ? l->fen : 0;
    }
    return sum;
}

/* Paid otherwise for the same month: by facts put back in time, unless the documents are others
 * than those it was paid by. */
static bool is_changed(const Preparing *d, Month m, int64_t paid, int64_t was)
{
    int64_t fen = prepare_fen(d, m);

    if (fen == 0 || was == 0 || fen == was)
        return false;
    return paid != 0 ? d->base.policy == d->run.policy
                     : !d->p->for_all(d->p->user, d->rule->rule, m, was, fen);
}

/* Month by month, as far as something is owed: each new amount stands in public by itself.  What
 * was paid under two numbers is no amount of hers. */
static bool changes_closed(const Preparing *d)
{
    int64_t was = 0;
    Month last = 0;
    bool closed = true, merged = g_hash_table_contains(d->sames->gone, &d->subject);

    for (guint i = 0; i < d->owed->len; i++) {
        Month m = g_array_index(d->owed, OwedLine, i).month;
        int64_t paid;

        if (m == last)
            continue; /* to another payee */
        paid = last == 0 ? paid_in(d, m) : 0;
        if (last == 0 && !merged)
            was = paid != 0 ? paid : m > prepare_begin(d, m) ? prepare_fen(d, m - 1) : 0;
        if (is_changed(d, m, paid, was) && !is_closed(d, m, true))
            closed = false;
        if (prepare_fen(d, m) != 0)
            was = prepare_fen(d, m);
        last = m;
    }
    return closed;
}

bool noticed_waits(Preparing *d)
{
    Month first;

    if (!d->rule->noticed || d->owed->len == 0)
        return false;
    return is_fresh(d, &first) ? !is_closed(d, first, false) : !changes_closed(d);
}

bool noticed_after(const Preparing *d)
{
    for (guint i = 0; i < d->pieces->len; i++) {
        const OwedPiece *p = &g_array_index(d->pieces, OwedPiece, i);

        if (p->outcome != TRUTH_YES || p->fen == 0 || p->until <= d->sum->since)
            continue;
        if (p->from > d->base.month)
            return true;
        if (!d->rule->noticed)
            return false; /* the first one tells who is new */
    }
    return false;
}
