/* cmd_explain.c — anlao explain: one decision as sentences. */
#include "format/json.h"
#include "main/main.h"

static const char *truth_mark(Truth t)
{
    static const char *const marks[] = {"✗", "?", "☐", "✓"};
    return marks[t];
}

static void json_lines(JsonWriter *j, const Explanation *x)
{
    json_put_array(j, "lines");
    for (size_t i = 0; i < x->n_lines; i++) {
        const ExplainLine *line = &x->lines[i];
        json_put_object(j, NULL);
        json_put_int(j, "depth", line->depth);
        json_put_str(j, "text_zh", line->zh);
        json_put_str(j, "text_en", line->en);
        json_put_str(j, "truth",
                     line->truth == TRUTH_PERSON ? STR("person") : str_of(truth_word(line->truth)));
        json_put_str(j, "source", line->source_zh);
        json_put_str(j, "source_en", line->source_en);
        json_put_end(j);
    }
    json_put_end(j);
}

static void json_missing(JsonWriter *j, const Explanation *x)
{
    json_put_array(j, "missing");
    for (size_t i = 0; i < x->n_missing; i++)
        json_put_str(j, NULL, x->missing[i].name);
    json_put_end(j);
    if (!x->has_change) {
        json_put_null(j, "next_change");
        return;
    }
    json_put_object(j, "next_change");
    json_put_date(j, "on", x->change_on);
    json_put_str(j, "because", x->change_zh);
    json_put_str(j, "because_en", x->change_en);
    json_put_str(j, "to", str_of(truth_word(x->change_to)));
    json_put_end(j);
}

static void print_json(const Explanation *x)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "rule", x->rule);
    json_put_str(&j, "entity", x->subject);
    json_put_str(&j, "key", x->key);
    json_put_date(&j, "on", x->on);
    json_put_str(&j, "outcome", str_of(truth_word(x->outcome)));
    if (x->has_amount)
        json_put_int(&j, "amount_fen", x->amount);
    if (x->has_most)
        json_put_int(&j, "judgement_ceiling_fen", x->most);
    json_put_str(&j, "clause", x->clause);
    json_put_str(&j, "document", x->document);
    json_lines(&j, x);
    json_missing(&j, x);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void print_sentences(const Explanation *x)
{
    for (size_t i = 0; i < x->n_lines; i++) {
        const ExplainLine *line = &x->lines[i];
        printf("%*s%s %.*s", (int)line->depth * 2, "", truth_mark(line->truth), STR_ARG(line->zh));
        if (line->source_zh.len > 0)
            printf("  ［%.*s］", STR_ARG(line->source_zh));
        putchar('\n');
    }
    for (size_t i = 0; i < x->n_missing; i++)
        printf("%s：%.*s（%.*s）\n", x->missing[i].is_judgement ? "待认定" : "缺",
               STR_ARG(x->missing[i].zh), STR_ARG(x->missing[i].name));
    if (x->has_change)
        printf("→ %.*s\n", STR_ARG(x->change_zh));
}

static bool explain_it(const Common *c, const char *name, Date on, Arena *a, Explanation *ret,
                       GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    RecordKey key;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[0]));
    const Rule *rule = model_rule(care_model(care), str_of(name));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[0]);
    if (rule == NULL || rule->subject != e)
        return fail(error, FAIL_INPUT, "there is no rule \"%s\" about %s", name, c->rest[0]);
    if (!record_find(care, session, e, str_of(c->rest[1]), &key, error) ||
        !decision_explain(care, session, rule, key, month_of(on), a, ret, error))
        return false;
    ret->key = str_of(c->rest[1]);
    if (c->json)
        print_json(ret);
    else
        print_sentences(ret);
    return true;
}

int command_explain(int argc, char **argv)
{
    Common c;
    char *on_text = NULL;
    const GOptionEntry own[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on_text, "day of the decision; its month is explained",
         "DATE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    Date on;
    if (!common_parse(&c, "explain", argc, argv, own) || !parse_day("explain", on_text, &on))
        return 2;
    if (c.n_rest != 3)
        return wrong_usage("explain", "needs an entity, a record and a rule");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    Explanation x;
    if (!explain_it(&c, c.rest[2], on, a, &x, &error))
        return finish(error);
    return 0;
}
