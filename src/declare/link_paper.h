/* link_paper.h — what the files that link papers share. */
#ifndef ANLAO_DECLARE_LINK_PAPER_H
#define ANLAO_DECLARE_LINK_PAPER_H

#include "declare/follow.h"

typedef struct Printing {
    Linker *l;
    Paper *p;
    bool run;               /* about a pay run */
    AggregatePeriod period; /* of the rows at hand */
    Scope scope;
    const Node *items;
} Printing;

/* One printed value, in terms of the scope's record, of a list's words, of a region's figures.
 * False after reporting. */
bool link_printed(Printing *x, const Scope *s, PaperList list, const Node *n, PaperPrinted *to);
void printed_label(Printing *x, const Node *label, PaperPrinted *to);
void printed_marks(Printing *x, const Node *marks, PaperPrinted *to);
void link_paragraph(Printing *x, const Node *n, PaperText *to);

/* LIST_NONE: an entity. */
PaperList paper_list_named(const Printing *x, const Node *path);
bool paper_list_fits(Printing *x, PaperList list, const Node *path);
void paper_list_columns(PaperRows *r); /* all its words */

#endif
