/* pay.c — words of states and holds. */
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
