/* figures.h — figures of the working set, for care/ alone (pages see page_api.h).  All are kept
 * while the working set lives. */
#ifndef ANLAO_CARE_FIGURES_H
#define ANLAO_CARE_FIGURES_H

#include "care/care.h"
#include "evaluate/figures.h"

/* One indicator for all cells and regions: [cell][region], the whole first. */
bool figures_of(Care *c, Working *w, const Indicator *i, Date from, Date on, const Figure **ret,
                GError **error);
/* A target's value where it is no fixed number, likewise. */
bool figures_value(Care *c, Working *w, const Target *t, const Expr *value, Date on,
                   const Figure **ret, GError **error);
/* Which regions `in each P where C` is about: low 1 is yes, high 0 is no. */
bool figures_where(Care *c, Working *w, const Target *t, Date on, const Figure **ret,
                   GError **error);
typedef struct EachList {
    size_t n;
    EachFigure list[];
} EachList;
bool figures_each(Care *c, Working *w, const Target *t, size_t cell, Date from, Date on,
                  const EachList **ret, GError **error);

/* Hash and equality of the keys of Working.figures (values: g_free). */
guint figure_key_hash(gconstpointer key);
gboolean figure_key_equal(gconstpointer a, gconstpointer b);

#endif
