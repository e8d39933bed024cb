/* sentence_judgement.c — what waits for a person: who decides it, upon which papers, up to what.
 * Start: sentence_waits(), sentence_judgement(). */
#include "compile/sentence_words.h"

static const Both nobody = {{NULL, 0}, {NULL, 0}};

bool lacks_only_judgements(const Telling *w, uint64_t missing)
{
    for (size_t i = 0; i < w->o->n_inputs; i++) {
        if ((missing >> i & 1) != 0 && !w->p->inputs[w->o->inputs[i]].judged)
            return false;
    }
    return missing != 0;
}

bool sentence_waits(const Telling *w, const Expr *e)
{
    Seen v = {0};

    if (e == NULL || e->kind != EXPR_FIELD || e->path[e->n_path - 1]->judgement == NULL)
        return false;
    v = seen_value(w, e);
    return v.found && !v.known && seen_waits(w, e);
}

static Both code_words(const Code *c)
{
    return both_label(c->label, c->name);
}

static Both judge(const Telling *w, const Judgement *j)
{
    if (j->by.role != NULL)
        return both_label(j->by.role->label, j->by.role->name);
    if (j->by.level != NULL)
        return say1(w, PHRASE_OFFICE, code_words(j->by.level));
    if (j->by.agency == NULL)
        return nobody; /* its word was reported */
    Both who = code_words(j->by.agency);

    return j->level != NULL ? say2(w, PHRASE_AT_LEVEL, code_words(j->level), who) : who;
}

static Both papers(const Telling *w, const Judgement *j)
{
    const Enum *paper = model_enum(w->m, STR("paper"));
    Both all = nobody;

    for (size_t i = 0; i < j->n_needs; i++) {
        const Code *c = paper != NULL ? enum_code(paper, j->needs[i]) : NULL;
        Both one = c != NULL ? code_words(c) : both_of(j->needs[i]);

        all = i == 0 ? one : say2(w, PHRASE_AND_SO_ON, all, one);
    }
    return all;
}

/* The ceiling of an amount, as far as it is known from the documents alone. */
static Both at_most(const Telling *w, const Judgement *j, Both text)
{
    const Field *f = j->field;
    Seen v = {.found = true, .known = f->has_range, .value = f->high, .scale = f->type.scale};

    if (j->ceiling != NULL) {
        v = seen_value(w, j->ceiling);
        if (!v.found || !v.known)
            return say2(w, PHRASE_AT_MOST, text, sentence_term(w, j->ceiling));
    }
    if (!v.known || f->type.kind == KIND_BOOL)
        return text;
    return say2(w, PHRASE_AT_MOST, text,
                sentence_value(w, &(Expr){.kind = EXPR_NUMBER, .type = f->type}, v));
}

Both sentence_judgement(const Telling *w, const Expr *e)
{
    const Judgement *j = e->path[e->n_path - 1]->judgement;
    Both text = sentence_say(w, PHRASE_WAITS, sentence_term(w, e), judge(w, j), papers(w, j));

    return at_most(w, j, text);
}

Both sentence_judgement_source(const Telling *w, const Expr *e)
{
    return sentence_citation(w, e->path[e->n_path - 1]->judgement->home);
}

void judgement_words(Arena *a, const Model *m, const Judgement *j, Label *who, Label *needs)
{
    const Telling w = {.a = a, .m = m};
    Both by = judge(&w, j), upon = papers(&w, j);

    *who = (Label){by.zh, by.en};
    *needs = (Label){upon.zh, upon.en};
}
