/* views.h — the pages there are, and the names each may use (views.def). */
#ifndef ANLAO_PAGE_VIEWS_H
#define ANLAO_PAGE_VIEWS_H

typedef enum ViewId {
#define VIEW(id, template, names) VIEW_PAGE_##id,
#include "page/views.def"
#undef VIEW
    VIEW_PAGES
} ViewId;

typedef struct ViewFacts {
    const char *name;  /* template: web/pages/NAME.html */
    const char *names; /* declared names, the frame's included */
} ViewFacts;
extern const ViewFacts view_facts[VIEW_PAGES];

#endif
