/* run.h — documents over plain CSV files, without a database. */
#ifndef ANLAO_CARE_RUN_H
#define ANLAO_CARE_RUN_H

#include "care/load_csv.h"
#include "evaluate/evaluate.h"

typedef struct RunFund { /* what a fund pays of a rule's month */
    Str name;
    bool known; /* false: what is left in one of them is unset */
    int64_t fen;
} RunFund;

typedef struct RunPart { /* all rules about one entity that has data */
    const Entity *entity;
    const Rule **rules;
    size_t n_rules;
    Program *program;
    Results *results;
    RunFund **funds; /* per rule: in the order named; none of a rule that names none */
    size_t *n_funds;
} RunPart;

typedef struct Run {
    Arena *arena;
    RegionTree *regions;
    Dataset *data;
    RunPart *parts;
    size_t n_parts;
    double load_seconds, evaluate_seconds;
} Run;

typedef struct RunWhat {
    const CsvSource *sources;
    size_t n_sources;
    char **sets; /* NAME=VALUE, NULL-terminated, or NULL */
    Month month;
    bool keep_rows;
} RunWhat;

/* NULL with diagnostics or *error. */
Run *run_documents(const Model *m, const RunWhat *what, Diags *diags, GError **error);
void run_free(Run *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Run, run_free)
/* run_funds.c */
bool rule_names_funds(const Rule *r);
bool rule_shares_funds(const Rule *r); /* each record's amount is needed */
bool run_funds(const Run *run, const Model *m, RunPart *part, size_t k,
               const CompileOptions *options, Month month, GError **error);
/* DIR/RULE.csv for each rule: key, outcome, amount_fen, missing. */
bool run_write(const Run *r, const char *folder, GError **error);

#endif
