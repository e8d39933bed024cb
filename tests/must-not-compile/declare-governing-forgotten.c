/* refused: not handled in switch */
/* a new day that decides must be met wherever they are told apart */
#include "declare/model.h"

int try_it(Governing day);

int try_it(Governing day)
{
    switch (day) {
    case GOVERN_FIRST_DAY:
    case GOVERN_LAST_DAY:
        return 1;
    case GOVERN_ANY_DAY:
        return 2;
#ifdef REMEDY
    case GOVERN_EACH_DAY:
        return 3;
#endif
    }
    return 0;
}
