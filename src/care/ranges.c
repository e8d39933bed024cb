/* ranges.c — see ranges.h. */
#include "care/ranges.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"

static bool name_read(const char *path, RangeFile *ret)
{
    g_autofree char *folder = g_path_get_dirname(path), *county = g_path_get_basename(folder);
    g_autofree char *name = g_path_get_basename(path);
    const char *rest = NULL;
    gint64 number = 0;
    char *end = NULL;
    if (!g_ascii_string_to_signed(county, 10, 1, INT32_MAX, &number, NULL))
        return false;
    ret->county = (int32_t)number;
    ret->from = g_ascii_strtoll(name, &end, 10);
    if (end == name || *end != '-')
        return false;
    rest = end + 1;
    ret->to = g_ascii_strtoll(rest, &end, 10);
    return end != rest && g_str_equal(end, RANGE_ENDING) && ret->from >= 1 && ret->to >= ret->from;
}

static int by_entry(gconstpointer a, gconstpointer b)
{
    const RangeFile *x = a, *y = b;
    if (x->county != y->county)
        return x->county < y->county ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to;
}

bool range_files(Arena *a, const char *folder, GArray *to, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (!file_list(a, folder, RANGE_ENDING, paths, error))
        return false;
    for (guint i = 0; i < paths->len; i++) {
        RangeFile f = {.path = paths->pdata[i]};
        struct stat st;
        if (!name_read(f.path, &f))
            return fail(error, FAIL_INPUT, "\"%s\" is not called COUNTY/FROM-TO" RANGE_ENDING,
                        f.path);
        f.bytes = stat(f.path, &st) == 0 ? (uint64_t)st.st_size : 0;
        g_array_append_val(to, f);
    }
    g_array_sort(to, by_entry);
    return true;
}

bool range_file_read(const char *path, Arena *a, RangeHead *ret, Str *ret_payload, GError **error)
{
    const char *why = NULL;
    RangeFile named = {0};
    Str text;
    if (!file_read(a, path, LIMIT_RANGE_BYTES, &text, error))
        return false;
    if (!range_parse(text, a, ret, ret_payload, &why))
        return fail(error, FAIL_INPUT, "\"%s\": %s", path, why);
    if (name_read(path, &named) &&
        (named.county != ret->county || named.from != ret->from || named.to != ret->to))
        return fail(error, FAIL_INPUT,
                    "\"%s\": it holds entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                    " of county %d, not those of its name",
                    path, ret->from, ret->to, ret->county);
    return true;
}
