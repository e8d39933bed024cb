/* policy.h — what a clause does, as views: shared by the living document and the first page. */
#ifndef ANLAO_PAGE_POLICY_H
#define ANLAO_PAGE_POLICY_H

#include "declare/catalogue.h"
#include "page/ask.h"

/* Counts by outcome with links to the records behind them: list "outcomes". */
void fill_outcomes(Req *q, View *v, const ClauseItem *item, Month month, int32_t region);
/* /policies/x#c12 */
Str clause_address(const Req *q, const Document *d, const Clause *c);
/* 二(六)16e 运营补贴, or the title alone. */
Str clause_label(const Req *q, const Clause *c);
/* The title of a document in force by its name; one that is not there stays by its name. */
Str document_title(const Req *q, Str name);
/* Prose in the reader's language; *ret_zh: it is Chinese whatever the language of the page. */
void fill_prose(Req *q, View *v, const Clause *c);

/* A list of a place beside the wider one (object "list"); false: this clause holds no version of
 * it. */
bool add_list(Req *q, View *to, const ClauseItem *item, const Clause *clause, Date day);

/* Where a value of the param can be tried; false: not by this session, or it is none. */
bool what_if_offered(const Req *q, const Param *p, Str *ret_address);

/* Codes of agency: 民政部门、财政部门; the evidence that is asked for: words of the enum paper. */
Str agency_labels(Req *q, const Str *codes, size_t n);
Str paper_labels(Req *q, const Str *codes, size_t n);

/* What a missing fact is called; records of a kind by the register's label. */
Str missing_label(const Req *q, Str name, Str zh, Str en);

#endif
