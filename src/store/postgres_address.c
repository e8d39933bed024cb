/* postgres_address.c — postgresql:// addresses: what is given, what we add, and how they are shown.
 * A password stands in no message: libpq's own words about a wrong address would repeat it. */
#include "store/postgres.h"

/* Given ones win, except the last. */
static const struct Added {
    const char *word, *value;
} added[] = {
    {"connect_timeout", "10"},     {"application_name", "anlao"}, {"keepalives_idle", "30"},
    {"keepalives_interval", "10"}, {"keepalives_count", "3"},     {"tcp_user_timeout", "30000"},
    {"client_encoding", "UTF8"},
};

static const char *value_of(const PQconninfoOption *options, const char *word)
{
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
        if (g_str_equal(o->keyword, word) && o->val != NULL && o->val[0] != '\0')
            return o->val;
    }
    return NULL;
}

static char *shown_of(const PQconninfoOption *options)
{
    const char *user = value_of(options, "user"), *host = value_of(options, "host");
    const char *port = value_of(options, "port"), *name = value_of(options, "dbname");

    return g_strdup_printf("postgresql://%s%s%s%s%s/%s", user != NULL ? user : "",
                           user != NULL ? "@" : "", host != NULL ? host : "",
                           port != NULL ? ":" : "", port != NULL ? port : "",
                           name != NULL ? name : "");
}

static PQconninfoOption *parse(const char *where)
{
    g_autofree char *uri = g_strconcat("postgresql:", where, NULL);

    return PQconninfoParse(uri, NULL);
}

char *postgres_shown(const char *where)
{
    PQconninfoOption *options = parse(where);
    char *shown = options != NULL ? shown_of(options) : g_strdup("postgresql:…");

    PQconninfoFree(options);
    return shown;
}

static void word_add(PgAddress *a, const char *word, const char *value)
{
    g_ptr_array_add(a->words, g_strdup(word));
    g_ptr_array_add(a->values, g_strdup(value));
}

bool pg_address(const char *where, PgAddress *ret, GError **error)
{
    PQconninfoOption *options = parse(where);

    if (options == NULL)
        return fail(error, FAIL_USAGE,
                    "the database address is none that PostgreSQL understands; it reads "
                    "postgresql://USER@HOST:PORT/DATABASE, special characters as %%XX");
    ret->words = g_ptr_array_new_with_free_func(g_free);
    ret->values = g_ptr_array_new_with_free_func(g_free);
    ret->shown = shown_of(options);
    for (size_t i = 0; i < G_N_ELEMENTS(added); i++) {
        if (value_of(options, added[i].word) == NULL || i == G_N_ELEMENTS(added) - 1)
            word_add(ret, added[i].word, added[i].value);
    }
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
        if (o->val != NULL && !g_str_equal(o->keyword, "client_encoding"))
            word_add(ret, o->keyword, o->val);
    }
    g_ptr_array_add(ret->words, NULL);
    g_ptr_array_add(ret->values, NULL);
    PQconninfoFree(options);
    return true;
}

void pg_address_clear(PgAddress *a)
{
    for (guint i = 0; i + 1 < a->values->len; i++)
        explicit_bzero(a->values->pdata[i], strlen(a->values->pdata[i]));
    g_ptr_array_unref(a->words);
    g_ptr_array_unref(a->values);
    g_free(a->shown);
}
