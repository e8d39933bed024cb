/* file.c — whole files in and out.
 * In: paths.  Out: text in an arena, or files that are whole or not there at all. */
#include "base/file.h"

#include "base/limits.h"
#include "base/sort.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIPE_CHUNK (64u << 10)

/* What a person can put right is input; a failing disk is the system. */
static bool fail_file(GError **error, const char *verb, const char *path)
{
    int why = errno;
    bool theirs = why == ENOENT || why == ENOTDIR || why == EISDIR || why == EACCES ||
                  why == ENAMETOOLONG || why == ELOOP;
    return fail(error, theirs ? FAIL_INPUT : FAIL_SYSTEM, "could not %s \"%s\": %s", verb, path,
                g_strerror(why));
}

/* Reads until `size` bytes are there or the file ends. */
static bool read_full(int fd, char *to, size_t size, size_t *ret_len)
{
    size_t len = 0;
    while (len < size) {
        ssize_t n = read(fd, to + len, size - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    *ret_len = len;
    return true;
}

/* One byte more than allowed tells "too long" from "just fits". */
static bool read_pipe(Arena *a, int fd, size_t limit, Str *ret_text)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    size_t n = PIPE_CHUNK;
    while (n == PIPE_CHUNK && all->len <= limit) {
        guint before = all->len;
        g_byte_array_set_size(all, before + PIPE_CHUNK);
        if (!read_full(fd, (char *)all->data + before, PIPE_CHUNK, &n))
            return false;
        g_byte_array_set_size(all, before + (guint)n);
    }
    *ret_text = arena_str(a, (Str){(const char *)all->data, all->len});
    return true;
}

static bool read_regular(Arena *a, int fd, size_t size, Str *ret_text)
{
    char *bytes = arena_alloc(a, size + 2);
    size_t len;
    /* A file that grows meanwhile shows as one byte more than it had. */
    if (!read_full(fd, bytes, size + 1, &len))
        return false;
    bytes[len] = '\0';
    *ret_text = (Str){bytes, len};
    return true;
}

bool file_read(Arena *a, const char *path, size_t limit, Str *ret_text, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return fail_file(error, "read file", path);
    bool ok = fstat(fd, &st) == 0;
    if (ok && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        ok = false;
    }
    size_t size = ok && S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
    Str text = {NULL, 0};
    if (ok && size <= limit)
        ok = size > 0 ? read_regular(a, fd, size, &text) : read_pipe(a, fd, limit, &text);
    if (!ok)
        fail_file(error, "read file", path);
    close(fd);
    if (!ok)
        return false;
    if (size > limit || text.len > limit)
        return fail(error, FAIL_INPUT, "could not read file \"%s\": longer than %zu bytes", path,
                    limit);
    if (size > 0 && text.len > size)
        return fail(error, FAIL_SYSTEM, "could not read file \"%s\": changed while reading", path);
    *ret_text = text;
    return true;
}

bool file_read_stream(Arena *a, int fd, const char *name, size_t limit, Str *ret_text,
                      GError **error)
{
    Str text = {NULL, 0};
    if (!read_pipe(a, fd, limit, &text))
        return fail_file(error, "read", name);
    if (text.len > limit)
        return fail(error, FAIL_INPUT, "could not read \"%s\": longer than %zu bytes", name, limit);
    *ret_text = text;
    return true;
}

static bool write_full(int fd, Str text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.at, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text = (Str){text.at + n, text.len - (size_t)n};
    }
    return true;
}

/* The new name is on disk only when its folder is. */
static bool sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    /* Some file systems cannot sync a folder and say so with EINVAL. */
    bool ok = fsync(fd) == 0 || errno == EINVAL;
    close(fd);
    return ok;
}

bool file_write(const char *path, Str text, GError **error)
{
    static _Atomic unsigned count;
    g_autofree char *beside =
        g_strdup_printf("%s.new-%d-%u", path, (int)getpid(), atomic_fetch_add(&count, 1));
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail_file(error, "write file", path);
    bool ok = write_full(fd, text) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && ok) {
        why = errno;
        ok = false;
    }
    errno = why;
    if (ok && rename(beside, path) == 0 && sync_folder(path))
        return true;
    fail_file(error, "write file", path);
    unlink(beside);
    return false;
}

static bool list_folder(Arena *a, const char *folder, const char *suffix, int depth, GPtrArray *to,
                        GError **error);

static bool list_entry(Arena *a, const char *path, const char *suffix, int depth, GPtrArray *to,
                       GError **error)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return errno == ENOENT || fail_file(error, "read file", path);
    if (S_ISDIR(st.st_mode))
        return list_folder(a, path, suffix, depth + 1, to, error);
    if (S_ISREG(st.st_mode) && g_str_has_suffix(path, suffix))
        g_ptr_array_add(to, arena_dup(a, path, strlen(path)));
    return true;
}

static bool list_folder(Arena *a, const char *folder, const char *suffix, int depth, GPtrArray *to,
                        GError **error)
{
    if (depth > LIMIT_FOLDERS)
        return fail(error, FAIL_INPUT, "could not read folder \"%s\": nested too deep", folder);
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &why);
    if (dir == NULL && g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOMEM))
        out_of_memory();
    if (dir == NULL)
        return fail(error, FAIL_INPUT, "could not read folder \"%s\": %s", folder, why->message);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (name[0] == '.')
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!list_entry(a, path, suffix, depth, to, error))
            return false;
    }
    return true;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool file_list(Arena *a, const char *folder, const char *suffix, GPtrArray *to, GError **error)
{
    guint before = to->len;
    if (!list_folder(a, folder, suffix, 0, to, error))
        return false;
    if (to->len > before)
        sort_rows(to->pdata + before, to->len - before, sizeof(void *), compare_paths);
    return true;
}
