/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * write.h: the group-commit writer, the only road by which the database changes.
 *
 * One thread owns the one writing connection. Requests are queued, executed in order inside one transaction, each in a
 * savepoint of its own, and committed together; a request is acknowledged after the sync. A request that fails rolls
 * back only itself. The writer alone checkpoints (SQLite 3.40.1 has a race between two checkpointing connections).
 *
 * A connection to a server that gets lost is made again and the group carried out again, unless its commit turns out to
 * have happened. After a minute in vain requests fail with "database.connection_lost" or "database.unreachable", or,
 * when nobody knows whether the commit happened, with "database.outcome_unknown".
 */
#ifndef TREUE_DB_WRITE_H
#define TREUE_DB_WRITE_H

#include "db/db.h"

/* The work of a request: runs on the writer's thread. It may only use `connection` and what `context` points to. With a
 * server it may run again from the start, when its transaction met another or the connection was lost: what it leaves
 * in `context` must not change what a second run does. Only the last run counts. */
typedef enum status (*write_function)(struct connection *connection, void *context, struct error *error);

/* Runs `work` and waits until it is durable. Its status and error are handed back. */
must_check enum status db_write(struct database *database, write_function work, void *context, struct error *error);

/* As db_write, for bulk staging. Where several processes write to one database, ordinary requests are carried out one
 * at a time among all of them, staging beside others: it may only add what nobody else sees or numbers itself under the
 * head lock. */
must_check enum status db_write_bulk(struct database *database, write_function work, void *context,
                                     struct error *error);

/* Move the write-ahead log into the database file and truncate it. */
must_check enum status db_checkpoint(struct database *database, struct error *error);

#endif
