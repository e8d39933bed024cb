/* page_api.h — all that pages and the command line may ask of the trade: who may, what follows,
 * what is journalled. Nothing here names the store; every function that shows or changes facts
 * takes a Session and applies the one permission predicate.  Results live in the caller's arena.
 * Start: care_open(), session_find(). */
#ifndef ANLAO_CARE_PAGE_API_H
#define ANLAO_CARE_PAGE_API_H

#include "base/fail.h"
#include "care/observable.h"
#include "data/batch.h"
#include "data/explain.h"
#include "data/figure.h"
#include "data/record.h"
#include "data/region.h"
#include "declare/model.h"

typedef struct Care Care;

/* ---- the running system
 * ---------------------------------------------------------------------------- */

typedef struct CareOptions {
    const char *uri; /* sqlite:PATH */
    const char
        *packs; /* folder of documents that must be those in force; NULL: whatever is stored */
    const char *keys; /* key file; NULL: PATH.key beside the database */
    bool load; /* load the working set (serve, figures, decide); false for import and explain of one
                */
} CareOptions;

bool care_open(const CareOptions *o, Care **ret, GError **error);
/* What opening it found left out of imports that were interrupted, in words; mostly empty. */
Str care_left_out(const Care *c);
void care_close(Care *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Care, care_close)

const Model *care_model(const Care *c); /* the one in force; borrowed */
const RegionTree *care_regions(const Care *c);
bool care_is_demo(const Care *c);
/* Another process has migrated the database since it was opened: nothing is written any more, and
 * this one should end with status 3.  Looks at the database. */
bool care_is_outdated(Care *c);
Date care_today(const Care *c);    /* business day; a demonstration stands at its own */
int32_t care_place(const Care *c); /* region row the database was made for */

/* ---- who
 * ------------------------------------------------------------------------------------------- */

typedef enum Right {
#define RIGHT(name, zh, en) RIGHT_BIT_##name,
#include "care/rights.def"
#undef RIGHT
    RIGHT_BITS
} Right;

enum {
    MAY_NOTHING = 0,
#define RIGHT(name, zh, en) MAY_##name = 1 << RIGHT_BIT_##name,
#include "care/rights.def"
#undef RIGHT
    MAY_PUBLIC = 1 << 30, /* pages for everybody: sign-in, static files */
    MAY_PAY = MAY_PAY_PREPARE | MAY_PAY_REVIEW | MAY_PAY_APPROVE | MAY_PAY_FUND,
};

typedef struct RoleFacts {
    const char *word, *zh, *en, *level;
    unsigned rights;
    const Role *post; /* of the documents: sees, writes and reveals what its declaration says and
                         nothing else; NULL: a role of rights.def */
} RoleFacts;
extern const RoleFacts role_facts[]; /* those of rights.def */
extern const size_t n_role_facts;
/* All that an account of this database may hold: rights.def first, then the posts that the
 * documents in force declare for a level of regions or inside a facility.  They live as long as the
 * Care. */
size_t care_roles(const Care *c, const RoleFacts **ret);
const RoleFacts *care_role(const Care *c, Str word); /* NULL: no such role */
/* What it may today in that region: a later text of its post, or NULL where it has ended. */
const RoleFacts *care_role_held(const Care *c, Str word, int32_t region);
bool role_ended(const Care *c, const RoleFacts *r); /* in all of this place: nobody is given it */

typedef struct Session {
    Str account, shown; /* sign-in name; the person's name */
    const RoleFacts *role;
    int32_t region; /* scope: this region and all below */
    int64_t
        facility; /* scope of home managers and carers: records of this facility; 0 = not limited */
    Str csrf;     /* to be sent back in field or header */
    Str via;      /* web, cli */
} Session;

/* `token` gets 43 characters and NUL; goes into the cookie.  Fails alike for unknown names and
 * wrong passwords (FAIL_RIGHT), with FAIL_BUSY when the pair of account and address is locked or
 * the address has no tokens left; *ret_tries_left may be NULL. */
#define TOKEN_TEXT 44
bool session_sign_in(Care *c, Str account, Str password, Str address, char token[TOKEN_TEXT],
                     int *ret_tries_left, GError **error);
/* NULL when there is none or it has expired (30 minutes idle, 12 hours in all).  Copied into the
 * arena. */
const Session *session_find(Care *c, Str token, Arena *a);
void session_end(Care *c, Str token);
/* The name of the person who has an account; empty: there is no such account, or it names nobody.
 */
Str session_person(Care *c, Str account, Arena *a);
bool session_csrf_matches(const Session *s, Str given);
/* For the command line: the `--as` user, or the local administrator of the machine. */
bool session_local(Care *c, Str account, Arena *a, const Session **ret, GError **error);
bool session_may(const Session *s, unsigned rights); /* all of them */
/* Whether the role may read, write records of this register, or show this secret in full. */
bool session_sees(const Session *s, const Entity *e);
bool session_writes(const Session *s, const Entity *e);
bool session_reveals(const Session *s, const Field *f);
/* Demonstration accounts (name, role, password) to be named on the sign-in page; none elsewhere. */
typedef struct DemoAccount {
    Str name, password;
    const RoleFacts *role;
} DemoAccount;
size_t care_demo_accounts(const Care *c, Arena *a, const DemoAccount **ret);

/* ---- records
 * ---------------------------------------------------------------------------------------- */

typedef struct ListFilter {
    const Field *field; /* ENUM, SET, BOOL, REGION, REF */
    bool unknown;       /* rows where it is unknown */
    int64_t number;     /* code, bool, region row (and below), record id */
} ListFilter;

typedef struct ListQuery {
    const Entity *entity;
    Str words; /* names: two or more characters; key; citizen number (looked up by blind index,
                  journalled) */
    ListFilter filters[12];
    size_t n_filters;
    int32_t region;   /* ROW_NONE: the session's scope */
    const Rule *rule; /* only records with this outcome of this rule … */
    uint8_t outcome;  /* … in `month`; Truth */
    Month month;
    Date on;                /* day on which computed and dated fields are shown; 0: today */
    size_t page, page_rows; /* page from 0 */
} ListQuery;

typedef struct ListResult {
    Record *rows; /* computed fields filled in; secrets masked */
    size_t n;
    uint64_t total; /* all that match, before paging */
    uint64_t all;   /* all in the session's scope */
} ListResult;
bool record_list(Care *c, const Session *s, const ListQuery *q, Arena *a, ListResult *ret,
                 GError **error);
bool record_get(Care *c, const Session *s, const Entity *e, RecordKey key, Date on, Arena *a,
                Record **ret, GError **error);
/* By what people call it: its id text, or the entity's key field.  FAIL_ABSENT when there is none
 * in scope. */
bool record_find(Care *c, const Session *s, const Entity *e, Str text, RecordKey *ret,
                 GError **error);
/* Records of one register in the session's scope by what people remember: two characters and more
 * of a name (or its first), pinyin and first letters, the number of a record, a citizen number, a
 * telephone's last four digits and more.  The two last are journalled and limited.  At most `most`
 * (LIMIT_PAGE_ROWS); `total` says how many are there, up to SEARCH_COUNTED. */
#define SEARCH_COUNTED 2000u
bool record_search(Care *c, const Session *s, const Entity *e, Str words, size_t most, Arena *a,
                   ListResult *ret, GError **error);
/* Whether records of `e` are found by a number that is kept secret: their own, or of whom they are
 * called by. */
bool search_has_number(const Entity *e);
/* Words that are a citizen number, or may be one or a telephone of whom `e` is about: they belong
 * in no address.  The number of a record is none of these. */
bool search_is_private(Care *c, const Session *s, const Entity *e, Str words);
/* Whether the session may see the record: FAIL_RIGHT, FAIL_ABSENT. */
bool record_allowed(Care *c, const Session *s, const Entity *e, RecordKey key, GError **error);
/* What a record is called: its title fields; for references in lists and forms. */
bool record_title(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a, Str *ret,
                  GError **error);
/* All live periods of a dated field, oldest first. */
bool record_periods(Care *c, const Session *s, const Field *f, RecordKey key, Arena *a, Fact **ret,
                    size_t *ret_n, GError **error);
/* Records of `child` that refer to this one, newest first, at most `most`. */
bool record_children(Care *c, const Session *s, const Entity *child, const Field *by,
                     RecordKey parent, size_t most, Arena *a, ListResult *ret, GError **error);

typedef struct FieldEdit {
    const Field *field;
    Str text;   /* as typed or picked: parsed by kind; empty = unknown (an undated field is cleared)
                 */
    Date since; /* dated fields: from when; 0 = today */
} FieldEdit;

typedef struct FieldFault { /* one wrong input, shown beside its field */
    const Field *field;
    Str zh, en;
} FieldFault;

typedef struct RecordEdit {
    const Entity *entity;
    RecordKey key;    /* id 0: a new record (county 0: from its place) */
    int64_t expected; /* seq shown in the form; conflict when somebody changed it meanwhile */
    const FieldEdit *fields;
    size_t n_fields;
    Str reason;
    bool lift;           /* a step that is held may pass: needs the right LIFT and a reason */
    uint8_t request[16]; /* from the form: a repeated post gets the first answer */
} RecordEdit;

/* Validates everything, then writes in one change, journalled.  False with faults (n > 0, error
 * FAIL_INPUT) when the inputs are wrong; nothing is changed then. */
bool record_save(Care *c, const Session *s, const RecordEdit *edit, Arena *a, RecordKey *ret,
                 FieldFault **ret_faults, size_t *ret_n_faults, GError **error);
#define REASON_LEAST                                                                               \
    4 /* characters: a reason somebody can be asked about; "补卡" says too little */
/* The full text of a secret; journalled with its reason before it is returned. */
bool record_reveal(Care *c, const Session *s, const Field *f, RecordKey key, Str reason, Arena *a,
                   Str *ret, GError **error);

typedef struct HistoryLine {
    int64_t seq, at;
    Str actor, via, kind;
    Label reason;
    struct HistoryField {
        const Field *field;
        Str before_zh, before_en, after_zh, after_en; /* secrets: "已变更" / "changed" */
        Date since;
    } * fields;
    size_t n_fields;
} HistoryLine;
bool record_history(Care *c, const Session *s, const Entity *e, RecordKey key, size_t most,
                    Arena *a, HistoryLine **ret, size_t *ret_n, GError **error);

/* A value as people read it: labels of codes, region names, dates, yuan with two decimals; unknown
 * gives empty. */
Str value_text(Care *c, const Field *f, Value v, bool english, Arena *a);

/* ---- decisions
 * -------------------------------------------------------------------------------------- */

/* One rule for one record and month, with sentences; recomputed now from the facts. */
bool decision_explain(Care *c, const Session *s, const Rule *rule, RecordKey key, Month month,
                      Arena *a, Explanation *ret, GError **error);
/* A check of regions, of one of them: the figure, the value it is compared with, and where these
 * came from (region_explain.c).  FAIL_ABSENT where the check says nothing about it on the day. */
bool region_check_explain(Care *c, const Session *s, const Rule *check, int32_t region, Date on,
                          Arena *a, Explanation *ret, GError **error);
/* All rules about this kind of record that apply to its place, explained; order of documents. */
bool decision_all(Care *c, const Session *s, const Entity *e, RecordKey key, Month month, Arena *a,
                  Explanation **ret, size_t *ret_n, GError **error);

/* ---- figures
 * ---------------------------------------------------------------------------------------- */

typedef enum Met { MET_NO, MET_UNKNOWN, MET_YES, MET_NOT_DUE } Met;

/* Before the due day: how it looks.  Reached already; at this pace; not at this pace. */
typedef enum Trend { TREND_NONE, TREND_REACHED, TREND_ON_WAY, TREND_BEHIND } Trend;

/* Of several that must all meet a target: one that does not, or perhaps not. */
typedef struct TargetFailing {
    Met met;              /* no or unknown, as of the day asked about */
    int32_t region;       /* its place; ROW_NONE: not known */
    size_t cell;          /* the codes it is of */
    const Entity *entity; /* of each record: it is one; else NULL */
    RecordKey key;
    Str name; /* the record's key field, or its id */
    Figure figure;
} TargetFailing;

typedef struct TargetFigure {
    const Target *target;
    const TargetValue *value; /* of the one year, its number computed for the region */
    bool number_unset;        /* a param the number rests on has no value */
    int32_t region;
    size_t cell;   /* of the indicator; 0 is the whole */
    Figure figure; /* as of `on`, or of the due day when that is past */
    Met met;
    Trend trend; /* before the due day only */
    int elapsed; /* per cent of the time that has passed; -1: not known */
    /* `in each`, together, and `of each record`: met if every one is. */
    bool each;
    uint64_t all, reached; /* how many there are, how many meet it as of the day */
    TargetFailing *failing;
    size_t n_failing;
    uint64_t hidden; /* failing records that the session may not see */
} TargetFigure;

/* All targets (or one indicator's) in the order of the documents whose region lies in `region`
 * (ROW_NONE: all).  `in each` gives one figure for each, then one for all together. */
bool figures_targets(Care *c, const Session *s, const Indicator *only, int32_t region, Date on,
                     Arena *a, TargetFigure **ret, size_t *ret_n, GError **error);
/* Of parts that have targets of their own: their sum against the sum of what is asked of them.
 * False where figures do not add up (shares, means, quotients). */
bool targets_sum(const TargetFigure *const *parts, size_t n, Date on, Arena *a, TargetFigure *ret);
/* One indicator and cell for a region and its direct children (county units for a city). */
bool figures_indicator(Care *c, const Session *s, const Indicator *i, size_t cell, int32_t region,
                       Date from, Date on, Arena *a, Figure **ret, size_t *ret_n, GError **error);
/* First day of a flow's period at hand: of the month, quarter or year. */
Date figures_period_start(const Indicator *i, Date day);

/* ---- the living document
 * ---------------------------------------------------------------------------- */

typedef struct ClauseItem {
    DeclarationKind kind;
    const void *what; /* as Statement.what */
    Label label;
    Str name;
    /* what is amended: all that stood one after the other, and which of them this is */
    const Versions *versions; /* NULL: it never was */
    size_t version;
    /* benefits and checks, and what stands for one: the month's outcomes in the region, of the
       records for which this version holds */
    uint64_t yes, no, unknown, judgement;
    int64_t sum;        /* fen */
    int64_t most;       /* fen: what a person judges, at its ceilings: beside the sum */
    uint64_t unbounded; /* of what a person judges: records without a ceiling */
    struct ClauseMissing {
        Str name, zh, en;
        bool is_param;
        uint64_t count;
    } * missing; /* most frequent first, at most 5 */
    size_t n_missing;
    /* judgements: `judgement` wait for it in the region, `yes` have it decided */
    Label who, papers;
    Str most_zh, most_en; /* the ceiling; empty: none stated */
    const Rule *waiting;  /* a rule that waits for it, to list the records; or NULL */
    /* indicators */
    Figure figure;
    Figure *cells; /* by code; none where it is by region alone */
    size_t n_cells;
    /* targets */
    TargetFigure *targets;
    size_t n_targets;
    /* params */
    bool unset;             /* asks the place to set it */
    Str value_zh, value_en; /* value in force on the day, for the region */
    Str source;
} ClauseItem;

/* The rule the item is, or amends; NULL: it is of another kind, or ends one. */
static inline const Rule *clause_item_rule(const ClauseItem *item)
{
    bool amends = item->kind == DECLARES_AMEND && item->versions != NULL &&
                  item->versions->list[item->version].rule != NULL;
    return item->kind == DECLARES_BENEFIT || item->kind == DECLARES_CHECK || amends
               ? (const Rule *)item->what
               : NULL;
}

typedef struct ClauseView {
    const Clause *clause;
    ClauseState state;
    bool judged; /* it runs up to where a person has to decide */
    ClauseItem *items;
    size_t n_items;
} ClauseView;

typedef struct DocumentView {
    const Document *document;
    ClauseView *clauses;
    size_t n_clauses;
    size_t running, declared, missing; /* leaf clauses … */
    size_t judged;                     /* … of those that run */
} DocumentView;
bool document_view(Care *c, const Session *s, const Document *d, int32_t region, Month month,
                   Arena *a, DocumentView *ret, GError **error);

/* ---- a draft, before it is in force
 * ---------------------------------------------------------------------------- */

typedef struct DraftDiag {
    Severity severity;
    Str document; /* by its name */
    bool own;     /* of the draft itself, not of a document around it */
    uint32_t line, column, length;
    Str text, hint; /* hint may be empty */
} DraftDiag;

typedef struct DraftCheck {
    Str document; /* as the draft's header names it; empty when it has none */
    DraftDiag *list;
    size_t n;
    unsigned errors, warnings; /* all of them, listed or not */
    size_t rules, examples;    /* of the draft, when it compiles */
} DraftCheck;

/* The documents in force here with this text in the place of the one of its name, or beside them:
 * what `anlao check` would say.  Nothing is stored. */
bool draft_check(Care *c, const Session *s, Str text, Arena *a, DraftCheck *ret, GError **error);

/* ---- counts for the first page
 * ---------------------------------------------------------------------- */

typedef struct EntityCount {
    const Entity *entity;
    uint64_t records; /* in the session's scope */
} EntityCount;
bool care_counts(Care *c, const Session *s, Arena *a, EntityCount **ret, size_t *ret_n,
                 GError **error);

#endif
