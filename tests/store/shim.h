/* shim.h — a disk that fails when told to, between SQLite and the real one.
 * Every write and sync is counted; the n-th fails, or from the n-th on the power is off: what was
 * not synced is then undone, in whole or by the toss of a coin.  Reads fail by connection. */
#ifndef TESTS_STORE_SHIM_H
#define TESTS_STORE_SHIM_H

#include <stdbool.h>

void shim_install(void); /* becomes the default of all connections opened from here on */
/* After `n` more writes or syncs: each fails with `code` (SQLITE_FULL, SQLITE_IOERR) until 0. */
void shim_fail_after(int n, int code);
bool shim_has_failed(void);
/* Of files that are opened from here on `n` reads go well, all others fail; -1: none fails. */
void shim_fail_new_reads_after(int n);
/* At the n-th read by this thread of any other file, once. */
void shim_at_read(int n, void (*call)(void *with), void *with);
/* After `n` more writes or syncs nothing reaches the disk any more. */
void shim_power_off_after(int n);
/* All connections are closed: the disk as it is when power comes back. */
void shim_power_on(bool some_unsynced_survives);

#endif
