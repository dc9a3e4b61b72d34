/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql.h: what the files of the PostgreSQL engine share. Private to them.
 *
 * A connection is always in pipeline mode: statements are queued, and `pg_settle` sends a sync, waits for the answers
 * and reports the first failure by the name of its query. COPY and migrations leave the mode for their duration.
 */
#ifndef TREUE_DB_POSTGRESQL_H
#define TREUE_DB_POSTGRESQL_H

#include "db/engine.h"
#include "db/postgresql_library.h"

enum { PG_PENDING_MAX = 512, PG_SCAN_ROWS = 1000, PG_BACKEND_BYTES = 64 };

/* A statement whose answer is still to come. */
struct pg_pending {
        const char *action; /* query name, for errors */
        int prepared;       /* enum query_id this prepares; -1: none */
};

/* The rows of an open query. */
struct pg_result {
        PGresult *rows; /* NULL: nothing open */
        int at;
        bool scanning;  /* more may come from the cursor */
};

struct pg_connection {
        struct connection base; /* first: the two are cast into each other */
        PGconn *handle;
        bool prepared[QUERY_COUNT];
        struct pg_result results[QUERY_COUNT];
        struct buffer packed[QUERY_COUNT]; /* packed lines of the row at hand */
        struct line_columns columns;
        struct buffer arguments;           /* scratch: encoded arguments */
        struct buffer text;                /* scratch: statement text */
        struct pg_pending pending[PG_PENDING_MAX];
        size_t pending_count;
        bool in_transaction, own_transaction; /* own: begun for a scan outside a transaction, ends with it */
        size_t scan_count;                    /* open scans */
        enum recovery recovery;
        char reason[256];                     /* why the connection was lost */
        char process[PG_BACKEND_BYTES], started[PG_BACKEND_BYTES]; /* the server's process, of a writer */
};

static inline struct pg_connection *pg_own(struct connection *connection)
{
        return (struct pg_connection *)connection;
}

/* ---- postgresql_connect.c ---- */

/* Fills database->place from the address; nothing is connected. */
must_check enum status pg_open(struct database *database, bool create, struct error *error);
/* Waits while the server starts up. */
must_check enum status pg_connect(struct database *database, enum connection_role role, struct connection **ret,
                                  struct error *error);
void pg_disconnect(struct connection *connection);
must_check enum status pg_reconnect(struct connection *connection, struct error *error);
/* Once more until it succeeds or a while has passed; for readers outside a transaction. */
must_check enum status pg_reconnect_patiently(struct pg_connection *connection, struct error *error);

/* Does the server answer in time? STATUS_DATABASE "database.unreachable" and the other refusals of a connection. */
must_check enum status pg_probe(struct database *database, void **line, int64_t until_ns, struct error *error);
void pg_end_probe(void *line);

/* ---- postgresql_pipeline.c ---- */

/* Enters pipeline mode. */
must_check enum status pg_pipeline(struct pg_connection *connection, struct error *error);
/* Settles, then leaves it. */
must_check enum status pg_leave_pipeline(struct pg_connection *connection, struct error *error);
/* Queues a statement without arguments; its rows come in text. */
must_check enum status pg_queue(struct pg_connection *connection, const char *statement, const char *action,
                                struct error *error);
/* The same; its rows come in binary form. */
must_check enum status pg_queue_binary(struct pg_connection *connection, const char *statement, const char *action,
                                       struct error *error);
/* Queues a query with encoded arguments, prepared before where needed. */
must_check enum status pg_queue_query(struct pg_connection *connection, enum query_id query,
                                      const struct db_value *arguments, struct error *error);
struct pg_parameters;
must_check enum status pg_queue_encoded(struct pg_connection *connection, enum query_id query,
                                        const struct pg_parameters *parameters, struct error *error);
/* Queues a cursor for a :scan query. */
must_check enum status pg_queue_scan(struct pg_connection *connection, enum query_id query,
                                     const struct db_value *arguments, struct error *error);
/* Waits for all that is queued; *ret_last (may be NULL) is the result of the last statement, to be cleared. */
must_check enum status pg_settle(struct pg_connection *connection, PGresult **ret_last, struct error *error);
/* What a failed result says; sets connection->recovery. */
enum status pg_failed(struct pg_connection *connection, const PGresult *result, const char *action,
                      struct error *error);
/* The connection is gone: sets connection->recovery. */
enum status pg_lost(struct pg_connection *connection, const char *action, struct error *error);
must_check enum status pg_check_queries(struct connection *connection, struct error *error);

/* ---- postgresql_values.c ---- */

enum { PG_OID_BYTEA = 17, PG_OID_INT8 = 20, PG_OID_INT2 = 21, PG_OID_INT4 = 23, PG_OID_TEXT = 25, PG_OID_VARCHAR = 1043,
       PG_OID_INT2_ARRAY = 1005, PG_OID_INT4_ARRAY = 1007, PG_OID_TEXT_ARRAY = 1009, PG_OID_INT8_ARRAY = 1016,
       PG_OID_BYTEA_ARRAY = 1001 };
enum { PG_LINE_COLUMNS = 6, PG_PARAMETERS_MAX = 32 + PG_LINE_COLUMNS };

/* Arguments as libpq takes them; the values point into a buffer. */
struct pg_parameters {
        int count;
        const char *values[PG_PARAMETERS_MAX];
        int lengths[PG_PARAMETERS_MAX], formats[PG_PARAMETERS_MAX];
};

/* Encodes into connection->arguments. STATUS_LIMIT "database.row_too_large". */
must_check enum status pg_encode(struct pg_connection *connection, const struct query_definition *definition,
                                 const struct db_value *arguments, struct pg_parameters *ret, struct error *error);
/* Appends one value without its length, as the binary format has it. */
void pg_put_value(struct buffer *out, uint8_t type, const struct db_value *value);
void pg_put_int16(struct buffer *out, int16_t value);
void pg_put_int32(struct buffer *out, int32_t value);
void pg_put_int64(struct buffer *out, int64_t value);
/* Appends the six columns of packed lines, each with its length before it (the form of COPY). False when the bytes are
 * damaged or there is no memory. */
bool pg_put_lines(struct pg_connection *connection, struct buffer *out, const struct db_value *value);
/* The element type of arrays of an argument type, and of a value in a row of the given index among lines columns. */
uint32_t pg_oid(uint8_t type);
uint32_t pg_array_oid(uint8_t type);
extern const uint32_t pg_line_oids[PG_LINE_COLUMNS];
/* One row of a result. STATUS_CORRUPT "database.column_differs". */
must_check enum status pg_take_row(struct pg_connection *connection, enum query_id query, const PGresult *result,
                                   int at, struct db_value *ret, struct error *error);

/* ---- postgresql_bulk.c ---- */

must_check enum status pg_bulk(struct connection *connection, enum query_id query, const void *rows, size_t row_count,
                               int64_t *ret_changes, struct error *error);

#endif
