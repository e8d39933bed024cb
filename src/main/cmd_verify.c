/* cmd_verify.c — anlao verify: the chain, the rows against their digests, the model, the stored
 * decisions. */
#include "care/decide.h"
#include "care/seal.h"
#include "format/json.h"
#include "main/main.h"

typedef struct Verified {
    VerifyReport store;
    DecideCheck decisions;
    bool sealed; /* a seal was named */
    SealReport seal;
    bool ok;
} Verified;

static void seal_json(JsonWriter *j, const SealReport *r)
{
    static const char *const words[] = {
        [SEAL_STANDS] = "stands",
        [SEAL_CUT] = "cut",
        [SEAL_OTHER] = "other",
        [SEAL_FORGED] = "forged",
    };
    json_put_object(j, "seal");
    json_put_bool(j, "ok", r->ok);
    json_put_str(j, "at", r->at);
    json_put_bool(j, "key_known", r->key_known);
    json_put_array(j, "counties");
    for (size_t i = 0; i < r->n; i++) {
        json_put_object(j, NULL);
        json_put_int(j, "county", r->findings[i].county);
        json_put_int(j, "seq", r->findings[i].seq);
        json_put_int(j, "ends", r->findings[i].ends);
        json_put_str(j, "state", str_of(words[r->findings[i].state]));
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

static void print_json(const Verified *v)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_bool(&j, "ok", v->ok);
    json_put_object(&j, "journal");
    json_put_uint(&j, "entries", v->store.entries);
    if (v->store.broken_county == 0) {
        json_put_null(&j, "first_broken");
    } else {
        json_put_object(&j, "first_broken");
        json_put_int(&j, "county", v->store.broken_county);
        json_put_int(&j, "seq", v->store.broken_seq);
        json_put_end(&j);
    }
    json_put_str(&j, "fault", v->store.first_fault);
    json_put_end(&j);
    json_put_uint(&j, "seals", v->store.seals);
    json_put_uint(&j, "looks", v->store.looks);
    json_put_object(&j, "rows");
    json_put_uint(&j, "checked", v->store.rows);
    json_put_uint(&j, "differ", v->store.rows_differ);
    json_put_uint(&j, "missing", v->store.rows_missing);
    json_put_uint(&j, "extra", v->store.rows_extra);
    json_put_end(&j);
    json_put_object(&j, "ledger");
    json_put_uint(&j, "accounts", v->store.accounts);
    json_put_uint(&j, "transfers", v->store.transfers);
    json_put_uint(&j, "differ", v->store.ledger_differ);
    json_put_end(&j);
    json_put_object(&j, "pay");
    json_put_uint(&j, "runs", v->store.pay_runs);
    json_put_uint(&j, "lines", v->store.pay_lines);
    json_put_uint(&j, "differ", v->store.pay_differ);
    json_put_end(&j);
    json_put_bool(&j, "model", v->store.model_matches);
    json_put_bool(&j, "database", v->store.database_sound);
    json_put_bool(&j, "database_unchecked", v->store.database_unchecked);
    json_put_object(&j, "decisions");
    json_put_uint(&j, "runs", v->store.runs);
    json_put_uint(&j, "answers", v->store.answers);
    json_put_uint(&j, "compared", v->decisions.compared);
    json_put_uint(&j, "differ", v->decisions.differ);
    json_put_uint(&j, "stale", v->decisions.stale);
    json_put_bool(&j, "outdated", v->decisions.outdated);
    json_put_end(&j);
    if (v->sealed)
        seal_json(&j, &v->seal);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void print_words(const Verified *v)
{
    const VerifyReport *s = &v->store;
    printf("journal: %" G_GUINT64_FORMAT " entries%s\n", s->entries,
           s->broken_county == 0 ? ", unbroken" : "");
    if (s->broken_county != 0)
        printf("journal: first broken entry is %d/%" G_GINT64_FORMAT "\n", s->broken_county,
               s->broken_seq);
    printf("rows: %" G_GUINT64_FORMAT " checked, %" G_GUINT64_FORMAT " differ, %" G_GUINT64_FORMAT
           " missing, %" G_GUINT64_FORMAT " extra\n",
           s->rows, s->rows_differ, s->rows_missing, s->rows_extra);
    printf("ledger: %" G_GUINT64_FORMAT " accounts, %" G_GUINT64_FORMAT
           " transfers against their entries, %" G_GUINT64_FORMAT " differ\n",
           s->accounts, s->transfers, s->ledger_differ);
    printf("pay: %" G_GUINT64_FORMAT " runs, %" G_GUINT64_FORMAT
           " lines against their entries, %" G_GUINT64_FORMAT " differ\n",
           s->pay_runs, s->pay_lines, s->pay_differ);
    printf("model: %s; database: %s\n", s->model_matches ? "matches" : "differs",
           s->database_unchecked ? "its indexes were not looked at (extension amcheck is missing)"
           : s->database_sound   ? "sound"
                                 : "damaged");
    printf("decisions: %" G_GUINT64_FORMAT " answers of %" G_GUINT64_FORMAT
           " runs against their digests; %zu in force recomputed, %" G_GUINT64_FORMAT " differ",
           s->answers, s->runs, v->decisions.compared, v->decisions.differ);
    if (v->decisions.outdated)
        printf("; %" G_GUINT64_FORMAT " more by what changed since (run decide)",
               v->decisions.stale);
    printf("\n");
    printf("seals: %" G_GUINT64_FORMAT " counties, their newest seal; looks: %" G_GUINT64_FORMAT
           " in their chains\n",
           s->seals, s->looks);
    if (v->sealed) {
        g_autofree char *words = seal_words(&v->seal);
        printf("seal of %.*s: %s\n", STR_ARG(v->seal.at), words);
    }
    if (s->first_fault.len > 0)
        printf("%.*s\n", STR_ARG(s->first_fault));
    puts(v->ok ? "all is as it was written" : "something is not as it was written");
}

static bool verify_it(const Common *c, const char *seal, Arena *a, Verified *v, GError **error)
{
    g_autoptr(Care) care = NULL;
    if (!open_care(c, true, &care, error) || !store_verify(care->store, a, &v->store, error) ||
        !decide_verify(care, &v->decisions, error))
        return false;
    v->sealed = seal != NULL;
    if (v->sealed && !seal_compare(care, seal, a, &v->seal, error))
        return false;
    v->ok = v->store.ok && v->decisions.differ == 0 && (!v->sealed || v->seal.ok);
    return true;
}

int command_verify(int argc, char **argv)
{
    Common c;
    char *seal = NULL;
    const GOptionEntry own[] = {
        {"seal", 0, 0, G_OPTION_ARG_FILENAME, &seal, "a seal that was kept elsewhere", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "verify", argc, argv, own))
        return 2;
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    Verified v = {0};
    if (!verify_it(&c, seal, a, &v, &error))
        return finish(error);
    if (c.json)
        print_json(&v);
    else
        print_words(&v);
    return v.ok ? 0 : 1;
}
