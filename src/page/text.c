/* text.c — reading web/texts.tsv, and filling its {names}.
 * Read first: parse_row(), cut_pieces(). */
#include "page/text.h"

struct Texts {
    Arena *arena;
    GHashTable *by_key; /* Str in Text → Text */
    GPtrArray *list;
};

static guint key_hash(gconstpointer key)
{
    return str_hash(*(const Str *)key);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return str_equal(*(const Str *)a, *(const Str *)b);
}

static bool key_good(Str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (!g_ascii_islower(key.at[i]) && !g_ascii_isdigit(key.at[i]) && key.at[i] != '_')
            return false;
    return key.len > 0 && key.len <= LIMIT_NAME && g_ascii_islower(key.at[0]);
}

/* "还可再试 {tries} 次" becomes literal, name, literal. */
static bool cut_pieces(Texts *t, Text *text, Lang lang)
{
    Str rest = text->plain[lang];
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(TextPiece));
    while (rest.len > 0) {
        const char *open = memchr(rest.at, '{', rest.len);
        size_t before = open != NULL ? (size_t)(open - rest.at) : rest.len;
        if (before > 0)
            g_array_append_val(pieces, ((TextPiece){false, {rest.at, before}}));
        rest = (Str){rest.at + before, rest.len - before};
        if (open == NULL)
            break;
        const char *close = memchr(open, '}', rest.len);
        Str name = {open + 1, close != NULL ? (size_t)(close - open - 1) : 0};
        if (!key_good(name))
            return false;
        g_array_append_val(pieces, ((TextPiece){true, name}));
        rest = (Str){close + 1, rest.len - name.len - 2};
    }
    text->n_pieces[lang] = pieces->len;
    text->pieces[lang] = arena_list(t->arena, pieces, NULL);
    return true;
}

static void parse_row(Texts *t, Str line, Pos pos, Diags *ds)
{
    Str key = str_cut(&line, '\t'), zh = str_cut(&line, '\t'), en = str_cut(&line, '\t');
    if (!key_good(key)) {
        diag_error(ds, pos, "a key is lower-case letters, digits and _");
        return;
    }
    if (str_trim(zh).len == 0 || str_trim(en).len == 0 || line.len > 0) {
        diag_error(ds, pos, "text \"%.*s\" needs exactly key, zh and en", STR_ARG(key));
        return;
    }
    if (texts_find(t, key) != NULL) {
        diag_error(ds, pos, "text \"%.*s\" stands here twice", STR_ARG(key));
        return;
    }
    Text *text = arena_new_of(t->arena, Text);
    text->key = key;
    text->plain[LANG_ZH] = zh;
    text->plain[LANG_EN] = en;
    if (!cut_pieces(t, text, LANG_ZH) || !cut_pieces(t, text, LANG_EN)) {
        diag_error(ds, pos, "text \"%.*s\" has a brace without a good name", STR_ARG(key));
        return;
    }
    g_hash_table_insert(t->by_key, &text->key, text);
    g_ptr_array_add(t->list, text);
}

Texts *texts_parse(const Source *table, Diags *ds)
{
    Texts *t = g_new0(Texts, 1);
    t->arena = arena_new();
    t->by_key = g_hash_table_new(key_hash, key_equal);
    t->list = g_ptr_array_new();
    Str rest = arena_str(t->arena, table->text);
    Pos pos = {table, 0, 1, 1};
    size_t bad = 0;
    if (!str_utf8_valid(rest, &bad)) {
        diag_error(ds, pos, "the table of texts is not UTF-8 at byte %zu", bad);
        return t;
    }
    while (rest.len > 0) {
        Str line = str_cut(&rest, '\n');
        pos.line++;
        if (pos.line == 1) {
            if (!str_is(line, "key\tzh\ten"))
                diag_error(ds, pos, "the first line must be key, zh, en");
        } else if (line.len > 0) {
            parse_row(t, line, pos, ds);
        }
    }
    return t;
}

void texts_free(Texts *t)
{
    if (t == NULL)
        return;
    g_hash_table_unref(t->by_key);
    g_ptr_array_unref(t->list);
    arena_free(t->arena);
    g_free(t);
}

Text *texts_find(const Texts *t, Str key)
{
    return g_hash_table_lookup(t->by_key, &key);
}

size_t texts_count(const Texts *t)
{
    return t->list->len;
}

Text *texts_at(const Texts *t, size_t index)
{
    return g_ptr_array_index(t->list, index);
}

static const Text *text_must(const Texts *t, const char *key)
{
    const Text *text = texts_find(t, str_of(key));
    if (text == NULL)
        g_error("no text \"%s\" in the table of texts", key);
    return text;
}

Str text_of(const Texts *t, Lang lang, const char *key)
{
    return text_must(t, key)->plain[lang];
}

Str text_with(const Texts *t, Lang lang, const char *key, const View *values)
{
    const Text *text = text_must(t, key);
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < text->n_pieces[lang]; i++) {
        const TextPiece *p = &text->pieces[lang][i];
        Str s = p->text;
        if (p->is_name) {
            const ViewNode *n = view_find(values, p->text);
            s = n != NULL ? n->text : STR("");
        }
        g_string_append_len(out, s.at != NULL ? s.at : "", (gssize)s.len);
    }
    return (Str){arena_dup(values->arena, out->str, out->len), out->len};
}
