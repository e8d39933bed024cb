/* figures.h — figures of the working set, for care/ alone (pages see page_api.h). */
#ifndef ANLAO_CARE_FIGURES_H
#define ANLAO_CARE_FIGURES_H

#include "care/care.h"

/* One indicator for all regions, kept while the working set lives. */
bool figures_of(Care *c, Working *w, const Indicator *i, Date from, Date on, const Figure **ret,
                GError **error);
/* Hash and equality of the keys of Working.figures (values: g_free). */
guint figure_key_hash(gconstpointer key);
gboolean figure_key_equal(gconstpointer a, gconstpointer b);

#endif
