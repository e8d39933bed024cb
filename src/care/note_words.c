/* note_words.c — see note_words.h.  Read first: fits(). */
#include "care/note_words.h"

#include "care/care.h"

#include "care/paper.h"

#define NAMED_MOST 3

static const struct NoteWords {
    Str en, zh;
} all[] = {
#define NOTE_WORDS(en, zh) {{en, sizeof(en) - 1}, {zh, sizeof(zh) - 1}},
#include "care/note_words.def"
#undef NOTE_WORDS
};

/* Whether a text is the pattern with something for each *; the last one takes all that is left. */
static bool fits(Str pattern, Str text, Str named[NAMED_MOST], size_t *ret_n)
{
    *ret_n = 0;
    while (pattern.len > 0) {
        Str part = str_cut(&pattern, '*');
        ptrdiff_t at = *ret_n == 0 ? (str_starts(text, part) ? 0 : -1) : str_find(text, part);
        if (at < 0)
            return false;
        if (*ret_n > 0)
            named[*ret_n - 1] = (Str){text.at, (size_t)at};
        text = (Str){text.at + at + part.len, text.len - (size_t)at - part.len};
        if (pattern.at != NULL && ++*ret_n > NAMED_MOST)
            return false;
    }
    if (pattern.at != NULL && *ret_n > 0) /* it ends in a * */
        named[*ret_n - 1] = text;
    return pattern.at != NULL || text.len == 0;
}

/* Papers and accounts are named by their words in the documents. */
static void named_add(const Care *c, Str name, bool english, GString *to)
{
    Str rest = name, word = str_cut(&rest, ' ');
    const Paper *p = paper_named(c->model, word);
    const Label *l = p != NULL ? &p->label : NULL;
    for (size_t i = 0; i < c->model->n_accounts && l == NULL; i++)
        if (str_equal(c->model->accounts[i]->name, word))
            l = &c->model->accounts[i]->label;
    const Str label = l == NULL ? word : english ? l->en : l->zh;
    g_string_append_len(to, label.at, (gssize)label.len);
    if (rest.len > 0)
        g_string_append_printf(to, " %.*s", STR_ARG(rest));
}

static Str filled(const Care *c, Str text, const Str *named, size_t n, bool english, Arena *a)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0, star = 0; i < text.len; i++) {
        bool slot = !english && text.at[i] == '{' && i + 2 < text.len;
        size_t at = english ? star : slot ? (size_t)(text.at[i + 1] - '1') : 0;
        if (english ? text.at[i] == '*' : slot) {
            named_add(c, at < n ? named[at] : STR(""), english, to);
            star++;
            i += english ? 0 : 2;
        } else {
            g_string_append_c(to, text.at[i]);
        }
    }
    return arena_str(a, (Str){to->str, to->len});
}

Label note_words(const Care *c, Str reason, Arena *a)
{
    Str named[NAMED_MOST + 1];
    size_t n;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (fits(all[i].en, reason, named, &n))
            return (Label){filled(c, all[i].zh, named, n, false, a),
                           filled(c, all[i].en, named, n, true, a)};
    return (Label){reason, reason};
}
