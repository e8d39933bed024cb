/* cmd_step.c — anlao step: where a record stands in its procedure, what the next steps need, and
 * the steps themselves; facts that a step asks for are written before it. Read first: walk(). */
#include "base/crypto.h"
#include "base/identifier.h"
#include "care/follow.h"
#include "format/json.h"
#include "main/main.h"

typedef struct Asked {
    const Common *common;
    char **facts; /* FIELD=TEXT */
    char *reason, *on;
    Date since;
    gboolean lift;
} Asked;

typedef struct Walk {
    const Asked *asked;
    Care *care;
    const Session *session;
    Arena *arena;
    const Entity *entity;
    RecordKey key;
} Walk;

static const char *const usage =
    "needs ENTITY KEY (or new) and perhaps states, one after the other";

/* What is wrong with the inputs, or the refusal itself. */
static bool refused(const FieldFault *faults, size_t n, GError **error)
{
    if (n == 0)
        return false;
    g_clear_error(error);
    g_autoptr(GString) all = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(all, "%s%.*s%s%.*s", i > 0 ? "; " : "",
                               faults[i].field != NULL ? (int)faults[i].field->name.len : 0,
                               faults[i].field != NULL ? faults[i].field->name.at : "",
                               faults[i].field != NULL ? ": " : "", STR_ARG(faults[i].en));
    return fail(error, FAIL_INPUT, "%s", all->str);
}

/* ---- facts */

static bool read_facts(const Walk *w, FieldEdit *to, size_t *ret_n, GError **error)
{
    *ret_n = 0;
    for (char **f = w->asked->facts; f != NULL && *f != NULL; f++) {
        Str text = str_of(*f), name = str_cut(&text, '=');
        const Field *field = entity_field(w->entity, name);
        if (field == NULL || text.at == NULL)
            return fail(error, FAIL_INPUT, "--set takes FIELD=TEXT of a field of %.*s, not \"%s\"",
                        STR_ARG(w->entity->name), *f);
        to[(*ret_n)++] = (FieldEdit){.field = field, .text = text, .since = w->asked->since};
    }
    return true;
}

static bool write_facts(Walk *w, GError **error)
{
    size_t most = w->asked->facts != NULL ? g_strv_length(w->asked->facts) : 0, n, n_faults = 0;
    FieldEdit *fields = arena_many(w->arena, FieldEdit, most + 1);
    FieldFault *faults = NULL;
    RecordEdit edit = {.entity = w->entity,
                       .key = w->key,
                       .fields = fields,
                       .reason = str_of(w->asked->reason != NULL ? w->asked->reason : "")};
    Record *now;
    if (!read_facts(w, fields, &n, error))
        return false;
    if (n == 0 && w->key.id != 0)
        return true;
    edit.n_fields = n;
    random_bytes(edit.request, sizeof edit.request);
    if (w->key.id != 0) {
        if (!record_get(w->care, w->session, w->entity, w->key, 0, w->arena, &now, error))
            return false;
        edit.expected = now->seq;
    }
    return record_save(w->care, w->session, &edit, w->arena, &w->key, &faults, &n_faults, error) ||
           refused(faults, n_faults, error);
}

/* ---- steps */

static bool take(Walk *w, const char *word, GError **error)
{
    const Code *to = enum_code(w->entity->procedure->states, str_of(word));
    StepEdit edit = {.entity = w->entity,
                     .key = w->key,
                     .since = w->asked->since,
                     .lift = w->asked->lift,
                     .reason = str_of(w->asked->reason != NULL ? w->asked->reason : "")};
    FieldFault *faults = NULL;
    size_t n = 0;
    if (to == NULL)
        return fail(error, FAIL_INPUT, "\"%s\" is no state of %.*s", word,
                    STR_ARG(w->entity->procedure->name));
    edit.to = to->number;
    random_bytes(edit.request, sizeof edit.request);
    return follow_step(w->care, w->session, &edit, w->arena, &faults, &n, error) ||
           refused(faults, n, error);
}

/* ---- what is told */

static void put_step(JsonWriter *j, const StepLine *s)
{
    json_put_object(j, NULL);
    json_put_str(j, "to", s->to->name);
    json_put_str(j, "may", str_of(truth_word(s->may)));
    json_put_bool(j, "mine", s->mine);
    json_put_bool(j, "guarded", s->has_guard);
    json_put_bool(j, "too_early", s->too_early);
    json_put_bool(j, "full", s->full != NULL);
    json_put_str(j, "unheard", s->unheard != NULL ? s->unheard->name : (Str){NULL, 0});
    json_put_date(j, "due", s->has_due ? s->due : DATE_MAX);
    json_put_bool(j, "overdue", s->overdue);
    json_put_array(j, "needs");
    for (size_t i = 0; i < s->n_lacking; i++)
        json_put_str(j, NULL, s->lacking[i]->name);
    json_put_end(j);
    json_put_array(j, "holds");
    for (size_t i = 0; i < s->n_holds; i++)
        json_put_str(j, NULL, s->holds[i].hold->label.zh);
    json_put_end(j);
    json_put_end(j);
}

static void tell_json(const Walk *w, const ItemLine *item)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char id[ID_TEXT];
    json_put_object(&j, NULL);
    json_put_str(&j, "entity", w->entity->name);
    json_put_str(&j, "record", str_of(id_format(w->key.id, id)));
    json_put_str(&j, "procedure", item->procedure->name);
    json_put_str(&j, "state", item->state != NULL ? item->state->name : (Str){NULL, 0});
    json_put_date(&j, "since", item->since);
    json_put_array(&j, "steps");
    for (size_t i = 0; i < item->n_steps; i++)
        put_step(&j, &item->steps[i]);
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void tell_words(const Walk *w, const ItemLine *item)
{
    char id[ID_TEXT], day[DATE_TEXT];
    printf("%s  %.*s\n", id_format(w->key.id, id),
           STR_ARG(item->state != NULL ? item->state->label.zh : STR("-")));
    for (size_t i = 0; i < item->n_steps; i++) {
        const StepLine *s = &item->steps[i];
        printf("  -> %.*s  %s%s%s", STR_ARG(s->to->name), truth_word(s->may),
               s->has_due ? ", due " : "", s->has_due ? date_format(s->due, day) : "");
        for (size_t k = 0; k < s->n_lacking; k++)
            printf("%s%.*s", k == 0 ? ", lacks " : " ", STR_ARG(s->lacking[k]->name));
        for (size_t k = 0; k < s->n_holds; k++)
            printf(", held: %.*s", STR_ARG(s->holds[k].hold->label.zh));
        if (s->unheard != NULL)
            printf(", %.*s was not told and heard", STR_ARG(s->unheard->name));
        printf("%s%s\n", s->has_guard ? ", not allowed by its condition" : "",
               s->too_early ? ", too early" : "");
    }
}

static bool tell(const Walk *w, GError **error)
{
    ItemLine item;
    bool is;
    if (!follow_item(w->care, w->session, w->entity, w->key, care_today(w->care), w->arena, &is,
                     &item, error))
        return false;
    if (w->asked->common->json)
        tell_json(w, &item);
    else
        tell_words(w, &item);
    return true;
}

static bool walk(const Asked *q, GError **error)
{
    const Common *c = q->common;
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!open_care(c, q->facts != NULL || c->n_rest > 2, &care, error))
        return false;
    Walk w = {.asked = q, .care = care, .arena = a};
    w.entity = model_entity(care_model(care), str_of(c->rest[0]));
    if (w.entity == NULL || w.entity->procedure == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\" with a procedure", c->rest[0]);
    bool is_new = strcmp(c->rest[1], "new") == 0;
    if (!session_local(care, str_of(c->as), a, &w.session, error) ||
        (!is_new && !record_find(care, w.session, w.entity, str_of(c->rest[1]), &w.key, error)) ||
        !write_facts(&w, error))
        return false;
    for (size_t i = 2; i < c->n_rest; i++)
        if (!take(&w, c->rest[i], error))
            return false;
    return tell(&w, error);
}

int command_step(int argc, char **argv)
{
    Common c;
    Asked q = {.common = &c};
    const GOptionEntry own[] = {
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &q.facts, "a fact, written before the steps",
         "FIELD=TEXT"},
        {"on", 0, 0, G_OPTION_ARG_STRING, &q.on, "the day of the steps and of dated facts", "DATE"},
        {"lift", 0, 0, G_OPTION_ARG_NONE, &q.lift, "pass a hold, for the reason given", NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &q.reason, "why, for the journal", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GError *error = NULL;
    if (!common_parse(&c, "step", argc, argv, own) ||
        (q.on != NULL && !parse_day("step", q.on, &q.since)))
        return 2;
    if (c.n_rest < 2)
        return wrong_usage("step", "%s", usage);
    return walk(&q, &error) ? 0 : finish(error);
}
