/* cluster.h — a PostgreSQL of the test's own, which may be cut off (tools/postgres.sh), and
 * processes that write to it without end and report what was acknowledged. */
#ifndef TESTS_STORE_CLUSTER_H
#define TESTS_STORE_CLUSTER_H

#include <sys/types.h>

#include "fixture.h"

/* Starts it in a new folder, with settings on top of those of the tool; $ANLAO_POSTGRES is its
 * address, and databases are made there from here on.  It ends with this process. */
void cluster_start(const char *tool, const char *settings);
const char *cluster_folder(void);
/* tools/postgres.sh WORD FOLDER …; ret_said may be NULL; g_free. */
void cluster_run(const char *word, const char *folder, const char *also, const char *more,
                 char **ret_said);
void cluster_crash(void); /* and starts it again */
void cluster_stop(void);

/* A process of six threads that create elders; the id of each that was acknowledged is written to
 * `report`. */
pid_t writers_start(Fixture *f, int report);
void writers_end(const pid_t *writers, int n);
int report_open(const Fixture *f, char **ret_path);
void report_grown(int report, int by); /* waits for so many more */
/* Everything that was acknowledged is in the database. */
void report_holds(Fixture *f, int report);

#endif
