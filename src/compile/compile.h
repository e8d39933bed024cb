/* compile.h — rules of the Model become flat Programs.
 * In: a Model, one entity, what is wanted of its records.  Out: a Program: plain data (program.h)
 * that evaluate/ runs over a Dataset, in a row driver with a trace and a batch driver over slices
 * of rows, with the same result. One Program computes all outputs together: what two rules share is
 * computed once. */
#ifndef ANLAO_COMPILE_COMPILE_H
#define ANLAO_COMPILE_COMPILE_H

#include "compile/program.h"
#include "data/batch.h"
#include "data/explain.h"
#include "data/region.h"
#include "data/trace.h"
#include "declare/model.h"

typedef enum OutputKind {
    OUTPUT_RULE,      /* a benefit or check: outcome, amount, missing */
    OUTPUT_FIELD,     /* a field, computed or recorded, as on a day */
    OUTPUT_CONDITION, /* whether a record is concerned on a day: it is there, lies in the place of
                         `document` (NULL: anywhere), and `expr` holds (NULL: always) */
    OUTPUT_TRUTH,     /* a condition in terms of the subject; also a bool field */
    OUTPUT_EXPR, /* any typed expression in terms of the subject: parts of indicators, cure texts */
} OutputKind;

typedef struct Output {
    OutputKind kind;
    const Rule *rule;
    const Field *field;
    const Expr *expr;
    const Document *document;
    const Wording *wording; /* of a condition: which of its versions it is; NULL: the only one */
} Output;

/* A param as it would be: for what-if and `--set`.  region NULL/empty: everywhere; codes as in
 * ParamValue. */
typedef struct ParamChange {
    const Param *param;
    Str region;
    bool any_code; /* all codes of its indexes */
    int64_t codes[3];
    int64_t number;
} ParamChange;

typedef struct CompileOptions {
    const Dataset *
        data; /* columns that exist: a computed field with a column is read, not computed; ranges of
                 values choose narrow registers.  The Program may only run over this Dataset, or one
                 whose columns have the same physicals and whose values lie in the same ranges. */
    const RegionTree *regions;
    const ParamChange *changes;
    size_t n_changes;
    struct ParamMemo *memo;  /* param.h; NULL: what params are is found anew for each Program */
    const Document *said_by; /* of an example: holds that places add apart from its document's place
                                are not asked; NULL: all are */
    bool has_before;
    Date before; /* with has_before: as if nothing had been amended or ended from this day on */
} CompileOptions;
/* Fen of each fund of the rule, in their order; together the amount.  balances: per fund with `up
 * to its balance`, -1 where it is unset.  False: what is left in one of them is not known. */
bool fund_parts(const Rule *r, const int64_t *balances, int64_t amount, int64_t *ret);
bool funds_in_sequence(const Rule *r); /* one after the other, instead of by shares */

/* Which version holds on a day for a record in a region (ROW_NONE: in the first's place); v->n:
 * none does. */
size_t version_at(const Versions *v, const RegionTree *t, int32_t region, Date day);
/* Whether it holds in the region, on its days: a narrower place's does there only. */
bool version_reaches(const Version *x, const RegionTree *t, int32_t region);
/* Whether the text is the one that holds; of what was never amended: yes. */
bool wording_at(const Wording *s, const RegionTree *t, int32_t region, Date day);

/* NULL and *error when the rule cannot be run (too many steps or inputs); never a silent fallback.
 */
Program *program_new(const Model *m, const Entity *subject, const Output *outputs, size_t n,
                     const CompileOptions *o, GError **error);
void program_free(Program *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Program, program_free)
/* The program as text, one step a line: tested, and shown to those who ask. */
void program_print(const Program *p, GString *to);

RegionTree *region_tree_new(Arena *a, const Model *m);
int32_t region_row(const RegionTree *t, Str code); /* ROW_NONE when there is none */

/* The Trace of one rule for one record becomes sentences in both languages; `out` lives in the
 * arena. */
void explain_rule(Arena *a, const Model *m, const Rule *rule, const Program *p, const Trace *t,
                  Explanation *out);

/* Who decides a judgement, and upon which papers, in words (sentence_judgement.c). */
void judgement_words(Arena *a, const Model *m, const Judgement *j, Label *who, Label *papers);

#endif
