/* oracle_spell.c — since(c): every day of the past looked at by itself.  See oracle.h.
 * The worlds' facts change from 2019 on; before that only births do. */
#include "oracle_inside.h"

#define FIRST_LOOKED ((Date)17896) /* 2018-12-31 */
#define DAYS_LOOKED  1600

/* What c was on the days from FIRST_LOOKED on, of one row. */
typedef struct Past {
    const Expr *of;
    size_t row;
    uint8_t truth[DAYS_LOOKED];
    bool seen[DAYS_LOOKED];
} Past;

static GHashTable *pasts;

static guint past_hash(gconstpointer p)
{
    const Past *x = p;

    return g_direct_hash(x->of) ^ (guint)x->row;
}

static gboolean past_same(gconstpointer a, gconstpointer b)
{
    const Past *x = a, *y = b;

    return x->of == y->of && x->row == y->row;
}

void oracle_forget(void)
{
    if (pasts != NULL)
        g_hash_table_destroy(pasts);
    pasts = g_hash_table_new_full(past_hash, past_same, g_free, NULL);
}

static Seen on_day(const At *at, const Expr *c, Date day)
{
    At then = *at;
    Seen there, holds_then;

    then.day = day;
    then.place = NULL;
    there = oracle_present(&then);
    holds_then = oracle_truth(&then, c);
    return truth(truth_and((Truth)there.value, (Truth)holds_then.value),
                 join(there.lacks, holds_then.lacks));
}

static Truth truth_on(const At *at, const Expr *c, Date day)
{
    Past key = {.of = c, .row = at->row}, *x = g_hash_table_lookup(pasts, &key);
    Date i = day - FIRST_LOOKED;

    if (i < 0 || i >= DAYS_LOOKED)
        return (Truth)on_day(at, c, day).value;
    if (x == NULL) {
        x = g_new(Past, 1);
        *x = key;
        g_hash_table_add(pasts, x);
    }
    if (!x->seen[i]) {
        x->truth[i] = (uint8_t)on_day(at, c, day).value;
        x->seen[i] = true;
    }
    return (Truth)x->truth[i];
}

/* The day before on which it may have been otherwise. */
static Date before(const At *at, Date day)
{
    Seen born;

    if (day > FIRST_LOOKED)
        return day - 1;
    born = at->entity->begin != NULL ? oracle_field(at, at->entity->begin) : known(DAY_LOW);
    if (born.known && born.value <= day)
        return (Date)born.value - 1;
    return DAY_LOW - 1;
}

typedef struct Spell {
    Truth now;
    Date low, high;
    Lacks lacks;
} Spell;

static Spell spell_of(const At *at, const Expr *c)
{
    Spell x = {.now = truth_on(at, c, at->day), .low = DAY_HIGH, .high = DAY_HIGH};
    bool sure = x.now == TRUTH_YES;

    for (Date d = at->day; d >= DAY_LOW;) {
        Truth t = truth_on(at, c, d);
        Date earlier = before(at, d);

        if (t == TRUTH_NO)
            break;
        sure = sure && t == TRUTH_YES;
        x.low = MAX(earlier + 1, DAY_LOW);
        if (sure)
            x.high = x.low;
        if (t != TRUTH_YES)
            x.lacks = join(x.lacks, on_day(at, c, d).lacks);
        d = earlier;
    }
    return x;
}

Seen oracle_since(const At *at, const Expr *e)
{
    Spell x = spell_of(at, e->a);

    if (x.now == TRUTH_NO)
        return known(DAY_HIGH);
    return x.low == x.high && x.now == TRUTH_YES ? known(x.low) : unknown(x.lacks);
}

static const Expr *since_in(const Expr *e)
{
    if (e == NULL || e->kind == EXPR_SINCE)
        return e;
    return e->kind == EXPR_MONTHS || e->kind == EXPR_YEARS || e->kind == EXPR_DAYS ? since_in(e->a)
                                                                                   : NULL;
}

static int64_t span(const Expr *e, Date from, Date to)
{
    return e->kind == EXPR_DAYS     ? to - from
           : e->kind == EXPR_MONTHS ? date_months(from, to)
                                    : date_years(from, to);
}

/* since(c) itself, and months(since(c), day). */
bool oracle_spell_range(const At *at, const Expr *e, Range *ret)
{
    const Expr *s = since_in(e);
    Spell x;

    if (s == NULL)
        return false;
    x = spell_of(at, s->a);
    if (s == e)
        *ret = (Range){.low = {x.low, 1}, .high = {x.high, 1}};
    else
        *ret = (Range){.low = {span(e, x.high, at->day), 1}, .high = {span(e, x.low, at->day), 1}};
    return true;
}

Seen oracle_while(const At *at, const Expr *e, Seen compared)
{
    const Expr *s = since_in(e);
    Seen c;

    if (s == NULL)
        return compared;
    c = oracle_truth(at, s->a);
    return truth(truth_and((Truth)c.value, (Truth)compared.value), join(c.lacks, compared.lacks));
}
