/* paper_erase.c — a person taken out of a paper that was issued about others, as a law demands:
 * sums stay, who they were paid to does not.  Start: paper_erase(). */
#include "format/paper.h"

#include <string.h>

static const Str erased = {"（依法删除）", sizeof "（依法删除）" - 1};

/* A name is not a part of a longer one. */
static bool is_apart(Str text, size_t at, size_t end)
{
    static const char *const marks[] = {"，", "。", "、", "：", "；", "（", "）", "　", "“", "”"};
    bool before = at == 0 ||
                  ((unsigned char)text.at[at - 1] < 0x80 && !g_ascii_isalnum(text.at[at - 1])),
         behind = end == text.len ||
                  ((unsigned char)text.at[end] < 0x80 && !g_ascii_isalnum(text.at[end]));
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        size_t n = strlen(marks[i]);
        before = before || (at >= n && memcmp(text.at + at - n, marks[i], n) == 0);
        behind = behind || (end + n <= text.len && memcmp(text.at + end, marks[i], n) == 0);
    }
    return before && behind;
}

static bool holds(Str text, Str word)
{
    for (size_t from = 0; word.len > 0 && from < text.len;) {
        ptrdiff_t at = str_find((Str){text.at + from, text.len - from}, word);
        if (at < 0)
            return false;
        if (is_apart(text, from + (size_t)at, from + (size_t)at + word.len))
            return true;
        from += (size_t)at + 1;
    }
    return false;
}

static bool holds_any(Str text, const Str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (holds(text, words[i]))
            return true;
    return false;
}

typedef enum Named { NAMED_NOT, NAMED_PERHAPS, NAMED_HER } Named;

/* Whether cells that stand together are about her. */
static Named named(const PaperNames *who, const Str *cells, size_t n)
{
    bool sure = false, hint = false, alone = false, name = false;
    for (size_t i = 0; i < n; i++) {
        sure = sure || holds_any(cells[i], who->sure, who->n_sure);
        hint = hint || holds_any(cells[i], who->hints, who->n_hints);
        for (size_t k = 0; k < who->n_names; k++)
            if (holds(cells[i], who->names[k])) {
                name = true;
                alone = alone || who->alone[k];
            }
    }
    return sure || (name && (alone || hint)) ? NAMED_HER : name ? NAMED_PERHAPS : NAMED_NOT;
}

static bool is_counted(PaperKind k)
{
    return k == PAPER_MONEY || k == PAPER_NUMBER || k == PAPER_BLANK || k == PAPER_CODE;
}

static size_t rows_erase(PaperTable *t, const PaperNames *who, bool *unsure)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_rows; i++) {
        Str *cells = &t->cells[i * t->n_columns];
        Named is = named(who, cells, t->n_columns);
        *unsure = *unsure || is == NAMED_PERHAPS;
        for (size_t k = 0; is == NAMED_HER && k < t->n_columns; k++)
            if (!is_counted(t->columns[k].kind) && cells[k].len > 0) {
                cells[k] = erased;
                n++;
            }
    }
    for (size_t i = 0; i < t->n_groups; i++)
        if (named(who, &t->groups[i].title, 1) == NAMED_HER) {
            t->groups[i].title = erased;
            n++;
        }
    return n;
}

/* One text among others: all of it goes. */
static size_t text_erase(Str *text, const PaperNames *who, bool hers, bool *unsure)
{
    Named is = named(who, text, 1);
    if (is == NAMED_NOT || (is == NAMED_PERHAPS && !hers)) {
        *unsure = *unsure || is == NAMED_PERHAPS;
        return 0;
    }
    *text = erased;
    return 1;
}

size_t paper_erase(PaperSheet *p, const PaperNames *who, Date day, Arena *a, bool *ret_unsure)
{
    g_autoptr(GArray) single = g_array_new(FALSE, FALSE, sizeof(Str));
    size_t n = 0;
    *ret_unsure = false;
    g_array_append_val(single, p->about);
    g_array_append_vals(single, p->texts, (guint)p->n_texts);
    for (size_t i = 0; i < p->n_entries; i++)
        g_array_append_val(single, p->entries[i].text);
    bool hers = named(who, (const Str *)(const void *)single->data, single->len) == NAMED_HER;
    n += text_erase(&p->about, who, hers, ret_unsure);
    n += text_erase(&p->key, who, hers, ret_unsure);
    for (size_t i = 0; i < p->n_texts; i++)
        n += text_erase(&p->texts[i], who, hers, ret_unsure);
    for (size_t i = 0; i < p->n_entries; i++)
        n += text_erase(&p->entries[i].text, who, hers, ret_unsure);
    for (size_t i = 0; i < p->n_tables; i++)
        n += rows_erase(&p->tables[i], who, ret_unsure);
    if (n == 0)
        return 0;
    p->issued = paper_digest(p);
    p->erased = day;
    paper_close(p, a);
    return n;
}
