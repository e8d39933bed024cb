/* sentence.c — why: the trace of one rule becomes lines.
 * In: Model, Rule, Program, Trace.  Out: Explanation: the decision, each condition of the rule's
 * own expression with its value and truth, the amount, what is missing, what time will change. Not
 * here: words (sentence_words.c), marks (page/).  Start: explain_rule(). */
#include "compile/sentence_words.h"

#define LINES_DEEP 8 /* nobody reads deeper */

typedef struct Lines {
    Telling w;
    GArray *list; /* ExplainLine */
    Both cure;
} Lines;

static const Both nobody = {{NULL, 0}, {NULL, 0}};

static void put(Lines *l, unsigned depth, Truth truth, Both text, Both source)
{
    ExplainLine line = {.depth = depth,
                        .zh = text.zh,
                        .en = text.en,
                        .truth = truth,
                        .source_zh = source.zh,
                        .source_en = source.en};

    g_array_append_val(l->list, line);
}

/* ---- conditions */

static void put_condition(Lines *l, const Expr *e, unsigned depth, bool negated);

/* The members of what must all hold (or of what may), each on its own: an `and`, and below a `not`
 * an `or`, read the same. */
static void put_members(Lines *l, const Expr *e, bool all, unsigned depth, bool negated)
{
    bool listed = e->kind == (all != negated ? EXPR_AND : EXPR_OR);
    Both text;

    if (e->kind == EXPR_NOT) {
        put_members(l, e->a, all, depth, !negated);
    } else if (listed && !(e->kind == EXPR_OR && sentence_either(&l->w, e, negated, &text))) {
        put_members(l, e->a, all, depth, negated);
        put_members(l, e->b, all, depth, negated);
    } else {
        put_condition(l, e, depth, negated);
    }
}

static Truth truth_here(const Lines *l, const Expr *e, bool negated)
{
    Truth t = seen_truth(&l->w, e);

    return negated ? truth_not(t) : t;
}

static void put_group(Lines *l, const Expr *e, unsigned depth, bool negated)
{
    bool all = (e->kind == EXPR_AND) != negated;
    Both listed;

    if (e->kind == EXPR_OR && sentence_either(&l->w, e, negated, &listed)) {
        const Expr *first = e;

        while (first->kind == EXPR_OR)
            first = first->a;
        put(l, depth, truth_here(l, e, negated), listed, sentence_source(&l->w, first->a));
        return;
    }
    put(l, depth, truth_here(l, e, negated),
        say1(&l->w, all ? PHRASE_ALL_OF : PHRASE_ANY_OF, nobody), nobody);
    put_members(l, e, all, depth + 1, negated);
}

/* The cases up to the one that applies; further ones do not matter. */
static void put_cases(Lines *l, const Expr *e, unsigned depth, bool negated, bool truths)
{
    const Expr *pairs[2] = {e->a, e->b};
    const Expr **args = e->kind == EXPR_IF ? pairs : e->args;
    size_t n = e->kind == EXPR_IF ? 2 : e->n_args;
    const Expr *last = e->kind == EXPR_IF ? e->c : n % 2 == 1 ? args[n - 1] : NULL;

    for (size_t i = 0; i + 1 < n; i += 2) {
        Truth t = seen_truth(&l->w, args[i]);

        put_condition(l, args[i], depth, false);
        if (t == TRUTH_YES) {
            if (truths)
                put_condition(l, args[i + 1], depth, negated);
            return;
        }
    }
    if (truths && last != NULL)
        put_condition(l, last, depth, negated);
}

static bool is_chain(const Expr *e)
{
    return e->kind == EXPR_AND || e->kind == EXPR_OR || e->kind == EXPR_NOT || e->kind == EXPR_IF ||
           e->kind == EXPR_CASE;
}

/* A computed yes-or-no fact of the record itself is opened up: the reader asks why it is so. */
static const Expr *opened(const Lines *l, const Expr *e)
{
    if (e->kind != EXPR_FIELD || e->n_path != 1 || e->outer)
        return NULL;
    const Expr *x = version_part(&l->w, e->path[0]->compute);

    if (x == NULL || program_step_of(l->w.p, x, STEP_NONE) == STEP_NONE)
        return NULL;
    return x->type.is_truth || is_chain(x) ? x : NULL;
}

/* A plain fact stands in the line itself; said again is only since when it holds. */
static bool says_itself(const Lines *l, const Expr *e)
{
    Seen v = e != NULL && e->kind == EXPR_FIELD ? seen_value(&l->w, e) : (Seen){0};

    return v.found && e->path[e->n_path - 1]->compute == NULL && (!v.known || v.since == DATE_MIN);
}

static Both condition_source(const Lines *l, const Expr *e)
{
    if (says_itself(l, e))
        return nobody;
    return says_itself(l, e->a) ? sentence_source(&l->w, e->b) : sentence_source(&l->w, e);
}

static void put_leaf(Lines *l, const Expr *e, unsigned depth, bool negated)
{
    const Expr *inside = opened(l, e);

    if (sentence_waits(&l->w, e)) {
        put(l, depth, TRUTH_PERSON, sentence_judgement(&l->w, e),
            sentence_judgement_source(&l->w, e));
        return;
    }

    put(l, depth, truth_here(l, e, negated), sentence_condition(&l->w, e, negated),
        condition_source(l, e));
    if (inside != NULL)
        put_members(l, inside, true, depth + 1, false);
}

static void put_condition(Lines *l, const Expr *e, unsigned depth, bool negated)
{
    if (depth > LINES_DEEP)
        return;
    e = version_part(&l->w, e);
    switch (e->kind) {
    case EXPR_NOT:
        put_condition(l, e->a, depth, !negated);
        break;
    case EXPR_AND:
    case EXPR_OR:
        put_group(l, e, depth, negated);
        break;
    case EXPR_IF:
    case EXPR_CASE:
        put(l, depth, truth_here(l, e, negated), say1(&l->w, PHRASE_BY_CASE, nobody), nobody);
        put_cases(l, e, depth + 1, negated, true);
        break;
    default:
        put_leaf(l, e, depth, negated);
    }
}

/* Whether the record is this place's, and there at all: said only where that is in doubt. */
static void put_presence(Lines *l, const Rule *r)
{
    const Telling *w = &l->w;
    const Entity *e = r->subject;
    const Expr *by = rule_place(r);
    const Document *d = r->home.document;
    uint32_t step = w->o->present;

    if (step == STEP_NONE || step >= w->t->n_steps || !w->t->steps[step].run ||
        w->t->steps[step].value == TRUTH_YES)
        return;
    Truth t = (Truth)w->t->steps[step].value;
    bool placed = by == NULL || d == NULL || d->place.len == 0 || seen_value(w, by).known;
    const RegionRow *place = placed ? NULL : model_region(w->m, d->place);

    if (place != NULL)
        put(l, 1, t,
            say1(w, PHRASE_PLACE,
                 (Both){place->name, place->name_en.len > 0 ? place->name_en : place->name}),
            sentence_source(w, by));
    else if (e->begin != NULL)
        put(l, 1, t,
            say2(w, PHRASE_SPAN, both_label(e->begin->label, e->begin->name),
                 e->end != NULL ? both_label(e->end->label, e->end->name)
                                : say1(w, PHRASE_DAY, nobody)),
            nobody);
}

static void put_start(Lines *l, const Expr *date, int months, Phrase p)
{
    if (date == NULL)
        return;
    Seen v = seen_value(&l->w, date);
    Truth t = TRUTH_UNKNOWN;

    if (v.known)
        t = month_first(month_of((Date)v.value) + months) <= l->w.t->day ? TRUTH_YES : TRUTH_NO;
    put(l, 1, t,
        say2(&l->w, p, sentence_term(&l->w, date),
             v.known ? sentence_date(&l->w, (Date)v.value) : say1(&l->w, PHRASE_ABSENT, nobody)),
        sentence_source(&l->w, date));
}

/* ---- the amount */

static Both per_cycle(const Lines *l, const Rule *r, int64_t fen)
{
    static const Phrase phrases[] = {[CYCLE_MONTH] = PHRASE_A_MONTH,
                                     [CYCLE_YEAR] = PHRASE_A_YEAR,
                                     [CYCLE_ONCE] = PHRASE_AT_ONCE};

    return say1(&l->w, phrases[r->cycle], sentence_money(&l->w, fen));
}

/* Days of the month whose part of `rate` gives the amount, where one rate held on all of them. */
static int days_paid(const Lines *l, int64_t rate)
{
    const Trace *t = l->w.t;
    int of = month_days(month_of(t->day));

    for (int n = of; n > 0 && rate > 0; n--) {
        int64_t total = 0, fen = 0;

        if (!checked_mul(rate, n, &total) ||
            !round_divide(total, of, l->w.o->has_round ? l->w.o->round : ROUND_DOWN, &fen))
            return 0;
        if (fen == t->raw_amount && (l->w.o->has_round || total % of == 0))
            return n;
    }
    return 0;
}

static Both by_days(const Lines *l, int64_t rate)
{
    const Trace *t = l->w.t;
    int n = days_paid(l, rate), of = month_days(month_of(t->day));

    if (n == 0)
        return say1(&l->w, PHRASE_BY_CHANGES, sentence_money(&l->w, t->raw_amount));
    return sentence_say(&l->w, PHRASE_BY_DAYS, sentence_money(&l->w, rate),
                        both_of(str_of(arena_printf(l->w.a, "%d/%d", n, of))),
                        sentence_money(&l->w, t->raw_amount));
}

static bool in_fen(Seen v, int64_t *ret)
{
    if (!v.known)
        return false;
    *ret = v.value;
    for (; v.scale < 2; v.scale++)
        *ret *= 10;
    for (; v.scale > 2; v.scale--) {
        if (*ret % 10 != 0)
            return false;
        *ret /= 10;
    }
    return true;
}

/* What the amount is made of: each figure that was read, once. */
static void put_parts(Lines *l, const Expr *e, unsigned depth)
{
    e = version_part(&l->w, e);
    if (e == NULL || depth > LINES_DEEP)
        return;
    bool leaf = e->kind == EXPR_FIELD || e->kind == EXPR_PARAM || e->kind == EXPR_TABLE ||
                e->kind == EXPR_AGE || e->kind == EXPR_AGGREGATE || e->kind == EXPR_GENERAL ||
                e->kind == EXPR_OUTCOME;

    if (leaf && sentence_waits(&l->w, e)) {
        put(l, depth, TRUTH_PERSON, sentence_judgement(&l->w, e),
            sentence_judgement_source(&l->w, e));
    } else if (leaf) {
        Seen v = seen_value(&l->w, e);
        Both term = sentence_term(&l->w, e);
        bool param = e->kind == EXPR_PARAM || e->kind == EXPR_TABLE;
        bool paid = e->kind == EXPR_GENERAL || e->kind == EXPR_OUTCOME;
        Phrase none = param ? PHRASE_UNSET : paid ? PHRASE_UNSURE : PHRASE_ABSENT;
        Both value = v.known ? sentence_value_told(&l->w, e, e, v) : say1(&l->w, none, nobody);

        if (!v.found)
            return;
        put(l, depth, v.known ? TRUTH_YES : TRUTH_UNKNOWN, say2(&l->w, PHRASE_PART, term, value),
            sentence_source(&l->w, e));
    }
    if (e->kind == EXPR_IF || e->kind == EXPR_CASE) {
        put_cases(l, e, depth, false, false);
        const Expr *chosen = e->kind == EXPR_IF && seen_truth(&l->w, e->a) == TRUTH_YES  ? e->b
                             : e->kind == EXPR_IF && seen_truth(&l->w, e->a) == TRUTH_NO ? e->c
                                                                                         : NULL;
        bool open = e->kind == EXPR_IF;

        for (size_t i = 0; !open && i + 1 < e->n_args; i += 2) {
            Truth t = seen_truth(&l->w, e->args[i]);

            open = t != TRUTH_NO;
            chosen = t == TRUTH_YES ? e->args[i + 1] : NULL;
        }
        if (!open && e->n_args % 2 == 1)
            chosen = e->args[e->n_args - 1];
        put_parts(l, chosen, depth);
        return;
    }
    if (e->kind == EXPR_AGGREGATE || e->kind == EXPR_AGE)
        return;
    const Expr *const operands[] = {e->a, e->b, e->c};

    for (size_t i = 0; i < G_N_ELEMENTS(operands); i++)
        put_parts(l, operands[i], depth + (e->kind == EXPR_GENERAL));
    for (size_t i = 0; i < e->n_args; i++) {
        if (e->args[i]->kind != EXPR_CODE)
            put_parts(l, e->args[i], depth + 1);
    }
}

static Truth excepted(const Lines *l, size_t i)
{
    uint32_t step = i < l->w.o->n_excepted ? l->w.o->excepted[i] : STEP_NONE;

    return step < l->w.t->n_steps && l->w.t->steps[step].run ? (Truth)l->w.t->steps[step].value
                                                             : TRUTH_NO;
}

static void put_exception(Lines *l, const Rule *r, const Exception *x, Truth holds, unsigned depth)
{
    const Document *d = x->home.document;
    Phrase said = holds == TRUTH_YES ? PHRASE_EXCEPTION_HOLDS : PHRASE_EXCEPTION_OPEN;
    const RegionRow *place =
        str_equal(d->place, r->home.document->place) ? NULL : model_region(l->w.m, d->place);

    put(l, depth, holds, say1(&l->w, said, exception_name(&l->w, x)),
        sentence_citation(&l->w, x->home));
    if (place != NULL && holds != TRUTH_YES)
        put(l, depth + 1, holds,
            say1(&l->w, PHRASE_EXCEPTION_PLACE,
                 (Both){place->name, place->name_en.len > 0 ? place->name_en : place->name}),
            nobody);
    put_members(l, x->when, true, depth + 1, false);
}

/* What the amount is made of: of the first exception that holds; of all that may, and behind them
 * of the general amount. */
static void put_made_of(Lines *l, const Rule *r, unsigned depth)
{
    for (size_t i = 0; i < r->n_exceptions; i++) {
        Truth holds = excepted(l, i);

        if (holds == TRUTH_NO)
            continue;
        put_exception(l, r, r->exceptions[i], holds, depth);
        put_parts(l, r->exceptions[i]->pay, depth + 1);
        if (holds == TRUTH_YES)
            return;
    }
    put_parts(l, r->pay, depth);
}

static Seen amount_seen(const Lines *l, const Rule *r)
{
    const Trace *t = l->w.t;
    uint32_t step = l->w.o->amount;

    if (step == STEP_NONE || step >= t->n_steps || !t->steps[step].run)
        return seen_value(&l->w, r->pay);
    return (Seen){.found = true,
                  .known = t->steps[step].known,
                  .value = t->steps[step].value,
                  .scale = l->w.p->steps[step].scale};
}

/* A person decides whether, or how much: the most it may come to, and what that rests on. */
static void put_amount_of_person(Lines *l, const Rule *r)
{
    const Trace *t = l->w.t;

    put(l, 1, TRUTH_PERSON,
        t->has_most ? say1(&l->w, PHRASE_AMOUNT_UP_TO, sentence_money(&l->w, t->most))
                    : say1(&l->w, PHRASE_AMOUNT_PERSON, nobody),
        nobody);
    put_made_of(l, r, 2);
}

/* The rule's own amount, whatever its groups leave of it. */
static void put_amount(Lines *l, const Rule *r)
{
    const Trace *t = l->w.t;
    int64_t rate = 0;

    if (r->pay != NULL && t->raw_outcome == TRUTH_PERSON) {
        put_amount_of_person(l, r);
        return;
    }
    if (r->pay == NULL || (r->when != NULL && seen_truth(&l->w, r->when) != TRUTH_YES))
        return;
    Seen v = amount_seen(l, r);

    if (t->raw_outcome == TRUTH_UNKNOWN && v.known)
        return; /* what is in doubt is whether, not how much */
    if (t->raw_outcome == TRUTH_NO)
        put(l, 1, TRUTH_NO, say1(&l->w, PHRASE_AMOUNT_NOTHING, nobody), nobody);
    else if (t->raw_outcome != TRUTH_YES)
        put(l, 1, TRUTH_UNKNOWN, say1(&l->w, PHRASE_AMOUNT_UNKNOWN, nobody), nobody);
    else if (r->governing == GOVERN_EACH_DAY && r->cycle == CYCLE_MONTH && in_fen(v, &rate))
        put(l, 1, TRUTH_YES, by_days(l, rate), nobody);
    else
        put(l, 1, TRUTH_YES, per_cycle(l, r, t->raw_amount), nobody);
    put_made_of(l, r, 2);
}

/* ---- the decision, and what follows from it */

static Phrase decision_phrase(const Rule *r, const Trace *t)
{
    static const Phrase benefits[] = {PHRASE_NOT_ENTITLED, PHRASE_ENTITLED_UNKNOWN,
                                      PHRASE_ENTITLED_PERSON, PHRASE_ENTITLED};
    static const Phrase checks[] = {PHRASE_FAILED, PHRASE_PASSED_UNKNOWN, PHRASE_ENTITLED_PERSON,
                                    PHRASE_PASSED};

    if (t->outside)
        return PHRASE_OUTSIDE;
    return (r->kind == RULE_CHECK ? checks : benefits)[t->outcome];
}

/* The cure's text with its parts' values: {expr} by first appearance in either language. */
static Str cured(const Lines *l, const Rule *r, Str text, GPtrArray *seen, bool zh)
{
    g_autoptr(GString) out = g_string_new(NULL);

    while (text.len > 0) {
        ptrdiff_t open = str_find(text, STR("{")), close = str_find(text, STR("}"));

        if (open < 0 || close < open) {
            g_string_append_len(out, text.at, (gssize)text.len);
            break;
        }
        g_string_append_len(out, text.at, open);
        g_autofree char *part = g_strndup(text.at + open + 1, (size_t)(close - open - 1));
        guint k = 0;

        while (k < seen->len && strcmp(part, g_ptr_array_index(seen, k)) != 0)
            k++;
        if (k == seen->len)
            g_ptr_array_add(seen, g_strdup(part));
        Seen v = k < r->n_cure_parts ? seen_value(&l->w, r->cure_parts[k]) : (Seen){0};
        Both value = v.known ? sentence_value(&l->w, r->cure_parts[k], v)
                             : say1(&l->w, PHRASE_UNSURE, nobody);
        Str said = zh ? value.zh : value.en;

        g_string_append_len(out, said.at != NULL ? said.at : "", (gssize)said.len);
        text.at += close + 1;
        text.len -= (size_t)close + 1;
    }
    return (Str){arena_dup(l->w.a, out->str, out->len), out->len};
}

static void put_cure(Lines *l, const Rule *r)
{
    if (l->w.t->outcome != TRUTH_NO || l->w.t->outside || r->cure_zh.len == 0)
        return;
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
    Both text = {.zh = cured(l, r, r->cure_zh, seen, true)};

    text.en = r->cure_en.len > 0 ? cured(l, r, r->cure_en, seen, false) : text.zh;
    l->cure = text;
    put(l, 1, TRUTH_NO, say1(&l->w, PHRASE_CURE, text), nobody);
}

static Both input_label(const Telling *w, const Input *in)
{
    Both all = nobody;

    switch (in->kind) {
    case INPUT_PARAM:
        return both_label(((const Param *)in->origin)->label, ((const Param *)in->origin)->name);
    case INPUT_TABLE:
        return both_label(((const Table *)in->origin)->label, ((const Table *)in->origin)->name);
    case INPUT_RECORDS:
        return both_label(((const Entity *)in->origin)->label, ((const Entity *)in->origin)->name);
    case INPUT_FIELD:
        break;
    }
    for (size_t i = 0; i < in->n_path; i++) {
        const Field *f = in->path[i];
        Both label = both_label(f->label, f->name);

        all = i == 0 ? label : say2(w, PHRASE_OF, all, label);
    }
    const Field *last = in->origin;

    return in->n_path > 0 ? all : both_label(last->label, last->name);
}

static void tell_missing(const Telling *w, Explanation *out)
{
    const ProgramOutput *o = w->o;

    out->missing = arena_many(w->a, MissingFact, o->n_inputs + 1);
    for (size_t i = 0; i < o->n_inputs && i < 64; i++) {
        const Input *in = &w->p->inputs[o->inputs[i]];

        if ((w->t->missing >> i & 1) == 0)
            continue;
        Both label = input_label(w, in);

        out->missing[out->n_missing++] =
            (MissingFact){.name = arena_str(w->a, str_of(in->name)),
                          .zh = label.zh,
                          .en = label.en,
                          .is_param = in->kind == INPUT_PARAM || in->kind == INPUT_TABLE,
                          .is_judgement = in->judged};
    }
}

/* ---- the nearest change by time */

static int32_t periods(const Expr *e, Date from, Date to)
{
    return e->kind == EXPR_MONTHS ? date_months(from, to)
           : e->kind == EXPR_DAYS ? to - from
                                  : date_years(from, to);
}

/* An age or a number of months or years that is complete on the day of the change. */
static bool completed(const Telling *w, const Expr *e, Both on, Both *ret)
{
    Date day = w->t->change_on;
    bool until_day = e->kind == EXPR_AGE || (e->b != NULL && e->b->kind == EXPR_DAY);
    Seen from = seen_value(w, e->a);

    if (!until_day || !from.known)
        return false;
    int32_t n = periods(e, (Date)from.value, day);

    if (n == periods(e, (Date)from.value, day - 1) || e->kind == EXPR_DAYS)
        return false;
    Both number = both_of(str_of(arena_printf(w->a, "%d", n)));

    if (e->kind == EXPR_AGE)
        *ret = say2(w, PHRASE_TURNS, on, number);
    else
        *ret =
            sentence_say(w, e->kind == EXPR_MONTHS ? PHRASE_REACHES_MONTHS : PHRASE_REACHES_YEARS,
                         on, sentence_term(w, e->a), number);
    return true;
}

/* `day` against a date: reached on that date, or the day after it. */
static bool reached(const Telling *w, const Expr *e, Both on, Both *ret)
{
    const Expr *other = e->a->kind == EXPR_DAY ? e->b : e->a;

    if (e->kind < EXPR_EQ || e->kind > EXPR_GE ||
        (e->a->kind != EXPR_DAY && e->b->kind != EXPR_DAY))
        return false;
    Seen v = seen_value(w, other);

    if (other->kind == EXPR_DATE || !v.known ||
        (v.value != w->t->change_on && v.value + 1 != w->t->change_on))
        return false;
    *ret = say2(w, PHRASE_REACHES_DAY, on, sentence_term(w, other));
    return true;
}

static bool new_rate(const Telling *w, const Expr *e, Both on, Both *ret)
{
    for (size_t i = 0; e->kind == EXPR_PARAM && i < e->param->n_values; i++) {
        const ParamValue *v = &e->param->values[i];

        if (v->since == w->t->change_on || v->until + 1 == w->t->change_on) {
            *ret = say2(w, PHRASE_NEW_RATE, on, both_label(e->param->label, e->param->name));
            return true;
        }
    }
    return false;
}

static bool find_change(const Telling *w, const Expr *e, Both on, unsigned depth, Both *ret)
{
    e = version_part(w, e);
    if (e == NULL || depth > LINES_DEEP)
        return false;
    if (e->kind == EXPR_FIELD)
        return e->n_path == 1 && !e->outer &&
               find_change(w, e->path[0]->compute, on, depth + 1, ret);
    bool period = e->kind == EXPR_AGE || e->kind == EXPR_YEARS || e->kind == EXPR_MONTHS;

    if ((period && completed(w, e, on, ret)) || new_rate(w, e, on, ret))
        return true;
    if (e->a != NULL && e->b != NULL && reached(w, e, on, ret))
        return true;
    if (find_change(w, e->a, on, depth, ret) || find_change(w, e->b, on, depth, ret) ||
        find_change(w, e->c, on, depth, ret))
        return true;
    for (size_t i = 0; i < e->n_args; i++) {
        if (find_change(w, e->args[i], on, depth, ret))
            return true;
    }
    return false;
}

static void tell_change(const Telling *w, const Rule *r, Explanation *out)
{
    const Trace *t = w->t;

    if (!t->has_change)
        return;
    Both on = sentence_date(w, t->change_on), text = say1(w, PHRASE_TIME_ALONE, on);

    bool found = version_change(w, r, on, &text) || find_change(w, r->when, on, 0, &text) ||
                 find_change(w, r->require, on, 0, &text);

    for (size_t i = 0; i < r->n_exceptions && !found; i++)
        found = find_change(w, r->exceptions[i]->when, on, 0, &text);
    if (!found)
        find_change(w, r->pay, on, 0, &text);
    out->has_change = true;
    out->change_on = t->change_on;
    out->change_to = t->change_to;
    out->change_zh = text.zh;
    out->change_en = text.en;
}

/* ---- all of it */

static const ProgramOutput *output_of(const Program *p, const Rule *r)
{
    for (size_t i = 0; i < p->n_outputs; i++) {
        if (p->outputs[i].origin == r)
            return &p->outputs[i];
    }
    g_assert_not_reached();
}

static void put_said(Lines *l, const Said *s)
{
    put(l, s->depth, s->truth, s->text, s->source);
}

/* `whole`: with its versions; `r`: as the one that holds says it. */
static void put_lines(Lines *l, const Rule *whole, const Rule *r)
{
    Both label = both_label(r->label, r->name), decision;
    Said version;
    size_t n = 0;

    if (!beside_decision(&l->w, whole, label, &decision))
        decision = say1(&l->w, decision_phrase(r, l->w.t), label);
    put(l, 0, l->w.t->outside ? TRUTH_NO : l->w.t->outcome, decision,
        sentence_citation(&l->w, r->home));
    if (l->w.t->outside) {
        if (version_absence(&l->w, whole, &version))
            put_said(l, &version);
        return;
    }
    if (version_line(&l->w, whole, &version))
        put_said(l, &version);
    const Said *beside = beside_lines(&l->w, &n);

    for (size_t i = 0; i < n; i++)
        put_said(l, &beside[i]);
    put_presence(l, whole);
    put_start(l, r->start_of, 0, PHRASE_STARTS);
    put_start(l, r->start_after, 1, PHRASE_STARTS_AFTER);
    if (r->when != NULL)
        put_members(l, r->when, true, 1, false);
    if (r->require != NULL)
        put_members(l, r->require, true, 1, false);
    put_amount(l, r);
    put_cure(l, r);
}

static void put_funds(Lines *l, const Rule *r, Explanation *out)
{
    size_t n = 0;
    const Said *lines = fund_lines(&l->w, r, out, &n);

    for (size_t i = 0; i < n; i++)
        put_said(l, &lines[i]);
}

void explain_rule(Arena *a, const Model *m, const Rule *rule, const Program *p, const Trace *t,
                  Explanation *out)
{
    Lines l = {.w = {.a = a, .m = m, .p = p, .o = output_of(p, rule), .t = t},
               .list = g_array_new(FALSE, FALSE, sizeof(ExplainLine))};
    const Rule *now = version_rule(&l.w, rule);
    Both label = both_label(now->label, now->name);

    *out = (Explanation){.rule = rule->name,
                         .label_zh = label.zh,
                         .label_en = label.en,
                         .subject = rule->subject->name,
                         .on = t->day,
                         .outcome = t->outcome,
                         .has_amount = t->has_amount,
                         .amount = t->amount,
                         .has_most = t->has_most,
                         .most = t->most};
    if (now->home.document != NULL)
        out->document = now->home.document->name;
    if (now->home.clause != NULL)
        out->clause = now->home.clause->number;
    put_lines(&l, rule, now);
    put_funds(&l, now, out);
    out->n_lines = l.list->len;
    out->lines = arena_many(a, ExplainLine, l.list->len + 1);
    memcpy(out->lines, l.list->data, l.list->len * sizeof(ExplainLine));
    g_array_free(l.list, TRUE);
    out->cure_zh = l.cure.zh;
    out->cure_en = l.cure.en;
    tell_missing(&l.w, out);
    tell_change(&l.w, rule, out);
    near_tell(&l.w, rule, out);
}
