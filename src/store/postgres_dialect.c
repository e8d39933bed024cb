/* postgres_dialect.c — the few words that PostgreSQL spells differently, in one place.
 * What stands between quotes is left as it is. */
#include "store/postgres.h"

static const struct Spelling {
    const char *ours, *theirs;
} spellings[] = {
    {"INTEGER", "bigint"},   {"BLOB", "bytea"},      {" STRICT, WITHOUT ROWID", ""},
    {LOCKED, " FOR UPDATE"}, {SHARED, " FOR SHARE"},
};

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* A word is not replaced inside a longer one. */
static const struct Spelling *spelling_at(const char *text, const char *at)
{
    for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++) {
        const char *ours = spellings[i].ours;

        if (g_str_has_prefix(at, ours) && !is_word(at[strlen(ours)]) &&
            (at == text || !is_word(at[-1]) || !is_word(ours[0])))
            return &spellings[i];
    }
    return NULL;
}

static const char *quoted(GString *to, const char *at)
{
    char quote = *at;

    do
        g_string_append_c(to, *at++);
    while (*at != '\0' && *at != quote);
    if (*at != '\0')
        g_string_append_c(to, *at++);
    return at;
}

char *postgres_dialect(const char *text, int *ret_parameters)
{
    GString *to = g_string_sized_new(strlen(text) + 16);
    const char *at = text;

    *ret_parameters = 0;
    while (*at != '\0') {
        const struct Spelling *s = spelling_at(text, at);
        int number = 0;

        if (s != NULL) {
            g_string_append(to, s->theirs);
            at += strlen(s->ours);
        } else if (*at == '\'' || *at == '"') {
            at = quoted(to, at);
        } else if (*at == '?') {
            g_string_append_c(to, '$');
            number = (int)g_ascii_strtoll(++at, NULL, 10);
            *ret_parameters = MAX(*ret_parameters, number);
        } else {
            g_string_append_c(to, *at++);
        }
    }
    return g_string_free(to, FALSE);
}
