/* sentence_condition.c — one condition: its value, and what is needed.
 * 「年龄 79 岁，要求不小于 80 岁」; below a `not` the need is turned round, not the sentence.
 * Start: sentence_condition(). */
#include "compile/sentence_words.h"

static bool is_fixed(const Expr *e)
{
    while (e->kind == EXPR_RESCALE)
        e = e->a;
    return e->kind == EXPR_NUMBER || e->kind == EXPR_DATE || e->kind == EXPR_CODE ||
           e->kind == EXPR_SET || e->kind == EXPR_REGION || e->kind == EXPR_PARAM ||
           e->kind == EXPR_TRUTH;
}

/* The side people ask about stands left: `80 <= age` reads as age >= 80. */
static ExprKind turned(ExprKind k)
{
    static const ExprKind other[] = {
        [EXPR_EQ] = EXPR_EQ, [EXPR_NE] = EXPR_NE, [EXPR_LT] = EXPR_GT,
        [EXPR_LE] = EXPR_GE, [EXPR_GT] = EXPR_LT, [EXPR_GE] = EXPR_LE,
    };
    return other[k];
}

static ExprKind opposite(ExprKind k)
{
    static const ExprKind other[] = {
        [EXPR_EQ] = EXPR_NE, [EXPR_NE] = EXPR_EQ, [EXPR_LT] = EXPR_GE,
        [EXPR_LE] = EXPR_GT, [EXPR_GT] = EXPR_LE, [EXPR_GE] = EXPR_LT,
    };
    return other[k];
}

static Both comparison_need(const Telling *w, ExprKind k, const Expr *left, const Expr *right)
{
    static const Phrase plain[] = {
        [EXPR_EQ] = PHRASE_NEED_EQ, [EXPR_NE] = PHRASE_NEED_NE, [EXPR_LT] = PHRASE_NEED_LT,
        [EXPR_LE] = PHRASE_NEED_LE, [EXPR_GT] = PHRASE_NEED_GT, [EXPR_GE] = PHRASE_NEED_GE,
    };
    static const Phrase dates[] = {
        [EXPR_EQ] = PHRASE_NEED_EQ,     [EXPR_NE] = PHRASE_NEED_NE,
        [EXPR_LT] = PHRASE_NEED_BEFORE, [EXPR_LE] = PHRASE_NEED_UNTIL,
        [EXPR_GT] = PHRASE_NEED_AFTER,  [EXPR_GE] = PHRASE_NEED_FROM,
    };
    static const Phrase ranks[] = {
        [EXPR_EQ] = PHRASE_NEED_EQ,    [EXPR_NE] = PHRASE_NEED_NE,
        [EXPR_LT] = PHRASE_NEED_BELOW, [EXPR_LE] = PHRASE_NEED_NOT_ABOVE,
        [EXPR_GT] = PHRASE_NEED_ABOVE, [EXPR_GE] = PHRASE_NEED_NOT_BELOW,
    };
    const Phrase *needs = left->type.kind == KIND_DATE   ? dates
                          : left->type.kind == KIND_ENUM ? ranks
                                                         : plain;

    return say2(w, needs[k], (Both){0}, sentence_operand(w, right, left));
}

/* A list of one code. */
static bool is_one(const Expr *e)
{
    return e->kind == EXPR_SET && e->number != 0 && (e->number & (e->number - 1)) == 0;
}

/* What the condition needs of its left side; false: it is no comparison. */
static bool need_of(const Telling *w, const Expr *e, bool negated, Both *ret)
{
    static const Phrase needs[][2] = {
        [EXPR_IN] = {PHRASE_NEED_IN, PHRASE_NEED_NOT_IN},
        [EXPR_IN_REGION] = {PHRASE_NEED_INSIDE, PHRASE_NEED_OUTSIDE},
        [EXPR_HAS_ANY] = {PHRASE_NEED_ANY, PHRASE_NEED_NONE},
        [EXPR_HAS_ALL] = {PHRASE_NEED_ALL, PHRASE_NEED_NOT_ALL},
    };

    switch (e->kind) {
    case EXPR_BETWEEN:
        *ret = sentence_say(w, negated ? PHRASE_NEED_NOT_BETWEEN : PHRASE_NEED_BETWEEN, (Both){0},
                            sentence_operand(w, e->b, e->a), sentence_operand(w, e->c, e->a));
        return true;
    case EXPR_IN:
        if (e->a->type.kind == KIND_REGION) {
            *ret = say2(w, needs[EXPR_IN_REGION][negated], (Both){0}, sentence_term(w, e->b));
            return true;
        }
        if (is_one(e->b)) {
            *ret = say2(w, negated ? PHRASE_NEED_NE : PHRASE_NEED_EQ, (Both){0},
                        sentence_term(w, e->b));
            return true;
        }
        *ret = say2(w, needs[e->kind][negated], (Both){0}, sentence_operand(w, e->b, e->a));
        return true;
    case EXPR_HAS_ANY:
    case EXPR_HAS_ALL:
        if (is_one(e->b)) {
            *ret = say2(w, negated ? PHRASE_NEED_WITHOUT : PHRASE_NEED_WITH, (Both){0},
                        sentence_term(w, e->b));
            return true;
        }
        *ret = say2(w, needs[e->kind][negated], (Both){0}, sentence_operand(w, e->b, NULL));
        return true;
    case EXPR_IN_REGION:
        *ret = say2(w, needs[e->kind][negated], (Both){0}, sentence_operand(w, e->b, NULL));
        return true;
    default:
        return false;
    }
}

static bool reads_as_number(const Expr *e)
{
    switch (e->type.kind) {
    case KIND_ENUM:
    case KIND_SET:
    case KIND_REGION:
    case KIND_BOOL:
    case KIND_REF:
        return false;
    default:
        return true;
    }
}

/* A reference on the way to a fact, or a computed fact, may be what is not known. */
static Phrase unknown_phrase(const Expr *left)
{
    if (left->kind == EXPR_PARAM || left->kind == EXPR_TABLE)
        return PHRASE_IS_UNSET;
    if (left->kind == EXPR_FIELD && left->path[left->n_path - 1]->compute == NULL)
        return PHRASE_IS_ABSENT;
    return PHRASE_IS_UNSURE;
}

static Both with_value(const Telling *w, const Expr *left, Both need)
{
    Seen v = seen_value(w, left);
    Both term = sentence_term(w, left);

    if (!v.found)
        return sentence_say(w, PHRASE_IS_UNSEEN, term, (Both){0}, need);
    if (!v.known)
        return sentence_say(w, unknown_phrase(left), term, (Both){0}, need);
    if (sentence_no_spell(w, left))
        return sentence_say(w, PHRASE_IS_NO_SPELL, term, (Both){0}, need);
    return sentence_say(w, reads_as_number(left) ? PHRASE_IS_NUMBER : PHRASE_IS_WORD, term,
                        sentence_value_told(w, left, left, v), need);
}

bool condition_sides(const Expr *e, bool negated, const Expr **left, const Expr **right,
                     ExprKind *kind)
{
    if (e->kind < EXPR_EQ || e->kind > EXPR_GE)
        return false;
    bool turn = is_fixed(e->a) && !is_fixed(e->b);
    ExprKind k = turn ? turned(e->kind) : e->kind;

    *left = turn ? e->b : e->a;
    *right = turn ? e->a : e->b;
    *kind = negated ? opposite(k) : k;
    return true;
}

static Both comparison(const Telling *w, const Expr *e, bool negated)
{
    const Expr *left = NULL, *right = NULL;
    ExprKind k = EXPR_EQ;

    condition_sides(e, negated, &left, &right, &k);
    return with_value(w, left, comparison_need(w, k, left, right));
}

static Both presence(const Telling *w, const Expr *e, bool negated)
{
    Truth t = seen_truth(w, e);
    Both need = say1(w, negated ? PHRASE_NEED_NO_ONE : PHRASE_NEED_ONE, (Both){0});
    Phrase p = t == TRUTH_YES  ? PHRASE_EXISTS_YES
               : t == TRUTH_NO ? PHRASE_EXISTS_NO
                               : PHRASE_EXISTS_UNKNOWN;

    return sentence_say(w, p, sentence_term(w, e), (Both){0}, need);
}

static Both knowledge(const Telling *w, const Expr *e, bool negated)
{
    Both need = say1(w, negated ? PHRASE_NEED_UNKNOWN : PHRASE_NEED_KNOWN, (Both){0});

    return sentence_say(w, seen_truth(w, e) == TRUTH_YES ? PHRASE_KNOWN_YES : PHRASE_KNOWN_NO,
                        sentence_term(w, e->a), (Both){0}, need);
}

static Both history(const Telling *w, const Expr *e, bool negated)
{
    Truth t = seen_truth(w, e);
    Both need = say1(w, negated ? PHRASE_NEED_NOT_REACHED : PHRASE_NEED_REACHED, (Both){0});
    Phrase p = t == TRUTH_YES  ? PHRASE_REACHED_YES
               : t == TRUTH_NO ? PHRASE_REACHED_NO
                               : PHRASE_REACHED_UNKNOWN;

    return sentence_say(w, p, sentence_state(e), (Both){0}, need);
}

/* `x in (a, b)` over places or numbers is linked as a chain of `or` about one x. */
static bool collect(const Telling *w, const Expr *e, const Expr *first, Both *all)
{
    if (e->kind == EXPR_OR)
        return collect(w, e->a, first, all) && collect(w, e->b, first, all);
    if (e->kind != first->kind || e->a != first->a || !is_fixed(e->b))
        return false;
    Both one = sentence_operand(w, e->b, e->a);

    *all = all->zh.len > 0 ? say2(w, PHRASE_AND_SO_ON, *all, one) : one;
    return true;
}

bool sentence_either(const Telling *w, const Expr *e, bool negated, Both *ret)
{
    const Expr *first = e;
    Both all = {0};

    while (first->kind == EXPR_OR)
        first = first->a;
    if ((first->kind != EXPR_IN_REGION && first->kind != EXPR_EQ) || !collect(w, e, first, &all))
        return false;
    Phrase yes = first->kind == EXPR_EQ ? PHRASE_NEED_IN : PHRASE_NEED_INSIDE;
    Phrase no = first->kind == EXPR_EQ ? PHRASE_NEED_NOT_IN : PHRASE_NEED_OUTSIDE;

    *ret = with_value(w, first->a, say2(w, negated ? no : yes, (Both){0}, all));
    return true;
}

/* The conditions of `once per KEY` are told by what they are for (declare/link_once.c). */
static bool once_words(const Telling *w, const Expr *e, Both *ret)
{
    static const struct {
        const char *called;
        Phrase yes, no, unknown;
    } all[] = {{"once-award", PHRASE_ONCE_FREE, PHRASE_ONCE_TAKEN, PHRASE_ONCE_DOUBT},
               {"once-claim", PHRASE_CLAIM_FIRST, PHRASE_CLAIM_LATER, PHRASE_CLAIM_DOUBT},
               {"once-two", PHRASE_CLAIM_ALONE, PHRASE_CLAIM_TWO, PHRASE_CLAIM_TWO}};
    const Rule *r = w->o->origin;
    Truth t;

    for (size_t i = 0; e->type.is_truth && e->text.len > 0 && i < G_N_ELEMENTS(all); i++) {
        if (!str_is(e->text, all[i].called) || r->once_per == NULL)
            continue;
        t = seen_truth(w, e);
        *ret = say1(w,
                    t == TRUTH_YES  ? all[i].yes
                    : t == TRUTH_NO ? all[i].no
                                    : all[i].unknown,
                    both_label(r->once_per->path[r->once_per->n_path - 1]->label,
                               r->once_per->path[r->once_per->n_path - 1]->name));
        return true;
    }
    return false;
}

Both sentence_condition(const Telling *w, const Expr *e, bool negated)
{
    Both need = {0};

    if (once_words(w, e, &need))
        return need;

    switch (e->kind) {
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
        return comparison(w, e, negated);
    case EXPR_KNOWN:
        return knowledge(w, e, negated);
    case EXPR_REACHED:
        return history(w, e, negated);
    case EXPR_TRUTH:
        return say1(w, (e->number == TRUTH_YES) != negated ? PHRASE_ALWAYS : PHRASE_NEVER,
                    (Both){0});
    case EXPR_AGGREGATE:
        return presence(w, e, negated);
    default:
        break;
    }
    if (need_of(w, e, negated, &need))
        return with_value(w, e->a, need);
    need = say1(w, negated ? PHRASE_NEED_NO : PHRASE_NEED_YES, (Both){0});
    return with_value(w, e, need);
}
