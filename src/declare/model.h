/* model.h — what exists and what is decided: the frozen result of reading documents.
 * In: documents (Markdown).  Out: a Model, immutable and reference-counted; every name in it is
 * resolved and every expression typed.  Not here: how rules run (compile/), SQL (store/).  Start:
 * model_read().
 *
 * All pointers live in the Model's arena.  Numbers (entity->number, field->index, enum code
 * numbers) are dense and follow the order of the documents: they are for this Model only; what is
 * stored uses field->stable. */
#ifndef ANLAO_DECLARE_MODEL_H
#define ANLAO_DECLARE_MODEL_H

#include "base/date.h"
#include "base/diag.h"
#include "base/fail.h"
#include "base/limits.h"
#include "data/kind.h"

typedef struct Model Model;
typedef struct Entity Entity;
typedef struct Field Field;
typedef struct Enum Enum;
typedef struct Code Code;
typedef struct Expr Expr;
typedef struct Param Param;
typedef struct Table Table;
typedef struct Catalogue Catalogue; /* catalogue.h */
typedef struct Rule Rule;
typedef struct Exception Exception;
typedef struct Combine Combine;
typedef struct Document Document;
typedef struct Clause Clause;
typedef struct Statement Statement;
typedef struct Mention Mention;
typedef struct Role Role;
typedef struct Task Task;
typedef struct Duty Duty;
typedef struct Procedure Procedure;
typedef struct Hold Hold;
typedef struct Account Account;
typedef struct Draw Draw;
typedef struct Score Score;
typedef struct Publish Publish;
typedef struct Paper Paper;
typedef struct Exchange Exchange;
typedef struct Judgement Judgement;
typedef struct Versions Versions;
typedef struct RegionCheck RegionCheck;
typedef struct Indicator Indicator;
typedef struct Example Example;

typedef struct Label {
    Str zh, en; /* en falls back to the name with blanks for underscores */
} Label;

/* Where a declaration stands is its citation. */
typedef struct Home {
    const Document *document;
    const Clause *clause; /* NULL only before the first heading */
    Pos pos;
} Home;

/* ---- types
 * ---------------------------------------------------------------------------------------- */

typedef enum Unit {            /* what a number counts; mixing two is refused */
                    UNIT_NONE, /* plain number, and counts */
                    UNIT_YUAN, /* money; scale 2 = fen */
                    UNIT_M2,
                    UNIT_HOURS, /* scale 0 = minutes in storage; in expressions minutes */
                    UNIT_DAYS,
                    UNIT_MONTHS,
                    UNIT_YEARS,
                    UNIT_WORKING_DAYS, /* deadlines only: no sum, no comparison with other durations
                                        */
} Unit;

typedef struct Type {
    Kind kind;
    Unit unit; /* of INT, DECIMAL, MONEY, AREA, SHARE, HOURS; durations are INT with DAYS, MONTHS,
                  YEARS */
    uint8_t scale;    /* decimals of the mantissa an expression of this type yields */
    uint16_t length;  /* TEXT(n): most code points */
    const Enum *of;   /* ENUM, SET */
    const Entity *to; /* REF */
    bool is_truth;    /* result of a condition: four-valued, kind BOOL */
} Type;

/* What a narrower pack adds is stored and exchanged as DOCUMENT/WORD, so that one word of two
 * places is never one thing (semantics 50).  `stored` says that, and is empty where the name does.
 * Where two places add one word to one thing, both are called so in the Model too; `word` is then
 * what their documents write, and is empty where the name does.  Use entity_stored(), field_word()
 * … */
struct Code {
    Str name, word, stored;
    Label label;
    unsigned number;   /* 0.. in order; the rank of an ordered enum; the bit of a set */
    int stable;        /* stored number: never changes while the name stays (hash of the name; of an
                          addition        of its document and name) */
    const Code *wider; /* NULL, or the code a narrower pack's addition counts as */
    Home home;
};

struct Enum {
    Str name, stored;
    Label label;
    bool ordered;
    Code *codes;
    size_t n_codes;
    unsigned number;
    Home home;
};

/* ---- what is recorded
 * ------------------------------------------------------------------------------ */

struct Field {
    Str name, word, stored;
    Label label;
    Type type;
    const Entity *entity;
    unsigned index; /* column number in batches */
    bool required, dated, secret, unique, open;
    bool checked; /* a change waits for a second person (care/proposal.h) */
    bool found; /* a search looks here too, as in titles; of a secret telephone, by its last digits
                 */
    bool has_range;
    int64_t low, high;   /* declared range, in the kind's storage units */
    const Expr *compute; /* computed field (`= expr` or `derive`), else NULL */
    Str leave;           /* its derive may be amended by this level: empty, by none */
    Str reason; /* `because "…"`: what it is recorded for, where no rule reads it; or empty */
    const Judgement *judgement; /* what a person decides; until then open (semantics 54) */
    Home home;
};

struct Entity {
    Str name, stored;
    Label label;
    unsigned number; /* index in Dataset.batches */
    Field **fields;  /* declared order; computed ones included */
    size_t n_fields;
    const Field *begin, *end; /* `holds begin through|to end`; both NULL: exists always */
    bool end_counts;          /* through: the end day itself still counts */
    const Expr *place; /* path to a region: field or reference.field; NULL only for `region` and
                          code lists */
    const Field *event_day; /* `dated by F`: the day of an event record, else NULL */
    const Field **title;    /* fields that name a record */
    size_t n_title;
    const Field **list; /* columns of lists; title first when not declared */
    size_t n_list;
    const Field *key;           /* `key F`: what people call the record in files; NULL: its id */
    const Procedure *procedure; /* that gives it the field `state`; NULL: none */
    const Field *seen;          /* `seen_on`: the last day a record showed it; NULL: none may */
    struct Sighting *shown;     /* by which records, in the order of the documents */
    size_t n_shown;
    Home home;
};

/* `shows elder where …`: each record of an entity in which that is yes shows that the one it
 * refers to was there, in person, on its day. */
typedef struct Sighting {
    const Entity *event;
    const Field *by, *day;
    const Expr *latest; /* the last such day; in terms of the one shown */
    Home home;
} Sighting;

/* ---- expressions
 * ------------------------------------------------------------------------------------ */

typedef enum ExprKind {
    EXPR_NUMBER, /* number (mantissa), type.scale, type.unit; also months (KIND_MONTH) */
    EXPR_DATE,   /* number = Date */
    EXPR_TRUTH,  /* number = Truth: yes, no */
    EXPR_CODE,   /* number = code number of type.of */
    EXPR_SET,    /* number = bits; a literal list of codes of type.of */
    EXPR_REGION, /* text = code */
    EXPR_DAY,    /* the day of the evaluation */
    EXPR_FIELD,  /* path of fields: all but the last are references */
    EXPR_PARAM,  /* param; args = one per index */
    EXPR_TABLE,  /* table; args = one per parameter */
    EXPR_INDEX,  /* inside a param's own default or floor: number = which of its indexes; at the top
                    of an indicator: 0 (type REGION) the region of the figure, 1 + k its code of
                    Indicator.index[k] */
    EXPR_NOT,    /* a */
    EXPR_AND,    /* a b */
    EXPR_OR,
    EXPR_EQ,
    EXPR_NE,
    EXPR_LT,
    EXPR_LE,
    EXPR_GT,
    EXPR_GE,        /* a b: scales already equal; ints of one unit */
    EXPR_BETWEEN,   /* a, b..c inclusive */
    EXPR_IN,        /* a in set b (b: EXPR_SET, param of set type, or union of them) */
    EXPR_IN_REGION, /* region a lies in region b (or is it) */
    EXPR_HAS_ANY,
    EXPR_HAS_ALL, /* set a, set b */
    EXPR_KNOWN,   /* a: yes or no */
    EXPR_REACHED, /* a: path to the field `state` of `procedure`; number: the state: was in it on
                     or before the day */
    EXPR_ENTERED, /* the same: the first day it was in it */
    EXPR_UNION,   /* set a + set b */
    EXPR_ADD,
    EXPR_SUB,
    EXPR_MUL, /* scale of the result is in type.scale; operands of ADD/SUB equal scales */
    EXPR_DIV, /* by a number whose decimal is finite: b is EXPR_NUMBER, and the result, a * 10^(z +
                 y
                 - x) / b for scales z of the result, x of a, y of b, is whole; else only below
                 EXPR_ROUND (and ADD, SUB, MUL, DIV, RESCALE between): that rounds the exact
                 quotient once; directly below it has its scale, deeper its scale means nothing */
    EXPR_NEG,
    EXPR_RESCALE, /* a brought to type.scale (greater than a's): made by linking, exact */
    EXPR_ROUND,   /* a to type.scale, direction in number (Rounding) */
    EXPR_MIN,
    EXPR_MAX,  /* a b */
    EXPR_IF,   /* a then b else c */
    EXPR_CASE, /* args: condition, value, condition, value, …, [else value]; one that selects is a
                  chain */
    EXPR_AGE,  /* completed years from date a to the day */
    EXPR_YEARS,
    EXPR_MONTHS,
    EXPR_DAYS,     /* completed from date a to date b; DAYS counts nights */
    EXPR_DISTANCE, /* whole metres between points a and b (data/point.h) */
    EXPR_SINCE,    /* first day of the unbroken spell of condition a that reaches the day; stands in
                      comparisons only, which are no where a is */
    EXPR_DATE_ADD, /* date a + b months (unit MONTHS or YEARS) or days */
    EXPR_AGGREGATE, /* see `aggregate` */
    EXPR_GENERAL,   /* inside an exception: the amount a it replaces */
    EXPR_OUTCOME,   /* what `rule` pays in the month: number 0 by itself, 1 net of its groups */
    EXPR_VERSION,   /* args[i] while versions->list[i] is the one in force on the day, in the place
                       of the record */
} ExprKind;

typedef enum AggregateKind {
    AGGREGATE_COUNT,
    AGGREGATE_SUM,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_EXISTS,
    AGGREGATE_LATEST,
    AGGREGATE_SHARE,
    AGGREGATE_MEAN,
    AGGREGATE_DISTINCT /* how many different values */
} AggregateKind;

typedef enum AggregatePeriod { /* months */
                               AGGREGATE_ALWAYS = 0,
                               AGGREGATE_IN_MONTH = 1,
                               AGGREGATE_IN_QUARTER = 3,
                               AGGREGATE_IN_YEAR = 12
} AggregatePeriod;

typedef struct Aggregate {
    AggregateKind kind;
    const Entity *of; /* the counted records */
    const Field *by; /* their reference to this record; NULL inside indicators, and where the record
                        at hand is a region of one: whatever lies in the region */
    const Expr *to;  /* the record they refer to, where it is not this one: path of a reference */
    const Field *at; /* each record is looked at on this day of its own; NULL: on the day */
    const Expr *value; /* in terms of the counted record; NULL for count and exists */
    const Expr *where; /* in terms of the counted record, outer record by EXPR_FIELD with `outer`;
                          NULL = all */
    const Expr *base;  /* of a share: of which records, likewise; NULL = all */
    AggregatePeriod period; /* only events of the period that holds the day, up to the day */
    const Expr *otherwise;  /* `else V`, or NULL */
    bool known_only;        /* count(known …) */
    const Expr **index;     /* in an indicator: its further indexes, in terms of the counted record;
                               not below another aggregate */
    size_t n_index;
} Aggregate;

struct Expr {
    ExprKind kind;
    Type type;
    Pos pos;
    int64_t number;
    Str text;
    const Expr *a, *b, *c;
    const Expr **args;
    size_t n_args;
    const Field **path; /* EXPR_FIELD */
    size_t n_path;
    bool outer; /* EXPR_FIELD below an aggregate's where: `this.field`; number: how many aggregates
                   further out */
    const Param *param;
    const Table *table;
    const Aggregate *aggregate;
    const Procedure *procedure; /* EXPR_REACHED, EXPR_ENTERED */
    const Rule *rule;
    const Versions *versions; /* EXPR_VERSION */
    const Entity *entity;     /* EXPR_SINCE: whose condition it is */
    uint32_t size; /* nodes met when all parts are walked, shared ones each time; at most 16,384 */
};

/* ---- params and tables
 * ------------------------------------------------------------------------------ */

typedef struct ParamIndex { /* region, or an enum */
    bool is_region;
    const Enum *of;
    Str name; /* as written: region, care_class */
} ParamIndex;

/* One value with its period, place and reason. */
typedef struct ParamValue {
    Str region;       /* code; empty: no region index, or all places of the document */
    int64_t codes[3]; /* code numbers of the enum indexes, in order of the indexes that are enums */
    Date since, until; /* since: `from`, else the document's in-force date; until DATE_MAX */
    int64_t number;    /* storage units of the param's type; bits for a set */
    Str source; /* `source "…"`: where the figure was found; empty when the document itself states
                   it */
    bool certain; /* false: `unsure` — never pays: such a value counts as unset */
    Home home;
} ParamValue;

struct Param {
    Str name;
    Label label;
    Type type;
    ParamIndex index[4];
    size_t n_index;
    ParamValue *values; /* sorted by region, codes, since */
    size_t n_values;
    const Expr *otherwise; /* default as an expression of its indexes (EXPR_INDEX), used where no
                              value is set */
    const Expr *floor, *ceiling; /* delegated bounds, or NULL */
    Str delegated_to;            /* level: county, city …; empty: not delegated */
    Str *regions;                /* of a param of type `regions` (type.kind REGION): codes; its
                                    n_values is 0 */
    size_t n_regions;
    Str reason; /* `because "…"`: the place's reading and its reason */
    unsigned number;
    Home home;
};

typedef struct TableCell { /* one condition of one row on one axis */
    bool any;
    int64_t low, high; /* inclusive, in the axis type's storage units; codes: unused */
    uint64_t codes;    /* bits, for enum axes */
} TableCell;

struct Table {
    Str name;
    Label label;
    struct TableAxis {
        Str name;
        Type type;
        bool has_range;
        int64_t low, high; /* declared range, or the type's own */
    } axis[6];
    size_t n_axes;
    Type type;        /* of the result */
    TableCell *cells; /* n_rows * n_axes */
    bool *unset;      /* per row: the result is `unset`, a param-like gap the place must fill */
    int64_t *results; /* n_rows */
    size_t n_rows;    /* an `else` row, when there is one, is the last: all cells any */
    bool has_else;
    const Versions *versions; /* it was amended or ended: asked by EXPR_VERSION; NULL: never */
    Str leave;                /* may be amended by this level: empty, by none */
    Home home;
    unsigned number;
};

/* ---- rules: what is decided about a record
 * ------------------------------------------------------------ */

typedef enum RuleKind { RULE_BENEFIT, RULE_CHECK } RuleKind;
typedef enum Cycle { CYCLE_MONTH, CYCLE_YEAR, CYCLE_ONCE } Cycle;
typedef enum Governing {
    GOVERN_FIRST_DAY,
    GOVERN_LAST_DAY,
    GOVERN_ANY_DAY,
    GOVERN_EACH_DAY
} Governing;

typedef struct FundPart {
    Str fund;             /* code of enum fund, or name */
    int64_t share;        /* SHARE units; -1 = rest */
    const Param *balance; /* `up to its balance`: what is left in it; else NULL */
} FundPart;

struct Rule {
    RuleKind kind;
    Str name;
    Label label;
    const Entity *subject;
    Date from, until;  /* in force; the document's unless it says otherwise */
    const Expr *place; /* `in PATH`: the region it goes by; NULL: the entity's place */
    const Expr *when;  /* condition (truth); NULL = always */
    /* benefit */
    const Expr *pay; /* amount, MONEY; NULL: a yes without amount */
    Cycle cycle;
    Governing governing;
    int year_month, year_day;   /* every year on MM-DD */
    const Field *once_on;       /* once on FIELD */
    const Expr *once_per;       /* once per KEY: a reference, or NULL … */
    const Entity *once_against; /* … its awards … */
    const Expr *once_again; /* … against the latest of which this lets it be paid again; or NULL */
    const Expr *once_free;  /* the condition all that comes to: part of `when` */
    const Expr *start_after; /* from month after DATE; NULL */
    const Expr *start_of;    /* from month of DATE; NULL */
    bool has_round;
    Rounding round; /* to 1 fen, once, on the sum of the record's month */
    const Expr *to; /* payee path, or NULL = the subject */
    FundPart *funds;
    size_t n_funds;
    const Field **alike; /* what outcome and amount must not depend on */
    size_t n_alike;
    const Versions *versions; /* it was amended or ended: then `when`, `pay` … are EXPR_VERSION, and
                                 from, until those of all versions; NULL: it never was */
    bool judged; /* its outcome or amount may wait for a person's word (semantics 54) */
    /* check */
    const Expr *require;  /* no → alert, unknown → not shown */
    Str cure_zh, cure_en; /* text with {expr} parts, as written */
    const Expr **
        cure_parts; /* the parts in order (both languages use the same list, by first appearance) */
    size_t n_cure_parts;
    /* benefits among themselves */
    const Exception **exceptions; /* the first whose condition holds replaces `pay` */
    size_t n_exceptions;
    const Combine **groups; /* of which it is a member, in the order in which they are applied */
    size_t n_groups;
    const Rule **reads; /* whose `raw` or `net` it asks for */
    size_t n_reads;
    const RegionCheck *asked; /* of a check of regions: the figure it asks instead of `require`;
                                 such checks are Model.region_checks, not among its rules */
    Str leave;                /* may be amended by this level: empty, by none */
    unsigned node, level; /* rules linked by groups are one node; a node's level lies above those
                             of the nodes it reads */
    unsigned number;      /* dense over all rules */
    Home home;
};

/* What a document says in place of an earlier declaration, from its day on (semantics 49). */
typedef struct Version {
    Home home; /* of the first: where it was declared */
    Date from, until;
    bool ends;         /* there is nothing from then on */
    bool narrower;     /* its document is of a place inside the first's: it holds there only */
    const Rule *rule;  /* the whole rule as that document says it; NULL: it ends, or is no rule */
    const Expr *value; /* of a computed field */
    const Table *table;
    const Indicator *indicator;
} Version;

/* Whichever stands last in the list and is in force on the day, in the place of the record, holds;
 * none: there is nothing in force.  Wider places stand before narrower ones. */
struct Versions {
    Version *list; /* [0]: as first declared */
    size_t n;
    Str name; /* of the rule, or entity.field */
};
/* What is asked as a whole (target, task, duty, hold): each text is a thing of its own, and says
 * which of the versions it is.  NULL: it never was amended or ended. */
typedef struct Wording {
    const Versions *of;
    size_t version;
    Str leave; /* may be amended by this level: empty, by none */
} Wording;
/* The last day on which any of them holds that begin before a day: an end of the whole place is the
 * last. */
Date versions_until(const Versions *v, Date before);

/* Replaces what a benefit pays where its condition is yes (semantics 44).  It holds on the days
 * from..until in the place of its own document. */
struct Exception {
    Str name; /* empty: it has none */
    Label label;
    const Rule *of;
    const Expr *when, *pay; /* pay: MONEY, EXPR_GENERAL inside is the replaced amount */
    bool has_round;
    Rounding round;
    Date from, until;
    unsigned number;
    Home home;
};

typedef enum CombineKind {
    COMBINE_ALL,
    COMBINE_HIGHEST,
    COMBINE_FIRST,
    COMBINE_CHOSEN
} CombineKind;

/* Benefits of one subject and cycle that exclude each other (semantics 41). */
struct Combine {
    CombineKind kind;
    const Rule **members; /* in the order named */
    size_t n_members;
    const Field *by; /* chosen: the recorded choice … */
    int64_t *codes;  /* … and its code for each member */
    Date from, until;
    unsigned number; /* in the order in which groups are applied */
    Home home;
};

/* ---- figures
 * ------------------------------------------------------------------------------------------ */

typedef enum FigurePeriod {
    FIGURE_ANY_PERIOD,
    FIGURE_MONTH,
    FIGURE_QUARTER,
    FIGURE_YEAR
} FigurePeriod;

/* What tells an indicator's figures apart beside region and period: a code of the counted records.
 */
typedef struct IndicatorIndex {
    Str name; /* as written: kind */
    Label label;
    const Enum *of;
} IndicatorIndex;

struct Indicator {
    Str name;
    Label label, unit; /* 张 / beds */
    bool flow;         /* events in a period; else state on a day */
    IndicatorIndex index[LIMIT_FIGURE_INDEXES];
    size_t n_index;
    FigurePeriod period; /* of a flow: month, quarter, year; ANY: any stretch of days */
    const Expr *value;   /* arithmetic over EXPR_AGGREGATE (by == NULL), params, numbers, fields of
                            the region (EXPR_FIELD of entity region) */
    Type type;
    const Versions *versions; /* it was amended or ended; NULL: never */
    Str leave;                /* may be amended by this level: empty, by none */
    unsigned number;
    Home home;
};

/* Figures of one region: cell 0 is the whole, the others one code (or the whole) per index, the
 * last index fastest.  -1 stands for the whole. */
#define FIGURE_WHOLE (-1)
size_t indicator_cells(const Indicator *i);
size_t indicator_cell(const Indicator *i, const int *codes); /* codes[n_index] */
void indicator_codes(const Indicator *i, size_t cell, int *ret_codes);
/* Whether figures of parts add up to the figure of the whole: counts and sums, no shares. */
bool indicator_adds_up(const Indicator *i);

typedef enum Compare { COMPARE_GE, COMPARE_GT, COMPARE_LE, COMPARE_LT, COMPARE_EQ } Compare;

#define YEAR_OPEN 9999 /* a target that recurs while its document is in force */

typedef struct TargetValue {
    Str region;                      /* code; empty with each_level */
    int codes[LIMIT_FIGURE_INDEXES]; /* per index of the indicator; FIGURE_WHOLE */
    int year_from, year_to; /* the years of the period; of a stock the year of the due day */
    Date from;              /* flow: first day of the period */
    Date due;               /* stock: the day; flow: end of the period */
    bool yearly; /* due anew on month, day of every year year_from..year_to (YEAR_OPEN: no end);
                    from, due are those of the first */
    int month, day;
    int64_t number;    /* in the indicator's scale */
    const Expr *value; /* instead of the number: params and the region's own fields, as on the due
                          day; NULL */
    bool is_total;     /* the printed sum column: verified, shown, not a target of its own */
    Pos pos;
} TargetValue;

typedef struct Target {
    const Indicator *indicator;
    Compare compare;
    TargetValue *values;
    size_t n_values;
    bool until;             /* until D: the same day, said of the way there */
    bool each;              /* met if every one of the values is */
    const Param *each_of;   /* in each P: param of regions; the list itself is in values */
    const Expr *each_where; /* only those regions: in terms of entity region; NULL: all of them */
    const Entity *of;       /* of each ENTITY: the figure of each record by itself; NULL */
    const Expr *of_where;   /* only those records, in terms of them; NULL: all */
    Wording wording;
    unsigned number;
    Home home;
} Target;

/* What a check asks of the regions that lie in its document's place (semantics 39, 55): a figure,
 * of a flow that of the period at hand up to the day, against a value, as a target that is always
 * due.
 */
struct RegionCheck {
    Target asks;             /* indicator, compare, each_where: `when` */
    TargetValue value;       /* codes, number or value */
    const Indicator **parts; /* of the cure, in order of first appearance; as of the same days */
    size_t n_parts;
};

typedef struct Nothing { /* a clause that asks for nothing a program could do, and why */
    Str reason;
    Home home;
} Nothing;

/* ---- places
 * ------------------------------------------------------------------------------------------- */

typedef struct RegionRow {
    Str code, name, name_en, level, parent, managing; /* managing: who runs it; empty = parent */
    int32_t county; /* fixed county number for keys; 0 = none of its own (townships: their managing
                       county's) */
    Date since, until;
    Home home;
} RegionRow;

/* ---- documents
 * ---------------------------------------------------------------------------------------- */

typedef enum Layer { LAYER_MODEL, LAYER_STANDARD, LAYER_NATIONAL, LAYER_PLACE } Layer;

struct Clause {
    Str number; /* 二(六)16e; of a heading without number: its whole title */
    Label title;
    unsigned level;         /* 1.. as the heading */
    Str prose_zh, prose_en; /* safe HTML: paragraphs; block quotes are the English */
    Str source;             /* Markdown as written, for the author's view */
    const Document *document;
    size_t index;
    Pos pos;
};

struct Document {
    Str name; /* pingxiang-2020 */
    Label title;
    Layer layer;
    Str place;          /* region code; empty: everywhere */
    Date from, until;   /* in force */
    Str number, issued; /* as printed, may be empty */
    const Document **builds_on;
    size_t n_builds_on;
    Clause **clauses;
    size_t n_clauses;
    bool supposed;        /* model_suppose(): what if */
    Str text;             /* whole file */
    uint8_t hash[32];     /* SM3 of text; nothing in Models of packs_each() */
    const Source *source; /* the same in all Models of one reading (parsed.h) */
    const char *file;     /* in the folder of documents: places/pingxiang-2020.md; else its name */
};

struct Model {
    Arena *arena;
    int refs;
    Document **documents;
    size_t n_documents; /* order: model, standards, national, place */
    Entity **entities;
    size_t n_entities;
    Enum **enums;
    size_t n_enums;
    Param **params;
    size_t n_params;
    Table **tables;
    size_t n_tables;
    Catalogue **catalogues;
    size_t n_catalogues;
    Rule **rules;
    size_t n_rules;
    Exception **exceptions;
    size_t n_exceptions;
    Rule **region_checks;
    size_t n_region_checks;
    Combine **combines;
    size_t n_combines;
    Indicator **indicators;
    size_t n_indicators;
    Target **targets;
    size_t n_targets;
    Duty **duties;
    size_t n_duties;
    Nothing *nothings;
    size_t n_nothings;
    Role **roles;
    size_t n_roles;
    Task **tasks;
    size_t n_tasks;
    Procedure **procedures;
    size_t n_procedures;
    Hold **holds;
    size_t n_holds;
    Account **accounts;
    size_t n_accounts;
    Draw **draws;
    size_t n_draws;
    Score **scores;
    size_t n_scores;
    Publish **publications;
    size_t n_publications;
    Paper **papers;
    size_t n_papers;
    Exchange **exchanges;
    size_t n_exchanges;
    Judgement **judgements;
    size_t n_judgements;
    Example **examples;
    size_t n_examples;
    RegionRow *regions;
    size_t n_regions;      /* parents before children, siblings in document order */
    Statement *statements; /* what stands where: statement.h */
    size_t n_statements;
    Mention *mentions;
    size_t n_mentions;
    bool whole;              /* false only of model_survey(): some of it could not be read */
    uint8_t schema_hash[32]; /* entities, fields, enums: gates the start */
    uint8_t policy_hash[32]; /* everything else: never gates it */
    GHashTable *names;       /* Str name → declaration; use the look-ups below */
};

typedef struct DocumentFile {
    const char *name; /* shown in diagnostics */
    Str text;
} DocumentFile;

/* Reads documents together (any order; `builds on` says what they rest on).  Returns the Model, or
 * NULL when `diags` holds errors.  Never crashes, whatever the bytes.  The texts are copied. */
Model *model_read(const DocumentFile *files, size_t n, Diags *diags);
/* What if: the same, but a value that one of the first `supposed` documents sets takes the place of
 * those that the same place sets for the same codes from that day on. */
Model *model_suppose(const DocumentFile *files, size_t n, size_t supposed, Diags *diags);
/* The stack in force for a place: all of packs/model, the standards and national documents, and
 * those of the place, of the places above and below it.  `packs` is the folder; `place` a region
 * code or NULL for all. */
Model *model_read_packs(const char *packs, const char *place, Diags *diags, GError **error);
/* One after the other, the stacks that together hold every document of the folder: one for each
 * place that has documents and none above it, or a single one without places.  Two places that have
 * nothing to do with each other may use the same names.  The visitor gets the Model (NULL when
 * `diags` holds errors; without hashes, which are for databases) and the Diags, and frees both. */
typedef void (*PacksVisit)(void *context, const char *place, Model *m, Diags *diags);
bool packs_each(const char *packs, PacksVisit visit, void *context, GError **error);
Model *model_ref(const Model *m);
void model_unref(Model *m);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_unref)

const Entity *model_entity(const Model *m, Str name);
const Field *entity_field(const Entity *e, Str name);
Str field_word(const Field *f); /* as documents write it; `name`, but where two places add one */
Str code_word(const Code *c);
Str entity_stored(const Entity *e); /* as it is numbered in a database, and exchanged */
Str enum_stored(const Enum *e);
Str field_stored(const Field *f);
Str code_stored(const Code *c);
bool entity_is_region(const Entity *e); /* its records are the places themselves */
/* The one field of `from` that refers to `to`; NULL: none, or several. */
const Field *entity_reference(const Entity *from, const Entity *to);
const Enum *model_enum(const Model *m, Str name);
const Code *enum_code(const Enum *e,
                      Str name_or_label); /* name, then Chinese label, then English */
const Param *model_param(const Model *m, Str name);
const Rule *model_rule(const Model *m, Str name); /* also a check of regions */
const Expr *rule_place(const Rule *r); /* the path to the region it goes by; NULL: none */
const Indicator *model_indicator(const Model *m, Str name);
const Document *model_document(const Model *m, Str name);
const Table *model_table(const Model *m, Str name);
const Role *model_role(const Model *m, Str name);
const Task *model_task(const Model *m, Str name);
const Procedure *model_procedure(const Model *m, Str name);
const RegionRow *model_region(const Model *m, Str code_or_name);
/* Schema difference in words, for a refused start: lines "entity elder: field x is new". */
char *model_schema_text(
    const Model *m); /* canonical text of the schema, g_free; its SM3 is schema_hash */
char *schema_difference(const char *stored, const char *now); /* g_free */
/* A number of a type as it is written: 200 yuan, 30%, 2020-01-01, severe. */
void number_print(const Type *t, int64_t number, GString *to);
/* Every expression of a rule: conditions, amounts, starts, cures, those of its exceptions. */
typedef void (*ExprVisit)(const Expr *e, void *context);
void rule_walk(const Rule *r, ExprVisit visit, void *context);
/* Writes an expression back as source text, for pages and explanations. */
void expr_print(const Expr *e, GString *to);
/* Calls `visit` for e and every expression below it, aggregates included. */
void expr_walk(const Expr *e, ExprVisit visit, void *context);
/* A share or mean over records that refer to one: a quotient that need not end. */
bool expr_is_quotient(const Expr *e);

#include "declare/model_follow.h"

#include "declare/model_judgement.h"

#include "declare/model_example.h"

#endif
