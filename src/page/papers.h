/* papers.h — papers about a record, on its page. */
#ifndef ANLAO_PAGE_PAPERS_H
#define ANLAO_PAGE_PAPERS_H

#include "page/site.h"

/* has_papers, papers{label link_url}, issued{label number day link_url}. */
bool fill_papers(Req *q, View *v, const Entity *e, RecordKey key, GError **error);

#endif
