/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * write.h: the group-commit writer, the only road by which the database changes.
 *
 * One thread owns the one writing connection. Requests are queued, executed in order inside one transaction, each in a
 * savepoint of its own, and committed together; a request is acknowledged after the sync. A request that fails rolls
 * back only itself. The writer alone checkpoints (SQLite 3.40.1 has a race between two checkpointing connections).
 */
#ifndef TREUE_DB_WRITE_H
#define TREUE_DB_WRITE_H

#include "db/db.h"

/* The work of a request: runs on the writer's thread. It may only use `connection` and what `context` points to. */
typedef enum status (*write_function)(struct connection *connection, void *context, struct error *error);

/* Runs `work` and waits until it is durable. Its status and error are handed back. */
must_check enum status db_write(struct database *database, write_function work, void *context, struct error *error);

/* As db_write, for bulk staging: the write-ahead log is not checkpointed in between; call db_checkpoint at the end. */
must_check enum status db_write_bulk(struct database *database, write_function work, void *context,
                                     struct error *error);

/* Move the write-ahead log into the database file and truncate it. */
must_check enum status db_checkpoint(struct database *database, struct error *error);

#endif
