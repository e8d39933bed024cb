/* link.h — what the passes over the declarations share.
 * In: trees from the grammar, each with its home.  Out: a Model in which every name is a pointer.
 * The passes run in the order of this page; each may use what those above it made, and none stops
 * the next: all mistakes of all documents are reported together.  Start: model_read() in read.c. */
#ifndef ANLAO_DECLARE_LINK_H
#define ANLAO_DECLARE_LINK_H

#include "declare/ast.h"
#include "declare/document.h"
#include "declare/model.h"

typedef enum NameKind {
    NAME_ENUM,
    NAME_ENTITY,
    NAME_PARAM,
    NAME_TABLE,
    NAME_CATALOGUE,
    NAME_RULE,
    NAME_EXCEPTION,
    NAME_INDICATOR,
    NAME_DUTY,
    NAME_JUDGEMENT,
    NAME_ROLE,
    NAME_TASK,
    NAME_PROCEDURE,
    NAME_ACCOUNT,
    NAME_DRAW,
    NAME_SCORE,
    NAME_PUBLISH,
    NAME_PAPER,
    NAME_EXCHANGE, /* by entity.word */
    NAME_REGION,   /* by code and by Chinese name: neither can be an identifier */
    NAME_BROKEN,   /* a declaration that could not be read: its uses are not reported */
} NameKind;

typedef struct Name {
    Str text;
    NameKind kind;
    Pos pos;
    void *what; /* Enum, Entity, …; NULL for a broken one */
} Name;

typedef struct Declaration {
    Node *node;
    bool damaged; /* some items could not be read */
    Home home;
    int word; /* the TK_ it begins with */
    Pos begin, end;
    Sheet *sheet; /* the table behind its block, when it is the last of it */
    void *made;   /* the thing it declares */
} Declaration;

typedef struct Linker {
    Arena *keep, *scratch;
    Diags *diags;
    Model *model;
    Reading **readings; /* in the order of model->documents */
    size_t n_readings;
    Declaration *declarations;
    size_t n_declarations;
    GArray **values;     /* of ParamValue, by number of the param */
    GArray *mentions;    /* of Mention: each word that was looked up, and what it names */
    GHashTable *damaged; /* Entity or Enum → itself: unknown words of them are not reported */
} Linker;

/* ---- passes (each in the file of its name) */
bool order_documents(Linker *l);     /* order.c: and their `builds on` */
void link_names(Linker *l);          /* names.c: makes the things, empty, in one namespace */
void link_regions(Linker *l);        /* link_region.c */
void link_enums(Linker *l);          /* link_enum.c */
void link_states(Linker *l);         /* link_procedure.c: the states of procedures, as enums */
void link_entities(Linker *l);       /* link_entity.c: fields and their types */
void link_params(Linker *l);         /* link_param.c: types and indexes */
void link_tables(Linker *l);         /* link_table.c: axes, rows */
void link_amended_tables(Linker *l); /* amend_whole.c */
void link_computed(Linker *l);       /* link_entity.c: = and derive */
void link_scores(Linker *l);         /* link_score.c: also computes fields */
void link_param_values(Linker *l);   /* link_value.c: defaults, set, delegate */
void link_catalogues(Linker *l);     /* link_catalogue.c: lists, their versions in places */
void link_rules(Linker *l);          /* link_rule.c: benefits, checks */
void link_judgements(Linker *l);     /* link_judgement.c */
void link_amendments(Linker *l);     /* link_amend.c: amend, end of rules and fields */
void link_exceptions(Linker *l);     /* link_exception.c: and their order */
void link_combines(Linker *l);       /* link_combine.c: groups of benefits */
void link_roles(Linker *l);          /* link_role.c */
void link_tasks(Linker *l);          /* link_task.c */
void link_figures(Linker *l);        /* link_figure.c: indicators, also of tasks */
void link_region_checks(Linker *l);  /* link_region_check.c */
void link_targets(Linker *l);        /* link_target.c */
void link_duties(Linker *l);         /* link_duty.c */
void link_nothings(Linker *l);       /* check_clause.c: clauses that say there is nothing to run */
void link_procedures(Linker *l);     /* link_procedure.c: steps and orders */
void link_holds(Linker *l);          /* link_hold.c */
void link_amended_wholes(Linker *l); /* amend_whole.c: of what is asked as a whole */
void link_accounts(Linker *l);       /* link_account.c */
void link_draws(Linker *l);          /* link_draw.c */
void link_publications(Linker *l);   /* link_publish.c */
void link_papers(Linker *l);         /* link_paper.c */
void link_exchanges(Linker *l);      /* link_exchange.c */
void link_amended_acts(Linker *l);   /* amend_act.c: what people do and are given */
void link_examples(Linker *l);       /* link_example.c */
bool check_cycles(Linker *l);        /* check_cycle.c: false when there are some */
void check_phases(Linker *l);        /* check_phase.c: which rule reads which, no circle */
void check_tables(Linker *l);        /* check_table.c: gaps and overlaps */
void check_bounds(Linker *l);        /* check_bound.c: delegated values against floor and ceiling */
void check_judgements(Linker *l);    /* check_judgement.c: what may be asked of them */
void check_rules(Linker *l);         /* check_rule.c: pay >= 0, alike, secrets, examples */
void check_conditions(Linker *l);    /* check_condition.c: what never or always holds */
void check_catalogues(Linker *l);    /* check_catalogue.c: places' lists against wider ones */
void check_clauses(Linker *l);       /* check_clause.c: headings without a declaration */
void statements_seal(Linker *l);     /* statement.c: what stands where, whatever was wrong */
void check_follows(Linker *l);       /* check_follow.c: intervals > 0, points in bounds, who may */

/* ---- names */
Name *name_find(const Model *m, Str text);
void *name_of(const Linker *l, Str text, NameKind kind); /* NULL when it is something else */
/* Finds the thing a word names or reports that there is none; `what` is "entity", "param", … */
void *name_need(Linker *l, const Token *word, NameKind kind, const char *what);
/* The same for what `extend` adds to: an enum or an entity. */
void name_need_thing(Linker *l, const Token *word);
const char *name_kind_words(NameKind kind); /* "an entity" */
/* Look-ups of a word of a document that are kept as its use (statement.c); NULL: not found. */
const Name *word_name(Linker *l, const Token *word);
const Field *word_field(Linker *l, const Entity *e, const Token *word);
const Code *word_code(Linker *l, const Enum *e, const Token *word);
void link_mention(Linker *l, Pos pos, Pos of); /* `of`: where what the word names is declared */
GHashTable *names_new(Arena *a);
Name *name_add(Linker *l, Str text, NameKind kind, Pos pos, void *what);
bool linker_damaged(const Linker *l, const void *thing);
void linker_damage(Linker *l, void *thing);

/* ---- small readers */
Field *field_add(Linker *l, Entity *e, const Token *name, const Home *home);
/* The field a judgement adds to its entity, in the pass over entities. */
void add_judged(Linker *l, const Declaration *d);
Label link_label(Linker *l, const Node *label, Str name);
Str underscores_to_blanks(Arena *a, Str name);
bool link_type(Linker *l, const Node *type, Type *ret_type);
Type type_of_kind(Kind k);
const char *type_words(Arena *a, const Type *t); /* "money", "a code of ability" */
/* A region by its code or name; reports an unknown one.  Without any region table all are taken. */
bool link_region(Linker *l, Pos pos, Str text, Str *ret_code);
bool region_lies_in(const Model *m, Str region, Str in); /* by codes; is it or lies below */
/* Whether the region lies below one of the level: then it is narrower than the leave given. */
bool region_below_level(const Model *m, Str region, Str level);
/* Reports a level no place has. */
bool leave_level(Linker *l, const Node *level);

/* ---- who may depart from whose declarations (leave.c, semantics 49) */
typedef struct Departure {
    const Document *document; /* of the exception, group … */
    Pos pos;
    const char *what; /* "an exception to" */
    Str name;         /* of what is departed from … */
    Home of;          /* … where it stands … */
    Str leave;        /* … and the level it gives leave to */
} Departure;
/* A document of a narrower place needs leave; reports when there is none, or the places have
 * nothing to do with each other. */
bool leave_needed(Linker *l, const Departure *d);
/* What `amend` stands for or `end` ends: AST_BENEFIT, AST_TASK, …; AST_N: nothing of that name. */
NodeKind amended_kind(const Linker *l, const Declaration *d);
/* The declaration inside `amend`, ready to be linked into a thing of its own.  NULL: it is none of
 * this kind. */
Declaration *declaration_amending(Linker *l, Declaration *d, NodeKind kind, size_t size);
/* The level named behind `may be amended by`, or empty. */
Str leave_of(Linker *l, const Node *leave);
/* Semantics 19: a rule or a value begins with its document, or later; earlier only where that is
 * said.  `from`: the FROM node or NULL. */
void check_begin(Linker *l, const Document *doc, const Node *from, Str name);
/* Reports an item that stands twice, or none of a needed kind. */
const Node *item_once(Linker *l, const Node *items, NodeKind kind, const char *word);

/* Whether a param is `: regions`, a list of places: then it has no values. */
static inline bool param_lists_regions(const Param *p)
{
    return p->type.kind == KIND_REGION;
}

/* ---- what narrower packs add (added.c, semantics 50) */
/* As it is stored: DOCUMENT/WORD of what a document of a place adds to a thing of another document;
 * else empty. */
Str added_name(Linker *l, const Document *by, const Document *owner, Str word);
/* Whether two places that have nothing to do with each other say it: then each means its own. */
bool added_apart(const Linker *l, const Home *a, const Home *b);
/* What a word means where it is written; NULL: nothing. */
const Field *field_said(const Linker *l, const Entity *e, Str word, Pos from);
const Code *code_said(const Linker *l, const Enum *e, Str word, Pos from);
/* False: the word is not one that two places add. */
bool hint_added_field(Linker *l, Diag *d, const Entity *e, Str word);
bool hint_added_code(Linker *l, Diag *d, const Enum *e, Str word);

/* ---- enums */
uint64_t code_bits(const Enum *e, const Code *c); /* the code and all narrower ones */
const Code *code_find(const Enum *e, Str name);
void hint_codes(Linker *l, Diag *d, const Enum *e, Str word);
void hint_fields(Linker *l, Diag *d, const Entity *e, Str word);
void code_fill(Linker *l, Code *c, const Node *n, const Home *home); /* all but its number */

/* ---- fields */
/* A new field of the entity, reported and NULL when it can not be; type and label are left out. */
Field *field_add(Linker *l, Entity *e, const Token *name, const Home *home);
void add_state_fields(Linker *l); /* link_procedure.c */
void add_score_fields(Linker *l); /* link_score.c */
void add_seen_fields(Linker *l);  /* link_seen.c: `shows`, after the entities' days … */
void link_seen(Linker *l);        /* … and what they compute */

/* ---- expressions (expr*.c) */

/* What tells an indicator's figures apart, linked anew for each kind of counted record. */
typedef struct FigureBy {
    const IndicatorIndex *index;
    const Node *const *nodes;
    size_t n;
} FigureBy;

/* The period a figure without a name says itself: count(visit in year). */
typedef struct FigureIn {
    AggregatePeriod period;
    unsigned said; /* by how many of its counts */
    bool differ;
} FigureIn;

typedef struct Scope {
    Linker *l;
    const Entity *subject;   /* bare words are its fields */
    const Expr *place;       /* what `region` is; NULL: the subject's place */
    const Entity *outer;     /* `this` inside an aggregate's where */
    const Param *own;        /* its indexes are words here */
    bool figure;             /* top of an indicator: aggregates run over a region */
    const FigureBy *by;      /* with `figure`; NULL: by region alone */
    FigureIn *in;            /* with `figure`; NULL: its period stands behind its name */
    bool lies_in;            /* the record at hand is a region, and so run aggregates in it */
    bool may_know;           /* `known x` is allowed */
    bool in_known;           /* below `known`: texts and secrets may be named */
    bool rule;               /* secrets may not be read */
    bool outcomes;           /* `raw X` and `net X` are allowed */
    const Expr *general;     /* inside an exception: the amount it replaces */
    const struct Once *once; /* below `again if`: what `award` is */
    bool in_round;           /* sums and products below round(): quotients need not end */
    bool compared;           /* a side of a comparison … */
    bool exact;              /* … or below round(): a share or a mean need not end here */
    bool spelled, spell;     /* a part of such a side; `since(…)` may stand here */
} Scope;

/* Each returns NULL after it has reported why.  `want` helps to read bare codes and regions; it may
 * be NULL, and the result may still be of another type. */
Expr *link_expr(const Scope *s, const Node *n, const Type *want);
Expr *link_condition(const Scope *s, const Node *n);
Expr *link_as(const Scope *s, const Node *n, const Type *type, const char *what);
/* A list `a, b` for a set type, one expression else. */
Expr *link_values(const Scope *s, const Node *list, const Type *type, const char *what);
Expr *expr_as(const Scope *s, Expr *e, const Type *type, const char *what);

const char *function_word(size_t i); /* age, count, …, one by one; NULL behind the last */

/* ---- constants (constant.c) */
typedef struct Env { /* what the indexes of a param are */
    Str region;
    int64_t codes[4]; /* by index position */
    Date day;
    const Param *own;
    unsigned depth;
    unsigned *budget; /* steps left: params that rest on params may branch at each step */
} Env;
/* The value of an expression that reads no record; false: not constant, or unset. */
bool constant_value(const Linker *l, const Expr *e, const Env *env, int64_t *ret_value);
/* The value in force: of the nearest region upwards that has one; NULL: none, the default holds. */
const ParamValue *param_nearest(const Linker *l, const Param *p, const Env *at);
/* A literal as it stands: reports what is none. */
bool constant_need(Linker *l, const Expr *e, int64_t *ret_value);

#endif
