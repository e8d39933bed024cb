/* bench.h — what the programs of bench/ share: times, medians, and the lines that are printed.
 * A line is `name value bound ok|NOT`.  Times are processor seconds, those of the whole command
 * without the time it waited for a processor: other work on the machine does not count. */
#ifndef ANLAO_BENCH_BENCH_H
#define ANLAO_BENCH_BENCH_H

#include "compile/compile.h"
#include "evaluate/evaluate.h"

#include "loop.h"

#define ROUNDS 5 /* of each measurement, alternating with what it is compared with */

typedef struct Bench {
    Arena *arena;
    Model *model;
    RegionTree *regions;
    const Entity *entity;
    Dataset *data;
    Program *program;
    Month month;
    const char *people;    /* the CSV file */
    const char *statement; /* text of benefits.sql */
    const char *postgres;  /* address; NULL: without */
    const char *work;      /* a folder for files of our own */
    bool held;             /* every bound so far */
} Bench;

typedef struct Times {
    double of[ROUNDS];
    unsigned n;
} Times;

double processor_seconds(void);
double thread_seconds(void); /* of the calling thread alone */
double wall_seconds(void);
void times_add(Times *t, double x);
double times_median(const Times *t);
void at_least(Bench *b, const char *name, double value, double bound);
void at_most(Bench *b, const char *name, double value, double bound);
void only_said(const char *name, double value); /* no bound */

/* One month over all rows, amounts kept; *again holds the results of the call before. */
bool bench_month(const Bench *b, const Dataset *d, unsigned threads, Results **again,
                 GError **error);
/* The people again, `rows` of them: as many as there are, over and over. */
Dataset *bench_people(const Bench *b, size_t rows);

bool measure_loop(Bench *b, GError **error);   /* against.c */
bool measure_sqlite(Bench *b, GError **error); /* sql.c */
bool measure_postgres(Bench *b, GError **error);
bool measure_memory(Bench *b, GError **error); /* size.c */
bool measure_scale(Bench *b, GError **error);
bool measure_threads(Bench *b, GError **error);
bool measure_parse(Bench *b, GError **error); /* parse.c */
bool measure_command(Bench *b, const char *program, const char *policy, GError **error);

/* The people as the loop and the databases take them. */
void loop_people(const Bench *b, LoopPeople *to);

#endif
