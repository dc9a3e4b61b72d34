/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * db.h: the database interface both engines implement.
 *
 * A `struct database` is an open data directory or server. Reading goes through connections (db_connect), one thread at
 * a time each. Writing goes only through the group-commit writer (db/write.h).
 *
 * Queries are named, live in sql/queries/ and become typed C functions at build time (tools/queries.py, "queries.h"):
 *
 *   :one   enum status q_NAME(struct connection *, const struct q_NAME_args *, struct q_NAME_row *ret, bool *ret_found,
 *                             struct error *)
 *   :many  enum status q_NAME_open(struct connection *, const struct q_NAME_args *, struct rows **ret, struct error *)
 *          enum status q_NAME_next(struct rows *, struct q_NAME_row *ret, bool *ret_more, struct error *)
 *          rows_close(rows)
 *   :exec  enum status q_NAME(struct connection *, const struct q_NAME_args *, int64_t *ret_changes, struct error *)
 *
 * Text and bytes in rows live until the next call on the same query of the same connection; q_NAME of kind :one copies
 * nothing either: they live until the query runs again on this connection. A query is not reentrant on one connection:
 * opening it while it is open fails an assertion. A query without arguments takes NULL; ret_changes may be NULL.
 */
#ifndef TREUE_DB_DB_H
#define TREUE_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct database;
struct lines_codec;
struct connection;
struct rows;

struct database_setting {
        const char *name, *value;
};

struct database_options {
        const char *data_directory;  /* where the database, the index, staging and error files live */
        const char *url;             /* NULL or "" for the embedded database; postgresql://... */
        const struct lines_codec *lines; /* turns packed lines into columns; for a server and for SQL */
        bool create;                 /* make a new database; an existing one is STATUS_CONFLICT "init.exists" */
        bool read_only;              /* do not take the data directory's lock; no writer */
        bool migrate;                /* bring an older schema up to date; else "database.schema_old" */
        const struct database_setting *settings; /* with create: written together with the schema */
        size_t setting_count;
};

/* Opens, checks the schema version and that every query can be prepared, unless that was seen before. Takes the lock
 * file unless read_only: STATUS_BUSY "data.locked". STATUS_NOT_FOUND "database.missing" when there is none (hint: treue
 * init). */
must_check enum status database_open(const struct database_options *options, struct database **ret,
                                     struct error *error);
/* Stops the writer (after a last checkpoint) and frees; accepts NULL. */
void database_close(struct database *database);
const char *database_directory(const struct database *database);

/* A connection for reading; one that was given back serves again. */
must_check enum status db_connect(struct database *database, struct connection **ret, struct error *error);
void db_disconnect(struct connection *connection); /* accepts NULL; never checkpoints */
static inline void db_disconnectp(struct connection **connection) { db_disconnect(*connection); }
#define connection_cleanup __attribute__((cleanup(db_disconnectp)))
/* Prepares every query, whatever was noted when the database was opened: STATUS_DATABASE when the schema is not the one
 * the migrations made. */
must_check enum status db_check_queries(struct connection *connection, struct error *error);

/* A consistent view over several reads. */
must_check enum status db_read_begin(struct connection *connection, struct error *error);
void db_read_end(struct connection *connection);

void rows_close(struct rows *rows); /* accepts NULL */
static inline void rows_closep(struct rows **rows) { rows_close(*rows); }
#define rows_cleanup __attribute__((cleanup(rows_closep)))

#endif
