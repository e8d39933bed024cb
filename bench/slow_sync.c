/* slow_sync.c — a disk as an office of a county has it, under a PostgreSQL server: loaded before
 * all others (LD_PRELOAD), each fdatasync() takes 5 ms longer while the file exists that
 * $ANLAO_SLOW_SYNC names.  So the server's log is written, and a checkpoint is not (fsync). */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYNC_US 5000

int fdatasync(int fd);

int fdatasync(int fd)
{
    const char *file = getenv("ANLAO_SLOW_SYNC");

    if (file != NULL && access(file, F_OK) == 0)
        usleep(SYNC_US);
    return (int)syscall(SYS_fdatasync, fd);
}
