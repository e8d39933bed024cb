/* paper_inside.h — what the files that make one paper share.  A Making is one paper on its way:
 * paper_fill.c makes the head and the cells, paper_rows.c the rows of records, paper_figures.c
 * those of figures, paper_lists.c those of lists that the program keeps, paper_paid.c what a pay
 * run pays. */
#ifndef ANLAO_CARE_PAPER_INSIDE_H
#define ANLAO_CARE_PAPER_INSIDE_H

#include "care/paper.h"
#include "care/pay.h"
#include "care/shown.h"
#include "evaluate/evaluate.h"

struct Paid;

typedef struct Making {
    Care *care;
    Working *working;
    const Session *session;
    const Paper *paper;
    Shown shown;
    RecordKey key;
    size_t row;        /* of the record it is about */
    int32_t region;    /* the region it is about, or in which its record lies */
    const PayRun *run; /* it is about a pay run; else NULL */
    struct Paid *paid; /* what it pays; NULL until asked for */
    Date on;
    Arena *arena;
    PaperSheet *to;
} Making;

bool making_is_region(const Making *f);
Str making_text(const Making *f, const char *format, ...) G_GNUC_PRINTF(2, 3);
Str money_words(int64_t fen, Arena *a);
Str month_words(Month m, Arena *a); /* 2020年6月 */
Str benefit_words(const Model *m, Str name);

/* ---- one printed value */
typedef struct Printer { /* a column, ready for many rows */
    const PaperPrinted *printed;
    Program *program;
    Evaluation *evaluation;
} Printer;
bool printer_init(const Making *f, const PaperPrinted *p, const Entity *of, Printer *ret,
                  GError **error);
void printer_clear(Printer *p);
/* Of a row of its entity. */
bool printer_text(Making *f, Printer *p, size_t row, Str *ret, GError **error);
/* Of a region: its figure on the day. */
bool figure_text(Making *f, const Indicator *i, int32_t region, Str *ret, GError **error);
Str figure_words(const Indicator *i, const Figure *x, Arena *a);
PaperKind printed_kind(const PaperPrinted *p);
Str printed_label_of(const Making *f, const PaperPrinted *p);

/* ---- tables on their way */
typedef struct Tabling {
    Making *f;
    PaperTable *to;
    GArray *cells, *groups; /* of Str, of PaperGroup */
} Tabling;
void tabling_begin(Making *f, const PaperRows *r, PaperTable *to, Tabling *ret);
void tabling_cell(Tabling *t, Str text);
bool tabling_end(Tabling *t, GError **error); /* FAIL_INPUT: more than LIMIT_PAPER_ROWS */

bool fill_record_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error);
bool fill_list_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error);
bool fill_figure_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error);
/* What was corrected after the figures were locked; left out where nothing was. */
bool fill_target_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error);

/* ---- pay runs */
typedef struct PaidLine { /* of one record and benefit, in this run or the one before */
    size_t row;           /* of the benefit's entity */
    unsigned rule;
    int64_t fen, standard, before, late, back, held; /* standard, before: of one month */
    Month since;
    unsigned months;
    PayHold hold;
    int64_t receiver;
    Str failure;              /* why the bank sent it back */
    bool returned, now, past; /* it is in this run; in the one before */
} PaidLine;
typedef struct Paid {
    PaidLine *list;
    size_t n;
    Month month;
} Paid;
bool paid_get(Making *f, GError **error);
/* Rows of an entity that the run is about, in order: NULL where it is none of this one's. */
bool paid_lines_of(Making *f, const PaperRows *r, PaidLine ***ret, size_t *ret_n, GError **error);
bool paid_changed(const PaidLine *x); /* added, stopped, changed */
Str paid_text(Making *f, PaperWordIndex word, const PaidLine *x);
/* Sums of what lies in a region; ROW_NONE: of the whole run. */
Str paid_sum_text(Making *f, PaperWordIndex word, int32_t region);
bool paid_has_word(const PaperRows *r, PaperWordIndex word);

#endif
