/* cmd_draw.c — anlao draw: the list of a random selection, its result, and the check of a receipt.
 * `verify` needs no database: whoever has the file and this program can check it. */
#include "base/file.h"
#include "base/limits.h"
#include "care/draw.h"
#include "compile/compile.h"
#include "format/json.h"
#include "main/recurring.h"

typedef struct Asked {
    const Common *common;
    char *region, *public_on, *public_what, *value, *dice, *to, *on;
    char **promises, **secrets;
    gboolean sm3, english;
} Asked;

static const char *const usage =
    "needs list NAME, make NUMBER, show NUMBER, rounds, due, or verify RECEIPT…";

/* ---- what is printed */

static void put_round(JsonWriter *j, const Receipt *r)
{
    json_put_object(j, NULL);
    json_put_str(j, "number", r->number);
    json_put_str(j, "draw", r->draw);
    json_put_str(j, "document", r->document);
    json_put_str(j, "clause", r->clause);
    json_put_str(j, "place", r->place);
    json_put_date(j, "listed", r->listed);
    json_put_date(j, "public_on", r->public_on);
    json_put_uint(j, "records", r->n_of);
    json_put_uint(j, "people", r->n_with);
    json_put_str(j, "list", r->list);
    json_put_bool(j, "drawn", r->drawn);
    json_put_str(j, "receipt", r->drawn ? r->digest : (Str){NULL, 0});
    json_put_array(j, "taken");
    for (size_t i = 0; i < r->n_taken; i++) {
        const ReceiptTaken *t = &r->taken[i];
        json_put_object(j, NULL);
        json_put_str(j, "id", r->of[t->of].id);
        json_put_str(j, "class", r->of[t->of].class);
        json_put_array(j, "with");
        for (size_t k = 0; k < t->n_with; k++)
            json_put_str(j, NULL, r->with[t->with[k]].id);
        json_put_end(j);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

static void print_rounds(const Asked *q, const DrawRound *list, size_t n, bool whole)
{
    g_autoptr(GString) out = g_string_new(NULL);
    if (q->common->json) {
        JsonWriter j = json_begin(out);
        json_put_object(&j, NULL);
        json_put_array(&j, "draws");
        for (size_t i = 0; i < n; i++)
            put_round(&j, &list[i].receipt);
        json_put_end(&j);
        json_put_end(&j);
        json_finish(&j);
    } else if (whole) {
        g_string_append_len(out, list[0].text.at, (gssize)list[0].text.len);
    } else {
        for (size_t i = 0; i < n; i++) {
            const Receipt *r = &list[i].receipt;
            char day[DATE_TEXT];
            g_string_append_printf(out, "%.*s  %s  %.*s  %zu/%zu  %.*s (%.*s)\n",
                                   STR_ARG(r->number), date_format(r->listed, day),
                                   STR_ARG(r->place_name), r->n_taken, r->n_of, STR_ARG(r->title),
                                   STR_ARG(r->draw));
        }
    }
    print_out(out);
}

static bool print_one(const Asked *q, const DrawRound *x, GError **error)
{
    if (q->to != NULL && !file_write(q->to, x->text, error))
        return false;
    print_rounds(q, x, 1, q->to == NULL);
    return true;
}

/* ---- with a database */

/* WHO=DIGEST */
static bool read_promises(const Asked *q, Arena *a, DrawOrder *o, GError **error)
{
    size_t n = q->promises != NULL ? g_strv_length(q->promises) : 0;
    ReceiptCommit *list = arena_many(a, ReceiptCommit, n + 1);
    for (size_t i = 0; i < n; i++) {
        Str rest = str_of(q->promises[i]);
        list[i].who = str_cut(&rest, '=');
        list[i].digest = rest;
        if (rest.at == NULL)
            return fail(error, FAIL_INPUT, "a promise is written WHO=DIGEST");
    }
    o->commits = list;
    o->n_commits = n;
    return true;
}

static bool list_it(const Asked *q, Care *care, const Session *s, Arena *a, GError **error)
{
    DrawOrder o = {.region = ROW_NONE, .method = q->sm3 ? DIGEST_SM3 : DIGEST_SHA256};
    DrawRound x;
    o.draw = draw_named(care_model(care), str_of(q->common->rest[1]));
    if (o.draw == NULL)
        return fail(error, FAIL_INPUT, "the documents in force here have no draw \"%s\"",
                    q->common->rest[1]);
    if (q->region != NULL) {
        o.region = region_row(care_regions(care), str_of(q->region));
        if (o.region == ROW_NONE)
            return fail(error, FAIL_INPUT, "there is no region \"%s\"", q->region);
    }
    o.public_what = str_of(q->public_what);
    if (q->public_on == NULL || !date_parse(str_of(q->public_on), &o.public_on))
        return fail(error, FAIL_INPUT,
                    "--public-on DATE says when the value that makes the seed is public");
    return read_promises(q, a, &o, error) && draw_list(care, s, &o, a, &x, error) &&
           print_one(q, &x, error);
}

static bool make_it(const Asked *q, Care *care, const Session *s, Arena *a, GError **error)
{
    DrawSeed seed = {.value = str_of(q->value), .dice = str_of(q->dice)};
    size_t n = q->secrets != NULL ? g_strv_length(q->secrets) : 0;
    Str *secrets = arena_many(a, Str, n + 1);
    DrawRound x;
    for (size_t i = 0; i < n; i++)
        secrets[i] = str_of(q->secrets[i]);
    seed.secrets = secrets;
    seed.n_secrets = n;
    return draw_make(care, s, str_of(q->common->rest[1]), &seed, a, &x, error) &&
           print_one(q, &x, error);
}

static bool rounds_it(const Asked *q, Care *care, Arena *a, GError **error)
{
    DrawRound *list;
    size_t n;
    if (!draw_rounds(care, a, &list, &n, error))
        return false;
    print_rounds(q, list, n, false);
    return true;
}

static bool with_database(const Asked *q, const char *verb, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    const Session *s;
    DrawRound x;
    if (!open_care(q->common, strcmp(verb, "list") == 0, &care, error) ||
        !session_local(care, str_of(q->common->as), a, &s, error))
        return false;
    if (strcmp(verb, "list") == 0)
        return list_it(q, care, s, a, error);
    if (strcmp(verb, "make") == 0)
        return make_it(q, care, s, a, error);
    if (strcmp(verb, "rounds") == 0)
        return rounds_it(q, care, a, error);
    return draw_find(care, str_of(q->common->rest[1]), a, &x, error) && print_one(q, &x, error);
}

/* ---- without */

static bool verify_one(const Asked *q, const char *path, GString *out, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str text;
    Receipt r;
    if (!file_read(a, path, LIMIT_RECEIPT_BYTES, &text, error) ||
        !receipt_verify(text, path, a, &r, error))
        return false;
    if (q->common->json) {
        JsonWriter j = json_begin(out);
        put_round(&j, &r);
        json_finish(&j);
    } else if (r.drawn) {
        g_string_append_printf(out, "%s: in order: %zu of %zu drawn by seed %.*s; receipt %.*s\n",
                               path, r.n_taken, r.n_of, STR_ARG(r.seed), STR_ARG(r.digest));
    } else {
        g_string_append_printf(out, "%s: in order, not drawn yet: %zu in the list; list %.*s\n",
                               path, r.n_of, STR_ARG(r.list));
    }
    return true;
}

static bool verify_all(const Asked *q, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 1; i < q->common->n_rest; i++)
        if (!verify_one(q, q->common->rest[i], out, error))
            return false;
    print_out(out);
    return true;
}

int command_draw(int argc, char **argv)
{
    Common c;
    Asked q = {.common = &c};
    const GOptionEntry own[] = {
        {"region", 0, 0, G_OPTION_ARG_STRING, &q.region, "list, due: this region and all below",
         "CODE"},
        {"public-on", 0, 0, G_OPTION_ARG_STRING, &q.public_on,
         "list: the day on which the value will be public", "DATE"},
        {"public-what", 0, 0, G_OPTION_ARG_STRING, &q.public_what, "list: which value", "TEXT"},
        {"promise", 0, 0, G_OPTION_ARG_STRING_ARRAY, &q.promises,
         "list: digest of a secret of somebody who watches", "WHO=DIGEST"},
        {"sm3", 0, 0, G_OPTION_ARG_NONE, &q.sm3, "list: SM3 in place of SHA-256", NULL},
        {"value", 0, 0, G_OPTION_ARG_STRING, &q.value, "make: the public value as it came out",
         "TEXT"},
        {"dice", 0, 0, G_OPTION_ARG_STRING, &q.dice, "make: what was thrown before all", "DIGITS"},
        {"reveal", 0, 0, G_OPTION_ARG_STRING_ARRAY, &q.secrets,
         "make: the secrets, in the order of the promises", "TEXT"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &q.to, "list, make, show: the text into a file",
         "FILE"},
        {"on", 0, 0, G_OPTION_ARG_STRING, &q.on, "due: the day; the business day if left out",
         "DATE"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &q.english, "due: the text in English", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "draw", argc, argv, own))
        return 2;
    const char *verb = c.n_rest > 0 ? c.rest[0] : "";
    bool one = strcmp(verb, "list") == 0 || strcmp(verb, "make") == 0 || strcmp(verb, "show") == 0;
    bool verify = strcmp(verb, "verify") == 0 && c.n_rest >= 2;
    bool due = strcmp(verb, "due") == 0;
    if (!verify && !(one && c.n_rest == 2) &&
        !((due || strcmp(verb, "rounds") == 0) && c.n_rest == 1))
        return wrong_usage("draw", "%s", usage);
    if (due)
        return recurring_tell(&(RecurAsk){&c, RECUR_DRAWS, q.on, q.region, q.english}, "draw");
    GError *error = NULL;
    return (verify ? verify_all(&q, &error) : with_database(&q, verb, &error)) ? 0 : finish(error);
}
