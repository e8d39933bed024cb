/* texts.h — which text of what was amended or ended holds on a day in a place (semantics 49): of
 * draws, papers, publications, posts.  A thing is found by its name, whichever text one has; NULL
 * is the answer where it has ended.  `region`: ROW_NONE asks about no narrower place's text. */
#ifndef ANLAO_CARE_TEXTS_H
#define ANLAO_CARE_TEXTS_H

#include "care/care.h"

bool text_holds(const Care *c, const Wording *w, int32_t region, Date on);
const Draw *draw_text(const Care *c, Str name, int32_t region, Date on);
const Paper *paper_text(const Care *c, Str name, int32_t region, Date on);
/* In force today: it holds, and its document has begun.  What is asked about an earlier day is
 * asked by text_holds(), of which the first text is good for every day before it was amended. */
bool text_in_force(const Care *c, const Wording *w, const Home *home, int32_t region);
const Role *role_in_force(const Care *c, Str name, int32_t region);
/* Says that it is not in force yet, or has ended, and since when. */
bool text_refused(const Care *c, const char *what, Str name, const Wording *w, const Home *home,
                  GError **error);
/* The day from which there is such a procedure in the place: what began before is bound by no guard
 * of it. */
Date text_first_day(const Care *c, const Procedure *p, int32_t region);
/* Which text of its procedure governs an item that begins on the day; false: it takes no new ones
 * any more, or not yet.
 * *ret_firsts: the states in which it may begin. */
bool text_of_item(const Care *c, const Procedure *p, int32_t region, Date on, uint64_t *ret_firsts);

#endif
