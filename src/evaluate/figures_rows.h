/* figures_rows.h — the rows an aggregate counts: whether each is there, counts, where and with
 * which codes, and how much.
 * In: FigureAggregate, Dataset, the days.  Out: one FactRow per record.  Start: facts_load(). */
#ifndef ANLAO_EVALUATE_FIGURES_ROWS_H
#define ANLAO_EVALUATE_FIGURES_ROWS_H

#include "data/batch.h"
#include "evaluate/figures_tally.h"

/* The facts of an aggregate's rows as columns, NULL where it asks for none. */
typedef struct Facts {
    const FigureAggregate *aggregate;
    const Batch *batch;
    const Column *place, *where, *base, *value, *begin, *end, *event, *group;
    const Column *index[LIMIT_FIGURE_INDEXES];
    const Interval *where_each; /* instead of `where`: per row, a truth with bounds */
    bool where_is_truth, base_is_truth;
    Date *days; /* flows: each event's own day */
    Batch *into;
    size_t rows;
    Date from, on;
    bool flow;
} Facts;

#define FACT_UNKNOWN (-1)

typedef struct FactRow {
    TallyRow row;
    int64_t place; /* region row, or FACT_UNKNOWN */
    int64_t group; /* of each record: whose; FACT_UNKNOWN */
} FactRow;

/* No rows, when the dataset has none.  facts_clear() also after a failure. */
bool facts_load(Facts *f, const FigureProgram *p, const FigureAggregate *a, const Dataset *d,
                Date from, Date on, GError **error);
void facts_clear(Facts *f);
/* row.there NO: nothing else is said. */
FactRow facts_row(const Facts *f, const FigureProgram *p, size_t row);
/* The row's code of an index, or FACT_UNKNOWN. */
int facts_code(const Facts *f, const FigureProgram *p, size_t index, size_t row);

#endif
