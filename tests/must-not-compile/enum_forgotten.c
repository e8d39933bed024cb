/* refused: not handled in switch */
/* a new way of rounding must be met wherever they are told apart */
#include "base/decimal.h"

int try_it(Rounding how);

int try_it(Rounding how)
{
    switch (how) {
    case ROUND_HALF_UP:
        return 1;
    case ROUND_DOWN:
        return 2;
#ifdef REMEDY
    case ROUND_UP:
        return 3;
#endif
    }
    return 0;
}
