/* explain_who.c — who can supply a missing fact, set a missing param, decide what is open.
 * In: roles, exchanges and judgements as they are declared, and the posts of rights.def where no
 * document declares a role that writes the record.  Out: words.  Start: explain_who(). */
#include "care/explain_inside.h"
#include "care/texts.h"

typedef struct Words {
    GString *zh, *en;
} Words;

static void words_add(Words *w, Label label)
{
    if (label.zh.len == 0)
        return;
    g_string_append_printf(w->zh, "%s%.*s", w->zh->len > 0 ? "、" : "", STR_ARG(label.zh));
    g_string_append_printf(w->en, "%s%.*s", w->en->len > 0 ? ", " : "", STR_ARG(label.en));
}

static Label label_of_who(const Who *who)
{
    return who->role != NULL     ? who->role->label
           : who->agency != NULL ? who->agency->label
           : who->level != NULL  ? who->level->label
                                 : (Label){{NULL, 0}, {NULL, 0}};
}

/* What has ended, or has not begun, supplies nothing. */
static bool holds_today(const Explaining *x, const Wording *w, const Home *home)
{
    return text_in_force(x->care, w, home, x->care->place);
}

static bool writes(const Role *r, const Entity *e)
{
    for (size_t i = 0; i < r->n_writes; i++)
        if (r->writes[i] == e)
            return true;
    return false;
}

/* A role that declares it writes such records; else every post that may write records. */
static void add_writers(const Explaining *x, Words *w, const Entity *e)
{
    const Model *m = x->model;
    bool any = false;
    for (size_t i = 0; i < m->n_roles; i++)
        if (writes(m->roles[i], e) && holds_today(x, &m->roles[i]->wording, &m->roles[i]->home)) {
            words_add(w, m->roles[i]->label);
            any = true;
        }
    for (size_t i = 0; i < n_role_facts && !any; i++)
        if ((role_facts[i].rights & MAY_PERSON_WRITE) != 0)
            words_add(w, (Label){str_of(role_facts[i].zh), str_of(role_facts[i].en)});
}

static bool takes(const Exchange *x, const Field *f)
{
    for (size_t i = 0; i < x->n_take; i++)
        if (x->take[i] == f)
            return true;
    return false;
}

static void add_exchanges(const Explaining *x, Words *w, const Field *f)
{
    const Model *m = x->model;
    for (size_t i = 0; i < m->n_exchanges; i++) {
        const Exchange *with = m->exchanges[i];
        bool counts = takes(with, f) && holds_today(x, &with->wording, &with->home);
        for (size_t k = 0; k < with->with.n && counts; k++) {
            Label label = label_of_who(&with->with.list[k]);
            if (label.zh.len == 0)
                continue;
            g_string_append_printf(w->zh, "%s%.*s（交换）", w->zh->len > 0 ? "、" : "",
                                   STR_ARG(label.zh));
            g_string_append_printf(w->en, "%s%.*s (exchanged)", w->en->len > 0 ? ", " : "",
                                   STR_ARG(label.en));
        }
    }
}

static void of_fact(const Explaining *x, Words *w, MissingFact *to)
{
    const Model *m = x->model;
    Str rest = to->name, entity = str_cut(&rest, '.');
    const Entity *e = model_entity(m, entity);
    const Field *f = e != NULL && rest.len > 0 ? entity_field(e, rest) : NULL;
    if (f != NULL && f->judgement != NULL) {
        Label who, papers;
        judgement_words(x->arena, m, f->judgement, &who, &papers);
        words_add(w, who);
        return;
    }
    if (e == NULL)
        return;
    add_writers(x, w, e);
    if (f != NULL)
        add_exchanges(x, w, f);
}

static Label region_label(const Model *m, Str code)
{
    const RegionRow *r = code.len > 0 ? model_region(m, code) : NULL;
    if (r == NULL)
        return (Label){{NULL, 0}, {NULL, 0}};
    return (Label){r->name, r->name_en.len > 0 ? r->name_en : r->name};
}

static bool by_region(const Param *p)
{
    for (size_t i = 0; i < p->n_index; i++)
        if (p->index[i].is_region)
            return true;
    return false;
}

/* The level it is delegated to; a value that differs by place is this place's; else it is of who
 * declares it. */
static void of_param(const Explaining *x, Words *w, MissingFact *to)
{
    const Model *m = x->model;
    const Param *p = model_param(m, to->name);
    const Table *t = p == NULL ? model_table(m, to->name) : NULL;
    const Home *home = p != NULL ? &p->home : t != NULL ? &t->home : NULL;
    if (home == NULL || home->document == NULL)
        return;
    to->document = home->document->name;
    if (home->clause != NULL)
        to->clause = home->clause->number;
    const Enum *levels = model_enum(m, STR("region_level"));
    const Code *level = p != NULL && p->delegated_to.len > 0 && levels != NULL
                            ? enum_code(levels, p->delegated_to)
                            : NULL;
    if (level != NULL)
        words_add(w, level->label);
    else if (p != NULL && by_region(p))
        words_add(w, region_label(m, x->care->regions->code[x->care->place]));
    else if (home->document->place.len > 0)
        words_add(w, region_label(m, home->document->place));
    else
        words_add(w, home->document->title);
}

void explain_who(const Explaining *x, Explanation *to)
{
    for (size_t i = 0; i < to->n_missing; i++) {
        MissingFact *m = &to->missing[i];
        g_autoptr(GString) zh = g_string_new(NULL);
        g_autoptr(GString) en = g_string_new(NULL);
        Words w = {zh, en};
        if (m->is_param)
            of_param(x, &w, m);
        else
            of_fact(x, &w, m);
        m->who_zh = arena_str(x->arena, (Str){zh->str, zh->len});
        m->who_en = arena_str(x->arena, (Str){en->str, en->len});
    }
}
