/* names.c — one namespace for all declarations.
 * In: declarations in the order of their documents.  Out: an empty thing for each, found by name.
 * Not here: what the things hold (link_*.c).  Start: link_names(). */
#include "declare/link.h"

#include "declare/catalogue.h"

static guint key_hash(gconstpointer key)
{
    return str_hash(*(const Str *)key);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return str_equal(*(const Str *)a, *(const Str *)b);
}

static void names_free(void *names)
{
    g_hash_table_destroy(names);
}

GHashTable *names_new(Arena *a)
{
    GHashTable *names = g_hash_table_new(key_hash, key_equal);
    arena_on_free(a, names_free, names);
    return names;
}

Name *name_find(const Model *m, Str text)
{
    return g_hash_table_lookup(m->names, &text);
}

void *name_of(const Linker *l, Str text, NameKind kind)
{
    const Name *n = name_find(l->model, text);
    return n != NULL && n->kind == kind ? n->what : NULL;
}

bool linker_damaged(const Linker *l, const void *thing)
{
    return g_hash_table_contains(l->damaged, thing);
}

void linker_damage(Linker *l, void *thing)
{
    g_hash_table_add(l->damaged, thing);
}

const char *name_kind_words(NameKind kind)
{
    static const char *const words[] = {
        [NAME_ENUM] = "an enum",
        [NAME_ENTITY] = "an entity",
        [NAME_PARAM] = "a param",
        [NAME_TABLE] = "a table",
        [NAME_RULE] = "a rule",
        [NAME_EXCEPTION] = "an exception",
        [NAME_INDICATOR] = "an indicator",
        [NAME_DUTY] = "a duty",
        [NAME_JUDGEMENT] = "a judgement",
        [NAME_CATALOGUE] = "a list",
        [NAME_ROLE] = "a role",
        [NAME_TASK] = "a task",
        [NAME_PROCEDURE] = "a procedure",
        [NAME_ACCOUNT] = "an account",
        [NAME_DRAW] = "a draw",
        [NAME_SCORE] = "a score",
        [NAME_PUBLISH] = "a publication",
        [NAME_PAPER] = "a paper",
        [NAME_EXCHANGE] = "an exchange",
        [NAME_REGION] = "a region",
        [NAME_BROKEN] = "a declaration that could not be read",
    };
    return words[kind];
}

static void hint_names(Linker *l, Diag *d, Str word, NameKind kind, NameKind or)
{
    if (l->diags->list->len >= LIMIT_DIAGS)
        return; /* nobody reads it */
    GHashTableIter it;
    gpointer key, value;
    guint n = 0;
    Str *all = arena_many(l->scratch, Str, g_hash_table_size(l->model->names));
    g_hash_table_iter_init(&it, l->model->names);
    while (g_hash_table_iter_next(&it, &key, &value))
        if (((const Name *)value)->kind == kind || ((const Name *)value)->kind == or)
            all[n++] = *(const Str *)key;
    diag_nearest(l->diags, d, word, all, n);
}

static void *need(Linker *l, const Token *word, NameKind kind, NameKind or, const char *what)
{
    const Name *n = word_name(l, word);
    if (n != NULL && (n->kind == kind || n->kind == or))
        return n->what;
    if (n != NULL && n->kind == NAME_BROKEN)
        return NULL;
    if (n != NULL) {
        diag_error(l->diags, word->pos, "'%.*s' is %s, but %s is needed here", STR_ARG(word->text),
                   name_kind_words(n->kind), what);
        return NULL;
    }
    Diag *d = diag_error(l->diags, word->pos, "there is no %s '%.*s'",
                         strncmp(what, "an ", 3) == 0 ? what + 3 : what + 2, STR_ARG(word->text));
    hint_names(l, d, word->text, kind, or);
    return NULL;
}

void *name_need(Linker *l, const Token *word, NameKind kind, const char *what)
{
    return need(l, word, kind, kind, what);
}

void name_need_thing(Linker *l, const Token *word)
{
    need(l, word, NAME_ENTITY, NAME_ENUM, "an enum or entity");
}

Name *name_add(Linker *l, Str text, NameKind kind, Pos pos, void *what)
{
    const Name *before = name_find(l->model, text);
    if (before != NULL && before->kind != NAME_BROKEN) {
        Diag *d = diag_error(l->diags, pos, "'%.*s' is declared twice", STR_ARG(text));
        diag_hint(l->diags, d, "it is %s in %s, line %u", name_kind_words(before->kind),
                  before->pos.source->name, before->pos.line);
        return NULL;
    }
    Name *n = arena_new_of(l->keep, Name);
    *n = (Name){text, kind, pos, what};
    g_hash_table_replace(l->model->names, &n->text, n);
    return n;
}

/* Words that expressions and types use themselves. */
static bool is_reserved(Str name, NameKind kind)
{
    static const char *const words[] = {
        "day",    "this",   "yes",   "no",    "none", "unknown", "true", "false", "age",
        "days",   "months", "years", "min",   "max",  "count",   "sum",  "mean",  "exists",
        "latest", "share",  "round", "known", "rest", "regions", "set",  "total", "general"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (str_is(name, words[i]) && kind != NAME_REGION)
            return true;
    for (Kind k = 0; k < KIND_N; k++)
        if (str_is(name, kind_facts[k].word) && !(k == KIND_REGION && kind == NAME_ENTITY) &&
            kind != NAME_ACCOUNT) /* nothing but its own page names an account of hours */
            return true;
    return false;
}

typedef struct Making {
    NodeKind node;
    NameKind name;
    size_t size;
} Making;

static const Making makings[] = {
    {AST_ENUM, NAME_ENUM, sizeof(Enum)},
    {AST_ENTITY, NAME_ENTITY, sizeof(Entity)},
    {AST_PARAM, NAME_PARAM, sizeof(Param)},
    {AST_TABLE, NAME_TABLE, sizeof(Table)},
    {AST_CATALOGUE, NAME_CATALOGUE, sizeof(Catalogue)},
    {AST_BENEFIT, NAME_RULE, sizeof(Rule)},
    {AST_CHECK, NAME_RULE, sizeof(Rule)},
    {AST_INDICATOR, NAME_INDICATOR, sizeof(Indicator)},
    {AST_DUTY, NAME_DUTY, sizeof(Duty)},
    {AST_ROLE, NAME_ROLE, sizeof(Role)},
    {AST_TASK, NAME_TASK, sizeof(Task)},
    {AST_PROCEDURE, NAME_PROCEDURE, sizeof(Procedure)},
    {AST_ACCOUNT, NAME_ACCOUNT, sizeof(Account)},
    {AST_DRAW, NAME_DRAW, sizeof(Draw)},
    {AST_SCORE, NAME_SCORE, sizeof(Score)},
    {AST_PUBLISH, NAME_PUBLISH, sizeof(Publish)},
    {AST_PAPER, NAME_PAPER, sizeof(Paper)},
    {AST_JUDGEMENT, NAME_JUDGEMENT, sizeof(Judgement)},
};

/* An exchange is named by its entity and its own word: elder.death. */
static void make_exchange(Linker *l, Declaration *d)
{
    const Node *n = d->node;
    Exchange *x = arena_new_of(l->keep, Exchange);
    const char *name =
        arena_printf(l->keep, "%.*s.%.*s", STR_ARG(n->at.text), STR_ARG(n->a->at.text));
    x->name = str_of(name);
    if (name_add(l, x->name, NAME_EXCHANGE, n->a->at.pos, x) != NULL)
        d->made = x;
}

static void make(Linker *l, Declaration *d, const Making *m)
{
    Str name = d->node->at.text;
    if (is_reserved(name, m->name)) {
        diag_error(l->diags, d->node->at.pos, "'%.*s' is a word of the language", STR_ARG(name));
        return;
    }
    void *thing = arena_alloc(l->keep, m->size);
    if (name_add(l, name, m->name, d->node->at.pos, thing) != NULL)
        d->made = thing;
    /* Types are named in messages before entities are read. */
    if (m->name == NAME_ENTITY)
        ((Entity *)thing)->name = name;
    else if (m->name == NAME_ENUM)
        ((Enum *)thing)->name = name;
    if (d->damaged)
        linker_damage(l, thing);
}

/* Exceptions may have a name, groups have none. */
static void make_named(Linker *l, Declaration *d)
{
    const Node *name = d->node->kind == AST_EXCEPTION ? d->node->a : NULL;
    d->made = d->node->kind == AST_EXCEPTION ? (void *)arena_new_of(l->keep, Exception)
                                             : (void *)arena_new_of(l->keep, Combine);
    if (name != NULL && is_reserved(name->at.text, NAME_EXCEPTION))
        diag_error(l->diags, name->at.pos, "'%.*s' is a word of the language",
                   STR_ARG(name->at.text));
    else if (name != NULL)
        name_add(l, name->at.text, NAME_EXCEPTION, name->at.pos, d->made);
}

void link_names(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_EXCEPTION || d->node->kind == AST_COMBINE)
            make_named(l, d);
        for (size_t j = 0; j < G_N_ELEMENTS(makings); j++)
            if (makings[j].node == d->node->kind)
                make(l, d, &makings[j]);
        if (d->node->kind == AST_EXCHANGE)
            make_exchange(l, d);
        else if (d->node->kind == AST_HOLD) /* nothing names it */
            d->made = arena_new_of(l->keep, Hold);
    }
    /* Last, so that a readable declaration of the same name wins. */
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_BROKEN && name_find(l->model, d->node->at.text) == NULL)
            name_add(l, d->node->at.text, NAME_BROKEN, d->node->at.pos, NULL);
    }
}
