/* trap.c — g_error() ends a program by a trap, which the fuzzer does not catch: it would keep no
 * input.  Made an abort here, each finding is written down like any other. */
#include <signal.h>
#include <stdlib.h>

static void trapped(int unused)
{
    (void)unused;
    abort();
}

__attribute__((constructor)) static void trap_caught(void)
{
    signal(SIGTRAP, trapped);
}
