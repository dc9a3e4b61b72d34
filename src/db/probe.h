/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * probe.h: does the database answer? A thread of its own asks every second over a connection of its own and gives up
 * after two, while other readers connect again for up to a minute. So whoever wants to know never waits, and learns of
 * a database that does not answer within PROBE_NOTICED_MS.
 */
#ifndef TREUE_DB_PROBE_H
#define TREUE_DB_PROBE_H

#include <stdbool.h>

#include "db/db.h"

enum {
        PROBE_EVERY_MS = 1000,
        PROBE_DEADLINE_MS = 2000,
        PROBE_NOTICED_MS = PROBE_EVERY_MS + PROBE_DEADLINE_MS + 500,
};

struct probe;
/* The database is the caller's and outlives the probe; it counts as answering at first. */
must_check enum status probe_start(struct database *database, struct probe **ret, struct error *error);
void probe_stop(struct probe *probe); /* waits for a question under way; accepts NULL */
/* Did it answer the last question, lately? Any thread; never waits. */
bool probe_answers(struct probe *probe);

#endif
