/* print.c — an expression back as source text, for pages and explanations.
 * Parentheses stand where they are needed; what linking added (rescaling) is not shown.
 * Start: expr_print(). */
#include "declare/link.h"

#include "base/decimal.h"
#include "data/point.h"

typedef enum Level {              /* how strongly an expression holds together */
                     LEVEL_LOOSE, /* if, latest … where */
                     LEVEL_OR,
                     LEVEL_AND,
                     LEVEL_NOT,
                     LEVEL_COMPARE,
                     LEVEL_SUM,
                     LEVEL_PRODUCT,
                     LEVEL_UNARY,
                     LEVEL_ATOM,
} Level;

static void print_at(const Expr *e, Level least, GString *to);

static void put(GString *to, Str s)
{
    g_string_append_len(to, s.at == NULL ? "" : s.at, (gssize)s.len);
}

static const struct {
    const char *sign;
    Level level, left, right;
} binary[] = {
    [EXPR_AND] = {" and ", LEVEL_AND, LEVEL_AND, LEVEL_NOT},
    [EXPR_OR] = {" or ", LEVEL_OR, LEVEL_OR, LEVEL_AND},
    [EXPR_EQ] = {" = ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_NE] = {" != ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_LT] = {" < ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_LE] = {" <= ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_GT] = {" > ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_GE] = {" >= ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_IN] = {" in ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_IN_REGION] = {" in ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_HAS_ANY] = {" has any ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_HAS_ALL] = {" has all ", LEVEL_COMPARE, LEVEL_SUM, LEVEL_SUM},
    [EXPR_UNION] = {" + ", LEVEL_SUM, LEVEL_SUM, LEVEL_PRODUCT},
    [EXPR_ADD] = {" + ", LEVEL_SUM, LEVEL_SUM, LEVEL_PRODUCT},
    [EXPR_SUB] = {" - ", LEVEL_SUM, LEVEL_SUM, LEVEL_PRODUCT},
    [EXPR_DATE_ADD] = {" + ", LEVEL_SUM, LEVEL_SUM, LEVEL_PRODUCT},
    [EXPR_MUL] = {" * ", LEVEL_PRODUCT, LEVEL_PRODUCT, LEVEL_UNARY},
    [EXPR_DIV] = {" / ", LEVEL_PRODUCT, LEVEL_PRODUCT, LEVEL_UNARY},
};

static bool is_binary(ExprKind k)
{
    return (size_t)k < G_N_ELEMENTS(binary) && binary[k].sign != NULL;
}

static Level level_of(const Expr *e)
{
    if (is_binary(e->kind))
        return binary[e->kind].level;
    switch (e->kind) {
    case EXPR_RESCALE:
        return level_of(e->a);
    case EXPR_IF:
        return LEVEL_LOOSE;
    case EXPR_AGGREGATE: {
        bool late = e->aggregate->kind == AGGREGATE_LATEST;
        return late && e->aggregate->where != NULL ? LEVEL_LOOSE : LEVEL_ATOM;
    }
    case EXPR_NOT:
        return LEVEL_NOT;
    case EXPR_BETWEEN:
        return LEVEL_COMPARE;
    case EXPR_NEG:
        return LEVEL_UNARY;
    case EXPR_NUMBER:
        return e->number < 0 ? LEVEL_UNARY : LEVEL_ATOM;
    default:
        return LEVEL_ATOM;
    }
}

/* 200.00 yuan is written 200 yuan: zeros at the end say nothing. */
static void print_decimal(int64_t mantissa, unsigned scale, GString *to)
{
    char text[DECIMAL_TEXT];
    while (scale > 0 && mantissa % 10 == 0) {
        mantissa /= 10;
        scale--;
    }
    g_string_append(to, decimal_format((Decimal){mantissa, (uint8_t)scale}, text));
}

static void print_hours(int64_t minutes, unsigned scale, GString *to)
{
    int64_t hundredths; /* 90 is 1.5 hours, but 20 has no end */
    bool whole = checked_mul(minutes, 100, &hundredths) && hundredths % 60 == 0;
    print_decimal(whole ? hundredths / 60 : minutes, whole ? scale + 2u : scale, to);
    g_string_append(to, whole ? " hours" : " minutes");
}

void number_print(const Type *t, int64_t number, GString *to)
{
    static const char *const units[] = {
        [UNIT_NONE] = "",        [UNIT_YUAN] = " yuan",
        [UNIT_M2] = " m2",       [UNIT_HOURS] = "",
        [UNIT_DAYS] = " days",   [UNIT_MONTHS] = " months",
        [UNIT_YEARS] = " years", [UNIT_WORKING_DAYS] = " working days"};
    char text[DATE_TEXT];
    switch (t->kind) {
    case KIND_BOOL:
        g_string_append(to, number != 0 ? "yes" : "no");
        return;
    case KIND_DATE:
        g_string_append(to, date_format((Date)CLAMP(number, DATE_MIN, DATE_MAX), text));
        return;
    case KIND_MONTH:
        g_string_append(to, month_format((Month)number, text));
        return;
    case KIND_ENUM:
        put(to, t->of->codes[number].name);
        return;
    case KIND_HOURS:
        print_hours(number, t->scale, to);
        return;
    case KIND_POINT:
        g_string_append_printf(to, "\"%s\"", point_format(number, (char[POINT_TEXT]){0}));
        return;
    case KIND_SHARE:
        print_decimal(number, t->scale >= 2 ? t->scale - 2u : t->scale, to);
        g_string_append_c(to, '%');
        return;
    default:
        print_decimal(number, t->scale, to);
        g_string_append(to, units[t->unit]);
    }
}

static void print_list(const Expr *const *args, size_t n, GString *to)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            g_string_append(to, ", ");
        print_at(args[i], LEVEL_LOOSE, to);
    }
}

static void print_set(const Expr *e, GString *to)
{
    bool first = true;
    if (e->number == 0) {
        g_string_append(to, "none");
        return;
    }
    g_string_append_c(to, '(');
    for (size_t i = 0; i < e->type.of->n_codes && i < 64; i++) {
        if (!((uint64_t)e->number >> i & 1))
            continue;
        if (!first)
            g_string_append(to, ", ");
        put(to, e->type.of->codes[i].name);
        first = false;
    }
    g_string_append_c(to, ')');
}

static void print_path(const Expr *e, GString *to)
{
    if (e->outer)
        g_string_append(to, "this.");
    for (size_t i = 0; i < e->n_path; i++) {
        if (i > 0)
            g_string_append_c(to, '.');
        put(to, e->path[i]->name);
    }
}

/* reached project.built: the path to the record, then the state. */
static void print_state(const Expr *e, GString *to)
{
    g_string_append(to, e->kind == EXPR_REACHED ? "reached " : "entered ");
    if (e->a->outer)
        g_string_append(to, "this.");
    for (size_t i = 0; i + 1 < e->a->n_path; i++)
        g_string_append_printf(to, "%.*s.", STR_ARG(e->a->path[i]->name));
    put(to, e->procedure->states->codes[e->number].name);
}

/* What an arm of `case x { … }` compares: the leaf of its first condition. */
static const Expr *case_leaf(const Expr *e)
{
    while (e->kind == EXPR_OR)
        e = e->a;
    return e;
}

static void print_case_labels(const Expr *e, GString *to)
{
    bool first = true;
    switch (e->kind) {
    case EXPR_OR:
        print_case_labels(e->a, to);
        g_string_append(to, ", ");
        print_case_labels(e->b, to);
        return;
    case EXPR_BETWEEN:
        print_at(e->b, LEVEL_SUM, to);
        g_string_append(to, "..");
        print_at(e->c, LEVEL_SUM, to);
        return;
    case EXPR_IN: /* a code with narrower ones below it */
        for (size_t i = 0; i < e->b->type.of->n_codes && i < 64; i++) {
            if (!((uint64_t)e->b->number >> i & 1))
                continue;
            g_string_append(to, first ? "" : ", ");
            put(to, e->b->type.of->codes[i].name);
            first = false;
        }
        return;
    default:
        print_at(e->b, LEVEL_SUM, to);
    }
}

/* Without `else` a case names every code of an enum: only so does it read back. */
static void print_case_of(const Expr *e, GString *to)
{
    g_string_append(to, "case ");
    print_at(case_leaf(e->args[0])->a, LEVEL_SUM, to);
    g_string_append(to, " { ");
    for (size_t i = 0; i + 1 < e->n_args; i += 2) {
        g_string_append(to, i > 0 ? "; " : "");
        print_case_labels(e->args[i], to);
        g_string_append(to, ": ");
        print_at(e->args[i + 1], LEVEL_LOOSE, to);
    }
    g_string_append(to, " }");
}

static void print_case(const Expr *e, GString *to)
{
    if (e->n_args % 2 == 0) {
        print_case_of(e, to);
        return;
    }
    g_string_append(to, "case { ");
    for (size_t i = 0; i < e->n_args; i += 2) {
        if (i > 0)
            g_string_append(to, "; ");
        if (i + 1 < e->n_args) {
            print_at(e->args[i], LEVEL_LOOSE, to);
            g_string_append(to, ": ");
            print_at(e->args[i + 1], LEVEL_LOOSE, to);
        } else {
            g_string_append(to, "else: ");
            print_at(e->args[i], LEVEL_LOOSE, to);
        }
    }
    g_string_append(to, " }");
}

/* Only then is the reference said. */
static bool refers_twice(const Aggregate *a)
{
    unsigned n = 0;
    for (size_t i = 0; i < a->of->n_fields; i++)
        n += a->of->fields[i]->type.kind == KIND_REF && a->of->fields[i]->type.to == a->by->type.to;
    return n > 1;
}

static bool shares_values(const Aggregate *a)
{
    return a->kind == AGGREGATE_SHARE && a->value != NULL;
}

static void print_aggregate(const Expr *e, GString *to)
{
    static const char *const names[] = {
        [AGGREGATE_COUNT] = "count", [AGGREGATE_SUM] = "sum",       [AGGREGATE_MIN] = "min",
        [AGGREGATE_MAX] = "max",     [AGGREGATE_EXISTS] = "exists", [AGGREGATE_LATEST] = "latest",
        [AGGREGATE_SHARE] = "share", [AGGREGATE_MEAN] = "mean",     [AGGREGATE_DISTINCT] = "count"};
    const Aggregate *a = e->aggregate;
    bool late = a->kind == AGGREGATE_LATEST;
    g_string_append_printf(to, "%s%s%s", names[a->kind], late ? " " : "(",
                           a->known_only                   ? "known "
                           : a->kind == AGGREGATE_DISTINCT ? "distinct "
                           : shares_values(a)              ? "sum "
                                                           : "");
    put(to, a->of->name);
    if (a->value != NULL) {
        g_string_append_c(to, '.');
        print_at(a->value, LEVEL_ATOM, to);
    }
    if (a->period != AGGREGATE_ALWAYS)
        g_string_append_printf(to, " in %s",
                               a->period == AGGREGATE_IN_MONTH     ? "month"
                               : a->period == AGGREGATE_IN_QUARTER ? "quarter"
                                                                   : "year");
    if (a->by != NULL && refers_twice(a)) {
        g_string_append(to, " by ");
        put(to, a->by->name);
    }
    if (a->where != NULL) {
        g_string_append(to, " where ");
        print_at(a->where, LEVEL_OR, to);
    }
    if (a->base != NULL) {
        g_string_append(to, " of ");
        print_at(a->base, LEVEL_OR, to);
    }
    if (a->otherwise != NULL) {
        g_string_append(to, " else ");
        print_at(a->otherwise, LEVEL_LOOSE, to);
    }
    if (!late)
        g_string_append_c(to, ')');
}

static void print_call(const char *name, const Expr *a, const Expr *b, GString *to)
{
    const Expr *args[2] = {a, b};
    g_string_append_printf(to, "%s(", name);
    print_list(args, b == NULL ? 1 : 2, to);
    g_string_append_c(to, ')');
}

static void print_round(const Expr *e, GString *to)
{
    static const char *const how[] = {
        [ROUND_HALF_UP] = "half_up", [ROUND_DOWN] = "down", [ROUND_UP] = "up"};
    g_string_append(to, "round(");
    print_at(e->a, LEVEL_LOOSE, to);
    g_string_append_printf(to, ", %s, %u)", how[e->number], e->type.scale);
}

static void print_joined(const char *before, const Expr *a, Level least, GString *to)
{
    g_string_append(to, before);
    print_at(a, least, to);
}

static void print_literal(const Expr *e, GString *to)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_CODE:
        number_print(&e->type, e->number, to);
        return;
    case EXPR_TRUTH:
        g_string_append(to, e->number == TRUTH_YES ? "yes" : "no");
        return;
    case EXPR_SET:
        print_set(e, to);
        return;
    case EXPR_REGION:
        put(to, e->text);
        return;
    case EXPR_INDEX:
        put(to, e->type.kind == KIND_REGION ? STR("region") : e->type.of->name);
        return;
    default:
        g_string_append(to, "day");
    }
}

static void print_function(const Expr *e, GString *to)
{
    static const char *const names[] = {
        [EXPR_MIN] = "min",     [EXPR_MAX] = "max",          [EXPR_AGE] = "age",
        [EXPR_YEARS] = "years", [EXPR_MONTHS] = "months",    [EXPR_DAYS] = "days",
        [EXPR_SINCE] = "since", [EXPR_DISTANCE] = "distance"};
    print_call(names[e->kind], e->a, e->b, to);
}

static void print_named(const Expr *e, GString *to)
{
    bool param = e->kind == EXPR_PARAM;
    put(to, param ? e->param->name : e->table->name);
    if (param && e->n_args == 0)
        return;
    g_string_append_c(to, param ? '[' : '(');
    print_list(e->args, e->n_args, to);
    g_string_append_c(to, param ? ']' : ')');
}

/* The amount an exception replaces, or what another rule comes to. */
static void print_beside(const Expr *e, GString *to)
{
    if (e->kind == EXPR_GENERAL) {
        g_string_append(to, "general");
        return;
    }
    g_string_append(to, e->number != 0 ? "net " : "raw ");
    put(to, e->rule->name);
}

static void print_plain(const Expr *e, GString *to)
{
    switch (e->kind) {
    case EXPR_FIELD:
        print_path(e, to);
        return;
    case EXPR_PARAM:
    case EXPR_TABLE:
        print_named(e, to);
        return;
    case EXPR_NOT:
        print_joined("not ", e->a, LEVEL_NOT, to);
        return;
    case EXPR_BETWEEN:
        print_joined("", e->a, LEVEL_SUM, to);
        print_joined(" between ", e->b, LEVEL_SUM, to);
        print_joined(" and ", e->c, LEVEL_SUM, to);
        return;
    case EXPR_KNOWN:
        print_joined("known ", e->a, LEVEL_ATOM, to);
        return;
    case EXPR_REACHED:
    case EXPR_ENTERED:
        print_state(e, to);
        return;
    case EXPR_NEG:
        print_joined("-", e->a, LEVEL_UNARY, to);
        return;
    case EXPR_ROUND:
        print_round(e, to);
        return;
    case EXPR_IF:
        /* What could take the `else` for itself stands in brackets. */
        print_joined("if ", e->a, LEVEL_OR, to);
        print_joined(" then ", e->b, LEVEL_OR, to);
        print_joined(" else ", e->c, LEVEL_LOOSE, to);
        return;
    case EXPR_CASE:
        print_case(e, to);
        return;
    case EXPR_AGGREGATE:
        print_aggregate(e, to);
        return;
    case EXPR_GENERAL:
    case EXPR_OUTCOME:
        print_beside(e, to);
        return;
    case EXPR_SINCE:
    case EXPR_MIN:
    case EXPR_MAX:
    case EXPR_AGE:
    case EXPR_YEARS:
    case EXPR_MONTHS:
    case EXPR_DAYS:
    case EXPR_DISTANCE:
        print_function(e, to);
        return;
    default:
        print_literal(e, to);
    }
}

static void print_at(const Expr *e, Level least, GString *to)
{
    if (e->kind == EXPR_RESCALE) {
        print_at(e->a, least, to);
        return;
    }
    if (e->kind == EXPR_VERSION) { /* what is in force last, in the narrowest place */
        print_at(e->args[e->n_args - 1], least, to);
        return;
    }
    bool brackets = level_of(e) < least;
    if (brackets)
        g_string_append_c(to, '(');
    if (is_binary(e->kind)) {
        print_at(e->a, binary[e->kind].left, to);
        g_string_append(to, binary[e->kind].sign);
        print_at(e->b, binary[e->kind].right, to);
    } else {
        print_plain(e, to);
    }
    if (brackets)
        g_string_append_c(to, ')');
}

void expr_print(const Expr *e, GString *to)
{
    print_at(e, LEVEL_LOOSE, to);
}
