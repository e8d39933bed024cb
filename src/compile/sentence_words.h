/* sentence_words.h — the words of an explanation: names, values, what is needed, where from.
 * In: an expression of a rule and what the row driver saw of it.  Out: text in both languages, in
 * the arena.  Not here: which lines an explanation has (sentence.c). */
#ifndef ANLAO_COMPILE_SENTENCE_WORDS_H
#define ANLAO_COMPILE_SENTENCE_WORDS_H

#include "compile/compile.h"

typedef enum Phrase {
#define PHRASE(name, zh, en) PHRASE_##name,
#include "compile/sentence.def"
#undef PHRASE
    PHRASE_N
} Phrase;

typedef struct Both {
    Str zh, en;
} Both;

/* One explanation on its way. */
typedef struct Telling {
    Arena *a;
    const Model *m;
    const Program *p;
    const ProgramOutput *o;
    const Trace *t;
} Telling;

Both sentence_say(const Telling *w, Phrase p, Both a, Both b, Both c);
Both say1(const Telling *w, Phrase p, Both a);
Both say2(const Telling *w, Phrase p, Both a, Both b);
Both both_of(Str zh_and_en);            /* the same in both languages: numbers, dates */
Both both_label(Label label, Str name); /* the name where there is no label */
Both sentence_date(const Telling *w, Date d);
Both sentence_money(const Telling *w, int64_t fen);
Both sentence_citation(const Telling *w, Home home);

/* What was seen of an expression: its register, or computed again from its operands where the
 * program has folded it away. */
typedef struct Seen {
    bool found, known;
    int64_t value;
    unsigned scale;
    Date since; /* of a dated fact */
} Seen;

Seen seen_value(const Telling *w, const Expr *e);
/* The value, with what it leaves out on purpose. */
Both sentence_value_told(const Telling *w, const Expr *e, const Expr *like, Seen v);
/* Whether it rests on a spell that is none on the day. */
bool sentence_no_spell(const Telling *w, const Expr *e);
/* Rows in doubt that a number over `known` records leaves out; 0 of anything else. */
int64_t seen_left_out(const Telling *w, const Expr *e);
Truth seen_truth(const Telling *w, const Expr *e);

/* The register was seen, and nothing but a person's word is missing. */
bool seen_waits(const Telling *w, const Expr *e);
bool lacks_only_judgements(const Telling *w, uint64_t missing); /* bits of the output's inputs */

/* ---- what a person decides (sentence_judgement.c) */
bool sentence_waits(const Telling *w, const Expr *e);     /* e is a judgement that is open */
Both sentence_judgement(const Telling *w, const Expr *e); /* who decides, upon what, up to what */
Both sentence_judgement_source(const Telling *w, const Expr *e);

/* `like`: the expression the value is of, for its unit (an age is 岁). */
Both sentence_value(const Telling *w, const Expr *like, Seen v);
Both sentence_term(const Telling *w, const Expr *e); /* a name; of a condition: a clause */
Both sentence_state(const Expr *e);                  /* label of the state of reached, entered */
Both sentence_operand(const Telling *w, const Expr *e,
                      const Expr *like);               /* literal, or name (value) */
Both sentence_source(const Telling *w, const Expr *e); /* empty: nothing read */
/* A condition that is no chain: with its value and what is needed; negated: below a `not`. */
Both sentence_condition(const Telling *w, const Expr *e, bool negated);
/* The two sides of a comparison as people ask: what is compared, with what, and how; of a condition
 * below a `not` the opposite.  False: it is none. */
bool condition_sides(const Expr *e, bool negated, const Expr **left, const Expr **right,
                     ExprKind *kind);

/* ---- how near a no is to a yes (sentence_near.c) */
void near_tell(const Telling *w, const Rule *r, Explanation *out);

/* A line on its way. */
typedef struct Said {
    unsigned depth;
    Truth truth;
    Both text, source;
} Said;

/* ---- benefits among themselves (sentence_beside.c) */
/* The decision where a group made it; false: the rule's own conditions did. */
bool beside_decision(const Telling *w, const Rule *r, Both label, Both *ret);
/* The groups of the rule, each with its members; in the arena. */
Said *beside_lines(const Telling *w, size_t *ret_n);
Both exception_name(const Telling *w, const Exception *x);

/* ---- which fund pays what is paid (sentence_fund.c) */
Said *fund_lines(const Telling *w, const Rule *r, Explanation *out, size_t *ret_n);

/* ---- versions (sentence_version.c) */
/* Which one holds; *ret_sure false: one behind it may. */
size_t version_told(const Telling *w, const Versions *v, bool *ret_sure);
const Expr *version_part(const Telling *w,
                         const Expr *e); /* of the one that holds; else e itself */
const Rule *version_rule(const Telling *w, const Rule *r); /* as the one that holds says it */
Home version_home(const Telling *w, const Versions *v, Home first);
bool version_line(const Telling *w, const Rule *r, Said *ret);
bool version_absence(const Telling *w, const Rule *r, Said *ret);
bool version_change(const Telling *w, const Rule *r, Both on, Both *ret);

/* A chain of `or` that only lists what one thing may be; false: it is another one. */
bool sentence_either(const Telling *w, const Expr *e, bool negated, Both *ret);

#endif
