/* request.c — what a browser sends: address, header lines, query or form, cookies.
 * Input: lines; the first is the address, then "Name: value" lines, an empty line, a form.
 * Nothing crashes; what is accepted is UTF-8 without NUL and reads back the same. */
#include "base/limits.h"
#include "page/fields.h"
#include "page/guard.h"
#include "page/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fields(Arena *a, const Fields *f)
{
    g_assert(f->n <= LIMIT_REQUEST_FIELDS);
    for (size_t i = 0; i < f->n; i++) {
        g_assert(str_utf8_valid(f->pairs[i].name, NULL));
        g_assert(str_utf8_valid(f->pairs[i].value, NULL));
    }
    Str again = query_with(a, f, "", STR(""));
    g_assert(view_address_local(again));
    Fields second = {NULL, 0};
    again = (Str){again.at + 1, again.len - 1};
    g_assert(fields_parse(a, again, &second, NULL));
    g_assert(second.n <= f->n);
}

static void read_lines(Arena *a, Str *rest, Guard *g)
{
    while (rest->len > 0) {
        Str line = str_cut(rest, '\n'), name = line;
        if (line.len == 0)
            return;
        Str value = line;
        name = str_cut(&value, ':');
        value = str_trim(value);
        Fields cookies = {NULL, 0};
        guard_header(g, name, value);
        if (cookies_parse(a, value, &cookies, NULL))
            for (size_t i = 0; i < cookies.n; i++)
                g_assert(str_utf8_valid(cookies.pairs[i].value, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Arena) a = arena_new();
    Str rest = {(const char *)data, size}, address = str_cut(&rest, '\n');
    Str path = STR(""), query = STR("");
    Fields fields = {NULL, 0};
    Guard g;
    guard_init(&g);
    bool clean = guard_address(&g, address);
    read_lines(a, &rest, &g);
    if (guard_end(&g, LIMIT_REQUEST_BODY)) {
        g_assert(g.hosts == 1 && g.lengths + g.encodings <= 1);
        g_assert(g.length <= LIMIT_REQUEST_BODY);
    }
    if (clean && address_parse(a, address, &path, &query, NULL)) {
        g_assert(str_utf8_valid(path, NULL));
        if (fields_parse(a, query, &fields, NULL))
            check_fields(a, &fields);
    }
    if (fields_parse(a, rest, &fields, NULL))
        check_fields(a, &fields);
    return 0;
}
