/* The language server with nothing but open texts: its order of life, many texts, long texts.
 * As a process, with packs: tests/main/lsp.mjs. */
#include "author/server.h"

#include "base/limits.h"
#include "format/json.h"

#include <string.h>

#define HEAD                                                                                       \
    "---\\ndocument: %s\\ntitle: x\\nlayer: model\\nin force: 2020-01-01\\n---\\n\\n# 1 x\\n\\n"   \
    "```anlao\\n"

static void say(Server *s, GString *out, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void say(Server *s, GString *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    server_message(s, str_of(message), out);
}

static Server *started(void)
{
    Server *s = server_new(NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    say(s, out, "{\"id\":1,\"method\":\"initialize\",\"params\":{}}");
    return s;
}

static void open_text(Server *s, const char *name, const char *block)
{
    g_autoptr(GString) out = g_string_new(NULL);
    say(s, out,
        "{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"x:%s\","
        "\"version\":1,\"text\":\"" HEAD "%s\\n```\\n\"}}}",
        name, name, block);
    g_assert_cmpuint(out->len, ==, 0);
}

static void diagnoses_when_nothing_waits(void)
{
    g_autoptr(Server) s = started();
    g_autoptr(GString) out = g_string_new(NULL);
    open_text(s, "one", "enum a { x }\\nparam p : set of b");
    server_idle(s, out);
    g_assert_nonnull(strstr(out->str, "publishDiagnostics"));
    g_assert_nonnull(strstr(out->str, "there is no enum 'b'"));
    g_string_truncate(out, 0);
    server_idle(s, out);
    g_assert_cmpuint(out->len, ==, 0); /* said once */
    open_text(s, "two", "enum b { y }");
    server_idle(s, out);
    g_assert_null(strstr(out->str, "there is no enum")); /* read together */
}

/* In Chinese for an editor that speaks it, unless its options say otherwise. */
static void says_in(const char *params, const char *sentence)
{
    g_autoptr(Server) s = server_new(NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    say(s, out, "{\"id\":1,\"method\":\"initialize\",\"params\":%s}", params);
    open_text(s, "one", "enum ab { x }\\nparam p : set of ac");
    g_string_truncate(out, 0);
    server_idle(s, out);
    if (strstr(out->str, sentence) == NULL)
        g_error("%s does not say %s", out->str, sentence);
}

static void diagnoses_in_the_language_of_the_editor(void)
{
    says_in("{}", "there is no enum 'ac'\\ndid you mean 'ab'?");
    says_in("{\"locale\":\"de\"}", "there is no enum 'ac'");
    says_in("{\"locale\":\"zh-cn\"}", "没有枚举“ac”\\n是不是“ab”？");
    says_in("{\"locale\":\"zh-cn\",\"initializationOptions\":{\"language\":\"en\"}}",
            "there is no enum 'ac'");
    says_in("{\"locale\":\"en\",\"initializationOptions\":{\"language\":\"zh\"}}", "没有枚举“ac”");
}

static void more_texts_than_a_model(void)
{
    g_autoptr(Server) s = started();
    g_autoptr(GString) out = g_string_new(NULL);
    for (unsigned i = 0; i <= LIMIT_LSP_OPEN; i++) {
        g_autofree char *name = g_strdup_printf("d%u", i);
        open_text(s, name, "");
    }
    say(s, out,
        "{\"id\":2,\"method\":\"textDocument/documentSymbol\",\"params\":{\"textDocument\":"
        "{\"uri\":\"x:d%u\"}}}",
        LIMIT_LSP_OPEN - 1);
    g_assert_nonnull(strstr(out->str, "\"result\""));
    g_string_truncate(out, 0);
    say(s, out,
        "{\"id\":3,\"method\":\"textDocument/documentSymbol\",\"params\":{\"textDocument\":"
        "{\"uri\":\"x:d%u\"}}}",
        LIMIT_LSP_OPEN);
    g_assert_nonnull(strstr(out->str, "not open"));
}

static void a_text_that_grows_beyond_any_document(void)
{
    g_autoptr(Server) s = started();
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *line = g_strnfill(1 << 20, 'x');
    open_text(s, "one", "enum a { x }");
    for (int i = 0; i < 20; i++)
        say(s, out,
            "{\"method\":\"textDocument/"
            "didChange\",\"params\":{\"textDocument\":{\"uri\":\"x:one\"},"
            "\"contentChanges\":[{\"range\":{\"start\":{\"line\":9,\"character\":0},\"end\":"
            "{\"line\":9,\"character\":0}},\"text\":\"# %s\\n\"}]}}",
            line);
    server_idle(s, out);
    g_assert_nonnull(strstr(out->str, "longer than 4 MB"));
}

/* What an editor may say in any order, and what it may not. */
static void messages_of_all_kinds(void)
{
    static const char *const odd[] = {
        "",
        "{",
        "null",
        "1",
        "[]",
        "{}",
        "{\"method\":1}",
        "{\"id\":true,\"method\":\"shutdown\"}",
        "{\"id\":1,\"id\":2,\"method\":\"shutdown\"}",
        "{\"id\":1,\"result\":{}}",
        "{\"method\":\"textDocument/didOpen\"}",
        "{\"method\":\"textDocument/didOpen\",\"params\":[]}",
        "{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"x:a\"}}}",
        "{\"method\":\"textDocument/didChange\",\"params\":{\"textDocument\":{\"uri\":\"x:one\"}}}",
        "{\"method\":\"textDocument/didChange\",\"params\":{\"textDocument\":{\"uri\":\"x:one\"},"
        "\"contentChanges\":[1,{\"text\":2},{\"range\":{\"start\":{\"line\":-1}},\"text\":\"\"}]}}",
        "{\"id\":5,\"method\":\"textDocument/completion\",\"params\":{\"textDocument\":{\"uri\":"
        "\"x:one\"},\"position\":{\"line\":1.5,\"character\":0}}}",
        "{\"method\":\"textDocument/didClose\",\"params\":{\"textDocument\":{\"uri\":\"x:two\"}}}"};
    g_autoptr(Server) s = started();
    g_autoptr(GString) out = g_string_new(NULL);
    int status;
    open_text(s, "one", "enum a { x }");
    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        server_message(s, str_of(odd[i]), out);
        server_idle(s, out);
    }
    g_assert_false(server_ended(s, &status));
    g_string_truncate(out, 0);
    say(s, out, "{\"id\":9,\"method\":\"shutdown\"}");
    g_assert_nonnull(strstr(out->str, "\"id\":9,\"result\":null"));
    say(s, out, "{\"method\":\"exit\"}");
    g_assert_true(server_ended(s, &status));
    g_assert_cmpint(status, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/server/language", diagnoses_in_the_language_of_the_editor);
    g_test_add_func("/server/idle", diagnoses_when_nothing_waits);
    g_test_add_func("/server/many", more_texts_than_a_model);
    g_test_add_func("/server/long", a_text_that_grows_beyond_any_document);
    g_test_add_func("/server/odd", messages_of_all_kinds);
    return g_test_run();
}
