/* sentence_words.c — names, values and sources in words.
 * Read first: sentence_term(), sentence_value(), sentence_source(). */
#include "compile/sentence_words.h"

#include "base/decimal.h"
#include "data/point.h"

static const struct {
    const char *zh, *en;
} phrases[PHRASE_N] = {
#define PHRASE(name, zh, en) [PHRASE_##name] = {zh, en},
#include "compile/sentence.def"
#undef PHRASE
};

/* ---- filling in */

static bool is_wide(char c)
{
    return (unsigned char)c >= 0x80;
}

/* Chinese puts a blank between itself and figures, none between words. */
static Str filled(Arena *a, const char *pattern, bool zh, const Str parts[3])
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *s = pattern; *s != '\0'; s++) {
        if (s[0] != '{' || s[1] < 'a' || s[1] > 'c' || s[2] != '}') {
            g_string_append_c(out, *s);
            continue;
        }
        Str part = parts[s[1] - 'a'];

        s += 2;
        if (part.len == 0)
            continue;
        if (zh && is_wide(part.at[0]) && out->len > 0 && out->str[out->len - 1] == ' ')
            g_string_truncate(out, out->len - 1);
        g_string_append_len(out, part.at, (gssize)part.len);
        if (zh && is_wide(part.at[part.len - 1]) && s[1] == ' ' && s[2] != '{')
            s++;
    }
    return (Str){arena_dup(a, out->str, out->len), out->len};
}

Both sentence_say(const Telling *w, Phrase p, Both a, Both b, Both c)
{
    return (Both){filled(w->a, phrases[p].zh, true, (const Str[3]){a.zh, b.zh, c.zh}),
                  filled(w->a, phrases[p].en, false, (const Str[3]){a.en, b.en, c.en})};
}

Both say1(const Telling *w, Phrase p, Both a)
{
    return sentence_say(w, p, a, (Both){0}, (Both){0});
}

Both say2(const Telling *w, Phrase p, Both a, Both b)
{
    return sentence_say(w, p, a, b, (Both){0});
}

Both both_of(Str zh_and_en)
{
    return (Both){zh_and_en, zh_and_en};
}

Both both_label(Label label, Str name)
{
    return (Both){label.zh.len > 0 ? label.zh : name, label.en.len > 0 ? label.en : name};
}

Both sentence_date(const Telling *w, Date d)
{
    char text[DATE_TEXT];

    return both_of(str_of(arena_printf(w->a, "%s", date_format(d, text))));
}

Both sentence_money(const Telling *w, int64_t fen)
{
    char text[DECIMAL_TEXT];

    return both_of(str_of(arena_printf(w->a, "%s", money_format(fen, text))));
}

Both sentence_citation(const Telling *w, Home home)
{
    if (home.document == NULL)
        return (Both){0};
    Both title = both_label(home.document->title, home.document->name);

    if (home.clause == NULL)
        return say1(w, PHRASE_CITATION_WHOLE, title);
    return say2(w, PHRASE_CITATION, title, both_of(home.clause->number));
}

static Both join(const Telling *w, Phrase p, Both all, Both more)
{
    if (all.zh.len == 0 || more.zh.len == 0)
        return all.zh.len == 0 ? more : all;
    return say2(w, p, all, more);
}

/* ---- values */

static Both number_words(const Telling *w, int64_t value, unsigned scale)
{
    char text[DECIMAL_TEXT];

    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    decimal_format((Decimal){value, (uint8_t)scale}, text);
    return both_of(str_of(arena_printf(w->a, "%s", text)));
}

static Both money_words(const Telling *w, int64_t value, unsigned scale)
{
    while (scale > 2 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    if (scale > 2)
        return say1(w, PHRASE_UNIT_YUAN, number_words(w, value, scale));
    for (; scale < 2; scale++)
        value *= 10;
    return say1(w, PHRASE_UNIT_YUAN, sentence_money(w, value));
}

static Both hours_words(const Telling *w, int64_t minutes)
{
    if (minutes % 60 == 0)
        return say1(w, PHRASE_UNIT_HOURS, number_words(w, minutes / 60, 0));
    return say2(w, PHRASE_UNIT_HOURS_MINUTES, number_words(w, minutes / 60, 0),
                number_words(w, minutes < 0 ? -(minutes % 60) : minutes % 60, 0));
}

static Both share_words(const Telling *w, int64_t value, unsigned scale)
{
    Both n = scale >= 2 ? number_words(w, value, scale - 2) : number_words(w, value * 100, scale);

    return both_of(str_of(arena_printf(w->a, "%.*s%%", STR_ARG(n.zh))));
}

static Both code_words(const Enum *of, uint64_t code)
{
    if (of == NULL || code >= of->n_codes)
        return both_of(STR("?"));
    return both_label(of->codes[code].label, of->codes[code].name);
}

static Both set_words(const Telling *w, const Enum *of, uint64_t bits)
{
    Both all = {0};

    for (unsigned i = 0; i < 64; i++) {
        if ((bits >> i & 1) != 0)
            all = join(w, PHRASE_AND_SO_ON, all, code_words(of, i));
    }
    return all.zh.len > 0 ? all : say1(w, PHRASE_NONE, all);
}

static Both region_words(const Telling *w, int64_t row)
{
    if (row < 0 || (uint64_t)row >= w->m->n_regions)
        return both_of(STR("?"));
    const RegionRow *r = &w->m->regions[row];

    return (Both){r->name, r->name_en.len > 0 ? r->name_en : r->name};
}

static Both unit_words(const Telling *w, const Expr *like, Seen v)
{
    Both n = number_words(w, v.value, v.scale);

    if (like->kind == EXPR_AGE)
        return say1(w, PHRASE_UNIT_AGE, n);
    if (like->kind == EXPR_YEARS || like->type.unit == UNIT_YEARS)
        return say1(w, PHRASE_UNIT_YEARS, n);
    if (like->kind == EXPR_MONTHS || like->type.unit == UNIT_MONTHS)
        return say1(w, PHRASE_UNIT_MONTHS, n);
    if (like->kind == EXPR_DAYS || like->type.unit == UNIT_DAYS)
        return say1(w, PHRASE_UNIT_DAYS, n);
    if (like->type.unit == UNIT_WORKING_DAYS)
        return say1(w, PHRASE_UNIT_WORKING_DAYS, n);
    if (like->type.unit == UNIT_M2 || like->type.kind == KIND_AREA)
        return say1(w, PHRASE_UNIT_M2, n);
    return n;
}

Both sentence_value(const Telling *w, const Expr *like, Seen v)
{
    const Type *t = &like->type;

    if (kind_is_text(t->kind)) /* texts are not seen, only whether they are there */
        return say1(w, PHRASE_A_RECORD, (Both){0});
    switch (t->kind) {
    case KIND_BOOL:
        return say1(w, v.value != 0 ? PHRASE_YES : PHRASE_NO, (Both){0});
    case KIND_DATE:
        return sentence_date(w, (Date)v.value);
    case KIND_ENUM:
        return code_words(t->of, (uint64_t)v.value);
    case KIND_SET:
        return set_words(w, t->of, (uint64_t)v.value);
    case KIND_REGION:
        return region_words(w, v.value);
    case KIND_POINT:
        return both_of(
            str_of(arena_printf(w->a, "%s", point_format(v.value, (char[POINT_TEXT]){0}))));
    case KIND_REF:
        return say1(w, PHRASE_A_RECORD, (Both){0});
    case KIND_MONEY:
        return money_words(w, v.value, v.scale);
    case KIND_SHARE:
        return share_words(w, v.value, v.scale);
    case KIND_HOURS:
        return hours_words(w, v.value);
    default:
        if (t->unit == UNIT_YUAN)
            return money_words(w, v.value, v.scale);
        return unit_words(w, like, v);
    }
}

/* ---- names */

static Both path_term(const Telling *w, const Expr *e)
{
    Both all = both_label(e->path[0]->label, e->path[0]->name);

    for (size_t i = 1; i < e->n_path; i++)
        all = say2(w, PHRASE_OF, all, both_label(e->path[i]->label, e->path[i]->name));
    return all;
}

/* What a figure was looked up by: the value where there is one. */
static Both index_words(const Telling *w, const Expr *e)
{
    Seen v = seen_value(w, e);

    return v.known ? sentence_value(w, e, v) : sentence_term(w, e);
}

static Both indexed_term(const Telling *w, Both name, const Expr *e)
{
    Both indexes = {0};

    for (size_t i = 0; i < e->n_args; i++)
        indexes = join(w, PHRASE_AND_SO_ON, indexes, index_words(w, e->args[i]));
    return indexes.zh.len > 0 ? say2(w, PHRASE_INDEXED, name, indexes) : name;
}

/* The records, with the period in which they are counted. */
static Both period_term(const Telling *w, const Aggregate *g)
{
    Both what = both_label(g->of->label, g->of->name);

    switch (g->period) {
    case AGGREGATE_IN_MONTH:
        return say1(w, PHRASE_IN_MONTH, what);
    case AGGREGATE_IN_QUARTER:
        return say1(w, PHRASE_IN_QUARTER, what);
    case AGGREGATE_IN_YEAR:
        return say1(w, PHRASE_IN_YEAR, what);
    default:
        return what;
    }
}

static Both aggregate_term(const Telling *w, const Aggregate *g)
{
    static const Phrase names[] = {
        [AGGREGATE_COUNT] = PHRASE_COUNT,   [AGGREGATE_SUM] = PHRASE_SUM,
        [AGGREGATE_MIN] = PHRASE_LEAST,     [AGGREGATE_MAX] = PHRASE_GREATEST,
        [AGGREGATE_LATEST] = PHRASE_LATEST, [AGGREGATE_MEAN] = PHRASE_MEAN,
        [AGGREGATE_SHARE] = PHRASE_SHARE,   [AGGREGATE_DISTINCT] = PHRASE_DISTINCT,
    };
    Both what = period_term(w, g), all;

    if (g->kind == AGGREGATE_EXISTS)
        all = what;
    else if (g->value == NULL)
        all = say1(w, names[g->kind], what);
    else
        all = say2(w, g->kind == AGGREGATE_SHARE ? PHRASE_SHARE_BY : names[g->kind], what,
                   sentence_term(w, g->value));
    if (g->where != NULL && g->to == NULL) /* an earlier award is the earlier one: no more words */
        all = say2(w, PHRASE_WHERE, all, sentence_term(w, g->where));
    return g->base != NULL ? say2(w, PHRASE_BASE, all, sentence_term(w, g->base)) : all;
}

static bool is_literal(const Expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_CODE:
    case EXPR_SET:
    case EXPR_REGION:
    case EXPR_TRUTH:
        return true;
    case EXPR_RESCALE:
        return is_literal(e->a);
    default:
        return false;
    }
}

static Both literal_words(const Telling *w, const Expr *e, const Expr *like)
{
    while (e->kind == EXPR_RESCALE)
        e = e->a;
    if (e->kind == EXPR_TRUTH)
        return say1(w, e->number == TRUTH_YES ? PHRASE_YES : PHRASE_NO, (Both){0});
    if (e->kind == EXPR_REGION) {
        const RegionRow *r = model_region(w->m, e->text);

        return r != NULL ? region_words(w, r - w->m->regions) : both_of(e->text);
    }
    bool own = e->type.unit != UNIT_NONE || e->type.kind == KIND_SHARE || like == NULL;
    Seen v = {.found = true, .known = true, .value = e->number, .scale = e->type.scale};

    return sentence_value(w, own || e->kind != EXPR_NUMBER ? e : like, v);
}

/* Sums inside products need brackets, as on paper. */
static Both factor_term(const Telling *w, const Expr *e)
{
    Both term = sentence_term(w, e);

    return e->kind == EXPR_ADD || e->kind == EXPR_SUB ? say1(w, PHRASE_GROUP, term) : term;
}

static Both two_terms(const Telling *w, Phrase p, const Expr *e)
{
    bool factors = p == PHRASE_MUL || p == PHRASE_DIV;

    return say2(w, p, factors ? factor_term(w, e->a) : sentence_term(w, e->a),
                factors || p == PHRASE_SUB ? factor_term(w, e->b) : sentence_term(w, e->b));
}

static Both age_term(const Telling *w, const Expr *e)
{
    bool own = e->a->kind == EXPR_FIELD && e->a->n_path == 1;

    /* Of the record itself it is its age; of anything else it is said from what on. */
    return own ? say1(w, PHRASE_AGE, (Both){0}) : say1(w, PHRASE_AGE_OF, sentence_term(w, e->a));
}

Both sentence_state(const Expr *e)
{
    return code_words(e->procedure->states, (uint64_t)e->number);
}

/* Clauses: conditions as parts of descriptions. */
static Both comparison_clause(const Telling *w, const Expr *e)
{
    static const Phrase plain[] = {
        [EXPR_EQ] = PHRASE_SAY_EQ, [EXPR_NE] = PHRASE_SAY_NE, [EXPR_LT] = PHRASE_SAY_LT,
        [EXPR_LE] = PHRASE_SAY_LE, [EXPR_GT] = PHRASE_SAY_GT, [EXPR_GE] = PHRASE_SAY_GE,
    };
    static const Phrase dates[] = {
        [EXPR_EQ] = PHRASE_SAY_EQ,    [EXPR_NE] = PHRASE_SAY_NE,    [EXPR_LT] = PHRASE_SAY_BEFORE,
        [EXPR_LE] = PHRASE_SAY_UNTIL, [EXPR_GT] = PHRASE_SAY_AFTER, [EXPR_GE] = PHRASE_SAY_FROM,
    };
    const Phrase *said = e->a->type.kind == KIND_DATE ? dates : plain;
    Both b = is_literal(e->b) ? literal_words(w, e->b, e->a) : sentence_term(w, e->b);

    return say2(w, said[e->kind], sentence_term(w, e->a), b);
}

static Both clause_term(const Telling *w, const Expr *e)
{
    switch (e->kind) {
    case EXPR_NOT:
        return say1(w, PHRASE_SAY_NOT,
                    e->a->kind == EXPR_AND || e->a->kind == EXPR_OR
                        ? say1(w, PHRASE_GROUP, sentence_term(w, e->a))
                        : sentence_term(w, e->a));
    case EXPR_AND:
        return two_terms(w, PHRASE_SAY_AND, e);
    case EXPR_OR:
        return two_terms(w, PHRASE_SAY_OR, e);
    case EXPR_BETWEEN:
        return sentence_say(w, PHRASE_SAY_BETWEEN, sentence_term(w, e->a), sentence_term(w, e->b),
                            sentence_term(w, e->c));
    case EXPR_IN:
        return two_terms(w, PHRASE_SAY_IN, e);
    case EXPR_IN_REGION:
        return two_terms(w, PHRASE_SAY_INSIDE, e);
    case EXPR_HAS_ANY:
        return two_terms(w, PHRASE_SAY_ANY, e);
    case EXPR_HAS_ALL:
        return two_terms(w, PHRASE_SAY_ALL, e);
    case EXPR_KNOWN:
        return say1(w, PHRASE_SAY_KNOWN, sentence_term(w, e->a));
    case EXPR_REACHED:
        return say1(w, PHRASE_SAY_REACHED, sentence_state(e));
    default:
        return comparison_clause(w, e);
    }
}

static Both date_term(const Telling *w, const Expr *e)
{
    switch (e->kind) {
    case EXPR_DAY:
        return say1(w, PHRASE_DAY, (Both){0});
    case EXPR_AGE:
        return age_term(w, e);
    case EXPR_YEARS:
        return two_terms(w, PHRASE_YEARS, e);
    case EXPR_MONTHS:
        return two_terms(w, PHRASE_MONTHS, e);
    case EXPR_DAYS:
        return two_terms(w, PHRASE_DAYS, e);
    case EXPR_DISTANCE:
        return two_terms(w, PHRASE_DISTANCE, e);
    default:
        return two_terms(w, PHRASE_DATE_ADD, e);
    }
}

static Both arithmetic_term(const Telling *w, const Expr *e)
{
    static const Phrase names[] = {
        [EXPR_ADD] = PHRASE_ADD,     [EXPR_SUB] = PHRASE_SUB, [EXPR_MUL] = PHRASE_MUL,
        [EXPR_DIV] = PHRASE_DIV,     [EXPR_MIN] = PHRASE_MIN, [EXPR_MAX] = PHRASE_MAX,
        [EXPR_UNION] = PHRASE_UNION,
    };

    if (e->kind == EXPR_NEG)
        return say1(w, PHRASE_NEG, factor_term(w, e->a));
    if (e->kind == EXPR_ROUND)
        return say1(w, PHRASE_ROUND, sentence_term(w, e->a));
    if (e->kind == EXPR_RESCALE)
        return sentence_term(w, e->a);
    return two_terms(w, names[e->kind], e);
}

Both sentence_term(const Telling *w, const Expr *e)
{
    if (is_literal(e))
        return literal_words(w, e, NULL);
    switch (e->kind) {
    case EXPR_FIELD:
        return path_term(w, e);
    case EXPR_PARAM:
        return indexed_term(w, both_label(e->param->label, e->param->name), e);
    case EXPR_TABLE:
        return indexed_term(w, both_label(e->table->label, e->table->name), e);
    case EXPR_INDEX:
    case EXPR_IF:
    case EXPR_CASE:
        return say1(w, PHRASE_CHOICE, (Both){0});
    case EXPR_DAY:
    case EXPR_AGE:
    case EXPR_YEARS:
    case EXPR_MONTHS:
    case EXPR_DAYS:
    case EXPR_DATE_ADD:
    case EXPR_DISTANCE:
        return date_term(w, e);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_NEG:
    case EXPR_MIN:
    case EXPR_MAX:
    case EXPR_UNION:
    case EXPR_ROUND:
    case EXPR_RESCALE:
        return arithmetic_term(w, e);
    case EXPR_AGGREGATE:
        return aggregate_term(w, e->aggregate);
    case EXPR_ENTERED:
        return say1(w, PHRASE_ENTERED, sentence_state(e));
    case EXPR_VERSION:
        return sentence_term(w, version_part(w, e));
    case EXPR_SINCE:
        return say1(w, PHRASE_SINCE, sentence_term(w, e->a));
    case EXPR_GENERAL:
        return say1(w, PHRASE_GENERAL, (Both){0});
    case EXPR_OUTCOME:
        return say1(w, e->number != 0 ? PHRASE_NET : PHRASE_RAW,
                    both_label(e->rule->label, e->rule->name));
    default:
        return clause_term(w, e);
    }
}

bool sentence_no_spell(const Telling *w, const Expr *e)
{
    if (e == NULL)
        return false;
    if (e->kind == EXPR_SINCE)
        return seen_truth(w, e->a) == TRUTH_NO;
    return sentence_no_spell(w, e->a) || sentence_no_spell(w, e->b);
}

Both sentence_value_told(const Telling *w, const Expr *e, const Expr *like, Seen v)
{
    Both value = sentence_value(w, like, v);
    int64_t left = seen_left_out(w, e);

    return left > 0 ? say2(w, PHRASE_LEFT_OUT, value, number_words(w, left, 0)) : value;
}

/* Why there is no value: nobody set it, nobody entered it, or it cannot be computed. */
static Phrase absence(const Expr *e)
{
    if (e->kind == EXPR_PARAM || e->kind == EXPR_TABLE)
        return PHRASE_UNSET;
    return e->kind == EXPR_FIELD && e->path[e->n_path - 1]->compute == NULL ? PHRASE_ABSENT
                                                                            : PHRASE_UNSURE;
}

Both sentence_operand(const Telling *w, const Expr *e, const Expr *like)
{
    if (is_literal(e))
        return literal_words(w, e, like);
    Seen v = seen_value(w, e);
    Both term = sentence_term(w, e);

    if (!v.found)
        return term;
    if (!v.known)
        return say2(w, PHRASE_NAMED_VALUE, term, say1(w, absence(e), (Both){0}));
    if (sentence_no_spell(w, e))
        return say2(w, PHRASE_NAMED_VALUE, term, say1(w, PHRASE_NO_SPELL, (Both){0}));
    bool plain = e->type.unit == UNIT_NONE && e->type.kind == KIND_INT && like != NULL;

    return say2(w, PHRASE_NAMED_VALUE, term, sentence_value_told(w, e, plain ? like : e, v));
}

/* ---- sources */

/* The declaration whose figure it is: a place's `set` stands in that place's document. */
static Home param_home(const Telling *w, const Expr *e, Seen v)
{
    Home home = e->param->home;

    for (size_t i = 0; v.known && i < e->param->n_values; i++) {
        const ParamValue *x = &e->param->values[i];

        if (x->number == v.value && x->since <= w->t->day && w->t->day <= x->until &&
            x->home.document != NULL)
            home = x->home;
    }
    return home;
}

static Both param_source(const Telling *w, const Expr *e)
{
    Seen v = seen_value(w, e);
    Both name = both_label(e->param->label, e->param->name);

    if (v.found && !v.known)
        return say1(w, PHRASE_FROM_PARAM_UNSET, name);
    return sentence_citation(w, param_home(w, e, v));
}

/* The clause that computes it: of the version that holds. */
static Home computed_home(const Telling *w, const Field *f)
{
    return f->compute->kind == EXPR_VERSION ? version_home(w, f->compute->versions, f->home)
                                            : f->home;
}

static Both field_source(const Telling *w, const Expr *e)
{
    const Field *f = e->path[e->n_path - 1];
    Seen v = seen_value(w, e);
    Both term = path_term(w, e);

    if (!v.found || e->outer)
        return (Both){0};
    if (f->compute != NULL)
        return f->compute->kind == EXPR_AGGREGATE ? sentence_term(w, f->compute)
                                                  : sentence_citation(w, computed_home(w, f));
    if (!v.known)
        return say1(w, PHRASE_FROM_ABSENT, term);
    if (v.since > DATE_MIN)
        return sentence_say(w, PHRASE_FROM_SINCE, term, sentence_value(w, e, v),
                            sentence_date(w, v.since));
    return kind_is_text(f->type.kind) ? (Both){0}
                                      : say2(w, PHRASE_FROM_FACT, term, sentence_value(w, e, v));
}

Both sentence_source(const Telling *w, const Expr *e)
{
    Both all = {0};

    if (e == NULL)
        return all;
    if (e->kind == EXPR_FIELD)
        return field_source(w, e);
    if (e->kind == EXPR_PARAM)
        all = param_source(w, e);
    else if (e->kind == EXPR_TABLE)
        all = sentence_citation(w, e->table->home);
    else if (e->kind == EXPR_OUTCOME)
        all = sentence_citation(w, e->rule->home);
    const Expr *const operands[] = {e->a, e->b, e->c};

    for (size_t i = 0; i < G_N_ELEMENTS(operands) + e->n_args; i++) {
        const Expr *x =
            i < G_N_ELEMENTS(operands) ? operands[i] : e->args[i - G_N_ELEMENTS(operands)];

        Both more = sentence_source(w, x);

        if (more.zh.len == 0 || str_find(all.zh, more.zh) < 0) /* each source once */
            all = join(w, PHRASE_AND_FROM, all, more);
    }
    return all;
}
