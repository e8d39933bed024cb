/* failing.c — a library loaded before all others (LD_PRELOAD) that lets the n-th call of a kind
 * fail. FAIL_KIND  file: open, read, write, sync, truncate, rename, on what is no terminal and no
 * socket; short: the same, and the n-th write takes half of what it is given; net: send and recv,
 * as when the other side has gone;  memory: malloc and its kin; full: every write below FAIL_UNDER,
 * while the file FAIL_WHILE is there FAIL_AT    which call, counted from main() on; 0: none
 * FAIL_ALL   set: all from that one on FAIL_COUNT file that gets the number of calls when the
 * process ends in good order */
#undef _FILE_OFFSET_BITS /* both spellings of a call are ours */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KIND_NONE, KIND_FILE, KIND_SHORT, KIND_NET, KIND_MEMORY, KIND_FULL };

static int kind, all;
static long at;
static atomic_long calls;
static const char *under, *flag; /* of KIND_FULL */

/* Whether this call is to fail. */
static int hit(int of)
{
    if (kind != of || kind == KIND_NONE)
        return 0;
    long n = atomic_fetch_add(&calls, 1) + 1;

    return at > 0 && (n == at || (all && n > at));
}

static int is_file(int fd)
{
    struct stat s;

    return fd > 2 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
}

static int file_hit(void)
{
    return hit(KIND_FILE);
}

#define REAL(type, name, ...)                                                                      \
    static type (*real)(__VA_ARGS__);                                                              \
    if (real == NULL)                                                                              \
    *(void **)&real = dlsym(RTLD_NEXT, name)

static int opened(const char *name, const char *path, int flags, mode_t mode)
{
    int (*real)(const char *, int, ...);

    if (file_hit()) {
        errno = (flags & O_CREAT) != 0 ? ENOSPC : EMFILE;
        return -1;
    }
    *(void **)&real = dlsym(RTLD_NEXT, name);
    return real(path, flags, mode);
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;                           \
        va_end(more);                                                                              \
        return opened(#name, path, flags, mode);                                                   \
    }
OPEN(open)
OPEN(open64)

ssize_t read(int fd, void *to, size_t n)
{
    REAL(ssize_t, "read", int, void *, size_t);
    if (is_file(fd) && file_hit()) {
        errno = EIO;
        return -1;
    }
    return real(fd, to, n);
}

ssize_t pread64(int fd, void *to, size_t n, off64_t from)
{
    REAL(ssize_t, "pread64", int, void *, size_t, off64_t);
    if (is_file(fd) && file_hit()) {
        errno = EIO;
        return -1;
    }
    return real(fd, to, n, from);
}

/* The disk under FAIL_UNDER has no room while the file FAIL_WHILE is there. */
static int no_room(int fd)
{
    char link[64], path[4096];
    ssize_t n;

    if (kind != KIND_FULL || under == NULL || access(flag, F_OK) != 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return strncmp(path, under, strlen(under)) == 0;
}

static int full(int fd)
{
    if (no_room(fd)) {
        errno = ENOSPC;
        return 1;
    }
    if (!is_file(fd) || !file_hit())
        return 0;
    errno = ENOSPC;
    return 1;
}

static size_t cut(int fd, size_t n)
{
    return n > 1 && is_file(fd) && hit(KIND_SHORT) ? n / 2 : n;
}

ssize_t write(int fd, const void *from, size_t n)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    return full(fd) ? -1 : real(fd, from, cut(fd, n));
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t to)
{
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return full(fd) ? -1 : real(fd, from, cut(fd, n), to);
}

int fsync(int fd)
{
    REAL(int, "fsync", int);
    return full(fd) ? -1 : real(fd);
}

int fdatasync(int fd)
{
    REAL(int, "fdatasync", int);
    return full(fd) ? -1 : real(fd);
}

int ftruncate64(int fd, off64_t size)
{
    REAL(int, "ftruncate64", int, off64_t);
    return full(fd) ? -1 : real(fd, size);
}

int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    if (file_hit()) {
        errno = EIO;
        return -1;
    }
    return real(from, to);
}

/* ---- a connection that breaks ------------------------------------------------------------- */

static int gone(int fd)
{
    if (!hit(KIND_NET))
        return 0;
    shutdown(fd, SHUT_RDWR);
    errno = ECONNRESET;
    return 1;
}

ssize_t send(int fd, const void *from, size_t n, int flags)
{
    REAL(ssize_t, "send", int, const void *, size_t, int);
    return gone(fd) ? -1 : real(fd, from, n, flags);
}

ssize_t recv(int fd, void *to, size_t n, int flags)
{
    REAL(ssize_t, "recv", int, void *, size_t, int);
    return gone(fd) ? -1 : real(fd, to, n, flags);
}

/* ---- memory ------------------------------------------------------------------------------- */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *was, size_t n);
extern void *__libc_memalign(size_t to, size_t n);

static int none_left(void)
{
    if (!hit(KIND_MEMORY))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return none_left() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return none_left() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *was, size_t n)
{
    return none_left() ? NULL : __libc_realloc(was, n);
}

int posix_memalign(void **to, size_t alignment, size_t n)
{
    void *memory = none_left() ? NULL : __libc_memalign(alignment, n);

    if (memory == NULL)
        return ENOMEM;
    *to = memory;
    return 0;
}

/* ---- from main() on ----------------------------------------------------------------------- */

static int (*main_of_program)(int, char **, char **);

static void say_count(void)
{
    const char *path = getenv("FAIL_COUNT");
    long n = atomic_load(&calls);

    kind = KIND_NONE;
    if (path == NULL)
        return;
    FILE *f = fopen(path, "w");

    if (f != NULL) {
        fprintf(f, "%ld\n", n);
        fclose(f);
    }
}

static int main_counted(int argc, char **argv, char **env)
{
    static const char *const kinds[] = {"none", "file", "short", "net", "memory", "full"};
    const char *word = getenv("FAIL_KIND"), *number = getenv("FAIL_AT");

    atexit(say_count);
    at = number != NULL ? atol(number) : 0;
    all = getenv("FAIL_ALL") != NULL;
    under = getenv("FAIL_UNDER");
    flag = getenv("FAIL_WHILE") != NULL ? getenv("FAIL_WHILE") : "";
    unsetenv("LD_PRELOAD");
    for (int i = 1; word != NULL && i < 6; i++) {
        if (strcmp(word, kinds[i]) == 0)
            kind = i;
    }
    return main_of_program(argc, argv, env);
}

int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*ld)(void), void *stack)
{
    REAL(int, "__libc_start_main", int (*)(int, char **, char **), int, char **, void (*)(void),
         void (*)(void), void (*)(void), void *);
    main_of_program = program;
    return real(main_counted, argc, argv, init, fini, ld, stack);
}
