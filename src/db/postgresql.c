/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql.c: the PostgreSQL engine: queries, transactions and the table of its functions.
 *
 * A :many query is read wholly into memory, so that several may be open on one connection and others run meanwhile; a
 * :scan is read in pieces through a cursor. :exec queries whose number of changes nobody asks for wait in the pipeline
 * until an answer is needed.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "db/postgresql.h"

static enum status settle(struct connection *connection, struct error *error)
{
        return pg_settle(pg_own(connection), NULL, error);
}

static enum recovery recovery(struct connection *connection)
{
        struct pg_connection *mine = pg_own(connection);
        enum recovery result = mine->recovery;
        if (result == RECOVERY_REPEAT)
                mine->recovery = RECOVERY_NONE;
        return result;
}

static bool in_transaction(struct connection *connection)
{
        return pg_own(connection)->in_transaction;
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

static enum status begin(struct pg_connection *connection, enum transaction_step step, struct error *error)
{
        bool read = step == TRANSACTION_BEGIN_READ;
        enum status status = pg_queue(connection, read ? ENGINE_POSTGRESQL_BEGIN_READ : ENGINE_POSTGRESQL_BEGIN_WRITE,
                                      "transaction", error);
        if (!status && read)
                status = pg_queue(connection, ENGINE_POSTGRESQL_FIX_VIEW, "transaction", error);
        if (!status && step == TRANSACTION_BEGIN_WRITE)
                status = pg_queue(connection, ENGINE_POSTGRESQL_ALONE, "transaction", error);
        if (!status)
                connection->in_transaction = true;
        return status;
}

/* The end of a transaction, and whether the server really committed. */
static enum status finish(struct pg_connection *connection, bool commit, struct error *error)
{
        PGresult *result = NULL;
        enum status status = STATUS_OK;
        if (connection->pending_count)
                status = pg_settle(connection, NULL, error);
        if (status && commit)
                return status;
        struct error ignored;
        enum status queued = pg_queue(connection, commit ? ENGINE_POSTGRESQL_COMMIT : ENGINE_POSTGRESQL_ROLLBACK,
                                      "commit", commit ? error : &ignored);
        if (!queued)
                queued = pg_settle(connection, &result, commit ? error : &ignored);
        if (!queued && commit && strcmp(PQcmdStatus(result), "COMMIT") != 0)
                queued = error_set(error, STATUS_DATABASE, "database.transaction_lost", "path",
                                   connection->base.database->place, NULL);
        PQclear(result);
        if (!queued || !commit)
                connection->in_transaction = connection->own_transaction = false;
        return commit ? queued : STATUS_OK;
}

static enum status roll_back_to(struct pg_connection *connection, struct error *error)
{
        struct error ignored;
        (void)!pg_settle(connection, NULL, &ignored);
        enum status status = pg_queue(connection, ENGINE_POSTGRESQL_ROLLBACK_TO, "transaction", error);
        if (!status)
                status = pg_queue(connection, ENGINE_POSTGRESQL_RELEASE, "transaction", error);
        return status ? status : pg_settle(connection, NULL, error);
}

/* Begins to read and fixes the view. A lost connection is noticed here at the latest; nothing is lost with it. */
static enum status begin_reading(struct pg_connection *connection, struct error *error)
{
        for (bool again = false;; again = true) {
                enum status status = STATUS_OK;
                if (connection->recovery == RECOVERY_RECONNECT)
                        status = pg_reconnect_patiently(connection, error);
                if (!status)
                        status = begin(connection, TRANSACTION_BEGIN_READ, error);
                if (!status)
                        status = pg_settle(connection, NULL, error);
                if (!status || again || connection->recovery != RECOVERY_RECONNECT)
                        return status;
        }
}

static enum status transaction(struct connection *base, enum transaction_step step, struct error *error)
{
        struct pg_connection *connection = pg_own(base);
        enum status status = STATUS_OK;
        switch (step) {
        case TRANSACTION_BEGIN_READ:
                /* A scan that is open holds a view already. */
                if (connection->own_transaction) {
                        connection->own_transaction = false;
                        return STATUS_OK;
                }
                return begin_reading(connection, error);
        case TRANSACTION_BEGIN_WRITE:
        case TRANSACTION_BEGIN_BULK:
                return begin(connection, step, error);
        case TRANSACTION_COMMIT:
                return finish(connection, true, error);
        case TRANSACTION_ROLLBACK:
                return finish(connection, false, error);
        case TRANSACTION_SAVEPOINT:
                return pg_queue(connection, ENGINE_POSTGRESQL_SAVEPOINT, "transaction", error);
        case TRANSACTION_RELEASE:
                return pg_queue(connection, ENGINE_POSTGRESQL_RELEASE, "transaction", error);
        case TRANSACTION_ROLLBACK_TO:
                return roll_back_to(connection, error);
        }
        return status;
}

/* ---- queries ----------------------------------------------------------------------------------------------------- */

/* Outside a transaction nothing is lost with the connection of a reader: it connects again and asks again. */
static bool may_ask_again(const struct pg_connection *connection, bool was_in_transaction)
{
        return connection->recovery == RECOVERY_RECONNECT && connection->base.role == CONNECTION_READER &&
               !was_in_transaction;
}

static enum status ask(struct pg_connection *connection, enum query_id query, const struct db_value *arguments,
                       PGresult **ret, struct error *error)
{
        enum status status = pg_queue_query(connection, query, arguments, error);
        return status ? status : pg_settle(connection, ret, error);
}

static enum status ask_patiently(struct pg_connection *connection, enum query_id query,
                                 const struct db_value *arguments, PGresult **ret, struct error *error)
{
        for (;;) {
                bool was_in_transaction = connection->in_transaction;
                enum status status = ask(connection, query, arguments, ret, error);
                if (!status || !may_ask_again(connection, was_in_transaction))
                        return status;
                status = pg_reconnect_patiently(connection, error);
                if (status)
                        return status;
        }
}

static enum status exec(struct connection *base, enum query_id query, const struct db_value *arguments,
                        int64_t *ret_changes, struct error *error)
{
        struct pg_connection *connection = pg_own(base);
        enum status status = pg_queue_query(connection, query, arguments, error);
        /* Outside a transaction nobody would settle. */
        if (status || (!ret_changes && connection->in_transaction))
                return status;
        PGresult *result = NULL;
        status = pg_settle(connection, &result, error);
        if (!status && ret_changes) {
                const char *text = PQcmdTuples(result);
                *ret_changes = *text ? strtoll(text, NULL, 10) : 0;
        }
        PQclear(result);
        return status;
}

/* The next piece of a scan. */
static enum status fetch(struct pg_connection *connection, enum query_id query, struct error *error)
{
        struct pg_result *open = &connection->results[query];
        const struct query_definition *definition = &query_definitions[query];
        PQclear(open->rows);
        *open = (struct pg_result){.scanning = open->scanning};
        buffer_clear(&connection->text);
        buffer_addf(&connection->text, ENGINE_POSTGRESQL_SCAN_NEXT, (int)PG_SCAN_ROWS, definition->name);
        if (connection->text.failed)
                return error_memory(error);
        enum status status = pg_queue_binary(connection, connection->text.data, definition->name, error);
        if (!status)
                status = pg_settle(connection, &open->rows, error);
        return status;
}

static enum status start_scan(struct pg_connection *connection, enum query_id query, const struct db_value *arguments,
                              struct error *error)
{
        enum status status = STATUS_OK;
        bool own = !connection->in_transaction;
        if (own)
                status = begin(connection, TRANSACTION_BEGIN_READ, error);
        if (!status)
                status = pg_queue_scan(connection, query, arguments, error);
        if (!status) {
                connection->results[query].scanning = true;
                status = fetch(connection, query, error);
        }
        if (status) {
                connection->results[query] = (struct pg_result){0};
                if (own && connection->in_transaction)
                        (void)!finish(connection, false, error);
                return status;
        }
        connection->own_transaction |= own;
        connection->scan_count++;
        return STATUS_OK;
}

static enum status start(struct connection *base, enum query_id query, const struct db_value *arguments, bool keep,
                         struct error *error)
{
        (void)keep; /* arguments are sent before this returns */
        struct pg_connection *connection = pg_own(base);
        struct pg_result *open = &connection->results[query];
        assert(!open->rows && !open->scanning); /* not reentrant */
        if (query_definitions[query].kind != QUERY_SCAN)
                return ask_patiently(connection, query, arguments, &open->rows, error);
        bool was_in_transaction = connection->in_transaction;
        enum status status = start_scan(connection, query, arguments, error);
        if (!status || !may_ask_again(connection, was_in_transaction))
                return status;
        status = pg_reconnect_patiently(connection, error);
        return status ? status : start_scan(connection, query, arguments, error);
}

static enum status step(struct connection *base, enum query_id query, struct db_value *row, bool *ret_more,
                        struct error *error)
{
        struct pg_connection *connection = pg_own(base);
        struct pg_result *open = &connection->results[query];
        if (open->scanning && open->at == PQntuples(open->rows) && open->at == PG_SCAN_ROWS) {
                enum status status = fetch(connection, query, error);
                if (status)
                        return status;
        }
        if (open->at >= PQntuples(open->rows)) {
                *ret_more = false;
                return STATUS_OK;
        }
        enum status status = row ? pg_take_row(connection, query, open->rows, open->at, row, error) : STATUS_OK;
        if (status)
                return status;
        open->at++;
        *ret_more = true;
        return STATUS_OK;
}

static void end(struct connection *base, enum query_id query)
{
        struct pg_connection *connection = pg_own(base);
        struct pg_result *open = &connection->results[query];
        bool scanning = open->scanning;
        PQclear(open->rows);
        *open = (struct pg_result){0};
        if (!scanning)
                return;
        if (connection->scan_count)
                connection->scan_count--;
        if (connection->own_transaction && connection->scan_count == 0) {
                (void)!finish(connection, false, NULL);
        } else if (connection->in_transaction && connection->recovery != RECOVERY_RECONNECT) {
                buffer_clear(&connection->text);
                buffer_addf(&connection->text, ENGINE_POSTGRESQL_SCAN_CLOSE, query_definitions[query].name);
                (void)!pg_queue(connection, connection->text.data, query_definitions[query].name, NULL);
        }
}

/* ---- schema ------------------------------------------------------------------------------------------------------ */

/* Several statements at once, inside the transaction at hand. */
static enum status run(struct pg_connection *connection, const char *statements, const char *action,
                       struct error *error)
{
        enum status status = pg_leave_pipeline(connection, error);
        if (status)
                return status;
        PGresult *result = PQexec(connection->handle, statements);
        if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
                status = pg_failed(connection, result, action, error);
        PQclear(result);
        struct error ignored;
        enum status entered = pg_pipeline(connection, status ? &ignored : error);
        return status ? status : entered;
}

static enum status prepare_schema_table(struct connection *connection, struct error *error)
{
        return run(pg_own(connection), ENGINE_POSTGRESQL_SCHEMA_VERSION, "schema_version", error);
}

static enum status has_schema_table(struct connection *base, bool *ret, struct error *error)
{
        struct pg_connection *connection = pg_own(base);
        PGresult *result = NULL;
        enum status status = pg_queue(connection, ENGINE_POSTGRESQL_HAS_SCHEMA, "schema_version", error);
        if (!status)
                status = pg_settle(connection, &result, error);
        if (!status)
                *ret = PQntuples(result) == 1 && *PQgetvalue(result, 0, 0) == 't';
        PQclear(result);
        return status;
}

static enum status run_migration(struct connection *connection, const struct migration *migration, struct error *error)
{
        return run(pg_own(connection), migration->postgresql, migration->name, error);
}

static int version(struct connection *connection)
{
        return PQserverVersion(pg_own(connection)->handle);
}

/* The administrator backs the server up. */
static enum status copy(struct connection *connection, int32_t schema_version, struct error *error)
{
        (void)connection;
        (void)schema_version;
        (void)error;
        return STATUS_OK;
}

static uint64_t log_bytes(struct connection *connection)
{
        (void)connection;
        return 0;
}

/* The server does it. */
static enum status checkpoint(struct connection *connection, bool wait, struct error *error)
{
        (void)connection;
        (void)wait;
        (void)error;
        return STATUS_OK;
}

const struct engine engine_postgresql = {
        .name = "postgresql",
        .shared = true,
        .open = pg_open,
        .connect = pg_connect,
        .disconnect = pg_disconnect,
        .prepare_schema_table = prepare_schema_table,
        .has_schema_table = has_schema_table,
        .run_migration = run_migration,
        .copy = copy,
        .version = version,
        .check_queries = pg_check_queries,
        .exec = exec,
        .settle = settle,
        .start = start,
        .step = step,
        .end = end,
        .bulk = pg_bulk,
        .transaction = transaction,
        .in_transaction = in_transaction,
        .recovery = recovery,
        .probe = pg_probe,
        .end_probe = pg_end_probe,
        .reconnect = pg_reconnect,
        .log_bytes = log_bytes,
        .checkpoint = checkpoint,
};
