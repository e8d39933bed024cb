/* inside.h — what the files of the language server share.  Only for author/. */
#ifndef ANLAO_AUTHOR_INSIDE_H
#define ANLAO_AUTHOR_INSIDE_H

#include "author/server.h"
#include "author/text.h"
#include "declare/statement.h"
#include "format/json.h"

typedef struct OpenText {
    char *uri;  /* as the editor calls it */
    char *path; /* of the file; of a text without one its uri */
    char *text; /* as it stands in the editor */
    int64_t version;
    bool ours; /* a document of ours, not any Markdown file */
} OpenText;

typedef struct Stack { /* documents that were read together */
    Model *model;
    Diags *diags;
} Stack;

typedef enum ServerState { SERVER_NEW, SERVER_READY, SERVER_SHUT, SERVER_ENDED } ServerState;

struct Server {
    ServerState state;
    int status;
    char *packs;           /* NULL: only what is open */
    GPtrArray *open;       /* of OpenText */
    GPtrArray *stacks;     /* of Stack: those with an open document, as of the last survey */
    GHashTable *published; /* uris that have diagnoses in the editor */
    bool dirty;            /* texts changed since the last survey */
    bool unpublished;      /* the last survey is not in the editor yet */
    bool chinese;          /* diagnoses are said in Chinese */
};

/* Writes "result" into `j`; false: *error goes out instead. */
typedef bool (*LspRequest)(Server *s, const json_t *params, JsonWriter *j, GError **error);
typedef void (*LspNotice)(Server *s, const json_t *params);

#define REQUEST(method, function)                                                                  \
    bool function(Server *s, const json_t *params, JsonWriter *j, GError **error);
#define NOTICE(method, function) void function(Server *s, const json_t *params);
#include "author/lsp.def"
#undef REQUEST
#undef NOTICE

/* ---- params (params.c) */
bool param_place(const json_t *params, Place *ret, GError **error); /* "position" */
bool param_range(const json_t *object, const char *key, Range *ret);
/* The open document "textDocument" names; NULL, with *error, when it is not open. */
OpenText *param_open(Server *s, const json_t *params, GError **error);
const char *json_text(const json_t *object, const char *key); /* NULL: no such text */
void json_range(JsonWriter *j, const char *key, Range r);

/* ---- the documents around what is open (survey.c) */
void server_survey(Server *s); /* when something changed */
void server_publish(Server *s, GString *to);
/* The document of an open text in the last survey, and the Model it is of; NULL: it could not be
 * read as a document. */
const Document *server_document(Server *s, const OpenText *o, const Model **ret_model);
OpenText *server_open(const Server *s, const char *path);
/* The uri of a document, as the editor calls it when it is open; g_free. */
char *server_uri(const Server *s, const Source *source);

#endif
