/* cmd_exchange.c — anlao exchange: what other offices send is compared, what they get is given. */
#include "base/crypto.h"
#include "base/file.h"
#include "care/nodes.h"
#include "care/ship.h"
#include "care/trade.h"
#include "exchange/courier.h"
#include "format/json.h"
#include "main/recurring.h"

static const char usage[] =
    "send FOLDER | send URL [--ca FILE] [--retry SECONDS] | receive FOLDER "
    "[--trust KEY] | status | reconcile [FILE | URL | --to FILE] | list | files | "
    "due [--on DATE] [--region CODE] [--english] | "
    "take ENTITY.NAME FILE --from WHO --letter NUMBER [--dated DATE] "
    "[--made-up] | give ENTITY.NAME "
    "--with WHO --letter NUMBER --to FILE [--reveal REASON]";

typedef struct Asked {
    char *who, *letter, *dated, *to, *reveal, *trust, *ca;
    int retry;
    char *on, *region; /* due */
    gboolean made_up, english;
    bool nodes;
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

/* ---- nodes --------------------------------------------------------------------------------- */

static void print_county(const NodeCounty *n)
{
    printf("county %d (node %u, place %.*s, key %s): here up to entry %" G_GINT64_FORMAT, n->county,
           n->node, STR_ARG(n->place), n->mark, n->seq);
    if (n->fresh > 0)
        printf(", %" G_GINT64_FORMAT " of them new", n->fresh);
    printf("\n");
    if (n->gap > 0)
        printf("  entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
               " are missing: ask for them, \"anlao exchange send\" to an empty folder\n",
               n->gap, n->to);
    if (n->fault.len > 0)
        printf("  refused: %.*s\n", STR_ARG(n->fault));
}

static void put_county(JsonWriter *j, const NodeCounty *n)
{
    json_put_object(j, NULL);
    json_put_int(j, "county", n->county);
    json_put_uint(j, "node", n->node);
    json_put_str(j, "key", str_of(n->mark));
    json_put_int(j, "seq", n->seq);
    json_put_int(j, "new", n->fresh);
    json_put_int(j, "missing_from", n->gap);
    json_put_int(j, "missing_to", n->to);
    json_put_str(j, "refused", n->fault);
    json_put_end(j);
}

/* Gaps and refusals are faults of what came: status 1, with all of it said. */
static bool print_counties(const Common *c, Care *care, const NodeCounty *list, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char own[NODE_MARK + 1];
    bool whole = true;
    node_mark(care, own);
    json_put_object(&j, NULL);
    json_put_str(&j, "own_key", str_of(own));
    json_put_array(&j, "counties");
    for (size_t i = 0; i < n; i++) {
        whole = whole && list[i].gap == 0 && list[i].fault.len == 0;
        put_county(&j, &list[i]);
        if (!c->json)
            print_county(&list[i]);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    if (c->json)
        print_out(out);
    else
        printf("this node signs with key %s\n", own);
    return whole;
}

static bool is_url(const char *text)
{
    return strstr(text, "://") != NULL;
}

static WireOptions wire_options(const Common *c, const Asked *o)
{
    return (WireOptions){.url = c->rest[1], .ca = o->ca, .seconds = (unsigned)o->retry};
}

static void print_sent(const Common *c, const CourierCounty *list, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_array(&j, "counties");
    for (size_t i = 0; i < n; i++) {
        const CourierCounty *x = &list[i];
        json_put_object(&j, NULL);
        json_put_int(&j, "county", x->county);
        json_put_bool(&j, "known", x->known);
        json_put_int(&j, "seq", x->seq);
        json_put_int(&j, "there", x->there);
        json_put_int(&j, "sent", x->sent);
        json_put_end(&j);
        if (!c->json)
            printf("county %d: there up to entry %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                   ", %" G_GINT64_FORMAT " of them sent now\n",
                   x->county, x->there, x->seq, x->sent);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    if (c->json)
        print_out(out);
}

/* What was taken is said also when it broke off. */
static bool carry_it(const Common *c, Care *care, const Asked *o, Arena *a, GError **error)
{
    const WireOptions w = wire_options(c, o);
    CourierCounty *list = NULL;
    size_t n = 0;
    bool done = courier_send(care, &w, a, &list, &n, error);
    print_sent(c, list, n);
    return done;
}

static bool send_it(const Common *c, Care *care, const Asked *o, Arena *a, GError **error)
{
    if (is_url(c->rest[1]))
        return carry_it(c, care, o, a, error);
    g_autoptr(Shipping) s = ship_new_abroad(care, c->rest[1]);
    ShipState state;
    if (!ship_turn(s, error) || !care_ship_state(care, &state))
        return false;
    printf("%" G_GINT64_FORMAT " entries are in \"%s\"\n", state.entries, c->rest[1]);
    return true;
}

static bool counts_compare(const Common *c, Care *care, const Asked *o, Arena *a,
                           NodeDifference **ret, size_t *ret_n, uint64_t *ret_compared,
                           GError **error)
{
    const WireOptions w = wire_options(c, o);
    Str text;
    if (is_url(c->rest[1]))
        return courier_reconcile(care, &w, a, ret, ret_n, ret_compared, error);
    return file_read(a, c->rest[1], 16u << 20, &text, error) &&
           node_reconcile(care, text, a, ret, ret_n, ret_compared, error);
}

static bool reconcile_it(const Common *c, Care *care, const Asked *o, Arena *a, GError **error)
{
    NodeDifference *list;
    uint64_t compared = 0;
    size_t n;
    Str text;
    if (c->n_rest == 1)
        return node_counts(care, a, &text, error) &&
               (o->to != NULL ? file_write(o->to, text, error)
                              : fwrite(text.at, 1, text.len, stdout) == text.len);
    if (!counts_compare(c, care, o, a, &list, &n, &compared, error))
        return fail_while(error, "reconciling with \"%s\"", c->rest[1]);
    for (size_t i = 0; i < n; i++)
        printf("county %d, %.*s: %" G_GUINT64_FORMAT " there (entry %" G_GINT64_FORMAT
               "), %" G_GUINT64_FORMAT " here (entry %" G_GINT64_FORMAT ")\n",
               list[i].county, STR_ARG(list[i].entity), list[i].there, list[i].seq_there,
               list[i].here, list[i].seq_here);
    printf("%" G_GUINT64_FORMAT " registers compared, %zu differ\n", compared, n);
    return n == 0 || fail(error, FAIL_INPUT, "%zu registers differ", n);
}

static bool nodes_it(const Common *c, Care *care, const Session *s, const Asked *o, Arena *a,
                     GError **error)
{
    NodeCounty *list;
    size_t n;
    if (strcmp(c->rest[0], "send") == 0)
        return send_it(c, care, o, a, error);
    if (strcmp(c->rest[0], "reconcile") == 0)
        return reconcile_it(c, care, o, a, error);
    if (strcmp(c->rest[0], "status") == 0) {
        if (!node_status(care, s, a, &list, &n, error))
            return false;
        print_counties(c, care, list, n);
        return true;
    }
    if (!node_receive(care, s, c->rest[1], str_of(o->trust), a, &list, &n, error))
        return false;
    return print_counties(c, care, list, n) ||
           fail(error, FAIL_INPUT, "not all of it could be taken");
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
    if (!open_care(c, !o->nodes, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    if (o->nodes)
        return nodes_it(c, care, session, o, a, error);
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
        {"trust", 0, 0, G_OPTION_ARG_STRING, &o.trust, "key of a node that is new here", "KEY"},
        {"ca", 0, 0, G_OPTION_ARG_FILENAME, &o.ca, "certificates to trust instead of the system's",
         "FILE"},
        {"retry", 0, 0, G_OPTION_ARG_INT, &o.retry,
         "for how long a node that does not answer is asked again (default 60)", "SECONDS"},
        {"on", 0, 0, G_OPTION_ARG_STRING, &o.on, "due: the day; the business day if left out",
         "DATE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &o.region, "due: this region and all below", "CODE"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &o.english, "due: the text in English", NULL},
        {"made-up", 0, 0, G_OPTION_ARG_NONE, &o.made_up, "the file holds made-up people", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "exchange", argc, argv, own))
        return 2;
    const char *verb = c.n_rest > 0 ? c.rest[0] : "";
    bool due = strcmp(verb, "due") == 0;
    bool look = due || strcmp(verb, "list") == 0 || strcmp(verb, "files") == 0;
    bool take = strcmp(verb, "take") == 0, give = strcmp(verb, "give") == 0;
    bool moves = strcmp(verb, "send") == 0 || strcmp(verb, "receive") == 0,
         counts = strcmp(verb, "reconcile") == 0 && c.n_rest <= 2;
    o.nodes = moves || counts || strcmp(verb, "status") == 0;
    unsigned needed = take ? 3u : moves || give ? 2u : counts ? (unsigned)c.n_rest : 1u;
    if ((!look && !take && !give && !o.nodes) || c.n_rest != needed ||
        ((take || give) && o.who == NULL) || (give && o.to == NULL))
        return wrong_usage("exchange", "%s", usage);
    if (o.retry < 0 || o.retry > 86400)
        return wrong_usage("exchange", "--retry takes 1 to 86400 seconds");
    if (o.dated != NULL && !parse_day("exchange", o.dated, &o.day))
        return 2;
    if (due)
        return recurring_tell(&(RecurAsk){&c, RECUR_EXCHANGES, o.on, o.region, o.english},
                              "exchange");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!exchange_it(&c, &o, a, &error))
        return finish(error);
    return 0;
}
