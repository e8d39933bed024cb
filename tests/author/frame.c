/* Messages cut from a stream, however it comes, and what is none. */
#include "author/frame.h"

#include "base/limits.h"

/* All messages and faults, as "message|" and "!". */
static char *cut(const char *stream, size_t step)
{
    g_autoptr(Frames) f = frames_new();
    GString *out = g_string_new(NULL);
    Str rest = str_of(stream);
    while (rest.len > 0) {
        Str piece = {rest.at, MIN(step, rest.len)};
        frames_add(f, piece);
        rest = (Str){rest.at + piece.len, rest.len - piece.len};
        for (;;) {
            g_autoptr(GError) error = NULL;
            Str message;
            if (frames_next(f, &message, &error))
                g_string_append_printf(out, "%.*s|", STR_ARG(message));
            else if (error != NULL)
                g_string_append_c(out, '!');
            else
                break;
        }
    }
    return g_string_free(out, FALSE);
}

static void assert_cut(const char *stream, const char *want)
{
    for (size_t step = 1; step < 200; step = step * 3 + 1) {
        g_autofree char *got = cut(stream, step);
        g_assert_cmpstr(got, ==, want);
    }
}

static void whole_messages(void)
{
    assert_cut("Content-Length: 2\r\n\r\n{}Content-Length:3\r\nX: y\r\n\r\n[1]", "{}|[1]|");
    assert_cut("content-length: 0\n\nContent-Length: 3\n\n一", "|一|");
    assert_cut("Content-Length: 5\r\n\r\n{}", "");
}

static void what_is_none(void)
{
    assert_cut("Content-Length: -1\r\n\r\nContent-Length: 2\r\n\r\n{}", "!{}|");
    assert_cut("Content-Length: 1e9\r\n\r\nContent-Length: 2\r\n\r\n{}", "!{}|");
    assert_cut("Content-Length: 99999999999999999999\r\n\r\nContent-Length: 2\r\n\r\n{}", "!{}|");
    assert_cut("Content-Length:\r\n\r\n", "!");
    assert_cut("Hello: 1\r\n\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "!!");
    assert_cut("\r\n\r\n", "!");
}

/* A message longer than LIMIT_LSP_MESSAGE is passed over without being kept. */
static void longer_than_the_limit(void)
{
    g_autoptr(Frames) f = frames_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) head = g_string_new(NULL);
    Str message;
    g_string_append_printf(head, "Content-Length: %u\r\n\r\nabc", LIMIT_LSP_MESSAGE + 1);
    frames_add(f, (Str){head->str, head->len});
    g_assert_false(frames_next(f, &message, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_autofree char *bytes = g_malloc0(1 << 20);
    for (size_t left = LIMIT_LSP_MESSAGE + 1 - 3; left > 0;) {
        size_t n = MIN(left, 1 << 20);
        frames_add(f, (Str){bytes, n});
        g_assert_cmpuint(f->bytes->len, ==, 0);
        left -= n;
    }
    frames_add(f, STR("Content-Length: 2\r\n\r\n{}"));
    g_assert_true(frames_next(f, &message, NULL));
    g_assert_true(str_is(message, "{}"));
}

/* A header longer than LIMIT_LSP_HEADER is no header: the stream cannot be followed. */
static void a_header_without_end(void)
{
    g_autoptr(Frames) f = frames_new();
    g_autoptr(GError) error = NULL;
    Str message;
    for (unsigned i = 0; i < LIMIT_LSP_HEADER - 1; i++)
        frames_add(f, STR("x"));
    g_assert_false(frames_next(f, &message, &error));
    g_assert_no_error(error);
    frames_add(f, STR("x"));
    g_assert_false(frames_next(f, &message, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_true(f->broken);
    frames_add(f, STR("Content-Length: 2\r\n\r\n{}"));
    g_assert_false(frames_next(f, &message, NULL));
}

static void written_as_it_is_read(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    frame_write(STR("{\"a\":\"一\"}"), out);
    g_assert_cmpstr(out->str, ==, "Content-Length: 11\r\n\r\n{\"a\":\"一\"}");
    assert_cut(out->str, "{\"a\":\"一\"}|");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/frame/whole", whole_messages);
    g_test_add_func("/frame/none", what_is_none);
    g_test_add_func("/frame/too long", longer_than_the_limit);
    g_test_add_func("/frame/header", a_header_without_end);
    g_test_add_func("/frame/written", written_as_it_is_read);
    return g_test_run();
}
