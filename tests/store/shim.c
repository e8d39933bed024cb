/* shim.c — see shim.h.  Kept small: one lock, one list of what could be undone. */
#include "shim.h"

#include <glib.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fcntl.h>

typedef struct Undo { /* one write that was not synced yet */
    char *path;
    sqlite3_int64 offset, size_before;
    GBytes *before;
} Undo;

typedef struct ShimFile {
    sqlite3_file base;
    char *path;
    sqlite3_file *real;
    bool doomed; /* opened when reads of new files were to fail */
} ShimFile;

static sqlite3_vfs shim, *real_vfs;
static sqlite3_io_methods methods;
static GMutex lock;
static GPtrArray *undos;
static int countdown = -1, failure;
static bool power_off, power_counts, failed;
static int new_reads = -1; /* of doomed files, until they fail; -1: they do not */
static int old_reads;      /* of the others, until `at_read` is called; 0: it is not */
static void (*at_read)(void *with);
static void *at_read_with;
static GThread *at_read_of;

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((ShimFile *)(void *)f)->real;
}

static void undo_free(gpointer what)
{
    Undo *u = what;

    g_free(u->path);
    g_bytes_unref(u->before);
    g_free(u);
}

/* SQLITE_OK, or what the disk says to this write or sync. */
static int toss(void)
{
    int rc = SQLITE_OK;

    g_mutex_lock(&lock);
    if (countdown > 0 && --countdown == 0)
        power_off = power_counts;
    if (power_off) {
        rc = SQLITE_IOERR;
    } else if (countdown == 0 && !power_counts) {
        rc = failure;
        failed = true;
    }
    g_mutex_unlock(&lock);
    return rc;
}

static void remember(ShimFile *f, sqlite3_int64 offset, int n)
{
    Undo *u = g_new0(Undo, 1);
    guint8 *bytes = g_malloc0((gsize)n);

    u->path = g_strdup(f->path);
    u->offset = offset;
    f->real->pMethods->xFileSize(f->real, &u->size_before);
    if (offset < u->size_before)
        f->real->pMethods->xRead(f->real, bytes,
                                 (int)MIN((sqlite3_int64)n, u->size_before - offset), offset);
    u->before = g_bytes_new_take(bytes, (gsize)n);
    g_mutex_lock(&lock);
    g_ptr_array_add(undos, u);
    g_mutex_unlock(&lock);
}

static int shim_close(sqlite3_file *file)
{
    ShimFile *f = (ShimFile *)(void *)file;
    int rc = f->real->pMethods != NULL ? f->real->pMethods->xClose(f->real) : SQLITE_OK;

    g_free(f->path);
    g_free(f->real);
    return rc;
}

/* What happens beside this read; SQLITE_OK, or what the disk says. */
static int read_toss(const ShimFile *f)
{
    void (*call)(void *with) = NULL;
    int rc = SQLITE_OK;

    g_mutex_lock(&lock);
    if (f->doomed && new_reads == 0)
        rc = SQLITE_IOERR_READ;
    else if (f->doomed && new_reads > 0)
        new_reads--;
    else if (old_reads > 0 && g_thread_self() == at_read_of && --old_reads == 0)
        call = at_read;
    g_mutex_unlock(&lock);
    if (call != NULL)
        call(at_read_with);
    return rc;
}

static int shim_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    int rc = read_toss((const ShimFile *)(const void *)f);

    if (rc != SQLITE_OK)
        return rc;
    return real_of(f)->pMethods->xRead(real_of(f), to, n, at);
}

static int shim_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    int rc = toss();

    if (rc != SQLITE_OK)
        return rc;
    if (power_counts)
        remember((ShimFile *)(void *)f, at, n);
    return real_of(f)->pMethods->xWrite(real_of(f), from, n, at);
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    sqlite3_int64 now = 0;
    int rc = toss();

    if (rc != SQLITE_OK)
        return rc;
    real_of(f)->pMethods->xFileSize(real_of(f), &now);
    if (power_counts && now > size)
        remember((ShimFile *)(void *)f, size, (int)(now - size));
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
    ShimFile *f = (ShimFile *)(void *)file;
    int rc = toss();

    (void)flags; /* the real disk is spared */
    if (rc != SQLITE_OK)
        return rc;
    g_mutex_lock(&lock);
    for (guint i = undos->len; i > 0; i--) {
        const Undo *u = undos->pdata[i - 1];

        if (g_str_equal(u->path, f->path))
            g_ptr_array_remove_index(undos, i - 1);
    }
    g_mutex_unlock(&lock);
    return SQLITE_OK;
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *to)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), to);
}

static int shim_lock(sqlite3_file *f, int how)
{
    return real_of(f)->pMethods->xLock(real_of(f), how);
}

static int shim_unlock(sqlite3_file *f, int how)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), how);
}

static int shim_reserved(sqlite3_file *f, int *to)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), to);
}

static int shim_control(sqlite3_file *f, int op, void *with)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, with);
}

static int shim_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int shim_device(sqlite3_file *f)
{
    /* No promises: a torn or missing write must be survived. */
    (void)f;
    return 0;
}

static int shim_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **to)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, to);
}

static int shim_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void shim_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int shim_shm_unmap(sqlite3_file *f, int delete)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), delete);
}

static int shim_open(sqlite3_vfs *v, const char *path, sqlite3_file *file, int flags, int *out)
{
    ShimFile *f = (ShimFile *)(void *)file;
    int rc = SQLITE_OK;

    (void)v;
    f->path = g_strdup(path != NULL ? path : "");
    f->doomed = new_reads >= 0;
    f->real = g_malloc0((gsize)real_vfs->szOsFile);
    rc = real_vfs->xOpen(real_vfs, path, f->real, flags, out);
    f->base.pMethods = &methods;
    if (rc != SQLITE_OK) {
        f->base.pMethods = NULL;
        g_free(f->path);
        g_free(f->real);
    }
    return rc;
}

static int shim_delete(sqlite3_vfs *v, const char *path, int sync_folder)
{
    (void)v;
    return power_off ? SQLITE_IOERR : real_vfs->xDelete(real_vfs, path, sync_folder);
}

void shim_install(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    undos = g_ptr_array_new_with_free_func(undo_free);
    methods = (sqlite3_io_methods){.iVersion = 2,
                                   .xClose = shim_close,
                                   .xRead = shim_read,
                                   .xWrite = shim_write,
                                   .xTruncate = shim_truncate,
                                   .xSync = shim_sync,
                                   .xFileSize = shim_size,
                                   .xLock = shim_lock,
                                   .xUnlock = shim_unlock,
                                   .xCheckReservedLock = shim_reserved,
                                   .xFileControl = shim_control,
                                   .xSectorSize = shim_sector,
                                   .xDeviceCharacteristics = shim_device,
                                   .xShmMap = shim_shm_map,
                                   .xShmLock = shim_shm_lock,
                                   .xShmBarrier = shim_shm_barrier,
                                   .xShmUnmap = shim_shm_unmap};
    shim = *real_vfs;
    shim.zName = "shim";
    shim.szOsFile = sizeof(ShimFile);
    shim.xOpen = shim_open;
    shim.xDelete = shim_delete;
    sqlite3_vfs_register(&shim, 1);
}

void shim_fail_after(int n, int code)
{
    g_mutex_lock(&lock);
    countdown = n;
    failure = code;
    power_counts = failed = false;
    if (n <= 0)
        countdown = -1;
    g_mutex_unlock(&lock);
}

void shim_fail_new_reads_after(int n)
{
    g_mutex_lock(&lock);
    new_reads = n;
    g_mutex_unlock(&lock);
}

void shim_at_read(int n, void (*call)(void *with), void *with)
{
    g_mutex_lock(&lock);
    old_reads = n;
    at_read = call;
    at_read_with = with;
    at_read_of = g_thread_self();
    g_mutex_unlock(&lock);
}

bool shim_has_failed(void)
{
    return failed;
}

void shim_power_off_after(int n)
{
    g_mutex_lock(&lock);
    countdown = n;
    power_counts = true;
    power_off = failed = false;
    g_ptr_array_set_size(undos, 0);
    g_mutex_unlock(&lock);
}

static void undo(const Undo *u)
{
    int fd = open(u->path, O_RDWR | O_CLOEXEC);
    gsize n = 0;
    const void *bytes = g_bytes_get_data(u->before, &n);

    if (fd < 0)
        return;
    g_assert_cmpint(pwrite(fd, bytes, n, u->offset), ==, (gssize)n);
    g_assert_cmpint(ftruncate(fd, u->size_before), ==, 0);
    close(fd);
}

void shim_power_on(bool some_unsynced_survives)
{
    for (guint i = undos->len; i > 0; i--) {
        if (!some_unsynced_survives || g_test_rand_bit())
            undo(undos->pdata[i - 1]);
    }
    g_ptr_array_set_size(undos, 0);
    power_off = power_counts = failed = false;
    countdown = -1;
}
