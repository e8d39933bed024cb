/* figure.h — figures and targets in words: what they are called, what they say, and which of
 * several do not meet a target.  Shared by the living document, the progress and the first page. */
#ifndef ANLAO_PAGE_FIGURE_H
#define ANLAO_PAGE_FIGURE_H

#include "page/ask.h"

/* 运营率 · 日间照料; of a figure of no code the indicator's label alone. */
Str figure_name(const Req *q, const Indicator *i, size_t cell);
/* The code alone; empty of the whole. */
Str figure_codes_label(const Req *q, const Indicator *i, size_t cell);
/* The value, or what there is instead of one. */
Str figure_value(const Req *q, const Indicator *i, const Figure *f);
/* The params that nobody has set, where that is why there is no value. */
Str figure_lacking(const Req *q, const Indicator *i, const Figure *f);
/* value and target: of several how many meet it, and how many there are. */
Str target_done_text(const Req *q, const TargetFigure *f);
Str target_value_text(const Req *q, const TargetFigure *f);
/* Per cent of the target; -1 where that says nothing. */
int64_t target_share(const TargetFigure *f);
/* 2020, 2019—2021, 2020年6月; of a stock the due day. */
Str target_period_text(const Req *q, const TargetFigure *f);
/* done and most of a bar. */
void fill_bar(View *v, const TargetFigure *f);
/* "▼ 未达标" and the like: mark, kind, word. */
void fill_met(Req *q, View *v, const TargetFigure *f);
/* Records, codes or places that do not meet it: failing{label link_url value mark kind word},
 * failing_count, failing_more, failing_hidden. */
void fill_failing(Req *q, View *v, const TargetFigure *f);

#endif
