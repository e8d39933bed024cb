/* paper_make.h — between paper.c, which keeps papers, and paper_fill.c, which makes them. */
#ifndef ANLAO_CARE_PAPER_MAKE_H
#define ANLAO_CARE_PAPER_MAKE_H

#include "care/paper_inside.h"

/* *ret_may: its `when` is yes. */
bool paper_make(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                PaperSheet *ret, bool *ret_may, GError **error);
bool paper_when(Making *f, bool *ret, GError **error);
/* The paper of this name about the same thing that was issued first inside from..to; NULL: none. */
bool paper_issued_in(Making *f, Date from, Date to, const PaperSheet **ret, GError **error);

#endif
