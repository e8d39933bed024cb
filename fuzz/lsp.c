/* lsp.c — what an editor sends.  Input: a stream of messages, or, where it does not begin with a
 * header, lines that are messages of an editor that has said initialize.  A line !TEXT opens a
 * document with that block.  Nothing crashes; every answer is a whole message. */
#include "author/frame.h"
#include "author/server.h"
#include "format/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_messages(const GString *out)
{
    g_autoptr(Frames) f = frames_new();
    g_autoptr(GError) error = NULL;
    Str message;
    frames_add(f, (Str){out->str, out->len});
    while (frames_next(f, &message, &error)) {
        json_t *j = json_read(message, &error);
        g_assert_no_error(error);
        g_assert(json_is_object(j));
        json_decref(j);
    }
    g_assert_no_error(error);
}

static void run_stream(Server *s, Str stream, GString *out)
{
    g_autoptr(Frames) f = frames_new();
    while (stream.len > 0) {
        Str piece = {stream.at, MIN(stream.len, 100)};
        stream = (Str){stream.at + piece.len, stream.len - piece.len};
        frames_add(f, piece);
        for (;;) {
            g_autoptr(GError) error = NULL;
            Str message;
            if (frames_next(f, &message, &error))
                server_message(s, message, out);
            else if (error != NULL)
                server_malformed(s, error->message, out);
            else
                break;
        }
    }
}

/* The block's text as a document, with \n for line ends. */
static void open_block(Server *s, Str block, GString *out)
{
    static const char head[] = "---\ndocument: one\ntitle: x\nlayer: model\nin force: 2020-01-01\n"
                               "---\n\n# 1 x\n\n```anlao\n";
    g_autoptr(GString) message = g_string_new(NULL);
    g_autofree char *copy = g_strndup(block.at, block.len);
    g_auto(GStrv) lines = g_strsplit(copy, "\\n", -1);
    g_autofree char *joined = g_strjoinv("\n", lines);
    g_autofree char *text = g_strconcat(head, joined, "\n```\n", NULL);
    JsonWriter j = json_begin(message);
    if (!g_utf8_validate(text, -1, NULL))
        return;
    json_put_object(&j, NULL);
    json_put_str(&j, "method", STR("textDocument/didOpen"));
    json_put_object(&j, "params");
    json_put_object(&j, "textDocument");
    json_put_str(&j, "uri", STR("a"));
    json_put_str(&j, "text", str_of(text));
    json_put_end(&j);
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    server_message(s, (Str){message->str, message->len}, out);
}

static void run_lines(Server *s, Str lines, GString *out)
{
    server_message(s, STR("{\"id\":0,\"method\":\"initialize\"}"), out);
    while (lines.len > 0) {
        Str line = str_cut(&lines, '\n');
        if (line.len > 0 && line.at[0] == '!')
            open_block(s, (Str){line.at + 1, line.len - 1}, out);
        else
            server_message(s, line, out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Server) s = server_new(NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    Str input = {(const char *)data, size};
    if (str_starts(input, STR("Content-Length:")))
        run_stream(s, input, out);
    else
        run_lines(s, input, out);
    server_idle(s, out);
    must_be_messages(out);
    return 0;
}
