/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql_pipeline.c: statements on their way to the server and the answers on their way back.
 */
#include <assert.h>

#include "db/postgresql.h"

static bool starts(const char *code, const char *class)
{
        return strncmp(code, class, strlen(class)) == 0;
}

/* Also when libpq refuses without a reason: then only a fresh connection helps. */
enum status pg_lost(struct pg_connection *connection, const char *action, struct error *error)
{
        const char *text = connection->handle ? PQerrorMessage(connection->handle) : "";
        size_t length = strcspn(text, "\n");
        if (connection->recovery != RECOVERY_RECONNECT)
                snprintf(connection->reason, sizeof(connection->reason), "%.*s",
                         (int)(length ? length : strlen(action)), length ? text : action);
        const char *reason = connection->reason, *place = connection->base.database->place;
        connection->recovery = RECOVERY_RECONNECT;
        connection->in_transaction = connection->own_transaction = false;
        connection->pending_count = 0;
        return error_set(error, STATUS_DATABASE, "database.connection_lost", "path", place, "reason", reason, NULL);
}

enum status pg_failed(struct pg_connection *connection, const PGresult *result, const char *action,
                      struct error *error)
{
        const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char *reason = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        const char *place = connection->base.database->place;
        /* The server ends, or the connection does. */
        if (!code || PQstatus(connection->handle) != CONNECTION_OK || starts(code, "57P0") || starts(code, "08"))
                return pg_lost(connection, action, error);
        if (!reason)
                reason = code;
        if (starts(code, "40")) {
                connection->recovery = RECOVERY_REPEAT;
                return error_set(error, STATUS_BUSY, "database.contended", "action", action, "reason", reason, NULL);
        }
        if (starts(code, "23"))
                return error_set(error, STATUS_CONFLICT, "database.constraint", "action", action, "reason", reason,
                                 NULL);
        if (strcmp(code, "53100") == 0)
                return error_set(error, STATUS_SYSTEM, "database.full", "path", place, NULL);
        if (strcmp(code, "25006") == 0)
                return error_set(error, STATUS_DATABASE, "database.server_read_only", "path", place, NULL);
        if (strcmp(code, "42501") == 0)
                return error_set(error, STATUS_DATABASE, "database.forbidden", "path", place, "reason", reason, NULL);
        if (starts(code, "XX") || starts(code, "58"))
                return error_set(error, STATUS_CORRUPT, "database.corrupt", "path", place, "reason", reason, NULL);
        return error_set(error, STATUS_DATABASE, "database.failed", "action", action, "reason", reason, NULL);
}

enum status pg_pipeline(struct pg_connection *connection, struct error *error)
{
        if (PQpipelineStatus(connection->handle) == PQ_PIPELINE_OFF && !PQenterPipelineMode(connection->handle))
                return pg_lost(connection, "pipeline", error);
        return STATUS_OK;
}

enum status pg_leave_pipeline(struct pg_connection *connection, struct error *error)
{
        enum status status = pg_settle(connection, NULL, error);
        if (!status && PQpipelineStatus(connection->handle) != PQ_PIPELINE_OFF &&
            !PQexitPipelineMode(connection->handle))
                return pg_lost(connection, "pipeline", error);
        return status;
}

/* ---- queueing ---------------------------------------------------------------------------------------------------- */

/* Room for `count` more answers. */
static enum status make_room(struct pg_connection *connection, size_t count, struct error *error)
{
        if (connection->recovery == RECOVERY_RECONNECT)
                return pg_lost(connection, "send", error);
        if (connection->pending_count + count <= PG_PENDING_MAX)
                return STATUS_OK;
        return pg_settle(connection, NULL, error);
}

static void add_pending(struct pg_connection *connection, const char *action, int prepared)
{
        connection->pending[connection->pending_count++] = (struct pg_pending){action, prepared};
}

static enum status queue(struct pg_connection *connection, const char *statement, const char *action, int binary,
                         struct error *error)
{
        enum status status = make_room(connection, 1, error);
        if (status)
                return status;
        if (!PQsendQueryParams(connection->handle, statement, 0, NULL, NULL, NULL, NULL, binary))
                return pg_lost(connection, action, error);
        add_pending(connection, action, -1);
        return STATUS_OK;
}

enum status pg_queue(struct pg_connection *connection, const char *statement, const char *action, struct error *error)
{
        return queue(connection, statement, action, 0, error);
}

enum status pg_queue_binary(struct pg_connection *connection, const char *statement, const char *action,
                            struct error *error)
{
        return queue(connection, statement, action, 1, error);
}

static enum status queue_prepare(struct pg_connection *connection, enum query_id query, struct error *error)
{
        const struct query_definition *definition = &query_definitions[query];
        if (!PQsendPrepare(connection->handle, definition->name, definition->postgresql, 0, NULL))
                return pg_lost(connection, definition->name, error);
        add_pending(connection, definition->name, (int)query);
        return STATUS_OK;
}

enum status pg_queue_query(struct pg_connection *connection, enum query_id query, const struct db_value *arguments,
                           struct error *error)
{
        struct pg_parameters parameters;
        enum status status = pg_encode(connection, &query_definitions[query], arguments, &parameters, error);
        return status ? status : pg_queue_encoded(connection, query, &parameters, error);
}

enum status pg_queue_encoded(struct pg_connection *connection, enum query_id query,
                             const struct pg_parameters *parameters, struct error *error)
{
        const struct query_definition *definition = &query_definitions[query];
        enum status status = make_room(connection, 2, error);
        /* Prepared or being prepared further ahead in the queue. */
        bool coming = connection->prepared[query];
        for (size_t i = 0; i < connection->pending_count && !coming; i++)
                coming = connection->pending[i].prepared == (int)query;
        if (!status && !coming)
                status = queue_prepare(connection, query, error);
        if (status)
                return status;
        if (!PQsendQueryPrepared(connection->handle, definition->name, parameters->count, parameters->values,
                                 parameters->lengths, parameters->formats, 1))
                return pg_lost(connection, definition->name, error);
        add_pending(connection, definition->name, -1);
        return STATUS_OK;
}

enum status pg_queue_scan(struct pg_connection *connection, enum query_id query, const struct db_value *arguments,
                          struct error *error)
{
        const struct query_definition *definition = &query_definitions[query];
        struct pg_parameters parameters;
        enum status status = pg_encode(connection, definition, arguments, &parameters, error);
        if (!status)
                status = make_room(connection, 1, error);
        if (status)
                return status;
        buffer_clear(&connection->text);
        buffer_addf(&connection->text, ENGINE_POSTGRESQL_SCAN_OPEN, definition->name, definition->postgresql);
        if (connection->text.failed)
                return error_memory(error);
        if (!PQsendQueryParams(connection->handle, connection->text.data, parameters.count, NULL, parameters.values,
                               parameters.lengths, parameters.formats, 1))
                return pg_lost(connection, definition->name, error);
        add_pending(connection, definition->name, -1);
        return STATUS_OK;
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

/* The answer of one statement; *ret_failed when it failed or was skipped after a failure. */
static enum status take_answer(struct pg_connection *connection, const struct pg_pending *pending, PGresult **ret,
                               struct error *error)
{
        PGresult *result = PQgetResult(connection->handle);
        if (!result)
                return pg_lost(connection, pending->action, error);
        enum status status = STATUS_OK;
        switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
                if (pending->prepared >= 0)
                        connection->prepared[pending->prepared] = true;
                break;
        case PGRES_PIPELINE_ABORTED:
                status = STATUS_DATABASE; /* the failure before it is told */
                break;
        default:
                status = pg_failed(connection, result, pending->action, error);
        }
        if (connection->recovery != RECOVERY_RECONNECT) {
                PGresult *end = PQgetResult(connection->handle);
                if (end) {
                        PQclear(end);
                        status = status ? status : pg_lost(connection, pending->action, error);
                }
        }
        *ret = result;
        return status;
}

/* The answer to the sync that ends what is queued. */
static enum status take_sync(struct pg_connection *connection, struct error *error)
{
        PGresult *result = PQgetResult(connection->handle);
        bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
        return synced ? STATUS_OK : pg_lost(connection, "sync", error);
}

enum status pg_settle(struct pg_connection *connection, PGresult **ret_last, struct error *error)
{
        if (connection->recovery == RECOVERY_RECONNECT)
                return pg_lost(connection, "send", error);
        size_t count = connection->pending_count;
        if (count == 0)
                return STATUS_OK;
        if (!PQpipelineSync(connection->handle))
                return pg_lost(connection, connection->pending[count - 1].action, error);
        enum status status = STATUS_OK;
        PGresult *last = NULL;
        for (size_t i = 0; i < count; i++) {
                PQclear(last);
                last = NULL;
                struct error ignored;
                enum status one = take_answer(connection, &connection->pending[i], &last, status ? &ignored : error);
                status = status ? status : one;
                if (connection->recovery == RECOVERY_RECONNECT)
                        break;
        }
        connection->pending_count = 0;
        if (connection->recovery != RECOVERY_RECONNECT) {
                struct error ignored;
                enum status synced = take_sync(connection, status ? &ignored : error);
                status = status ? status : synced;
        }
        if (status || !ret_last)
                PQclear(last);
        else
                *ret_last = last;
        return status;
}

/* ---- checking all queries ---------------------------------------------------------------------------------------- */

static bool is_integer(Oid oid)
{
        return oid == PG_OID_INT2 || oid == PG_OID_INT4 || oid == PG_OID_INT8;
}

static bool fits(uint8_t type, Oid oid)
{
        switch (type & DB_TYPE_MASK) {
        case DB_TEXT:
                return oid == PG_OID_TEXT || oid == PG_OID_VARCHAR;
        case DB_BYTES:
                return oid == PG_OID_BYTEA;
        default:
                return is_integer(oid);
        }
}

/* How many columns or parameters there are, when lines count as six. */
static int width(const uint8_t *types, size_t count)
{
        int result = 0;
        for (size_t i = 0; i < count; i++)
                result += (types[i] & DB_TYPE_MASK) == DB_LINES ? PG_LINE_COLUMNS : 1;
        return result;
}

static bool described_as(const struct query_definition *definition, const PGresult *described)
{
        bool bulk = definition->kind == QUERY_BULK;
        int arguments = bulk ? definition->argument_count : width(definition->arguments, definition->argument_count);
        int rows = width(definition->rows, definition->row_count);
        bool same = PQnparams(described) == arguments && (rows == 0 || PQnfields(described) == rows);
        for (int i = 0, at = 0; same && i < definition->argument_count; i++) {
                uint8_t type = definition->arguments[i];
                bool lines = (type & DB_TYPE_MASK) == DB_LINES;
                if (!lines)
                        same = PQparamtype(described, at) == (bulk ? pg_array_oid(type) : pg_oid(type));
                at += lines ? PG_LINE_COLUMNS : 1;
        }
        for (int i = 0, at = 0; same && i < definition->row_count; i++) {
                bool lines = (definition->rows[i] & DB_TYPE_MASK) == DB_LINES;
                if (!lines)
                        same = fits(definition->rows[i], PQftype(described, at));
                at += lines ? PG_LINE_COLUMNS : 1;
        }
        return same;
}

/* One query: its preparation and description are the next two answers. */
static enum status check_query(struct pg_connection *connection, enum query_id query, struct error *error)
{
        const struct query_definition *definition = &query_definitions[query];
        PGresult *prepared = NULL, *described = NULL;
        struct pg_pending pending = {definition->name, (int)query};
        enum status status = take_answer(connection, &pending, &prepared, error);
        if (connection->recovery != RECOVERY_RECONNECT) {
                struct error ignored;
                pending.prepared = -1;
                enum status second = take_answer(connection, &pending, &described, status ? &ignored : error);
                status = status ? status : second;
        }
        if (!status && !described_as(definition, described))
                status = error_set(error, STATUS_DATABASE, "database.query_differs", "query", definition->name, NULL);
        PQclear(prepared);
        PQclear(described);
        return status;
}

/* COPY cannot be prepared; what ran already fits. */
static bool is_to_check(const struct pg_connection *connection, int query)
{
        return !starts(query_definitions[query].postgresql, "COPY ") && !connection->prepared[query];
}

/* All queries in one go: a round trip for each would take longer than the server. */
enum status pg_check_queries(struct connection *base, struct error *error)
{
        struct pg_connection *connection = pg_own(base);
        enum status status = pg_settle(connection, NULL, error);
        for (int i = 0; !status && i < QUERY_COUNT; i++) {
                const struct query_definition *definition = &query_definitions[i];
                if (!is_to_check(connection, i))
                        continue;
                if (!PQsendPrepare(connection->handle, definition->name, definition->postgresql, 0, NULL) ||
                    !PQsendDescribePrepared(connection->handle, definition->name))
                        status = pg_lost(connection, definition->name, error);
        }
        if (!status && !PQpipelineSync(connection->handle))
                status = pg_lost(connection, "prepare", error);
        if (status)
                return status;
        for (int i = 0; i < QUERY_COUNT && connection->recovery != RECOVERY_RECONNECT; i++) {
                struct error ignored;
                if (!is_to_check(connection, i))
                        continue;
                enum status one = check_query(connection, (enum query_id)i, status ? &ignored : error);
                status = status ? status : one;
        }
        if (connection->recovery == RECOVERY_RECONNECT)
                return status;
        struct error ignored;
        enum status synced = take_sync(connection, status ? &ignored : error);
        return status ? status : synced;
}
