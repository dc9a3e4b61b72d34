/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * engine.h: what a database engine does for the rest of db/, and the structs they share. Private to this folder.
 */
#ifndef TREUE_DB_ENGINE_H
#define TREUE_DB_ENGINE_H

#include "base/buffer.h"
#include "base/id.h"
#include "db/lines.h"
#include "db/query.h"
#include "platform/file.h"
#include "queries.h"

enum connection_role { CONNECTION_READER, CONNECTION_WRITER };

enum transaction_step {
        TRANSACTION_BEGIN_READ, /* fixes the view */
        TRANSACTION_BEGIN_WRITE, /* alone: no other process that writes to the database is in one at the same time */
        TRANSACTION_BEGIN_BULK,  /* staging: beside others */
        TRANSACTION_COMMIT,
        TRANSACTION_ROLLBACK,
        TRANSACTION_SAVEPOINT,
        TRANSACTION_RELEASE,
        TRANSACTION_ROLLBACK_TO, /* undoes what came after the savepoint and ends it */
};

/* What may follow a failure of the connection. */
enum recovery {
        RECOVERY_NONE,
        RECOVERY_REPEAT,    /* the transaction met another one (deadlock): the same again may succeed */
        RECOVERY_RECONNECT, /* the connection is gone */
};

struct engine {
        const char *name;
        /* Several processes may write to one database, over connections that can be lost: node numbers are leased and
         * each commit carries a key, by which one whose answer was lost is looked up. */
        bool shared;
        /* Makes database->place usable. `create`: begins a new one where none is; else STATUS_NOT_FOUND
         * "database.missing" when there is none. */
        enum status (*open)(struct database *database, bool create, struct error *error);
        enum status (*connect)(struct database *database, enum connection_role role, struct connection **ret,
                               struct error *error);
        void (*disconnect)(struct connection *connection);
        /* Makes the table of applied migrations when it is not there. */
        enum status (*prepare_schema_table)(struct connection *connection, struct error *error);
        /* False when not even the table of applied migrations exists. */
        enum status (*has_schema_table)(struct connection *connection, bool *ret, struct error *error);
        enum status (*run_migration)(struct connection *connection, const struct migration *migration,
                                     struct error *error);
        /* A copy of the database before a migration; an engine whose server is backed up does nothing. */
        enum status (*copy)(struct connection *connection, int32_t schema_version, struct error *error);

        /* Of the server or library that carries the queries out. */
        int (*version)(struct connection *connection);
        /* Prepares all queries and checks their arguments and columns. */
        enum status (*check_queries)(struct connection *connection, struct error *error);
        /* An :exec query. Without ret_changes an engine may put it off: then its failure is told by a later call, at
         * the latest by `settle`. */
        enum status (*exec)(struct connection *connection, enum query_id query, const struct db_value *arguments,
                            int64_t *ret_changes, struct error *error);
        /* Carries out what was put off. */
        enum status (*settle)(struct connection *connection, struct error *error);
        /* Binds and begins. `keep`: the arguments need not live on. */
        enum status (*start)(struct connection *connection, enum query_id query, const struct db_value *arguments,
                             bool keep, struct error *error);
        /* The next row; its text and bytes live until the next step or end. */
        enum status (*step)(struct connection *connection, enum query_id query, struct db_value *row, bool *ret_more,
                            struct error *error);
        void (*end)(struct connection *connection, enum query_id query);
        /* A :bulk query with all its rows. */
        enum status (*bulk)(struct connection *connection, enum query_id query, const void *rows, size_t row_count,
                            int64_t *ret_changes, struct error *error);

        enum status (*transaction)(struct connection *connection, enum transaction_step step, struct error *error);
        /* False also when the engine itself gave a transaction up (full disk). */
        bool (*in_transaction)(struct connection *connection);
        /* Of the last failure of this connection. */
        enum recovery (*recovery)(struct connection *connection);
        /* Asks something small over a line of its own, which is kept in *line (NULL at first) and made afresh when it
         * was lost, and gives up at `until_ns`. NULL: an engine that nobody need wait for. */
        enum status (*probe)(struct database *database, void **line, int64_t until_ns, struct error *error);
        void (*end_probe)(void *line);
        /* Connects afresh, without waiting; what the old connection had begun is ended first. */
        enum status (*reconnect)(struct connection *connection, struct error *error);
        /* Bytes in the log that a checkpoint would move. */
        uint64_t (*log_bytes)(struct connection *connection);
        /* `wait`: briefly for readers, and cut the log to nothing. What a reader keeps back is no failure. */
        enum status (*checkpoint)(struct connection *connection, bool wait, struct error *error);
        /* What the connection sees, as a database of its own in the new file `path`, synced. NULL: the engine's server
         * has its own tools. */
        enum status (*backup)(struct connection *connection, const char *path,
                              void (*progress)(void *context, uint64_t bytes_done, uint64_t bytes_total),
                              void *context, struct error *error);
};

extern const struct engine engine_sqlite, engine_postgresql;

/* An open :many query. */
struct rows {
        struct connection *connection;
        enum query_id query;
        bool open;
};

struct connection {
        struct database *database;
        enum connection_role role;
        bool reading;                     /* between db_read_begin and db_read_end */
        struct rows rows[QUERY_COUNT];
        struct buffer copies[QUERY_COUNT]; /* text and bytes of the last row of a :one */
};

/* Ids: only the writer's thread uses it. */
struct identity {
        bool started;
        struct id_maker maker;
        int64_t persisted_ms; /* 0: a rollback may have undone it */
        int32_t node;
        bool leased;          /* the lease was seen to hold; false as well after a rollback */
        char owner[33];       /* "" until the first lease */
};

struct write_thread;

struct database {
        const struct engine *engine;
        char *directory;
        char *place; /* what messages call it: the file, or the server's address without password */
        char *url;   /* of a server; NULL for the embedded database */
        const struct lines_codec *lines;
        bool read_only;
        struct connection *idle; /* a reader nobody uses now, for the next db_connect; NULL when there is none */
        struct lock *lock;
        struct write_thread *writer; /* NULL when read only */
        struct identity identity;
};

/* Settings that no company makes: by which a data directory knows its database on a server, and for which queries and
 * engine all were prepared. */
#define DATABASE_ID "database_id"
#define QUERIES_CHECKED "queries_checked"

/* schema.c: STATUS_CONFLICT "database.schema_old" / "database.schema_new" unless it fits. */
struct migration_list {
        const struct migration *items;
        int32_t count;
};
extern const struct migration_list schema_migrations; /* all of this program */
must_check enum status schema_check(struct connection *connection, const struct migration_list *list, bool migrate,
                                    struct error *error);
/* Prepares every query, so that a bad one is noticed at the start. That takes longer than what most commands ask of a
 * database: so a writer notes in it for which queries and engine it was done, and for those it is not repeated. */
must_check enum status schema_check_queries(struct connection *connection, struct error *error);
/* All migrations and the first settings in one transaction. STATUS_CONFLICT "init.exists". */
must_check enum status schema_create(struct connection *connection, const struct database_options *options,
                                     struct error *error);

/* connection.c */
void connection_init(struct connection *connection, struct database *database, enum connection_role role);
void connection_release(struct connection *connection); /* ends open rows, frees the copies */

/* writer.c: owns `connection` from here on, also on failure. */
must_check enum status write_thread_start(struct database *database, struct connection *connection,
                                          struct error *error);
void write_thread_stop(struct database *database);

#endif
