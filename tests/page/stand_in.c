/* stand_in.c — see stand_in.h.  In: what pages ask.  Out: canned answers; no rule, no store. */
#include "stand_in.h"
#include "base/identifier.h"
#include "care/consent.h"

#include "care/figures_json.h"
#include "care/looks.h"
#include "care/receipt.h"
#include "care/simulate.h"

#define COUNTY  360302
#define ID      7
#define TOKEN   "token-of-a-test-0123456789-0123456789-01234"
#define MAX_TRY 3

const RoleFacts role_facts[] = {
#define ROLE(id, word, zh, en, level, rights) {word, zh, en, level, rights, NULL},
#include "care/rights.def"
#undef ROLE
};
const size_t n_role_facts = G_N_ELEMENTS(role_facts);

static Model model;
static RegionTree tree;
static Label poison = {{POISON, 5}, {POISON, 5}};
static Code codes[] = {
    {.name = {"alone", 5}, .label = {{POISON, 5}, {POISON, 5}}, .number = 0},
    {.name = {"left", 4}, .label = {{POISON, 5}, {POISON, 5}}, .number = 1},
};
static Enum living = {.name = {"living", 6}, .codes = codes, .n_codes = 2};
static Entity elder, visit;
static Field elder_fields[KIND_N + 2], visit_fields[2];
static Field *elder_list[KIND_N + 2], *visit_list[2];
static const Field *elder_title[1], *visit_title[1];
static Entity *entities[] = {&elder, &visit};
static Clause clauses[3], *clause_list[3];
static Document document;
static Document *documents[] = {&document};
static Expr pay;
static Version version_list[3];
static Versions versions = {.list = version_list, .n = 3};
static Rule rules[2], *rule_list[] = {&rules[0], &rules[1]};
static Indicator indicator;
static TargetValue target_value;
static Target target;
static Duty duty;
static Param param;
static RegionRow regions[2];

static Str name_of(const char *name)
{
    return str_of(name);
}

/* One field of each kind, so that every form input and every cell is seen. */
static void make_entities(void)
{
    static char names[KIND_N][8];
    elder = (Entity){.name = name_of("elder"), .label = poison, .fields = elder_list};
    for (unsigned k = 0; k < KIND_N; k++) {
        g_snprintf(names[k], sizeof names[k], "f%u", k);
        elder_fields[k] = (Field){.name = name_of(names[k]),
                                  .label = poison,
                                  .type = {.kind = (Kind)k, .of = &living, .to = &visit},
                                  .entity = &elder,
                                  .index = k,
                                  .dated = k == KIND_ENUM};
        elder_list[k] = &elder_fields[k];
    }
    elder_fields[KIND_TEXT].name = name_of("name");
    elder_fields[KIND_TEXT].required = true;
    elder_fields[KIND_CITIZEN_ID].secret = true;
    elder.n_fields = KIND_N;
    elder.list = (const Field **)(void *)elder_list;
    elder.n_list = KIND_N;
    elder_title[0] = &elder_fields[KIND_TEXT];
    elder.title = elder_title;
    elder.n_title = 1;
    visit = (Entity){.name = name_of("visit"), .label = poison, .number = 1, .fields = visit_list};
    visit_fields[0] = (Field){.name = name_of("elder"),
                              .label = poison,
                              .type = {.kind = KIND_REF, .to = &elder},
                              .entity = &visit};
    visit_fields[1] = (Field){.name = name_of("note"),
                              .label = poison,
                              .type = {.kind = KIND_TEXT},
                              .entity = &visit,
                              .index = 1};
    visit_list[0] = &visit_fields[0];
    visit_list[1] = &visit_fields[1];
    visit.n_fields = visit.n_list = 2;
    visit.list = (const Field **)(void *)visit_list;
    visit_title[0] = &visit_fields[1];
    visit.title = visit_title;
    visit.n_title = 1;
}

static void make_document(void)
{
    document = (Document){.name = name_of("plan"),
                          .title = poison,
                          .layer = LAYER_PLACE,
                          .place = name_of("360300"),
                          .from = 18000,
                          .until = DATE_MAX,
                          .number = name_of(POISON),
                          .issued = name_of(POISON),
                          .clauses = clause_list,
                          .n_clauses = 3};
    for (size_t i = 0; i < 3; i++) {
        clauses[i] = (Clause){.number = name_of(POISON),
                              .title = poison,
                              .level = i == 0 ? 1 : 2,
                              .prose_zh = name_of("<p>safe</p>"),
                              .document = &document,
                              .index = i};
        clauses[i].title.en = name_of("other");
        clause_list[i] = &clauses[i];
    }
    Home home = {.document = &document, .clause = &clauses[1]};
    for (size_t i = 0; i < 2; i++)
        rules[i] = (Rule){.kind = i == 0 ? RULE_BENEFIT : RULE_CHECK,
                          .name = name_of(i == 0 ? "allowance" : "fire"),
                          .label = poison,
                          .subject = &elder,
                          .pay = &pay,
                          .home = home};
    version_list[0] = (Version){.home = home, .from = 18000, .until = DATE_MAX, .rule = &rules[0]};
    version_list[1] = (Version){.home = home, .from = 18300, .until = DATE_MAX, .rule = &rules[0]};
    version_list[2] = (Version){.home = home, .from = 18600, .until = DATE_MAX, .ends = true};
    indicator = (Indicator){.name = name_of("beds"),
                            .label = poison,
                            .unit = poison,
                            .flow = true,
                            .index = {{name_of("living"), poison, &living}},
                            .n_index = 1,
                            .home = home,
                            .type = {.kind = KIND_INT}};
    target_value = (TargetValue){.region = name_of("360302"),
                                 .year_from = 2020,
                                 .year_to = 2020,
                                 .due = 18627,
                                 .number = 200};
    target =
        (Target){.indicator = &indicator, .values = &target_value, .n_values = 1, .home = home};
    duty = (Duty){
        .name = name_of("report"), .label = poison, .until = 18100, .needs = name_of(POISON)};
    param = (Param){.name = name_of("rate"),
                    .label = poison,
                    .type = {.kind = KIND_MONEY, .unit = UNIT_YUAN, .scale = 2},
                    .home = {&document, &clauses[0], {0}}};
}

void stand_in_make(void)
{
    static int32_t parent[] = {-1, 0}, order[] = {0, 1}, last[] = {1, 1}, by_order[] = {0, 1},
                   county[] = {360300, COUNTY};
    static Str code[2], level[2];
    make_entities();
    make_document();
    regions[0] = (RegionRow){.code = name_of("360300"), .name = name_of(POISON)};
    regions[1] = (RegionRow){.code = name_of("360302"), .name = name_of(POISON)};
    code[0] = regions[0].code;
    code[1] = regions[1].code;
    tree = (RegionTree){2, parent, order, last, by_order, county, code, level, by_order};
    model = (Model){.documents = documents,
                    .n_documents = 1,
                    .entities = entities,
                    .n_entities = 2,
                    .rules = rule_list,
                    .n_rules = 2,
                    .scores = stand_in_scores(&elder),
                    .n_scores = 1,
                    .accounts = stand_in_ledger(&elder, (Home){&document, &clauses[0], {0}}),
                    .n_accounts = 1,
                    .draws = stand_in_draws(),
                    .n_draws = 1,
                    .regions = regions,
                    .n_regions = 2};
}

const char *stand_in_key(void)
{
    static char text[32], id[ID_TEXT];
    g_snprintf(text, sizeof text, "%d-%s", COUNTY, id_format(ID, id));
    return text;
}

/* ---- the Model's look-ups ---- */

const Entity *model_entity(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_entities; i++)
        if (str_equal(m->entities[i]->name, name))
            return m->entities[i];
    return NULL;
}

const Field *entity_field(const Entity *e, Str name)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (str_equal(e->fields[i]->name, name))
            return e->fields[i];
    return NULL;
}

const Param *model_param(const Model *m, Str name)
{
    (void)m;
    return str_equal(name, param.name) ? &param : NULL;
}

const Rule *model_rule(const Model *m, Str name)
{
    if (str_is(name, "homes"))
        return stand_in_region_check();
    for (size_t i = 0; i < m->n_rules; i++)
        if (str_equal(m->rules[i]->name, name))
            return m->rules[i];
    return NULL;
}

const Indicator *model_indicator(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_indicators; i++)
        if (str_equal(m->indicators[i]->name, name))
            return m->indicators[i];
    return NULL;
}

const Document *model_document(const Model *m, Str name)
{
    return str_equal(m->documents[0]->name, name) ? m->documents[0] : NULL;
}

const Enum *model_enum(const Model *m, Str name)
{
    (void)m, (void)name;
    return NULL;
}

const Code *enum_code(const Enum *e, Str name_or_label)
{
    (void)e, (void)name_or_label;
    return NULL;
}

/* ---- the system and who is there ---- */

const Model *care_model(const Care *c)
{
    (void)c;
    return &model;
}

const RegionTree *care_regions(const Care *c)
{
    (void)c;
    return &tree;
}

bool care_is_demo(const Care *c)
{
    (void)c;
    return true;
}

bool care_is_outdated(Care *c)
{
    (void)c;
    return false;
}

Date care_today(const Care *c)
{
    (void)c;
    return 18535; /* 2020-09-30 */
}

/* The token ends with the number of the role. */
bool session_sign_in(Care *c, Str account, Str password, Str address, char token[TOKEN_TEXT],
                     int *ret_tries_left, GError **error)
{
    (void)c, (void)address;
    for (size_t i = 0; i < n_role_facts; i++)
        if (str_is(account, role_facts[i].word) && str_is(password, PASSWORD)) {
            g_snprintf(token, TOKEN_TEXT, "%02zu%s", i, TOKEN);
            return true;
        }
    *ret_tries_left = MAX_TRY;
    if (str_is(account, "locked"))
        return fail(error, FAIL_BUSY, "locked");
    return fail(error, FAIL_RIGHT, "wrong");
}

const Session *session_find(Care *c, Str token, Arena *a)
{
    (void)c;
    if (token.len != TOKEN_TEXT - 1 || !str_starts(STR(TOKEN), (Str){token.at + 2, token.len - 2}))
        return NULL;
    const RoleFacts *role = &role_facts[(token.at[0] - '0') * 10 + token.at[1] - '0'];
    Session *s = arena_new_of(a, Session);
    *s = (Session){.account = str_of(role->word),
                   .shown = STR(POISON),
                   .role = role,
                   .csrf = STR("csrf-of-this-session"),
                   .via = STR("web")};
    return s;
}

void session_end(Care *c, Str token)
{
    (void)token;
    c->ended++;
}

bool session_csrf_matches(const Session *s, Str given)
{
    return str_equal(s->csrf, given);
}

size_t care_roles(const Care *c, const RoleFacts **ret)
{
    (void)c;
    *ret = role_facts;
    return n_role_facts;
}

bool role_ended(const Care *c, const RoleFacts *r)
{
    (void)c;
    (void)r;
    return false;
}

bool session_sees(const Session *s, const Entity *e)
{
    (void)e;
    return session_may(s, MAY_PERSON_READ);
}

bool session_writes(const Session *s, const Entity *e)
{
    (void)e;
    return session_may(s, MAY_PERSON_WRITE);
}

bool session_reveals(const Session *s, const Field *f)
{
    (void)f;
    return session_may(s, MAY_REVEAL);
}

bool session_may(const Session *s, unsigned rights)
{
    return (s->role->rights & rights) == rights;
}

/* ---- records ---- */

static Record record_of(const Entity *e, Arena *a)
{
    Record r = {.key = {COUNTY, ID}, .seq = 5, .facts = arena_many(a, Fact, KIND_N)};
    r.n_facts = e->n_fields;
    for (size_t i = 0; i < e->n_fields; i++) {
        bool text = kind_is_text(e->fields[i]->type.kind) || e->fields[i]->type.kind == KIND_REGION;
        r.facts[i].value = text ? VALUE_TEXT(STR(POISON)) : VALUE_NUM(1);
        r.facts[i].since = 17000;
        r.facts[i].until = DATE_MAX;
    }
    return r;
}

bool record_list(Care *c, const Session *s, const ListQuery *q, Arena *a, ListResult *ret,
                 GError **error)
{
    (void)c, (void)s, (void)error;
    *ret = (ListResult){.rows = arena_many(a, Record, 1), .n = 1, .total = 60, .all = 90};
    ret->rows[0] = record_of(q->entity, a);
    return true;
}

bool consent_elder(Care *c, const Session *s, const Entity **ret, RecordKey *ret_key,
                   GError **error)
{
    (void)s, (void)error;
    *ret = model_entity(care_model(c), STR("elder"));
    *ret_key = (RecordKey){COUNTY, ID};
    return true;
}

bool search_has_number(const Entity *e)
{
    return e == &elder;
}

bool search_is_private(Care *c, const Session *s, const Entity *e, Str words)
{
    (void)c, (void)s, (void)e;
    return text_holds_citizen_id(words);
}

bool record_search(Care *c, const Session *s, const Entity *e, Str words, size_t most, Arena *a,
                   ListResult *ret, GError **error)
{
    (void)c, (void)s, (void)words, (void)most, (void)error;
    *ret = (ListResult){.rows = arena_many(a, Record, 1), .n = 1, .total = 60};
    ret->rows[0] = record_of(e, a);
    return true;
}

bool record_get(Care *c, const Session *s, const Entity *e, RecordKey key, Date on, Arena *a,
                Record **ret, GError **error)
{
    (void)c, (void)s, (void)on;
    if (key.id != ID)
        return fail(error, FAIL_ABSENT, "no such record");
    *ret = arena_new_of(a, Record);
    **ret = record_of(e, a);
    return true;
}

bool record_allowed(Care *c, const Session *s, const Entity *e, RecordKey key, GError **error)
{
    (void)c, (void)e, (void)key;
    return session_may(s, MAY_PERSON_READ) || fail(error, FAIL_RIGHT, "no");
}

bool record_title(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a, Str *ret,
                  GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)a, (void)error;
    *ret = STR(POISON);
    return true;
}

bool record_periods(Care *c, const Session *s, const Field *f, RecordKey key, Arena *a, Fact **ret,
                    size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)f, (void)key, (void)error;
    *ret_n = 2;
    *ret = arena_many(a, Fact, 2);
    (*ret)[0] = (Fact){VALUE_NUM(1), 16000, 17000, 1};
    (*ret)[1] = (Fact){VALUE_NUM(1), 17000, DATE_MAX, 1};
    return true;
}

bool record_children(Care *c, const Session *s, const Entity *child, const Field *by,
                     RecordKey parent, size_t most, Arena *a, ListResult *ret, GError **error)
{
    (void)c, (void)s, (void)by, (void)parent, (void)most, (void)error;
    *ret = (ListResult){.rows = arena_many(a, Record, 1), .n = 1, .total = 2};
    ret->rows[0] = record_of(child, a);
    return true;
}

bool record_save(Care *c, const Session *s, const RecordEdit *edit, Arena *a, RecordKey *ret,
                 FieldFault **ret_faults, size_t *ret_n_faults, GError **error)
{
    (void)s;
    if (c->conflict)
        return fail(error, FAIL_CONFLICT, "changed meanwhile");
    for (size_t i = 0; i < edit->n_fields; i++) {
        const FieldEdit *e = &edit->fields[i];
        if (e->field == &elder_fields[KIND_TEXT] && e->text.len == 0) {
            *ret_faults = arena_new_of(a, FieldFault);
            **ret_faults = (FieldFault){e->field, STR(POISON), STR(POISON)};
            *ret_n_faults = 1;
            return fail(error, FAIL_INPUT, "a fault");
        }
        if (e->field == &elder_fields[KIND_TEXT])
            g_snprintf(c->saved_name, sizeof c->saved_name, "%.*s", STR_ARG(e->text));
        if (e->field == &elder_fields[KIND_SET])
            g_snprintf(c->saved_set, sizeof c->saved_set, "%.*s", STR_ARG(e->text));
    }
    c->saves++;
    *ret = (RecordKey){COUNTY, ID};
    return true;
}

bool record_reveal(Care *c, const Session *s, const Field *f, RecordKey key, Str reason, Arena *a,
                   Str *ret, GError **error)
{
    (void)c, (void)s, (void)f, (void)key, (void)reason, (void)a, (void)error;
    *ret = STR(POISON);
    return true;
}

bool export_format_parse(Str word, ExportFormat *ret)
{
    *ret = EXPORT_CSV;
    return str_is(word, "csv");
}

bool care_export(Care *c, const Session *s, const ExportQuery *q, Arena *a, ExportReport *ret,
                 GError **error)
{
    (void)c, (void)s, (void)a;
    *ret = (ExportReport){1, 0};
    return g_file_set_contents(q->path, "name\n", 5, error);
}

bool stand_in_looks_many;
bool record_lookers(Care *c, const Session *s, const Entity *e, RecordKey key, size_t most,
                    Arena *a, LookLine **ret, size_t *ret_n, GError **error)
{
    (void)c;
    (void)s;
    (void)e;
    (void)key;
    (void)error;
    *ret_n = stand_in_looks_many ? most : 2;
    *ret = arena_many(a, LookLine, *ret_n);
    for (size_t i = 2; i < *ret_n; i++)
        (*ret)[i] = (LookLine){0, STR(POISON), STR("look"), {STR(""), STR("")}, false};
    (*ret)[0] = (LookLine){1, STR(POISON), STR("look"), {STR(""), STR("")}, false};
    (*ret)[1] = (LookLine){0, STR(POISON), STR("export"), {STR(POISON), STR(POISON)}, true};
    return true;
}

bool record_history(Care *c, const Session *s, const Entity *e, RecordKey key, size_t most,
                    Arena *a, HistoryLine **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)most, (void)error;
    Str p = STR(POISON);
    *ret = arena_many(a, HistoryLine, 1);
    **ret =
        (HistoryLine){.seq = 9, .actor = p, .via = p, .kind = p, .reason = {p, p}, .n_fields = 1};
    (*ret)->fields = arena_array(a, 1, sizeof *(*ret)->fields);
    (*ret)->fields[0] = (struct HistoryField){&elder_fields[KIND_TEXT], p, p, p, p, 17000};
    *ret_n = 1;
    return true;
}

Str value_text(Care *c, const Field *f, Value v, bool english, Arena *a)
{
    (void)c, (void)f, (void)v, (void)english, (void)a;
    return STR(POISON);
}

/* ---- decisions, figures, documents ---- */

static Explanation explanation(const Rule *rule, Truth outcome, Arena *a)
{
    Str p = STR(POISON);
    Explanation e = {.rule = rule->name,
                     .document = document.name,
                     .clause = p,
                     .label_zh = p,
                     .label_en = p,
                     .subject = elder.name,
                     .outcome = outcome,
                     .has_amount = true,
                     .amount = 8000,
                     .has_change = true,
                     .change_zh = p,
                     .change_en = p};
    e.lines = arena_many(a, ExplainLine, 4);
    e.n_lines = 4;
    for (unsigned i = 0; i < 4; i++)
        e.lines[i] = (ExplainLine){i, p, p, (Truth)i, p, p};
    e.missing = arena_new_of(a, MissingFact);
    e.missing[0] = (MissingFact){.name = STR("elder.name"), .zh = p, .en = p};
    e.missing[0].who_zh = e.missing[0].who_en = p;
    e.n_missing = 1;
    e.nearest = arena_new_of(a, NearChange);
    e.nearest[0] = (NearChange){NEAR_ONE, 1, p, p, 0};
    e.n_nearest = outcome == TRUTH_NO;
    e.facts = arena_new_of(a, ExplainFact);
    e.facts[0] = (ExplainFact){
        .name = p, .zh = p, .en = p, .value_zh = p, .value_en = p, .seq = 5, .by = p, .via = p};
    e.n_facts = 1;
    return e;
}

bool decision_explain(Care *c, const Session *s, const Rule *rule, RecordKey key, Month month,
                      Arena *a, Explanation *ret, GError **error)
{
    (void)c, (void)s, (void)key, (void)month, (void)error;
    *ret = explanation(rule, TRUTH_UNKNOWN, a);
    return true;
}

/* Decided otherwise than today; `again` also as it was then. */
bool decision_receipt(Care *c, const Session *s, const Rule *rule, RecordKey key, Month month,
                      bool again, Arena *a, Receipt *ret, GError **error)
{
    (void)c, (void)s, (void)key, (void)month, (void)error;
    *ret = (Receipt){.decided = true,
                     .run = 4,
                     .policy = 2,
                     .outcome = TRUTH_YES,
                     .amount = 12300,
                     .recomputed = again,
                     .agrees = again,
                     .then = explanation(rule, TRUTH_YES, a),
                     .now = explanation(rule, TRUTH_UNKNOWN, a),
                     .n_differences = again};
    ret->differences = arena_many(a, ReceiptDifference, 1);
    ret->differences[0] = (ReceiptDifference){STR(POISON), STR(POISON), STR(POISON), STR(POISON)};
    return true;
}

bool decision_stored(Care *c, const Session *s, const Entity *e, RecordKey key, Month month,
                     Arena *a, StoredAnswer **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)month, (void)error;
    *ret = arena_many(a, StoredAnswer, 1);
    (*ret)[0] = (StoredAnswer){&rules[0], 4, TRUTH_YES, 98765};
    *ret_n = 1;
    return true;
}

bool decision_all(Care *c, const Session *s, const Entity *e, RecordKey key, Month month, Arena *a,
                  Explanation **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)month, (void)error;
    *ret = arena_many(a, Explanation, 8);
    *ret_n = 8;
    for (unsigned i = 0; i < 8; i++)
        (*ret)[i] = explanation(&rules[i / 4], (Truth)(i % 4), a);
    return true;
}

bool figures_targets(Care *c, const Session *s, const Indicator *only, int32_t region, Date on,
                     Arena *a, TargetFigure **ret, size_t *ret_n, GError **error)
{
    static TargetFailing failing[] = {
        {.met = MET_NO, .region = 1, .cell = 1, .name = {POISON, 5}},
        {.met = MET_UNKNOWN, .region = 1, .entity = &elder, .key = {1, 1}, .name = {POISON, 5}},
    };
    (void)c, (void)s, (void)only, (void)region, (void)error;
    *ret = arena_many(a, TargetFigure, 8);
    *ret_n = 8;
    for (int i = 0; i < 8; i++)
        (*ret)[i] = (TargetFigure){.target = &target,
                                   .value = &target_value,
                                   .region = i / 4,
                                   .cell = (size_t)i / 4,
                                   .figure = {.from = 18262, .on = on, .value = 50 * i},
                                   .met = (Met)(i % 4),
                                   .trend = (Trend)(i % 4),
                                   .each = i >= 4,
                                   .all = 3,
                                   .reached = 1,
                                   .failing = failing,
                                   .n_failing = i >= 4 ? 2 : 0,
                                   .hidden = (uint64_t)i};
    return true;
}

const Param **figure_unset(const Care *c, const Indicator *i, const Figure *f, Arena *a,
                           size_t *ret_n)
{
    (void)c, (void)i;
    const Param **list = arena_many(a, const Param *, 1);
    list[0] = &param;
    *ret_n = f->no_case;
    return list;
}

const Param **target_unset(const Care *c, const TargetFigure *f, Arena *a, size_t *ret_n)
{
    (void)c, (void)f, (void)a;
    *ret_n = 0;
    return NULL;
}

bool targets_sum(const TargetFigure *const *parts, size_t n, Date on, Arena *a, TargetFigure *ret)
{
    (void)parts, (void)n, (void)on, (void)a, (void)ret;
    return false;
}

Date figures_period_start(const Indicator *i, Date day)
{
    (void)i;
    return day;
}

bool figures_indicator(Care *c, const Session *s, const Indicator *i, size_t cell, int32_t region,
                       Date from, Date on, Arena *a, Figure **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)i, (void)cell, (void)region, (void)error;
    *ret = arena_many(a, Figure, 1);
    (*ret)[0] = (Figure){.from = from, .on = on, .value = 12};
    *ret_n = 1;
    return true;
}

bool document_view(Care *c, const Session *s, const Document *d, int32_t region, Month month,
                   Arena *a, DocumentView *ret, GError **error)
{
    (void)region, (void)month;
    static Figure cells[] = {{.cell = 1, .value = 5, .unknown = 2}, {.cell = 2, .no_case = true}};
    static struct ClauseMissing missing[] = {{{POISON, 5}, {POISON, 5}, {POISON, 5}, true, 3}};
    const void *const what[DECLARATIONS] = {
        [DECLARES_BENEFIT] = &rules[0],    [DECLARES_CHECK] = &rules[1],
        [DECLARES_INDICATOR] = &indicator, [DECLARES_TARGET] = &target,
        [DECLARES_DUTY] = &duty,           [DECLARES_PARAM] = &param,
        [DECLARES_AMEND] = &rules[0],      [DECLARES_ENDS] = &rules[0],
        [DECLARES_ENTITY] = &elder,        [DECLARES_ENUM] = &living};
    TargetFigure *targets = NULL;
    size_t n = 0;
    if (!figures_targets(c, s, NULL, 0, 18535, a, &targets, &n, error))
        return false;
    *ret = (DocumentView){.document = d,
                          .clauses = arena_many(a, ClauseView, 3),
                          .n_clauses = 3,
                          .running = 1,
                          .declared = 1,
                          .missing = 1};
    for (size_t i = 0; i < 3; i++) {
        ClauseView *v = &ret->clauses[i];
        *v = (ClauseView){clause_list[i], (ClauseState)i, false, NULL, i == 1 ? DECLARATIONS : 0};
        v->items = arena_many(a, ClauseItem, DECLARATIONS);
        for (unsigned k = 0; k < v->n_items; k++)
            v->items[k] = (ClauseItem){.kind = (DeclarationKind)k,
                                       .what = what[k],
                                       .versions = what[k] == &rules[0] ? &versions : NULL,
                                       .version = k == DECLARES_AMEND  ? 1
                                                  : k == DECLARES_ENDS ? 2
                                                                       : 0,
                                       .label = poison,
                                       .name = elder.name,
                                       .yes = 1,
                                       .no = 2,
                                       .unknown = 3,
                                       .judgement = 4,
                                       .sum = 100,
                                       .missing = missing,
                                       .n_missing = 1,
                                       .cells = cells,
                                       .n_cells = 2,
                                       .targets = targets,
                                       .n_targets = n,
                                       .value_zh = STR(POISON),
                                       .value_en = STR(POISON),
                                       .source = STR(POISON)};
    }
    return true;
}

/* One fault, and what the page handed in as the document's name. */
bool draft_check(Care *c, const Session *s, Str text, Arena *a, DraftCheck *ret, GError **error)
{
    (void)c, (void)s;
    if (str_is(text, "busy"))
        return fail(error, FAIL_BUSY, "too many drafts checked at once");
    *ret = (DraftCheck){.document = arena_str(a, text), .errors = 1, .n = 1};
    ret->list = arena_many(a, DraftDiag, 1);
    ret->list[0] = (DraftDiag){.document = STR(POISON),
                               .own = true,
                               .line = 3,
                               .column = 4,
                               .length = 5,
                               .text = STR(POISON),
                               .hint = STR(POISON)};
    return true;
}

/* One rule, check of regions, place, record, all poison; `bad` is a value that does not compile. */
bool simulate(Care *c, const Session *s, const WhatIf *what, Diags *ds, Arena *a, Simulation *ret,
              GError **error)
{
    (void)c, (void)s;
    const SimulateCell cell = {.before = {1, 2, 3, 4, 500}, .after = {2, 1, 3, 4, 900}};
    *ret = (Simulation){.n_months = 1, .n_rules = 1, .n_regions = 1, .n_movers = 1, .moved = 2};
    if (what->n_drafts > 0 && str_is(what->drafts[0].text, "busy"))
        return fail(error, FAIL_BUSY, "too many drafts checked at once");
    if (what->n_sets > 0 && str_find(what->sets[0], STR("bad")) >= 0) {
        Diag *d = diag_error(ds, (Pos){0}, "%s", POISON);
        diag_hint(ds, d, "%s", POISON);
        return true;
    }
    ret->computed = true;
    ret->rules = arena_many(a, SimulateRule, 1);
    ret->rules[0] = (SimulateRule){.name = name_of("allowance"),
                                   .label = poison,
                                   .document = STR(POISON),
                                   .clause = STR(POISON),
                                   .subject = &elder,
                                   .all = cell};
    ret->rules[0].months = ret->rules[0].regions = arena_many(a, SimulateCell, 1);
    ret->region_checks = arena_many(a, SimulateRegionCheck, 1);
    ret->region_checks[0].rule = ret->rules[0];
    ret->region_checks[0].changes = arena_many(a, SimulateChange, 1);
    ret->region_checks[0].changes[0] =
        (SimulateChange){0, what->from, what->until, false, true, TRUTH_YES, TRUTH_NO};
    ret->region_checks[0].n_changes = ret->n_region_checks = 1;
    ret->months = ret->years = arena_many(a, SimulatePeriod, 1);
    ret->months[0] = (SimulatePeriod){what->from, what->until, 500, 900};
    ret->n_years = 1;
    ret->regions = arena_many(a, SimulateRegion, 1);
    ret->regions[0] = (SimulateRegion){.before = 500, .after = 900, .turns = {{1, 400}}};
    ret->may_list = true;
    ret->movers = arena_many(a, SimulateMover, 1);
    ret->movers[0] = (SimulateMover){&elder, {COUNTY, ID}, STR(POISON), 0, 500, 900};
    return true;
}
