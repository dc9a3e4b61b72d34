/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * session.h: what a command holds open: database, snapshot of the latest generation, threads and memory; and how it
 * finds the program and the concept version it is asked about.
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
        const char *document_program; /* of a concept file that was given; NULL: none, or not in this database */
        int64_t program_id;          /* set by session_choose_program */
        const char *program;
};

/* CLI_READ: beside a running process, too. CLI_NO_DATABASE: only memory. */
must_check enum status session_open(struct session *session, struct cli_context *context, enum cli_access access,
                                    struct error *error);
/* Opens the database of a session that has none yet. */
must_check enum status session_connect(struct session *session, enum cli_access access, struct error *error);
/* The threads alone; session_open_snapshot starts them, too. */
must_check enum status session_start_threads(struct session *session, struct error *error);
/* Of a generation. Says on standard error when the column index had to be made afresh, and stores it then if it may. */
#define GENERATION_LATEST INT64_C(-1)
must_check enum status session_open_snapshot(struct session *session, int64_t generation, bool may_store_index,
                                             struct error *error);
/* The program --program names, else that of a concept file looked up before, else the only one (program_choose). */
must_check enum status session_choose_program(struct session *session, struct error *error);
void session_close(struct session *session); /* also one that was not opened completely */
#define session_cleanup __attribute__((cleanup(session_close)))

/* A concept by file or by version of the program chosen as above (version_find); NULL: the latest released. A file is
 * only looked up, never stored, and says itself of which program it is. */
must_check enum status session_version(struct session *session, const char *concept, struct version *ret,
                                       struct error *error);

/* "wholesale v3", or "wholesale" for a version that was never loaded. */
void version_label(const struct version *version, struct buffer *out);

#endif
