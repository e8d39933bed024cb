/* what_if.c — 试算: a param's value as it is and as it might be, and what comes of it by benefit,
 * county and town.  A form that works without script; nothing is put in force.
 * In: ?region, month, until, v0, v1, … (a value for each code).  Read first: what_if_show(). */
#include "care/simulate.h"

#include "base/limits.h"
#include "care/param_text.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define MOVERS        20u
#define CHANGES_SHOWN 200u /* regions of one check */

typedef struct Trying {
    Req *q;
    const Param *param;
    Month from, until;
    int32_t region; /* where the value is set, and what is shown */
    const ParamValue **now;
    size_t n_now;
    Str sets[LIMIT_WHAT_IF_SETS];
    size_t n_sets;
} Trying;

/* ---- which params ---- */

static bool may_try(const Param *p)
{
    return p->type.kind != KIND_REGION; /* a list of places is no value */
}

static Str try_address(const Req *q, const Param *p)
{
    return str_of(arena_printf(q->arena, "/what-if/%.*s", STR_ARG(p->name)));
}

bool what_if_offered(const Req *q, const Param *p, Str *ret_address)
{
    *ret_address = try_address(q, p);
    return may_try(p) && session_may(q->session, MAY_WHAT_IF | MAY_MONEY_READ);
}

static void add_param(Req *q, ViewList *list, const Param *p)
{
    View *v = view_add(list);
    ParamText text;
    param_text(care_model(q->care), care_regions(q->care), p, q->session->region,
               care_today(q->care), q->arena, &text);
    view_text(v, "label", label_of(q, p->label));
    view_text(v, "value", q->lang == LANG_EN ? text.en : text.zh);
    view_flag(v, "unset", text.unset);
    view_url(v, "link_url", try_address(q, p));
}

/* Of the place first, as its policies stand. */
bool what_if_list(Req *q, GError **error)
{
    const Model *m = care_model(q->care);
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_what_if"));
    ViewList *documents = view_list(v, "documents");
    for (size_t d = m->n_documents; d-- > 0;) {
        ViewList *params = NULL;
        for (size_t i = 0; i < m->n_params; i++) {
            const Param *p = m->params[i];
            if (p->home.document != m->documents[d] || !may_try(p))
                continue;
            if (params == NULL) {
                View *document = view_add(documents);
                view_text(document, "title", label_of(q, m->documents[d]->title));
                params = view_list(document, "params");
            }
            add_param(q, params, p);
        }
    }
    return page_show(q, VIEW_PAGE_WHAT_IFS, 200, v, error);
}

/* ---- one value for each combination of codes ---- */

static size_t combinations(const Param *p)
{
    size_t n = 1;
    for (size_t i = 0; i < p->n_index; i++)
        n *= p->index[i].is_region ? 1 : MAX(p->index[i].of->n_codes, 1);
    return MIN(n, LIMIT_WHAT_IF_SETS);
}

static void codes_of(const Param *p, size_t k, int64_t codes[3])
{
    size_t at = 3;
    memset(codes, 0, 3 * sizeof *codes);
    for (size_t i = 0, enums = 0; i < p->n_index; i++) {
        enums += !p->index[i].is_region;
        at = enums;
    }
    for (size_t i = p->n_index; i-- > 0;)
        if (!p->index[i].is_region) {
            size_t of = p->index[i].of->n_codes;
            codes[--at] = (int64_t)(k % MAX(of, 1));
            k /= MAX(of, 1);
        }
}

static const ParamValue *value_now(const Trying *t, const int64_t codes[3])
{
    for (size_t i = 0; i < t->n_now; i++)
        if (memcmp(t->now[i]->codes, codes, sizeof t->now[i]->codes) == 0)
            return t->now[i];
    return NULL;
}

static Str printed(const Trying *t, int64_t number)
{
    g_autoptr(GString) s = g_string_new(NULL);
    number_print(&t->param->type, number, s);
    return arena_str(t->q->arena, (Str){s->str, s->len});
}

static bool in_codes(const Param *p)
{
    return p->type.kind == KIND_SET || p->type.kind == KIND_ENUM;
}

static bool is_number(const Param *p)
{
    return !in_codes(p) && p->type.kind != KIND_DATE && p->type.kind != KIND_BOOL &&
           p->type.kind != KIND_MONTH;
}

/* What stands behind the digits: " yuan", "%". */
static Str unit_of(Str text)
{
    size_t n = 0;
    while (n < text.len && (g_ascii_isdigit(text.at[n]) || text.at[n] == '.' || text.at[n] == '-'))
        n++;
    return (Str){text.at + n, text.len - n};
}

static Str unit_shown(const Trying *t)
{
    g_autoptr(GString) s = g_string_new(NULL);
    number_text(&t->param->type, 0, t->q->lang == LANG_EN, s);
    return arena_str(t->q->arena, str_trim(unit_of((Str){s->str, s->len})));
}

/* As it stands in a document; empty: none was given. */
static Str given(const Trying *t, size_t k)
{
    const char *name = arena_printf(t->q->arena, "v%zu", k);
    Str value;
    size_t at = 0;
    g_autoptr(GString) all = g_string_new(NULL);
    while (fields_next(&t->q->query, str_of(name), &at, &value))
        if (str_trim(value).len > 0)
            g_string_append_printf(all, "%s%.*s", all->len > 0 ? ", " : "",
                                   STR_ARG(str_trim(value)));
    Str text = arena_str(t->q->arena, (Str){all->str, all->len});
    bool bare = text.len > 0 && is_number(t->param) && unit_of(text).len == 0;
    if (!bare)
        return text;
    return str_of(
        arena_printf(t->q->arena, "%.*s%.*s", STR_ARG(text), STR_ARG(unit_of(printed(t, 0)))));
}

static void set_add(Trying *t, const int64_t codes[3], Str value)
{
    const Param *p = t->param;
    g_autoptr(GString) s = g_string_new(NULL);
    g_string_append_len(s, p->name.at, (gssize)p->name.len);
    for (size_t i = 0, k = 0; i < p->n_index; i++) {
        Str code = p->index[i].is_region ? care_regions(t->q->care)->code[t->region]
                                         : p->index[i].of->codes[codes[k]].name;
        k += !p->index[i].is_region;
        g_string_append_printf(s, "%s%.*s", i == 0 ? "[" : ", ", STR_ARG(code));
    }
    g_string_append_printf(s, "%s = %.*s", p->n_index > 0 ? "]" : "", STR_ARG(value));
    t->sets[t->n_sets++] = arena_str(t->q->arena, (Str){s->str, s->len});
}

/* Only what is not as it was: what stays says nothing. */
static void read_values(Trying *t)
{
    for (size_t k = 0; k < combinations(t->param); k++) {
        int64_t codes[3];
        codes_of(t->param, k, codes);
        const ParamValue *now = value_now(t, codes);
        Str value = given(t, k);
        if (value.len > 0 && (now == NULL || !str_equal(value, printed(t, now->number))))
            set_add(t, codes, value);
    }
}

/* ---- the form ---- */

static void add_options(const Trying *t, View *v, size_t k, const ParamValue *now)
{
    const Enum *e = t->param->type.of;
    bool set = t->param->type.kind == KIND_SET;
    const char *name = arena_printf(t->q->arena, "v%zu", k);
    ViewList *list = view_list(v, set ? "boxes" : "options");
    for (size_t i = 0; i < e->n_codes; i++) {
        View *o = view_add(list);
        bool selected = now != NULL && (set ? now->number >> i & 1 : now->number == (int64_t)i);
        Str value;
        size_t at = 0;
        if (fields_has(&t->q->query, name))
            selected = false;
        while (fields_next(&t->q->query, str_of(name), &at, &value))
            selected |= str_equal(value, e->codes[i].name);
        view_word(o, "name", name);
        view_text(o, "value", e->codes[i].name);
        view_text(o, "label", label_of(t->q, e->codes[i].label));
        view_flag(o, "selected", selected);
    }
}

static Str codes_label(const Trying *t, const int64_t codes[3])
{
    const Param *p = t->param;
    g_autoptr(GString) s = g_string_new(NULL);
    for (size_t i = 0, k = 0; i < p->n_index; i++)
        if (!p->index[i].is_region) {
            Str label = label_of(t->q, p->index[i].of->codes[codes[k++]].label);
            g_string_append_printf(s, "%s%.*s", s->len > 0 ? " · " : "", STR_ARG(label));
        }
    return s->len == 0 ? label_of(t->q, p->label) : arena_str(t->q->arena, (Str){s->str, s->len});
}

static void add_row(const Trying *t, ViewList *rows, size_t k)
{
    int64_t codes[3];
    View *v = view_add(rows);
    codes_of(t->param, k, codes);
    const ParamValue *now = value_now(t, codes);
    const char *name = arena_printf(t->q->arena, "v%zu", k);
    view_word(v, "name", name);
    view_text(v, "label", codes_label(t, codes));
    if (now != NULL) {
        g_autoptr(GString) s = g_string_new(NULL);
        number_text(&t->param->type, now->number, t->q->lang == LANG_EN, s);
        view_text(v, "now", arena_str(t->q->arena, (Str){s->str, s->len}));
    }
    view_flag(v, "coded", in_codes(t->param));
    if (in_codes(t->param)) {
        add_options(t, v, k, now);
        return;
    }
    Str value = fields_get(&t->q->query, name);
    if (value.len == 0 && now != NULL) {
        Str text = printed(t, now->number);
        value = is_number(t->param) ? (Str){text.at, text.len - unit_of(text).len} : text;
    }
    view_text(v, "value", value);
    view_text(v, "unit", is_number(t->param) ? unit_shown(t) : STR(""));
}

static void fill_form(const Trying *t, View *v)
{
    Req *q = t->q;
    char text[DATE_TEXT];
    const Home *home = &t->param->home;
    view_text(v, "title", label_of(q, t->param->label));
    view_text(v, "document", label_of(q, home->document->title));
    view_text(v, "clause_label", clause_label(q, home->clause));
    view_url(v, "clause_url", clause_address(q, home->document, home->clause));
    view_word(v, "month_value", arena_printf(q->arena, "%s", month_format(t->from, text)));
    view_word(v, "until_value", arena_printf(q->arena, "%s", month_format(t->until, text)));
    fill_regions(q, v, "regions", t->region);
    ViewList *rows = view_list(v, "rows");
    for (size_t k = 0; k < combinations(t->param); k++)
        add_row(t, rows, k);
}

/* ---- the answer ---- */

static Str signed_money(const Req *q, int64_t fen)
{
    return str_of(
        arena_printf(q->arena, "%s%.*s", fen > 0 ? "+" : "", STR_ARG(words_money(q, fen))));
}

static void fill_sums(const Req *q, View *v, int64_t before, int64_t after)
{
    view_text(v, "before", words_money(q, before));
    view_text(v, "after", words_money(q, after));
    view_text(v, "difference", signed_money(q, after - before));
}

static void fill_moves(const Req *q, View *v, const SimulateMove *moves)
{
    static const char *const names[SIMULATE_TURNS] = {"gain", "lose", "unknown", "judgement"};
    for (size_t i = 0; i < SIMULATE_TURNS; i++)
        view_text(v, names[i], words_count(q, moves[i].count));
}

static void fill_rules(const Req *q, View *v, const Simulation *s)
{
    ViewList *list = view_list(v, "benefits");
    for (size_t i = 0; i < s->n_rules; i++) {
        const SimulateRule *r = &s->rules[i];
        View *b = view_add(list);
        view_text(b, "label", label_of(q, r->label));
        view_flag(b, "money", r->kind == RULE_BENEFIT);
        fill_sums(q, b, r->all.before.sum, r->all.after.sum);
        fill_moves(q, b, r->all.turns);
        view_text(b, "yes_before", words_count(q, r->all.before.yes));
        view_text(b, "yes_after", words_count(q, r->all.after.yes));
    }
}

static bool moves(const SimulateRegion *r)
{
    uint64_t any = 0;
    for (size_t i = 0; i < SIMULATE_TURNS; i++)
        any += r->turns[i].count;
    return any > 0 || r->before != r->after;
}

/* Counties all, towns where something moves. */
static void fill_places(const Req *q, View *v, const Simulation *s)
{
    ViewList *list = view_list(v, "places");
    for (size_t i = 0; i < s->n_regions; i++) {
        const SimulateRegion *r = &s->regions[i];
        if (r->depth > 1 && !moves(r))
            continue;
        View *p = view_add(list);
        view_text(p, "label", region_name(q, r->region));
        view_int(p, "depth", r->depth);
        fill_sums(q, p, r->before, r->after);
        fill_moves(q, p, r->turns);
    }
}

static void fill_periods(const Req *q, View *v, const Simulation *s)
{
    ViewList *list = view_list(v, "periods");
    for (size_t i = 0; i < s->n_months && s->n_months > 1; i++) {
        View *p = view_add(list);
        view_text(p, "label", words_month(q, s->months[i].from));
        fill_sums(q, p, s->months[i].before, s->months[i].after);
    }
    for (size_t i = 0; i < s->n_years && s->n_years > 1; i++) {
        View *p = view_add(list);
        view_int(p, "label", date_ymd(month_first(s->years[i].from)).year);
        view_flag(p, "total", true);
        fill_sums(q, p, s->years[i].before, s->years[i].after);
    }
    view_flag(v, "has_periods", list->count > 0);
}

static void fill_movers(const Req *q, View *v, const Simulation *s)
{
    ViewList *list = view_list(v, "movers");
    for (size_t i = 0; i < s->n_movers; i++) {
        const SimulateMover *m = &s->movers[i];
        View *p = view_add(list);
        view_text(p, "label", m->name);
        view_url(p, "link_url", record_address(q, m->entity, m->key, ""));
        view_text(p, "place", region_name(q, m->region));
        fill_sums(q, p, m->before, m->after);
    }
    view_flag(v, "has_movers", s->n_movers > 0);
    if (s->moved > s->n_movers)
        view_text(v, "moved", words_count(q, s->moved));
}

static Str check_words(const Req *q, bool asked, Truth outcome)
{
    return asked ? words_check(q, outcome) : say(q, "what_if_not_asked");
}

static void fill_changes(const Req *q, View *v, const SimulateRegionCheck *x)
{
    ViewList *list = view_list(v, "changes");
    for (size_t i = 0; i < MIN(x->n_changes, CHANGES_SHOWN); i++) {
        const SimulateChange *c = &x->changes[i];
        View *row = view_add(list);
        view_text(row, "place", region_name(q, c->region));
        view_text(row, "from", words_month(q, c->from));
        view_text(row, "until", c->until != c->from ? words_month(q, c->until) : STR(""));
        view_text(row, "before", check_words(q, c->asked_before, c->before));
        view_text(row, "after", check_words(q, c->asked_after, c->after));
        view_word(row, "kind", c->asked_after ? words_class(c->after) : "");
    }
    if (x->n_changes > CHANGES_SHOWN)
        view_text(v, "more", words_count(q, x->n_changes));
}

static void fill_region_checks(const Req *q, View *v, const Simulation *s)
{
    ViewList *list = view_list(v, "checks");
    for (size_t i = 0; i < s->n_region_checks; i++) {
        View *check = view_add(list);
        view_text(check, "label", label_of(q, s->region_checks[i].rule.label));
        view_flag(check, "nothing", s->region_checks[i].n_changes == 0);
        fill_changes(q, check, &s->region_checks[i]);
    }
    view_flag(v, "has_checks", s->n_region_checks > 0);
}

static void fill_answer(const Req *q, View *to, const Simulation *s)
{
    View *v = view_object(to, "answer");
    view_flag(v, "nothing", s->n_rules + s->n_region_checks == 0);
    fill_region_checks(q, v, s);
    view_flag(v, "has_rules", s->n_rules > 0);
    if (s->n_rules == 0)
        return;
    fill_sums(q, v, s->regions[0].before, s->regions[0].after);
    fill_moves(q, v, s->regions[0].turns);
    fill_rules(q, v, s);
    fill_places(q, v, s);
    fill_periods(q, v, s);
    fill_movers(q, v, s);
}

static void fill_faults(const Req *q, View *v, const Diags *ds)
{
    ViewList *list = view_list(v, "faults");
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        if (d->severity != DIAG_ERROR)
            continue;
        View *f = view_add(list);
        view_text(f, "text", arena_str(q->arena, str_of(d->text)));
        view_text(f, "hint", arena_str(q->arena, str_of(d->hint != NULL ? d->hint : "")));
    }
    view_flag(v, "has_faults", ds->errors > 0);
}

static bool answer(const Trying *t, View *v, GError **error)
{
    Req *q = t->q;
    g_autoptr(Diags) ds = diags_new();
    const WhatIf what = {.sets = t->sets,
                         .n_sets = t->n_sets,
                         .from = t->from,
                         .until = t->until,
                         .region = t->region,
                         .movers = MOVERS};
    Simulation s;
    if (!simulate(q->care, q->session, &what, ds, q->arena, &s, error))
        return fail_while(error, "trying a value");
    if (s.computed)
        fill_answer(q, v, &s);
    fill_faults(q, v, ds);
    return true;
}

bool what_if_show(Req *q, GError **error)
{
    Trying t = {.q = q,
                .param = model_param(care_model(q->care), q->arguments[0]),
                .from = req_month(q),
                .region = req_region(q)};
    if (t.param == NULL || !may_try(t.param))
        return fail(error, FAIL_ABSENT, "no such value to try");
    if (!month_parse(fields_get(&q->query, "until"), &t.until) || t.until < t.from ||
        t.until - t.from >= (Month)LIMIT_WHAT_IF_MONTHS)
        t.until = t.from;
    t.now = param_in_force(care_regions(q->care), t.param, t.region, month_first(t.from), q->arena,
                           &t.n_now);
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_what_if"));
    fill_form(&t, v);
    read_values(&t);
    if (t.n_sets > 0 && !answer(&t, v, error))
        return false;
    return page_show(q, VIEW_PAGE_WHAT_IF, 200, v, error);
}
