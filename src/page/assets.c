/* assets.c — see assets.h.  The one hash covers all files: one of them changes, all addresses do.
 */
#include "page/assets.h"

#include "base/crypto.h"
#include "base/file.h"

#define ASSET_BYTES_MOST (8u << 20) /* ECharts is the largest, some 0.7 MB */

struct Assets {
    Arena *arena;
    Asset *list;
    size_t n;
};

static const char *type_of(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".txt", "text/plain; charset=utf-8"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(name, types[i].ending))
            return types[i].type;
    return NULL;
}

static bool read_all(Assets *as, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (!file_list(as->arena, folder, "", paths, error))
        return false;
    as->list = arena_many(as->arena, Asset, paths->len + 1);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        const char *slash = strrchr(path, '/');
        Asset *to = &as->list[as->n];
        to->name = slash != NULL ? slash + 1 : path;
        to->type = type_of(to->name);
        if (to->type == NULL)
            continue;
        if (!file_read(as->arena, path, ASSET_BYTES_MOST, &to->bytes, error))
            return false;
        as->n++;
    }
    return true;
}

static void name_all(Assets *as)
{
    uint8_t digest[SM3_SIZE];
    g_autoptr(Sm3) hash = sm3_new();
    for (size_t i = 0; i < as->n; i++) {
        sm3_add(hash, as->list[i].name, strlen(as->list[i].name) + 1);
        sm3_add(hash, as->list[i].bytes.at, as->list[i].bytes.len);
    }
    sm3_end(hash, digest);
    g_autofree char *hex = hex_of(digest, 8);
    for (size_t i = 0; i < as->n; i++)
        as->list[i].address =
            str_of(arena_printf(as->arena, "/static/%s/%s", hex, as->list[i].name));
}

Assets *assets_load(const char *folder, GError **error)
{
    Assets *as = g_new0(Assets, 1);
    as->arena = arena_new();
    if (!read_all(as, folder, error) || as->n == 0) {
        if (as->n == 0 && (error == NULL || *error == NULL))
            fail(error, FAIL_SYSTEM, "folder \"%s\" is empty", folder);
        fail_while(error, "loading styles and scripts (npm ci && npm run build makes them)");
        assets_free(as);
        return NULL;
    }
    name_all(as);
    return as;
}

void assets_free(Assets *as)
{
    if (as == NULL)
        return;
    arena_free(as->arena);
    g_free(as);
}

const Asset *assets_by_address(const Assets *as, Str path)
{
    for (size_t i = 0; i < as->n; i++)
        if (str_equal(as->list[i].address, path))
            return &as->list[i];
    return NULL;
}

Str assets_address(const Assets *as, const char *name)
{
    for (size_t i = 0; i < as->n; i++)
        if (strcmp(as->list[i].name, name) == 0)
            return as->list[i].address;
    g_error("web/dist has no \"%s\"", name);
}
