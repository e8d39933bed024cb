/* region_check.h — checks of regions: a figure of each against a value, on a day (semantics 39,
 * 55). In: a check, figures.  Out: whether each region satisfies it, and what would cure it. Start:
 * region_checks(). */
#ifndef ANLAO_CARE_REGION_CHECK_H
#define ANLAO_CARE_REGION_CHECK_H

#include "care/figures.h"
#include "compile/compile.h"

/* The text in force in a region on a day; NULL: the check is not about it. */
const Rule *region_check_text(const Rule *check, const RegionTree *t, int32_t region, Date on);
/* The first day of what is counted up to the day: of a stock the day. */
Date region_check_from(const RegionCheck *x, Date on);
/* Whether a region is meant, of a figure of `asks.each_where`. */
Truth region_check_meant(const Figure *where);
/* By the figure and, where the value is no fixed number, the figure it comes to (else NULL). */
Truth region_check_judge(const RegionCheck *x, Truth meant, const Figure *f, const Figure *value);

typedef struct RegionAsked {              /* by region of the tree */
    const Figure *meant, *figure, *value; /* NULL: all are meant; a fixed number */
} RegionAsked;
bool region_check_ask(Care *c, Working *w, const RegionCheck *x, Date on, RegionAsked *ret,
                      GError **error);
/* A figure as people read it; one that is not known says so. */
void region_figure_text(const Indicator *i, const Figure *f, bool english, GString *to);
/* Outcomes by region of the tree: a Truth, or OUTCOME_OUTSIDE. */
bool region_checks(Care *c, Working *w, const Rule *check, Date on, uint8_t *ret, GError **error);
/* The same by any Model over any Dataset, such as supposed documents; nothing is kept. */
bool region_checks_by(const Model *m, const CompileOptions *o, const Rule *check, Date on,
                      uint8_t *ret, GError **error);
/* Of one region, which the check fails: what would cure it, with its figures. */
bool region_check_cure(Care *c, Working *w, const Rule *check, int32_t region, Date on, Arena *a,
                       Label *ret, GError **error);
/* Of one of which it is unknown: params that are not set, else the figure itself; in the arena. */
bool region_check_missing(Care *c, Working *w, const Rule *check, int32_t region, Date on, Arena *a,
                          MissingFact **ret, size_t *ret_n, GError **error);
/* Whether the session sees what comes of it in a region; by a role named, whether that may mend it:
 * it writes what is counted. */
bool region_check_seen(const Care *c, const Session *s, int32_t region);
bool region_check_mends(const Role *r, const Rule *check);
/* The record of each region of the tree, with number 0 where there is none; in the arena. */
const RecordKey *region_records(const Care *c, const Working *w, Arena *a);

#endif
