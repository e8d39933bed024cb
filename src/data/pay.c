/* pay.c — words of states and holds; a run as a whole. */
#include "data/pay.h"

#include <glib.h>

const char *pay_hold_word(PayHold h)
{
    static const char *const words[] = {
        [HOLD_NONE] = "none",         [HOLD_DEATH] = "death",   [HOLD_CONFLICT] = "conflict",
        [HOLD_FACT] = "fact",         [HOLD_PROOF] = "proof",   [HOLD_JUDGEMENT] = "judgement",
        [HOLD_RETURNED] = "returned", [HOLD_NOTICE] = "notice", [HOLD_OTHER] = "other",
    };

    return (size_t)h < G_N_ELEMENTS(words) ? words[h] : "other";
}

const char *pay_state_word(PayState s)
{
    static const char *const words[] = {
        [PAY_REFUSED] = "refused",   [PAY_PREPARED] = "prepared", [PAY_REVIEWED] = "reviewed",
        [PAY_APPROVED] = "approved", [PAY_FINANCE] = "finance",   [PAY_BANK] = "bank",
        [PAY_BOOKED] = "booked",
    };

    return (size_t)s < G_N_ELEMENTS(words) ? words[s] : "refused";
}

PaySum pay_run_total(const PayRun *r)
{
    PaySum t = {0};

    for (size_t i = 0; i < r->n_sums; i++) {
        t.lines += r->sums[i].lines;
        t.month_fen += r->sums[i].month_fen;
        t.late_fen += r->sums[i].late_fen;
        t.back_fen += r->sums[i].back_fen;
        t.held_lines += r->sums[i].held_lines;
        t.held_fen += r->sums[i].held_fen;
        t.open_fen += r->sums[i].open_fen;
    }
    return t;
}
