/* words.h — values as the pages print them: money, counts, figures, truths, keys of records. Labels
 * of fields and codes come from the Model, sentences from web/texts.tsv. */
#ifndef ANLAO_PAGE_WORDS_H
#define ANLAO_PAGE_WORDS_H

#include "page/site.h"

Str words_money(const Req *q, int64_t fen);    /* 93,460.00 元 */
Str words_count(const Req *q, uint64_t n);     /* 1,934 */
Str words_date(const Req *q, Date day);        /* 2020-06-18; open ends give an empty text */
Str words_month(const Req *q, Month month);    /* 2020年6月, June 2020 */
Str words_moment(const Req *q, int64_t at_us); /* 2020-06-18 08:30 */
/* A number of a declared type: shares as per cent, decimals as many as there are, thousands cut. */
Str words_number(const Req *q, const Type *type, int64_t value);
/* The same for a chart: digits and a point only. */
Str words_plain(const Req *q, const Type *type, int64_t value);
Str words_per_cent(const Req *q, int64_t part,
                   int64_t whole); /* 53%, rounded down; — without whole */

/* Outcomes of a decision: 符合, 不符合, 待核实, 待人工认定; of a condition the mark alone. */
Str words_outcome(const Req *q, Truth t);
Str words_check(const Req *q, Truth t);         /* of a check: 达标, 预警, 未出示 */
const char *words_mark(Truth t);                /* ✓ ✗ ? ☐ */
const char *words_class(Truth t);               /* yes no unknown person */
bool words_outcome_parse(Str text, Truth *ret); /* yes no unknown judgement */

/* What kind of entry of the journal, and by which way: 登记, 网页; a word there is no text for
 * stays. */
Str words_journal(const Req *q, Str word);
/* Who did it: a person by name and account, a command of the machine as 命令行 and the user's name.
 */
Str words_actor(const Req *q, Str actor);

/* 360302-0ABC…: county and id, as addresses write it. */
Str key_text(const Req *q, RecordKey key);
bool key_parse(Str text, RecordKey *ret);

#endif
