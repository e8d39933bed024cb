/* make.h — Models by hand, for tests of compile/ and evaluate/: entities, fields, expressions.
 * The same shapes as linking makes from documents.  Start: make_new(). */
#ifndef ANLAO_TESTS_EVALUATE_MAKE_H
#define ANLAO_TESTS_EVALUATE_MAKE_H

#include "compile/compile.h"
#include "data/batch.h"
#include "declare/model.h"
#include "evaluate/evaluate.h"

typedef struct Make {
    Arena *a;
    Model *m;
    GPtrArray *entities, *enums, *params, *tables, *rules;
    Document *document;
} Make;

Make *make_new(void);
void make_free(Make *k);
const Model *make_model(Make *k); /* the lists so far */

Enum *make_enum(Make *k, const char *name, unsigned codes);
Entity *make_entity(Make *k, const char *name);
Field *make_field(Make *k, Entity *e, const char *name, Kind kind); /* append */
Field *make_code(Make *k, Entity *e, const char *name, const Enum *of, bool set);
Field *make_ref(Make *k, Entity *e, const char *name, const Entity *to);
/* "360000", "360300" below it and so on: parents by their row. */
void make_regions(Make *k, const int32_t *parents, size_t n);
Param *make_param(Make *k, const char *name, Type type);
ParamValue *make_value(Make *k, Param *p, int64_t number, Date since);
Rule *make_rule(Make *k, const char *name, const Entity *subject);

Type type_of(Kind k);
Type type_number(unsigned scale);
Type type_truth(void);
Expr *e_new(Make *k, ExprKind kind, Type t);
Expr *e_number(Make *k, int64_t n);
Expr *e_money(Make *k, int64_t fen);
Expr *e_date(Make *k, Date d);
Expr *e_codes(Make *k, const Enum *of, uint64_t bits);
Expr *e_code(Make *k, const Enum *of, unsigned code);
Expr *e_field(Make *k, const Field *f);
Expr *e_path(Make *k, const Field *f, const Field *g);
Expr *e_outer(Make *k, const Field *f);
Expr *e_day(Make *k);
Expr *e_truth(Make *k, ExprKind kind, const Expr *a, const Expr *b); /* conditions */
Expr *e_value(Make *k, ExprKind kind, const Expr *a, const Expr *b); /* type and scale of a */
Expr *e_age(Make *k, const Expr *born);
Expr *e_if(Make *k, const Expr *c, const Expr *a, const Expr *b);
Expr *e_param(Make *k, const Param *p, const Expr *i, const Expr *j);
Expr *e_round(Make *k, const Expr *a, Type to, Rounding how);
Expr *e_aggregate(Make *k, AggregateKind kind, const Entity *of, const Field *by, const Expr *value,
                  const Expr *where, Type type);

Date day_of(const char *text); /* 2020-06-30 */
Month month_at(const char *text);

/* A column that is filled and finished.  values: NULL ends nothing; unknown: UNKNOWN. */
#define UNKNOWN INT64_MIN
Column *fill(Batch *b, const Field *f, const int64_t *values);
Dataset *make_data(Make *k);
Batch *make_batch(Dataset *d, const Entity *e, size_t rows);

#endif
