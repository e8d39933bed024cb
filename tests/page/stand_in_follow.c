/* stand_in_follow.c — what is to be done, for pages without a store: one task, one procedure with a
 * hold, one duty, one alert, all in poison words. */
#include "care/alert_ack.h"
#include "care/follow.h"
#include "stand_in.h"

static const Label poison = {{POISON, 5}, {POISON, 5}};
static const Str words = {POISON, 5};
static Code states[] = {{.name = {"begun", 5}, .label = {{POISON, 5}, {POISON, 5}}, .number = 0},
                        {.name = {"over", 4}, .label = {{POISON, 5}, {POISON, 5}}, .number = 1}};
static Enum state_enum = {.name = {"p_state", 7}, .codes = states, .n_codes = 2};
static StateFacts facts[2] = {{.first = true}, {.last = true}};
static MissingFact missing[1] = {{.name = {"elder.f1", 8}, .zh = {POISON, 5}, .en = {POISON, 5}}};
static Task task;
static Procedure procedure;
static Hold hold;
static Duty duty;
static Rule check;
static AlertAck ack;
static Str leads[] = {{"civil_affairs", 13}};

static const Entity *elder_of(const Care *c)
{
    return model_entity(care_model(c), STR("elder"));
}

static Home home_of(const Care *c)
{
    const Document *d = care_model(c)->documents[0];
    return (Home){.document = d, .clause = d->clauses[1]};
}

static void make(const Care *c)
{
    Home home = home_of(c);
    const Entity *elder = elder_of(c);
    task = (Task){.name = STR("visiting"), .label = poison, .subject = elder, .home = home};
    task.done.entity = elder;
    task.done.by = elder->fields[0];
    procedure = (Procedure){.name = STR("steps"),
                            .label = poison,
                            .entity = elder,
                            .states = &state_enum,
                            .facts = facts,
                            .home = home};
    hold = (Hold){.label = poison, .procedure = &procedure, .entity = elder, .home = home};
    duty = (Duty){.name = STR("report"),
                  .label = poison,
                  .lead = leads,
                  .n_lead = 1,
                  .needs = words,
                  .home = home};
    check = (Rule){
        .kind = RULE_CHECK, .name = STR("fire"), .label = poison, .subject = elder, .home = home};
}

/* A check of regions by the name of "homes". */
const Rule *stand_in_region_check(void)
{
    static const RegionCheck asked;
    static Rule of_regions;
    of_regions = check;
    of_regions.name = STR("homes");
    of_regions.asked = &asked;
    return &of_regions;
}

bool region_check_explain(Care *c, const Session *s, const Rule *asked, int32_t region, Date on,
                          Arena *a, Explanation *ret, GError **error)
{
    (void)region;
    if (on < 18000)
        return fail(error, FAIL_ABSENT, POISON);
    return decision_explain(c, s, asked, (RecordKey){0}, 0, a, ret, error);
}

static const RecordKey key = {360302, 7};

const Role *model_role(const Model *m, Str name)
{
    (void)m, (void)name;
    return NULL;
}

const Procedure *model_procedure(const Model *m, Str name)
{
    (void)m;
    return str_is(name, "steps") ? &procedure : NULL;
}

bool follow_may(const Care *c, const Session *s, const Whos *by)
{
    (void)c, (void)s, (void)by;
    return true;
}

bool missing_before(const MissingFact *list, size_t i)
{
    (void)list;
    return i > 0;
}

Label follow_names(const Whos *by, Arena *a)
{
    (void)by, (void)a;
    return poison;
}

bool duty_register(const Model *m, DutyRegister *ret)
{
    (void)m, (void)ret;
    return false;
}

const Duty *duty_named(const Model *m, Str name)
{
    (void)m, (void)name;
    return NULL;
}

bool follow_tasks(Care *c, const Session *s, const FollowQuery *q, Arena *a, TaskBook *ret,
                  GError **error)
{
    (void)s, (void)q, (void)error;
    make(c);
    *ret = (TaskBook){.on = care_today(c), .n_sums = 1, .n_lines = TASK_STATES, .total = 500};
    ret->sums = arena_new_of(a, TaskSum);
    *ret->sums = (TaskSum){&task, {1, 2, 3, 4, 5}};
    ret->lines = arena_array(a, TASK_STATES, sizeof *ret->lines);
    for (unsigned i = 0; i < TASK_STATES; i++)
        ret->lines[i] = (TaskLine){.task = &task,
                                   .key = key,
                                   .region = 1,
                                   .state = (TaskState)i,
                                   .has_due = i > 0,
                                   .due = ret->on,
                                   .missing = missing,
                                   .n_missing = i == 0};
    return true;
}

static ItemLine item_of(Arena *a, Date on)
{
    StepLine *step = arena_new_of(a, StepLine);
    HoldLine *held = arena_new_of(a, HoldLine);
    ProcedureStep *declared = arena_new_of(a, ProcedureStep);
    Need *need = arena_new_of(a, Need);
    const Need **lacking = arena_array(a, 1, sizeof *lacking);
    ExplainLine *line = arena_new_of(a, ExplainLine);
    *line = (ExplainLine){.depth = 1, .zh = words, .en = words, .truth = TRUTH_NO};
    *need = (Need){.name = words, .label = poison};
    lacking[0] = need;
    *declared = (ProcedureStep){.from = 0, .to = 1};
    *held = (HoldLine){.hold = &hold, .truth = TRUTH_UNKNOWN, .cure_zh = words, .cure_en = words};
    held->why = (Explanation){.missing = missing, .n_missing = 1};
    *step = (StepLine){.step = declared, .to = &states[1], .mine = true, .may = TRUTH_NO};
    step->has_guard = step->has_due = step->overdue = step->too_early = step->wrong_year = true;
    step->guard = (Explanation){.lines = line, .n_lines = 1, .missing = missing, .n_missing = 1};
    step->due = step->not_before = on;
    step->lacking = lacking;
    step->n_lacking = 1;
    step->holds = held;
    step->n_holds = 1;
    return (ItemLine){.procedure = &procedure,
                      .key = key,
                      .region = 1,
                      .state = &states[0],
                      .since = on,
                      .place = 2,
                      .best = 1,
                      .steps = step,
                      .n_steps = 1};
}

bool follow_procedures(Care *c, const Session *s, const FollowQuery *q, Arena *a,
                       ProcedureBook *ret, GError **error)
{
    (void)s, (void)q, (void)error;
    make(c);
    *ret = (ProcedureBook){.on = care_today(c), .n_sums = 1, .n_lines = 1, .total = 60};
    ret->sums = arena_new_of(a, ProcedureSum);
    ret->sums->procedure = &procedure;
    ret->sums->items = arena_array(a, 2, sizeof(uint64_t));
    ret->sums->items[0] = 60;
    ret->lines = arena_new_of(a, ItemLine);
    *ret->lines = item_of(a, ret->on);
    return true;
}

bool follow_item(Care *c, const Session *s, const Entity *e, RecordKey of, Date on, Arena *a,
                 bool *ret_is, ItemLine *ret, GError **error)
{
    (void)s, (void)of, (void)error;
    make(c);
    *ret_is = str_is(e->name, "elder");
    *ret = item_of(a, on);
    return true;
}

bool follow_step(Care *c, const Session *s, const StepEdit *edit, Arena *a, FieldFault **ret_faults,
                 size_t *ret_n_faults, GError **error)
{
    (void)c, (void)s, (void)edit, (void)a, (void)ret_faults, (void)ret_n_faults;
    return fail(error, FAIL_RIGHT, "no steps here");
}

bool follow_duties(Care *c, const Session *s, const FollowQuery *q, Arena *a, DutyBook *ret,
                   GError **error)
{
    (void)s, (void)q, (void)error;
    make(c);
    *ret = (DutyBook){.on = care_today(c), .counts = {1, 1, 1, 1}, .n_lines = DUTY_STATES};
    ret->total = DUTY_STATES;
    ret->lines = arena_array(a, DUTY_STATES, sizeof *ret->lines);
    for (unsigned i = 0; i < DUTY_STATES; i++)
        ret->lines[i] = (DutyLine){.duty = &duty,
                                   .region = 1,
                                   .is.state = (DutyState)i,
                                   .is.has_due = true,
                                   .is.due = ret->on,
                                   .by_reports = true};
    return true;
}

/* A draw in every state, and an exchange of which everything is lacking. */
bool follow_recurring(Care *c, const Session *s, const FollowQuery *q, RecurKind what, Arena *a,
                      RecurBook *ret, GError **error)
{
    static Draw draw;
    static Exchange exchange;
    static Code police = {.name = {"police", 6}, .label = {{POISON, 5}, {POISON, 5}}};
    static const Who who = {.agency = &police};
    (void)s, (void)q, (void)what, (void)error;
    draw = (Draw){.name = STR("inspection"), .label = poison, .home = home_of(c)};
    exchange = (Exchange){.name = STR("elder.death"), .label = poison, .home = home_of(c)};
    *ret = (RecurBook){.on = care_today(c), .n_lines = DUTY_STATES + 1};
    ret->lines = arena_array(a, ret->n_lines, sizeof *ret->lines);
    for (unsigned i = 0; i < ret->n_lines; i++) {
        ret->lines[i] = (RecurLine){.region = 1,
                                    .every = poison,
                                    .is.state = (DutyState)(i % DUTY_STATES),
                                    .mine = true,
                                    .is.has_opens = i % 2 == 0,
                                    .is.has_due = i != 1,
                                    .is.opens = ret->on,
                                    .is.due = ret->on,
                                    .is.has_missed = true,
                                    .is.missed = ret->on};
        if (i < DUTY_STATES)
            ret->lines[i].draw = &draw;
    }
    RecurPart *parts = arena_array(a, 2, sizeof *parts);
    parts[0] = (RecurPart){&who, false, DUTY_OPEN};
    parts[1] = (RecurPart){&who, true, DUTY_OPEN};
    ret->lines[DUTY_STATES].exchange = &exchange;
    ret->lines[DUTY_STATES].parts = parts;
    ret->lines[DUTY_STATES].n_parts = 2;
    return true;
}

Str recur_name(const RecurLine *l)
{
    return l->draw != NULL ? l->draw->name : l->exchange->name;
}

Label recur_label(const RecurLine *l)
{
    return l->draw != NULL ? l->draw->label : l->exchange->label;
}

const Home *recur_home(const RecurLine *l)
{
    return l->draw != NULL ? &l->draw->home : &l->exchange->home;
}

bool follow_alerts(Care *c, const Session *s, const FollowQuery *q, Arena *a, AlertBook *ret,
                   GError **error)
{
    (void)s, (void)q, (void)error;
    make(c);
    *ret = (AlertBook){.on = care_today(c), .n_sums = 1, .n_lines = 1, .total = 1};
    ret->sums = arena_new_of(a, AlertSum);
    *ret->sums = (AlertSum){&check, 1, 2, 3, 1};
    ret->lines = arena_new_of(a, AlertLine);
    *ret->lines = (AlertLine){.check = &check,
                              .key = key,
                              .region = 1,
                              .truth = TRUTH_NO,
                              .cure_zh = words,
                              .cure_en = words,
                              .missing = missing,
                              .n_missing = 1,
                              .ack = &ack};
    ack = (AlertAck){.check = words, .until = ret->on, .by = words, .reason = words};
    return true;
}

bool alert_acknowledge(Care *c, const Session *s, const Rule *r, RecordKey record, Date until,
                       Str reason, Said *said, GError **error)
{
    (void)c, (void)s, (void)r, (void)record, (void)until, (void)reason, (void)said, (void)error;
    return true;
}

bool care_counts(Care *c, const Session *s, Arena *a, EntityCount **ret, size_t *ret_n,
                 GError **error)
{
    (void)s, (void)error;
    *ret = arena_many(a, EntityCount, 1);
    (*ret)[0] = (EntityCount){elder_of(c), 90};
    *ret_n = 1;
    return true;
}
