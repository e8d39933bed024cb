/* sentence_fund.c — which fund pays which part of an amount (semantics 53).
 * Start: fund_lines(). */
#include "compile/sentence_words.h"

static const Both nobody = {{NULL, 0}, {NULL, 0}};

static Both fund_label(const Telling *w, Str name)
{
    const Enum *e = model_enum(w->m, STR("fund"));
    const Code *c = e != NULL ? enum_code(e, name) : NULL;

    return c != NULL ? both_label(c->label, c->name) : both_of(name);
}

static Both fund_text(const Telling *w, const Rule *r, size_t i, const ExplainFund *f)
{
    Both label = {f->zh, f->en};

    if (r->n_funds == 1)
        return say1(w, PHRASE_FUND, label);
    if (f->known)
        return say2(w, PHRASE_FUND_PART, label, sentence_money(w, f->amount));
    return say1(w, i + 1 < r->n_funds ? PHRASE_FUND_FIRST : PHRASE_FUND_REST, label);
}

Said *fund_lines(const Telling *w, const Rule *r, Explanation *out, size_t *ret_n)
{
    int64_t *parts = arena_many(w->a, int64_t, r->n_funds + 1);
    Said *all = arena_many(w->a, Said, r->n_funds + 1);

    *ret_n = 0;
    if (!out->has_amount || out->outcome != TRUTH_YES || r->n_funds == 0)
        return all;
    /* What is left in a fund is shared by all who are paid: one record does not say. */
    bool known = !funds_in_sequence(r) && fund_parts(r, NULL, out->amount, parts);

    out->funds = arena_many(w->a, ExplainFund, r->n_funds);
    out->n_funds = r->n_funds;
    for (size_t i = 0; i < r->n_funds; i++) {
        Both label = fund_label(w, r->funds[i].fund);

        out->funds[i] = (ExplainFund){.name = r->funds[i].fund,
                                      .zh = label.zh,
                                      .en = label.en,
                                      .known = known,
                                      .amount = known ? parts[i] : 0};
        all[i] = (Said){.depth = 1,
                        .truth = TRUTH_YES,
                        .text = fund_text(w, r, i, &out->funds[i]),
                        .source = nobody};
    }
    *ret_n = r->n_funds;
    return all;
}
