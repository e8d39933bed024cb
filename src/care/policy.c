/* policy.c — what differs between two sets of documents, rule by rule; see policy.h. */
#include "care/policy.h"

#include "care/write.h"
#include "compile/compile.h"
#include "compile/difference.h"
#include "compile/figure.h"

/* ---- Models ---------------------------------------------------------------------------------- */

static bool same_fields(const Entity *a, const Entity *b)
{
    if (!str_equal(a->name, b->name) || a->n_fields != b->n_fields)
        return false;
    for (size_t i = 0; i < a->n_fields; i++)
        if (!str_equal(a->fields[i]->name, b->fields[i]->name))
            return false;
    return true;
}

static bool same_codes(const Enum *a, const Enum *b)
{
    if (!str_equal(a->name, b->name) || a->n_codes != b->n_codes)
        return false;
    for (size_t i = 0; i < a->n_codes; i++)
        if (!str_equal(a->codes[i].name, b->codes[i].name))
            return false;
    return true;
}

static bool same_places(const Model *a, const Model *b)
{
    if (a->n_regions != b->n_regions)
        return false;
    for (size_t i = 0; i < a->n_regions; i++) {
        const RegionRow *x = &a->regions[i], *y = &b->regions[i];
        if (!str_equal(x->code, y->code) || !str_equal(x->level, y->level) ||
            !str_equal(x->parent, y->parent) || !str_equal(x->managing, y->managing) ||
            x->county != y->county)
            return false;
    }
    return true;
}

bool models_alike(const Model *a, const Model *b)
{
    if (a->n_entities != b->n_entities || a->n_enums != b->n_enums || !same_places(a, b))
        return false;
    for (size_t i = 0; i < a->n_entities; i++)
        if (!same_fields(a->entities[i], b->entities[i]))
            return false;
    for (size_t i = 0; i < a->n_enums; i++)
        if (!same_codes(a->enums[i], b->enums[i]))
            return false;
    return true;
}

bool policy_model(Care *c, int64_t version, Model **ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    DocumentFile *files;
    size_t n;
    if (!store_policy_documents(c->store, version, a, &files, &n, error))
        return false;
    *ret = model_read(files, n, ds);
    return *ret != NULL || fail(error, FAIL_SYSTEM,
                                "the documents of policy %" G_GINT64_FORMAT
                                " no longer compile with this version of the program",
                                version);
}

/* ---- documents ------------------------------------------------------------------------------- */

static void document_add(PolicyDifference *to, Str name, PolicyHow how)
{
    to->documents[to->n_documents++] = (PolicyDocument){name, how};
}

static void compare_documents(const Model *old, const Model *next, Arena *a, PolicyDifference *to)
{
    to->documents = arena_many(a, PolicyDocument, old->n_documents + next->n_documents + 1);
    for (size_t i = 0; i < next->n_documents; i++) {
        const Document *d = next->documents[i], *was = model_document(old, d->name);
        if (was == NULL)
            document_add(to, d->name, POLICY_NEW);
        else if (memcmp(was->hash, d->hash, sizeof d->hash) != 0)
            document_add(to, d->name, POLICY_CHANGED);
    }
    for (size_t i = 0; i < old->n_documents; i++)
        if (model_document(next, old->documents[i]->name) == NULL)
            document_add(to, old->documents[i]->name, POLICY_GONE);
}

/* ---- rules ----------------------------------------------------------------------------------- */

static Program *program_alone(const Model *m, const RegionTree *t, const Rule *rule, Date before,
                              GError **error)
{
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions options = {
        .regions = t, .has_before = before < DATE_MAX, .before = before};
    return program_new(m, rule->subject, &output, 1, &options, error);
}

typedef struct Comparing {
    const Model *old, *next;
    const RegionTree *old_regions, *next_regions;
    bool alike;
} Comparing;

static Date earlier_version(const Versions *v, Date day, Date first)
{
    for (size_t i = 1; v != NULL && i < v->n; i++)
        if (v->list[i].from > day)
            first = MIN(first, v->list[i].from);
    return first;
}

/* The first day after this one from which something is amended; DATE_MAX: there is none. */
static Date amended_after(const Model *m, Date day)
{
    Date first = DATE_MAX;
    for (size_t i = 0; i < m->n_rules; i++)
        first = earlier_version(m->rules[i]->versions, day, first);
    for (size_t i = 0; i < m->n_tables; i++)
        first = earlier_version(m->tables[i]->versions, day, first);
    for (size_t i = 0; i < m->n_entities; i++)
        for (size_t k = 0; k < m->entities[i]->n_fields; k++) {
            const Expr *c = m->entities[i]->fields[k]->compute;
            if (c != NULL && c->kind == EXPR_VERSION)
                first = earlier_version(c->versions, day, first);
        }
    return first;
}

/* The first day on which the rule may say something else; DATE_MAX: on none.  Asked for what holds
 * up to the first amendment, then for what holds up to the next, and so on: an amendment changes
 * nothing before its day. */
static bool rule_differs(const Comparing *x, const Rule *old, const Rule *now, Date *ret,
                         GError **error)
{
    if (!x->alike || old->kind != now->kind || !str_equal(old->subject->name, now->subject->name)) {
        *ret = MIN(old->from, now->from);
        return true;
    }
    *ret = DATE_MAX;
    for (Date from = DATE_MIN, before = DATE_MIN; before < DATE_MAX && *ret == DATE_MAX;
         from = before) {
        before = MIN(amended_after(x->old, from), amended_after(x->next, from));
        g_autoptr(Program) a = program_alone(x->old, x->old_regions, old, before, error);
        g_autoptr(Program) b =
            a != NULL ? program_alone(x->next, x->next_regions, now, before, error) : NULL;
        if (b == NULL)
            return false;
        *ret = program_difference(a, b);
        if (*ret < DATE_MAX) /* what was amended before is the same in both */
            *ret = MAX(*ret, from);
    }
    return true;
}

static void rule_add(PolicyDifference *to, const Rule *rule, PolicyHow how, Date day)
{
    to->rules[to->n_rules++] = (PolicyRuleDifference){rule, how, month_of(day)};
}

static bool compare_rules(const Comparing *x, Arena *a, PolicyDifference *to, GError **error)
{
    to->rules = arena_many(a, PolicyRuleDifference, x->old->n_rules + x->next->n_rules + 1);
    for (size_t i = 0; i < x->next->n_rules; i++) {
        const Rule *now = x->next->rules[i], *old = model_rule(x->old, now->name);
        Date day = now->from;
        if (old != NULL && !rule_differs(x, old, now, &day, error))
            return false;
        if (old == NULL || day < DATE_MAX)
            rule_add(to, now, old == NULL ? POLICY_NEW : POLICY_CHANGED, day);
    }
    for (size_t i = 0; i < x->old->n_rules; i++)
        if (model_rule(x->next, x->old->rules[i]->name) == NULL)
            rule_add(to, x->old->rules[i], POLICY_GONE, x->old->rules[i]->from);
    return true;
}

/* ---- checks of regions ----------------------------------------------------------------------- */

static size_t texts_of(const Rule *check)
{
    return check->versions != NULL ? check->versions->n : 1;
}

/* NULL: there it ends. */
static const Rule *text_of(const Rule *check, size_t i, Date *ret_from)
{
    const Rule *text = check->versions != NULL ? check->versions->list[i].rule : check;
    *ret_from = check->versions != NULL ? check->versions->list[i].from : check->from;
    return text;
}

typedef enum AskedPart { ASKED_FIGURE, ASKED_WHERE, ASKED_VALUE, ASKED_PARTS } AskedPart;

static bool has_part(const RegionCheck *x, AskedPart part)
{
    return part == ASKED_FIGURE || (part == ASKED_WHERE && x->asks.each_where != NULL) ||
           (part == ASKED_VALUE && x->value.value != NULL);
}

static FigureProgram *part_alone(const Model *m, const RegionTree *t, const RegionCheck *x,
                                 AskedPart part, GError **error)
{
    const CompileOptions o = {.regions = t};
    return part == ASKED_FIGURE  ? figure_program_new(m, x->asks.indicator, &o, error)
           : part == ASKED_WHERE ? figure_program_where(m, &x->asks, &o, error)
                                 : figure_program_value(m, &x->asks, x->value.value, &o, error);
}

/* What is asked is the same but for what figures come to. */
static bool same_asked(const RegionCheck *a, const RegionCheck *b)
{
    const Indicator *x = a->asks.indicator, *y = b->asks.indicator;
    return a->asks.compare == b->asks.compare && x->flow == y->flow && x->period == y->period &&
           indicator_cell(x, a->value.codes) == indicator_cell(y, b->value.codes) &&
           (has_part(a, ASKED_VALUE) || a->value.number == b->value.number);
}

/* The last day of the first text: its document's. */
static Date first_until(const Indicator *i)
{
    return i->versions != NULL ? i->versions->list[0].until : DATE_MAX;
}

/* An indicator that was amended: what each text says, from its day on. */
static bool indicator_differs(const Comparing *x, const Indicator *old, const Indicator *now,
                              Date *ret, GError **error)
{
    size_t n = old->versions != NULL ? old->versions->n : 1,
           m = now->versions != NULL ? now->versions->n : 1;
    if (first_until(old) != first_until(now))
        *ret = MIN(*ret, MIN(first_until(old), first_until(now)) + 1);
    for (size_t i = 1; i < MAX(n, m); i++) {
        const Version *a = i < n ? &old->versions->list[i] : NULL,
                      *b = i < m ? &now->versions->list[i] : NULL;
        Date day = DATE_MAX;
        if (a == NULL || b == NULL || a->from != b->from || a->ends != b->ends ||
            a->narrower != b->narrower)
            day = MIN(a != NULL ? a->from : DATE_MAX, b != NULL ? b->from : DATE_MAX);
        else if (a->until != b->until)
            day = MIN(a->until, b->until) + 1;
        else if (!a->ends) {
            const CompileOptions was_of = {.regions = x->old_regions},
                                 is_of = {.regions = x->next_regions};
            g_autoptr(FigureProgram) was = figure_program_new(x->old, a->indicator, &was_of, error);
            g_autoptr(FigureProgram) is =
                was != NULL ? figure_program_new(x->next, b->indicator, &is_of, error) : NULL;
            if (is == NULL)
                return false;
            day = figure_difference(was, is);
            day = day < DATE_MAX ? MAX(day, a->from) : DATE_MAX;
        }
        *ret = MIN(*ret, day);
    }
    return true;
}

/* The first day on which one text of the check may say something else than the other. */
static bool text_differs(const Comparing *x, const Rule *old, const Rule *now, Date from, Date *ret,
                         GError **error)
{
    const RegionCheck *a = old->asked, *b = now->asked;
    *ret = from;
    if (!x->alike || !str_equal(old->home.document->place, now->home.document->place) ||
        !same_asked(a, b))
        return true;
    *ret = old->until != now->until ? MIN(old->until, now->until) + 1 : DATE_MAX;
    for (AskedPart part = ASKED_FIGURE; part < ASKED_PARTS; part++) {
        if (has_part(a, part) != has_part(b, part)) {
            *ret = from;
            return true;
        }
        if (!has_part(a, part))
            continue;
        g_autoptr(FigureProgram) was = part_alone(x->old, x->old_regions, a, part, error);
        g_autoptr(FigureProgram) is =
            was != NULL ? part_alone(x->next, x->next_regions, b, part, error) : NULL;
        if (is == NULL)
            return false;
        *ret = MIN(*ret, figure_difference(was, is));
    }
    if (!indicator_differs(x, a->asks.indicator, b->asks.indicator, ret, error))
        return false;
    *ret = *ret == DATE_MAX ? DATE_MAX : MAX(*ret, from);
    return true;
}

/* Of all texts, in their order; what is said anew, or ends, says so from its day on. */
static bool check_differs(const Comparing *x, const Rule *old, const Rule *now, Date *ret,
                          GError **error)
{
    size_t n = texts_of(old), m = texts_of(now);
    *ret = DATE_MAX;
    for (size_t i = 0; i < MAX(n, m); i++) {
        Date before = DATE_MAX, after = DATE_MAX, day;
        const Rule *a = i < n ? text_of(old, i, &before) : NULL,
                   *b = i < m ? text_of(now, i, &after) : NULL;
        day = before != after || (a == NULL) != (b == NULL) ? MIN(before, after) : DATE_MAX;
        if (day == DATE_MAX && a != NULL && !text_differs(x, a, b, before, &day, error))
            return false;
        *ret = MIN(*ret, day);
    }
    return true;
}

static const Rule *check_named(const Model *m, Str name)
{
    const Rule *r = model_rule(m, name);
    return r != NULL && r->asked != NULL ? r : NULL;
}

static void check_add(PolicyDifference *to, const Rule *check, PolicyHow how, Date day)
{
    to->region_checks[to->n_region_checks++] = (PolicyRuleDifference){check, how, month_of(day)};
}

static bool compare_region_checks(const Comparing *x, Arena *a, PolicyDifference *to,
                                  GError **error)
{
    to->region_checks =
        arena_many(a, PolicyRuleDifference, x->old->n_region_checks + x->next->n_region_checks + 1);
    for (size_t i = 0; i < x->next->n_region_checks; i++) {
        const Rule *now = x->next->region_checks[i], *old = check_named(x->old, now->name);
        Date day = now->from;
        if (old != NULL && !check_differs(x, old, now, &day, error))
            return fail_while(error, "comparing the check \"%.*s\"", STR_ARG(now->name));
        if (old == NULL || day < DATE_MAX)
            check_add(to, now, old == NULL ? POLICY_NEW : POLICY_CHANGED, day);
    }
    for (size_t i = 0; i < x->old->n_region_checks; i++)
        if (check_named(x->next, x->old->region_checks[i]->name) == NULL)
            check_add(to, x->old->region_checks[i], POLICY_GONE, x->old->region_checks[i]->from);
    return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool schema_check(const Model *old, const Model *next, GError **error)
{
    if (memcmp(old->schema_hash, next->schema_hash, sizeof old->schema_hash) == 0)
        return true;
    g_autofree char *before = model_schema_text(old), *after = model_schema_text(next);
    g_autofree char *difference = schema_difference(before, after);
    return fail(error, FAIL_INPUT,
                "the documents declare other entities, fields or codes than this database was made "
                "for, so they need \"anlao migrate\":\n%s",
                difference);
}

static void all_new(const Model *next, Arena *a, PolicyDifference *to)
{
    to->documents = arena_many(a, PolicyDocument, next->n_documents + 1);
    to->rules = arena_many(a, PolicyRuleDifference, next->n_rules + 1);
    for (size_t i = 0; i < next->n_documents; i++)
        document_add(to, next->documents[i]->name, POLICY_NEW);
    for (size_t i = 0; i < next->n_rules; i++)
        rule_add(to, next->rules[i], POLICY_NEW, next->rules[i]->from);
    to->region_checks = arena_many(a, PolicyRuleDifference, next->n_region_checks + 1);
    for (size_t i = 0; i < next->n_region_checks; i++)
        check_add(to, next->region_checks[i], POLICY_NEW, next->region_checks[i]->from);
}

bool policy_between(const Model *old, const Model *next, Arena *a, PolicyDifference *ret,
                    GError **error)
{
    *ret = (PolicyDifference){0};
    if (old == NULL) {
        all_new(next, a, ret);
        return true;
    }
    const Comparing x = {.old = old,
                         .next = next,
                         .old_regions = region_tree_new(a, old),
                         .next_regions = region_tree_new(a, next)};
    compare_documents(old, next, a, ret);
    return compare_rules(&x, a, ret, error) && compare_region_checks(&x, a, ret, error);
}

bool policy_compare(Care *c, const Model *next, Arena *a, PolicyDifference *ret, GError **error)
{
    *ret = (PolicyDifference){.version = store_policy(c->store)};
    ret->same = memcmp(c->model->policy_hash, next->policy_hash, sizeof next->policy_hash) == 0;
    if (ret->same)
        return true;
    const Comparing x = {.old = c->model,
                         .next = next,
                         .old_regions = c->regions,
                         .next_regions = region_tree_new(a, next),
                         .alike = models_alike(c->model, next)};
    compare_documents(c->model, next, a, ret);
    return schema_check(c->model, next, error) && compare_rules(&x, a, ret, error) &&
           compare_region_checks(&x, a, ret, error);
}

bool policy_replace(Care *c, const Session *s, const Model *next, Str reason, Arena *a,
                    PolicyDifference *ret, GError **error)
{
    if (!session_may(s, MAY_POLICY_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not put policies in force",
                    s->role->word);
    if (!check_reason_kept(reason, NULL, error) || !policy_compare(c, next, a, ret, error))
        return false;
    struct PolicyRule *rules = arena_many(a, struct PolicyRule, ret->n_rules + 1);
    size_t n = 0;
    for (size_t i = 0; i < ret->n_rules; i++)
        if (ret->rules[i].how != POLICY_GONE)
            rules[n++] = (struct PolicyRule){ret->rules[i].rule->name, c->regions->code[c->place],
                                             ret->rules[i].from};
    const PolicyPut put = {.model = next,
                           .actor = s->account,
                           .via = s->via,
                           .reason = reason,
                           .rules = rules,
                           .n_rules = n};
    return care_put_policy(c, &put, &ret->version, error);
}
