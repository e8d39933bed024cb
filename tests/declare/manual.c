/* The manual's whole documents compile as they stand: every ~~~markdown block of docs/language.md.
 */
#include "base/file.h"
#include "declare/model.h"

#include <string.h>

#define DOCUMENTS 16

static Str manual_text(Arena *a)
{
    Str text;
    g_autoptr(GError) error = NULL;
    if (!file_read(a, g_getenv("MANUAL"), 1 << 20, &text, &error))
        g_error("%s", error->message);
    return text;
}

static size_t manual_documents(Arena *a, DocumentFile files[DOCUMENTS])
{
    Str rest = manual_text(a);
    const char *from = NULL;
    size_t n = 0;
    while (rest.len > 0 && n < DOCUMENTS) {
        Str line = str_cut(&rest, '\n');
        if (from != NULL && str_is(line, "~~~")) {
            files[n].name = arena_printf(a, "docs/language.md, document %zu", n + 1);
            files[n++].text = (Str){from, (size_t)(line.at - from)};
            from = NULL;
        } else if (str_is(line, "~~~markdown")) {
            from = rest.at;
        }
    }
    return n;
}

static void the_manual_compiles(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    DocumentFile files[DOCUMENTS];
    size_t n = manual_documents(a, files);
    g_assert_cmpuint(n, >=, 2);
    g_autoptr(Model) m = model_read(files, n, ds);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(ds->list->pdata[i], out);
    g_assert_cmpstr(out->str, ==, "");
    g_assert_nonnull(m);
}

/* ---- nothing of the language is left out of them ----------------------------------------------
 */

static const char *const words[] = {
#define WORD(token, text) text,
#include "declare/keywords.def"
#undef WORD
#define KIND(name, word, ...) word,
#include "data/kinds.def"
#undef KIND
    "yuan",  "m2",      "minutes", "working", "distance", "known",  "rest",  "general",
    "raw",   "net",     "none",    "unknown", "age",      "months", "years", "min",
    "max",   "count",   "sum",     "mean",    "exists",   "latest", "share", "round",
    "since", "entered", "!=",      "<",       "<=",       ">",      ">=",    "=",
    "+",     "-",       "*",       "/",       "->"};

/* A sign between blanks; a word between what is no letter. */
static bool stands_in(const char *text, const char *word)
{
    bool sign = !g_ascii_isalpha(word[0]);
    size_t n = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        char before = at > text ? at[-1] : '\n', behind = at[n];
        bool apart = sign ? before == ' ' && behind == ' '
                          : !g_ascii_isalnum(before) && before != '_' && !g_ascii_isalnum(behind) &&
                                behind != '_';
        if (apart)
            return true;
    }
    return false;
}

static void every_word_has_an_example(void)
{
    g_autoptr(Arena) a = arena_new();
    DocumentFile files[DOCUMENTS];
    size_t n = manual_documents(a, files);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        bool found = strcmp(words[i], "ref") == 0; /* a reference is written by its entity's name */
        for (size_t k = 0; k < n && !found; k++)
            found = stands_in(arena_dup(a, files[k].text.at, files[k].text.len), words[i]);
        if (!found)
            g_test_message("'%s' stands in no example of the manual", words[i]);
        g_assert_true(found);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/manual/compiles", the_manual_compiles);
    g_test_add_func("/manual/every-word", every_word_has_an_example);
    return g_test_run();
}
