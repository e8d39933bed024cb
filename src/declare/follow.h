/* follow.h — what the files that link roles, tasks, procedures and their like share: who, how long,
 * how often, which records.  Start: link_who(). */
#ifndef ANLAO_DECLARE_FOLLOW_H
#define ANLAO_DECLARE_FOLLOW_H

#include "declare/expr.h"

/* `by A, B`: roles and codes of enum agency; levels of regions too where `levels` says so. */
Whos link_who(Linker *l, const Node *names, bool levels);
bool link_one_who(Linker *l, const Token *word, bool levels, Who *ret); /* false: reported */
/* A code of enum region_level, or NULL after reporting. */
const Code *link_level(Linker *l, const Token *word, const char *what);
/* 30 days, notice_days, interval[risk]: any unit of time; NULL after reporting. */
const Expr *link_duration(const Scope *s, const Node *n, const char *what);
/* month, quarter, half_year, year; PERIOD_NONE when it is none of them. */
PeriodKind period_of_word(Str word);
/* `every month` or `every D`: one of the two is set. */
void link_recurs(const Scope *s, const Node *n, const Expr **ret_every, PeriodKind *ret_period);
/* The one reference of `from` to `to`; or the field named by `word`, which may be NULL. */
const Field *link_reference(Linker *l, const Entity *from, const Entity *to, const Token *word,
                            Pos pos);
/* entity or entity.reference, and `where`: of events that show that something was done.  `subject`
 * NULL: they lie in the place. */
bool link_done(Linker *l, const Node *n, const Entity *subject, DoneBy *ret);
/* What must be given: yes, for a yes or no; in the set, for a code; known, for everything else. */
bool link_need(const Scope *s, const Node *n, Need *ret);
/* n or n..m, each at least `low`. */
bool link_times(Linker *l, const Node *n, unsigned low, unsigned *ret_least, unsigned *ret_most);
/* Rules of one place hold for records that lie there (semantics 48). */
void link_territory(Linker *l, const Declaration *d, const Entity *e);
/* A figure of a region that has no name of its own (link_figure.c): of the days `like` is of; NULL:
 * of the period its counts say; else, where it counts events, of that of the list it stands in. */
const Indicator *link_own_figure(Linker *l, const Node *n, const Home *home, const Indicator *like,
                                 AggregatePeriod of_list);
/* The texts of a cure and their parts, as they are written. */
typedef struct CureText {
    Str zh, en;
    const Node **parts; /* in order of first appearance; both languages use the same list */
    size_t n_parts;
} CureText;
void link_cure_texts(Linker *l, const Node *n, CureText *ret);
/* The same, each part an expression of the scope. */
void link_cure(const Scope *s, const Node *n, Cure *ret);
/* A path that only names a field, texts and secrets too; NULL after reporting. */
const Expr *link_shown(const Scope *s, const Node *path);
/* The enum that has all these codes, or the one said in full (enum.code). */
const Enum *enum_of_codes(Linker *l, const Node *const *paths, size_t n);
void head_fill(Linker *l, const Declaration *d, Str *name, Label *label, Home *home);

#endif
