/* papers.h — papers on pages: of a record, of a pay run, and each as it prints. */
#ifndef ANLAO_PAGE_PAPERS_H
#define ANLAO_PAGE_PAPERS_H

#include "care/paper.h"
#include "page/site.h"

/* has_papers, papers{label link_url}, issued{label number day link_url}; e NULL: of a pay run. */
bool fill_papers(Req *q, View *v, const Entity *e, RecordKey key, GError **error);
/* paper_view.c: what stands on it, for VIEW_PAGE_PAPER. */
void fill_sheet(const Req *q, View *v, const PaperSheet *p);

/* Of a file that leaves: its name and ending (files.c). */
Str file_disposition(Req *q, const FileLine *f);

#endif
