/* statement.h — what stands where in the documents: each declaration as it stands, and each word
 * that names something declared elsewhere.
 * In: a Model.  Out: its statements and mentions, for the living document, the coverage of clauses
 * and the tools of authors.  Not here: what a declaration means (model.h). Start:
 * model_statement_at(), model_mention_at(). */
#ifndef ANLAO_DECLARE_STATEMENT_H
#define ANLAO_DECLARE_STATEMENT_H

#include "declare/model.h"

typedef enum DeclarationKind {
#define DECLARATION(token, text, items) DECLARES_##token,
#include "declare/declarations.def"
#undef DECLARATION
    DECLARATIONS
} DeclarationKind;

extern const char *const declaration_words[DECLARATIONS];

/* One declaration as it stands. */
typedef struct Statement {
    DeclarationKind kind;
    DeclarationKind of; /* of `amend` and `end`: what is amended or ended; else `kind` */
    Str name;           /* old_age; elder.rank of a derive; an example's title */
    Label label;        /* of its own words; empty where it has none */
    const void *what; /* what it makes or, without a name of its own, speaks of: Rule, Param, Field,
                         Target, …; NULL when that could not be read */
    Home home;        /* pos: its name */
    Pos begin, end;   /* its first and its last word */
} Statement;

/* A word, and where what it names is declared (the place of that name). */
typedef struct Mention {
    Pos pos, of;
} Mention;

/* Index of the first statement at or behind a place of its document; those of one document follow
 * each other. */
size_t model_statements_from(const Model *m, Pos pos);
/* The statement a place lies in, or the last one before it in that document; NULL: none. */
const Statement *model_statement_at(const Model *m, Pos pos);
const Mention *model_mention_at(const Model *m, Pos pos); /* the word over that place, or NULL */
bool pos_within(Pos word, Pos pos);                       /* one line, and inside its length */
bool pos_same(Pos a, Pos b);                              /* they begin at one place */

/* As model_read(), but what could be read is there even when `diags` holds errors: then m->whole is
 * false, and only documents, statements, mentions, and the names, labels and homes of entities,
 * fields, enums and codes may be looked at. */
Model *model_survey(const DocumentFile *files, size_t n, Diags *diags);
/* Surveys the stacks of a folder (see packs_each()) as they would be with these texts: each stands
 * for the file of its path, else for the document of its name, else it is one more.  With `place`
 * its stack alone; without, each stack that holds one of the texts, or all when there are none.
 * Without `packs` there is nothing but the texts. */
bool stacks_survey(const char *packs, const char *place, const DocumentFile *unsaved, size_t n,
                   PacksVisit visit, void *context, GError **error);

#endif
