/* cmd_exchange.c — anlao exchange: what other offices send is compared, what they get is given. */
#include "base/crypto.h"
#include "care/trade.h"
#include "format/json.h"
#include "main/main.h"

static const char usage[] = "list | files | take ENTITY.NAME FILE --from WHO --letter NUMBER "
                            "[--dated DATE] [--made-up] | give "
                            "ENTITY.NAME --with WHO --letter NUMBER --to FILE [--reveal REASON]";

typedef struct Asked {
    char *who, *letter, *dated, *to, *reveal;
    gboolean made_up;
    Date day;
} Asked;

/* ---- list ---------------------------------------------------------------------------------- */

static void print_fields(const char *what, const Field *const *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%s%.*s", i == 0 ? what : ", ", STR_ARG(fields[i]->name));
}

static void print_declared(Care *c)
{
    const Model *m = care_model(c);
    for (size_t i = 0; i < m->n_exchanges; i++) {
        const Exchange *x = m->exchanges[i];
        printf("%.*s with", STR_ARG(x->name));
        for (size_t k = 0; k < x->with.n; k++)
            printf("%s %.*s", k > 0 ? "," : "", STR_ARG(trade_who(&x->with.list[k]).zh));
        print_fields("; takes ", x->take, x->n_take);
        print_fields("; gives ", x->give, x->n_give);
        printf(" (%.*s)\n", STR_ARG(x->home.document->name));
    }
}

static void put_counts(JsonWriter *j, const TradeCounts *n)
{
    json_put_uint(j, "rows", n->rows);
    json_put_uint(j, "matched", n->matched);
    json_put_uint(j, "new", n->fresh);
    json_put_uint(j, "conflict", n->conflict);
    json_put_uint(j, "ignored", n->ignored);
    json_put_uint(j, "absent", n->absent);
}

static void print_counts(const TradeCounts *n)
{
    printf("%" G_GUINT64_FORMAT " rows: %" G_GUINT64_FORMAT " agree, %" G_GUINT64_FORMAT
           " new to us, %" G_GUINT64_FORMAT " in conflict, %" G_GUINT64_FORMAT
           " ignored, %" G_GUINT64_FORMAT " not here%s\n",
           n->rows, n->matched, n->fresh, n->conflict, n->ignored, n->absent,
           n->fresh + n->conflict == 0 ? "; compared, nothing found" : "");
}

static void print_files(const TradeBatch *list, size_t n, bool json)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char day[DATE_TEXT];
    json_put_object(&j, NULL);
    json_put_array(&j, "files");
    for (size_t i = 0; i < n; i++) {
        g_autofree char *hash = hex_of(list[i].hash, SM3_SIZE);
        if (!json) {
            printf("%s %.*s, %.*s, %.*s of %s, %.*s: ", list[i].out ? "given" : "received",
                   STR_ARG(list[i].name), STR_ARG(list[i].who), STR_ARG(list[i].letter),
                   date_format(list[i].dated, day), STR_ARG(list[i].file));
            print_counts(&list[i].counts);
            continue;
        }
        json_put_object(&j, NULL);
        json_put_str(&j, "exchange", list[i].name);
        json_put_bool(&j, "out", list[i].out);
        json_put_str(&j, "who", list[i].who);
        json_put_str(&j, "letter", list[i].letter);
        json_put_date(&j, "dated", list[i].dated);
        json_put_str(&j, "file", list[i].file);
        json_put_str(&j, "sm3", str_of(hash));
        json_put_str(&j, "by", list[i].by);
        put_counts(&j, &list[i].counts);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    if (json)
        print_out(out);
}

/* ---- doing --------------------------------------------------------------------------------- */

static bool take_it(const Common *c, Care *care, const Session *s, const TradeFile *f, Arena *a,
                    GError **error)
{
    TradeCounts n;
    if (!trade_take(care, s, f, a, &n, error))
        return false;
    if (!c->json) {
        print_counts(&n);
        return true;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    put_counts(&j, &n);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
    return true;
}

static bool give_it(const Common *c, Care *care, const Session *s, const TradeFile *f, Arena *a,
                    GError **error)
{
    uint64_t n = 0;
    if (!trade_give(care, s, f, a, &n, error))
        return false;
    if (c->json)
        printf("{\"records\":%" G_GUINT64_FORMAT "}\n", n);
    else
        printf("gave %" G_GUINT64_FORMAT " records in \"%s\"\n", n, f->path);
    return true;
}

static bool exchange_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    TradeBatch *list;
    size_t n;
    bool take = strcmp(c->rest[0], "take") == 0;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    if (strcmp(c->rest[0], "list") == 0) {
        print_declared(care);
        return true;
    }
    if (strcmp(c->rest[0], "files") == 0) {
        if (!trade_list(care, session, a, &list, &n, error))
            return false;
        print_files(list, n, c->json);
        return true;
    }
    const TradeFile f = {.exchange = trade_named(care, str_of(c->rest[1])),
                         .path = take ? c->rest[2] : o->to,
                         .who = str_of(o->who),
                         .letter = str_of(o->letter),
                         .dated = o->day,
                         .reveal = str_of(o->reveal),
                         .made_up = o->made_up};
    if (f.exchange == NULL)
        return fail(error, FAIL_INPUT,
                    "the documents in force declare no exchange \"%s\"; \"anlao exchange list\" "
                    "shows those there are",
                    c->rest[1]);
    return take ? take_it(c, care, session, &f, a, error) : give_it(c, care, session, &f, a, error);
}

int command_exchange(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"from", 0, 0, G_OPTION_ARG_STRING, &o.who, "the office it comes from", "WHO"},
        {"with", 0, 0, G_OPTION_ARG_STRING, &o.who, "the office it goes to", "WHO"},
        {"letter", 0, 0, G_OPTION_ARG_STRING, &o.letter, "number of the letter", "NUMBER"},
        {"dated", 0, 0, G_OPTION_ARG_STRING, &o.dated, "its day (default: today)", "DATE"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &o.to, "the file that is given", "FILE"},
        {"reveal", 0, 0, G_OPTION_ARG_STRING, &o.reveal, "secrets in full, and why", "REASON"},
        {"made-up", 0, 0, G_OPTION_ARG_NONE, &o.made_up, "the file holds made-up people", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "exchange", argc, argv, own))
        return 2;
    const char *verb = c.n_rest > 0 ? c.rest[0] : "";
    bool look = strcmp(verb, "list") == 0 || strcmp(verb, "files") == 0;
    bool take = strcmp(verb, "take") == 0, give = strcmp(verb, "give") == 0;
    if ((!look && !take && !give) ||
        c.n_rest != (look   ? 1u
                     : take ? 3u
                            : 2u) ||
        ((take || give) && o.who == NULL) || (give && o.to == NULL))
        return wrong_usage("exchange", "%s", usage);
    if (o.dated != NULL && !parse_day("exchange", o.dated, &o.day))
        return 2;
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!exchange_it(&c, &o, a, &error))
        return finish(error);
    return 0;
}
