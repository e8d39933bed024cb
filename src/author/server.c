/* server.c — one message after the other: who may ask what when, and how it is answered.
 * Read first: server_message(). */
#include "author/frame.h"
#include "author/inside.h"

#include <string.h>

/* Codes of JSON-RPC and of the protocol. */
enum {
    RPC_PARSE = -32700,
    RPC_REQUEST = -32600,
    RPC_METHOD = -32601,
    RPC_PARAMS = -32602,
    RPC_INTERNAL = -32603,
    RPC_NOT_INITIALIZED = -32002,
};

static const struct {
    const char *method;
    LspRequest run;
} requests[] = {
#define REQUEST(method, function) {method, function},
#include "author/lsp.def"
#undef REQUEST
};

static const struct {
    const char *method;
    LspNotice run;
} notices[] = {
#define NOTICE(method, function) {method, function},
#include "author/lsp.def"
#undef NOTICE
};

/* ---- life */

static void open_free(gpointer open)
{
    OpenText *o = open;
    g_free(o->uri);
    g_free(o->path);
    g_free(o->text);
    g_free(o);
}

static void stack_free(gpointer stack)
{
    Stack *k = stack;
    model_unref(k->model);
    diags_free(k->diags);
    g_free(k);
}

Server *server_new(const char *packs)
{
    Server *s = g_new0(Server, 1);
    s->packs = g_strdup(packs);
    s->status = 1;
    s->open = g_ptr_array_new_with_free_func(open_free);
    s->stacks = g_ptr_array_new_with_free_func(stack_free);
    s->published = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return s;
}

void server_free(Server *s)
{
    if (s == NULL)
        return;
    g_ptr_array_free(s->stacks, TRUE);
    g_ptr_array_free(s->open, TRUE);
    g_hash_table_destroy(s->published);
    g_free(s->packs);
    g_free(s);
}

bool server_ended(const Server *s, int *ret_status)
{
    *ret_status = s->state == SERVER_SHUT ? 0 : s->status;
    return s->state == SERVER_ENDED;
}

/* ---- answers */

static void put_id(JsonWriter *j, const json_t *id)
{
    if (json_is_integer(id))
        json_put_int(j, "id", json_integer_value(id));
    else if (json_is_string(id))
        json_put_str(j, "id", str_of(json_string_value(id)));
    else
        json_put_null(j, "id");
}

static JsonWriter answer_begin(GString *out, const json_t *id)
{
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "jsonrpc", STR("2.0"));
    put_id(&j, id);
    return j;
}

static void refuse(const json_t *id, int code, const char *why, GString *to)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = answer_begin(out, id);
    json_put_object(&j, "error");
    json_put_int(&j, "code", code);
    json_put_str(&j, "message", str_of(why));
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    frame_write((Str){out->str, out->len}, to);
}

void server_malformed(Server *s, const char *why, GString *to)
{
    (void)s;
    refuse(NULL, RPC_PARSE, why, to);
}

/* ---- messages */

static void request(Server *s, const char *method, const json_t *id, const json_t *params,
                    GString *to)
{
    bool first = strcmp(method, "initialize") == 0;
    if (s->state == SERVER_NEW && !first) {
        refuse(id, RPC_NOT_INITIALIZED, "initialize comes first", to);
        return;
    }
    if (s->state == SERVER_SHUT || (first && s->state != SERVER_NEW)) {
        refuse(id, RPC_REQUEST, first ? "initialized already" : "shut down already", to);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (strcmp(method, requests[i].method) != 0)
            continue;
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        JsonWriter j = answer_begin(out, id);
        if (!requests[i].run(s, params, &j, &error)) {
            bool theirs = g_error_matches(error, FAIL_DOMAIN, FAIL_INPUT);
            refuse(id, theirs ? RPC_PARAMS : RPC_INTERNAL, error->message, to);
            return;
        }
        json_put_end(&j);
        json_finish(&j);
        frame_write((Str){out->str, out->len}, to);
        return;
    }
    refuse(id, RPC_METHOD, "no such method", to);
}

/* What is not known here is passed over, as the protocol asks. */
static void notice(Server *s, const char *method, const json_t *params)
{
    bool goodbye = strcmp(method, "exit") == 0;
    if (s->state != SERVER_READY && !goodbye)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(notices); i++)
        if (strcmp(method, notices[i].method) == 0)
            notices[i].run(s, params);
}

void server_message(Server *s, Str message, GString *to)
{
    g_autoptr(GError) error = NULL;
    json_t *m = json_read(message, &error);
    if (m == NULL) {
        refuse(NULL, RPC_PARSE, error->message, to);
        return;
    }
    const char *method = json_text(m, "method");
    const json_t *id = json_is_object(m) ? json_object_get(m, "id") : NULL;
    const json_t *params = json_is_object(m) ? json_object_get(m, "params") : NULL;
    bool named = id == NULL || json_is_integer(id) || json_is_string(id);
    bool answer = json_is_object(m) && method == NULL && id != NULL; /* we ask nothing */
    if (!json_is_object(m) || !named || (method == NULL && !answer))
        refuse(named ? id : NULL, RPC_REQUEST, "this is no request", to);
    else if (id != NULL && method != NULL)
        request(s, method, id, params, to);
    else if (method != NULL)
        notice(s, method, params);
    json_decref(m);
}

void server_idle(Server *s, GString *to)
{
    if (s->state != SERVER_READY)
        return;
    server_survey(s);
    server_publish(s, to);
}

/* ---- beginning and end */

static char *folder_of(const char *uri)
{
    g_autofree char *root = uri != NULL ? g_filename_from_uri(uri, NULL, NULL) : NULL;
    char *packs = root != NULL ? g_build_filename(root, "packs", NULL) : NULL;
    if (packs != NULL && g_file_test(packs, G_FILE_TEST_IS_DIR))
        return packs;
    g_free(packs);
    return NULL;
}

/* The packs the editor names, or those of its folder. */
static void choose_packs(Server *s, const json_t *params)
{
    const json_t *options =
        json_is_object(params) ? json_object_get(params, "initializationOptions") : NULL;
    const json_t *folders =
        json_is_object(params) ? json_object_get(params, "workspaceFolders") : NULL;
    const char *named = json_text(options, "packs");
    char *found = named != NULL && named[0] != '\0' ? g_strdup(named) : NULL;
    for (size_t i = 0; found == NULL && i < json_array_size(folders); i++)
        found = folder_of(json_text(json_array_get(folders, i), "uri"));
    if (found == NULL)
        found = folder_of(json_text(params, "rootUri"));
    if (found == NULL || s->packs == NULL) {
        g_free(found);
        return;
    }
    g_free(s->packs);
    s->packs = found;
}

/* The language of the editor; initializationOptions.language, "zh" or "en", goes before it. */
static void choose_language(Server *s, const json_t *params)
{
    const char *locale = json_text(params, "locale");
    const char *own = json_text(json_object_get(params, "initializationOptions"), "language");
    if (own != NULL)
        locale = own;
    s->chinese = locale != NULL && g_ascii_strncasecmp(locale, "zh", 2) == 0;
}

bool lsp_initialize(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    static const char *const offers[] = {"hoverProvider", "definitionProvider",
                                         "referencesProvider", "documentSymbolProvider",
                                         "documentFormattingProvider"};
    static const char *const triggers[] = {".", "=", "["};
    (void)error;
    choose_packs(s, params);
    choose_language(s, params);
    s->state = SERVER_READY;
    json_put_object(j, "result");
    json_put_object(j, "serverInfo");
    json_put_str(j, "name", STR("anlao"));
    json_put_end(j);
    json_put_object(j, "capabilities");
    json_put_str(j, "positionEncoding", STR("utf-16"));
    json_put_object(j, "textDocumentSync");
    json_put_bool(j, "openClose", true);
    json_put_int(j, "change", 2); /* the changed parts */
    json_put_bool(j, "save", true);
    json_put_end(j);
    json_put_object(j, "completionProvider");
    json_put_array(j, "triggerCharacters");
    for (size_t i = 0; i < G_N_ELEMENTS(triggers); i++)
        json_put_str(j, NULL, str_of(triggers[i]));
    json_put_end(j);
    json_put_end(j);
    for (size_t i = 0; i < G_N_ELEMENTS(offers); i++)
        json_put_bool(j, offers[i], true);
    json_put_end(j);
    json_put_end(j);
    return true;
}

bool lsp_shutdown(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    (void)params, (void)error;
    s->state = SERVER_SHUT;
    json_put_null(j, "result");
    return true;
}

void lsp_exit(Server *s, const json_t *params)
{
    (void)params;
    s->status = s->state == SERVER_SHUT ? 0 : 1;
    s->state = SERVER_ENDED;
}

void lsp_nothing(Server *s, const json_t *params)
{
    (void)s, (void)params;
}
