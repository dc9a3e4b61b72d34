/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * session.h: what a command that only looks at the data holds open: database, snapshot of the latest generation,
 * threads and memory; and how such a command finds the concept version it is asked about.
 */
#ifndef TREUE_CLI_SESSION_H
#define TREUE_CLI_SESSION_H

#include "base/arena.h"
#include "cli/cli.h"
#include "facts/snapshot.h"
#include "platform/thread.h"
#include "program/versions.h"

struct session {
        struct cli_context *context;
        struct database *database;
        struct connection *connection;
        struct arena *arena;
        struct pool *pool;
        struct parallel parallel;
        struct snapshot *snapshot;   /* NULL until session_open_snapshot */
};

/* Opens the database for reading: beside a running process, too. */
must_check enum status session_open(struct session *session, struct cli_context *context, struct error *error);
/* Says on standard error when the column index had to be made afresh. */
must_check enum status session_open_snapshot(struct session *session, struct error *error);
void session_close(struct session *session); /* also one that was not opened completely */
#define session_cleanup __attribute__((cleanup(session_close)))

/* A concept by file or version (version_find); a file is only looked up, never stored. NULL: the latest released. */
must_check enum status session_version(struct session *session, const char *concept, struct version *ret,
                                       struct error *error);

/* "wholesale v3", or "wholesale" for a version that was never loaded. */
void version_label(const struct version *version, struct buffer *out);

#endif
