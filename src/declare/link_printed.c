/* link_printed.c — one printed value of a paper: a field, something computed, a figure of a region,
 * a word of a list of the program, or a place to write on by hand.  Start: link_printed(). */
#include "declare/link_paper.h"

/* ---- lists and their words */

typedef struct ListWord {
    PaperList list;
    const char *word, *zh, *en;
} ListWord;

static const ListWord words[PAPER_WORDS] = {
#define PAPER_LIST(name)
#define PAPER_WORD(list, word, kind, zh, en)                                                       \
    [PAPER_WORD_##list##_##word] = {LIST_##list, #word, zh, en},
#include "declare/paper_words.def"
#undef PAPER_LIST
#undef PAPER_WORD
};

static const char *const list_names[LIST_BLANK + 1] = {[LIST_NONE] = "",
#define PAPER_LIST(name) [LIST_##name] = #name,
#define PAPER_WORD(list, word, kind, zh, en)
#include "declare/paper_words.def"
#undef PAPER_LIST
#undef PAPER_WORD
                                                       [LIST_BLANK] = ""};

PaperList paper_list_named(const Printing *x, const Node *path)
{
    if (path_length(path) != 1 || name_of(x->l, path->at.text, NAME_ENTITY) != NULL)
        return LIST_NONE;
    for (PaperList l = LIST_NONE + 1; l < LIST_BLANK; l++)
        if (l != LIST_paid && str_is(path->at.text, list_names[l]))
            return l;
    return LIST_NONE;
}

bool paper_list_fits(Printing *x, PaperList list, const Node *path)
{
    bool region = x->p->entity != NULL && entity_is_region(x->p->entity);
    bool record = x->p->entity != NULL && !region;
    bool of_record = list == LIST_payments || list == LIST_decisions || list == LIST_scores ||
                     list == LIST_score_notices;
    bool fits = list == LIST_benefits ? x->run : of_record ? record : region;
    if (!fits)
        diag_error(x->l->diags, path->at.pos, "'%s' can not stand on a paper about %s",
                   list_names[list],
                   x->run   ? "a pay run"
                   : region ? "a region"
                            : "a record");
    return fits;
}

static PaperPrinted printed_word(PaperWordIndex i)
{
    return (PaperPrinted){
        .kind = PRINTED_WORD, .word = i, .label = {str_of(words[i].zh), str_of(words[i].en)}};
}

void paper_list_columns(PaperRows *r)
{
    for (PaperWordIndex i = 0; i < PAPER_WORDS; i++)
        if (words[i].list == r->list)
            r->columns[r->n_columns++] = printed_word(i);
}

static bool find_word(Printing *x, PaperList list, const Token *word, PaperPrinted *to)
{
    for (PaperWordIndex i = 0; i < PAPER_WORDS; i++)
        if (words[i].list == list && str_is(word->text, words[i].word)) {
            *to = printed_word(i);
            return true;
        }
    Str all[PAPER_WORDS];
    size_t n = 0;
    for (PaperWordIndex i = 0; i < PAPER_WORDS; i++)
        if (words[i].list == list)
            all[n++] = str_of(words[i].word);
    Diag *d = diag_error(x->l->diags, word->pos, "'%s' has no '%.*s'", list_names[list],
                         STR_ARG(word->text));
    diag_nearest(x->l->diags, d, word->text, all, n);
    return false;
}

/* ---- places to write on: "字" or "字" / "words" */

static bool is_blank(const Node *n)
{
    return n->kind == AST_STRING || (n->kind == AST_BINARY && str_is(n->at.text, "/") &&
                                     n->a->kind == AST_STRING && n->b->kind == AST_STRING);
}

static PaperPrinted blank_of(const Node *n)
{
    const Node *zh = n->kind == AST_STRING ? n : n->a, *en = n->kind == AST_STRING ? n : n->b;
    return (PaperPrinted){.kind = PRINTED_BLANK, .label = {zh->at.text, en->at.text}};
}

/* ---- figures */

static bool link_figure_printed(Printing *x, const Node *n, AggregatePeriod in, PaperPrinted *to)
{
    const Name *name = node_is_word(n) ? name_find(x->l->model, n->at.text) : NULL;
    to->kind = PRINTED_FIGURE;
    if (name != NULL && name->kind == NAME_INDICATOR) {
        (void)word_name(x->l, &n->at);
        to->figure = name->what;
        to->label = to->figure->label;
        return true;
    }
    to->figure = link_own_figure(x->l, n, &x->p->home, NULL, in);
    return to->figure != NULL;
}

static bool names_field(const Scope *s, const Node *n)
{
    return n->kind == AST_PATH && s->subject != NULL &&
           entity_field(s->subject, n->at.text) != NULL;
}

static bool is_day(const Node *n)
{
    return node_is_word(n) && str_is(n->at.text, "day");
}

bool link_printed(Printing *x, const Scope *s, PaperList list, const Node *n, PaperPrinted *to)
{
    *to = (PaperPrinted){.pos = node_pos(n)};
    if (is_blank(n)) {
        *to = blank_of(n);
        return true;
    }
    if (list == LIST_figures || list == LIST_targets)
        return link_figure_printed(x, n, x->period, to);
    if (list == LIST_BLANK) {
        diag_error(x->l->diags, to->pos, "columns of empty lines are texts");
        return false;
    }
    if (list != LIST_NONE && node_is_word(n))
        return find_word(x, list, &n->at, to);
    if (x->run && n->kind == AST_PATH && path_length(n) == 2 && str_is(n->at.text, "paid"))
        return find_word(x, LIST_paid, &list_first(n->a)->at, to);
    if (s->subject != NULL && entity_is_region(s->subject) && !names_field(s, n) && !is_day(n))
        return link_figure_printed(x, n, AGGREGATE_ALWAYS, to);
    to->expr = names_field(s, n) ? link_shown(s, n) : link_expr(s, n, NULL);
    to->kind = to->expr != NULL && to->expr->kind == EXPR_FIELD ? PRINTED_PATH : PRINTED_VALUE;
    return to->expr != NULL;
}

void printed_label(Printing *x, const Node *label, PaperPrinted *to)
{
    if (label != NULL)
        to->label = link_label(x->l, label, STR(""));
}

void printed_marks(Printing *x, const Node *marks, PaperPrinted *to)
{
    for (const Node *m = list_first(marks); m != NULL; m = m->next) {
        bool masks = str_is(m->at.text, "masked");
        to->masked |= masks;
        to->sum |= !masks;
        bool text = to->kind == PRINTED_PATH &&
                    kind_is_text(to->expr->path[to->expr->n_path - 1]->type.kind);
        if (masks && !text)
            diag_error(x->l->diags, m->at.pos, "only texts of a record can be masked");
    }
}

/* ---- paragraphs */

static bool paragraph_part(Printing *x, const Token *t, size_t at, size_t end, PaperPrinted *to)
{
    Str part = {t->text.at + at, end - at};
    Pos pos = t->pos;
    pos.column += 1 + (uint32_t)str_utf8_length((Str){t->text.at, at});
    pos.length = (uint32_t)str_utf8_length(part);
    const Node *n = parse_expression(x->l->keep, x->l->scratch, x->l->diags, (Span){part, pos});
    return n != NULL && link_printed(x, &x->scope, LIST_NONE, n, to);
}

void link_paragraph(Printing *x, const Node *n, PaperText *to)
{
    Str text = n->at.text;
    size_t most = 0;
    for (size_t i = 0; i < text.len; i++)
        most += text.at[i] == '{';
    *to = (PaperText){.text = text, .parts = arena_many(x->l->keep, PaperPrinted, most + 1)};
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '{')
            continue;
        ptrdiff_t close = str_find((Str){text.at + i, text.len - i}, STR("}"));
        if (close < 0) {
            diag_error(x->l->diags, n->at.pos, "'{' is not closed in this text");
            return;
        }
        if (!paragraph_part(x, &n->at, i + 1, i + (size_t)close, &to->parts[to->n_parts]))
            to->parts[to->n_parts] = (PaperPrinted){.kind = PRINTED_BLANK};
        to->n_parts++;
        i += (size_t)close;
    }
}
