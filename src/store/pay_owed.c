/* pay_owed.c — see pay_owed.h. */
#include "store/pay_owed.h"

/* What one month comes to, by payee: owed less paid. */
typedef struct Asked {
    const OwedAsk *q;
    size_t piece, paid; /* next ones */
    GArray *to;
    guint begin;
} Asked;

static const OwedPiece *piece_of(Asked *a, Month m)
{
    const OwedAsk *q = a->q;

    while (a->piece < q->n_pieces && q->pieces[a->piece].until <= m)
        a->piece++;
    return a->piece < q->n_pieces && q->pieces[a->piece].from <= m ? &q->pieces[a->piece] : NULL;
}

static void difference_add(Asked *a, Month m, int64_t payee, int64_t fen, int64_t decided)
{
    for (guint i = a->begin; i < a->to->len; i++) {
        OwedLine *l = &g_array_index(a->to, OwedLine, i);

        if (l->month == m && l->payee == payee) {
            l->fen += fen;
            return;
        }
    }
    const OwedLine fresh = {m, payee, fen, decided};

    g_array_append_val(a->to, fresh);
}

static void month_add(Asked *a, Month m)
{
    const OwedAsk *q = a->q;
    const OwedPiece *p = piece_of(a, m);
    bool open = p != NULL && p->outcome != TRUTH_YES && p->outcome != TRUTH_NO;
    int64_t decided = p != NULL ? p->run : q->decided;

    while (a->paid < q->n_paid && q->paid[a->paid].month < m)
        a->paid++;
    bool was_paid = a->paid < q->n_paid && q->paid[a->paid].month == m;

    if (!was_paid && q->begun != NULL && !q->begun(q->user, m))
        return;
    for (; a->paid < q->n_paid && q->paid[a->paid].month == m; a->paid++) {
        if (!open)
            difference_add(a, m, q->paid[a->paid].payee, -q->paid[a->paid].fen, decided);
    }
    if (p != NULL && p->outcome == TRUTH_YES && p->fen != 0)
        difference_add(a, m, q->payee != NULL ? q->payee(q->user, m) : 0, p->fen, decided);
}

/* What the payee gets in this run, before anything is taken from it. */
static int64_t given_to(const GArray *lines, guint begin, int64_t payee)
{
    int64_t sum = 0;

    for (guint i = begin; i < lines->len; i++) {
        const OwedLine *l = &g_array_index(lines, OwedLine, i);

        if (l->payee == payee && l->fen != 0)
            sum += l->fen > 0 ? l->fen : 0;
    }
    return sum;
}

static int64_t taken_from(const GArray *lines, guint begin, guint end, int64_t payee)
{
    int64_t sum = 0;

    for (guint i = begin; i < end; i++) {
        const OwedLine *l = &g_array_index(lines, OwedLine, i);

        if (l->payee == payee && l->fen < 0)
            sum -= l->fen;
    }
    return sum;
}

/* Takes back the earliest months first, as far as there is something to take it from. */
static int64_t offset(const OwedAsk *q, GArray *lines, guint begin)
{
    int64_t open = 0;

    for (guint i = begin; i < lines->len; i++) {
        OwedLine *l = &g_array_index(lines, OwedLine, i);

        if (l->fen >= 0)
            continue;
        int64_t room =
            q->held ? 0 : given_to(lines, begin, l->payee) - taken_from(lines, begin, i, l->payee);
        int64_t take = MIN(-l->fen, room);

        open += -l->fen - take;
        l->fen = -take;
    }
    return open;
}

void pay_owed(const OwedAsk *q, GArray *to, int64_t *ret_open)
{
    Asked a = {.q = q, .to = to, .begin = to->len};
    guint kept = to->len;

    for (Month m = q->since; m <= q->month; m++)
        month_add(&a, m);
    *ret_open = offset(q, to, a.begin);
    for (guint i = a.begin; i < to->len; i++) {
        OwedLine l = g_array_index(to, OwedLine, i);

        if (l.fen != 0)
            g_array_index(to, OwedLine, kept++) = l;
    }
    g_array_set_size(to, kept);
}
