/* oracle_inside.h — what the two halves of the oracle share: places of evaluation, values with what
 * they lack. */
#ifndef ANLAO_TESTS_EVALUATE_ORACLE_INSIDE_H
#define ANLAO_TESTS_EVALUATE_ORACLE_INSIDE_H

#include "oracle.h"

__extension__ typedef __int128 Wide128;

typedef struct At {
    const Oracle *o;
    const Entity *entity;
    size_t row;
    Date day;
    const struct At *outer;
    const Expr *place; /* of a rule with a place of its own */
} At;

Seen oracle_see(const At *at, const Expr *e);
Seen oracle_field(const At *at, const Field *f);
Seen oracle_truth(const At *at, const Expr *e);
Seen oracle_worth(const At *at, const Expr *e); /* a condition as a bool value */
Seen oracle_present(const At *at);
typedef struct Frac {
    Wide128 over, under;
} Frac;

/* Between which numbers a side of a comparison lies; open: nothing below, or above, can be ruled
 * out.  Shares and means in units of their scale. */
typedef struct Range {
    Frac low, high;
    bool open[2];
} Range;

Range oracle_range(const At *at, const Expr *e, const Seen *s);
Seen oracle_aggregate(const At *at, const Expr *e);
/* oracle_spell.c: every day of the past by itself. */
void oracle_forget(void); /* what was seen of days: before another world */
Seen oracle_since(const At *at, const Expr *e);
bool oracle_spell_range(const At *at, const Expr *e, Range *ret);
Seen oracle_while(const At *at, const Expr *e, Seen compared); /* no where the spell is none */
Seen oracle_outcome(const At *at, const Expr *e);              /* what another rule pays */
Seen oracle_version_holds(const At *at, const Version *x);
bool oracle_in_place(const At *at, const Document *d, const Expr *where, Seen *ret);
int64_t oracle_rounded(Wide128 over, Wide128 under, Rounding how);

static inline Lacks one(unsigned id)
{
    Lacks l = {{0}};
    l.bits[id / 64] |= UINT64_C(1) << id % 64;
    return l;
}

static inline Lacks join(Lacks a, Lacks b)
{
    for (int i = 0; i < ORACLE_WORDS; i++)
        a.bits[i] |= b.bits[i];
    return a;
}

static inline Seen known(int64_t v)
{
    return (Seen){.known = true, .value = v};
}

static inline Seen unknown(Lacks l)
{
    return (Seen){.lacks = l};
}

static inline Seen truth(Truth t, Lacks l)
{
    Seen s = {.known = true, .value = t};
    if (t == TRUTH_UNKNOWN || t == TRUTH_PERSON)
        s.lacks = l;
    return s;
}

/* Whether nothing but judgements is missing. */
static inline bool judged_only(const Oracle *o, const Lacks *l)
{
    for (int i = 0; i < ORACLE_WORDS; i++) {
        if ((l->bits[i] & ~o->judged.bits[i]) != 0)
            return false;
    }
    return true;
}

/* A condition that cannot be answered: for want of a fact, or of a person's word. */
static inline Seen doubtful(const At *at, Lacks l)
{
    return truth(judged_only(at->o, &l) ? TRUTH_PERSON : TRUTH_UNKNOWN, l);
}

static inline Seen holds(bool b)
{
    return known(b ? TRUTH_YES : TRUTH_NO);
}

#endif
