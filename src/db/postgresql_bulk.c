/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql_bulk.c: many rows by one statement: as a stream in the binary format of COPY, or as one array per
 * argument.
 */
#include <assert.h>
#include <endian.h>
#include <stdlib.h>

#include "db/postgresql.h"

/* Rows of one unnest, and what a buffer of COPY holds before it is handed to libpq. */
enum { ARRAY_ROWS_MAX = 50000, COPY_CHUNK_BYTES = 256 << 10, INT32_BYTES = 4, ARRAY_HEAD_BYTES = 20 };
#define BULK_BYTES_MAX ((size_t)1 << 30)

static void set32(struct buffer *out, size_t at, uint32_t value)
{
        uint32_t big = htobe32(value);
        memcpy(out->data + at, &big, sizeof(big));
}

/* A value with its length before it. */
static void put_field(struct buffer *out, uint8_t type, const struct db_value *value)
{
        if (value->is_null) {
                pg_put_int32(out, -1);
                return;
        }
        size_t at = out->length;
        pg_put_int32(out, 0);
        pg_put_value(out, type, value);
        if (!out->failed)
                set32(out, at, (uint32_t)(out->length - at - INT32_BYTES));
}

static int64_t tuples(PGresult *result)
{
        const char *text = PQcmdTuples(result);
        return text && *text ? strtoll(text, NULL, 10) : 0;
}

/* ---- COPY -------------------------------------------------------------------------------------------------------- */

static bool send(struct pg_connection *connection, struct buffer *out)
{
        bool sent = PQputCopyData(connection->handle, out->data, (int)out->length) == 1;
        buffer_clear(out);
        return sent;
}

static enum status copy_rows(struct pg_connection *connection, const struct query_definition *definition,
                             const char *rows, size_t row_count, struct buffer *out, struct error *error)
{
        static const char signature[] = "PGCOPY\n\377\r\n"; /* its final NUL belongs to it */
        int16_t fields = 0;
        for (unsigned i = 0; i < definition->argument_count; i++)
                fields += (definition->arguments[i] & DB_TYPE_MASK) == DB_LINES ? PG_LINE_COLUMNS : 1;
        buffer_add(out, signature, sizeof(signature));
        pg_put_int32(out, 0); /* flags */
        pg_put_int32(out, 0); /* no extension */
        for (size_t r = 0; r < row_count; r++) {
                pg_put_int16(out, fields);
                for (unsigned i = 0; i < definition->argument_count; i++) {
                        struct db_value value;
                        query_bulk_value(definition, rows + r * definition->bulk_bytes, i, &value);
                        if ((definition->arguments[i] & DB_TYPE_MASK) != DB_LINES)
                                put_field(out, definition->arguments[i], &value);
                        else if (!pg_put_lines(connection, out, &value))
                                return error_set(error, STATUS_CORRUPT, "database.query_differs", "query",
                                                 definition->name, NULL);
                }
                if (out->failed)
                        return error_memory(error);
                if (out->length >= COPY_CHUNK_BYTES && !send(connection, out))
                        return pg_lost(connection, definition->name, error);
        }
        pg_put_int16(out, -1);
        if (!send(connection, out))
                return pg_lost(connection, definition->name, error);
        return STATUS_OK;
}

/* The answer to the end of the stream. */
static enum status copy_end(struct pg_connection *connection, const struct query_definition *definition,
                            const char *give_up, int64_t *ret_changes, struct error *error)
{
        enum status status = STATUS_OK;
        if (PQputCopyEnd(connection->handle, give_up) != 1)
                return pg_lost(connection, definition->name, error);
        for (PGresult *result; (result = PQgetResult(connection->handle));) {
                if (PQresultStatus(result) == PGRES_COMMAND_OK)
                        *ret_changes = tuples(result);
                else if (!status)
                        status = pg_failed(connection, result, definition->name, error);
                PQclear(result);
        }
        return status;
}

static enum status copy(struct pg_connection *connection, const struct query_definition *definition, const void *rows,
                        size_t row_count, int64_t *ret_changes, struct error *error)
{
        enum status status = pg_leave_pipeline(connection, error);
        if (status)
                return status;
        PGresult *begun = PQexec(connection->handle, definition->postgresql);
        if (PQresultStatus(begun) != PGRES_COPY_IN)
                status = pg_failed(connection, begun, definition->name, error);
        PQclear(begun);
        if (!status) {
                buffer_clear(&connection->arguments);
                status = copy_rows(connection, definition, rows, row_count, &connection->arguments, error);
                if (connection->recovery != RECOVERY_RECONNECT) {
                        struct error ignored;
                        enum status ended = copy_end(connection, definition, status ? "given up" : NULL, ret_changes,
                                                     status ? &ignored : error);
                        status = status ? status : ended;
                }
        }
        struct error ignored;
        enum status entered = pg_pipeline(connection, status ? &ignored : error);
        return status ? status : entered;
}

/* ---- arrays ------------------------------------------------------------------------------------------------------ */

/* All values of one argument as an array. */
static void put_array(struct buffer *out, const struct query_definition *definition, unsigned argument,
                      const char *rows, size_t row_count)
{
        uint8_t type = definition->arguments[argument];
        size_t begin = out->length;
        bool nulls = false;
        pg_put_int32(out, 1);
        pg_put_int32(out, 0);
        pg_put_int32(out, (int32_t)pg_oid(type));
        pg_put_int32(out, (int32_t)row_count);
        pg_put_int32(out, 1);
        for (size_t r = 0; r < row_count; r++) {
                struct db_value value;
                query_bulk_value(definition, rows + r * definition->bulk_bytes, argument, &value);
                nulls |= value.is_null;
                put_field(out, type, &value);
        }
        if (nulls && !out->failed)
                set32(out, begin + INT32_BYTES, 1);
}

static enum status unnest(struct pg_connection *connection, enum query_id query, const char *rows, size_t row_count,
                          int64_t *ret_changes, struct error *error)
{
        const struct query_definition *definition = &query_definitions[query];
        struct buffer *out = &connection->arguments;
        size_t places[PG_PARAMETERS_MAX];
        struct pg_parameters parameters = {.count = definition->argument_count};
        buffer_clear(out);
        for (int i = 0; i < parameters.count; i++) {
                places[i] = out->length;
                put_array(out, definition, (unsigned)i, rows, row_count);
                parameters.lengths[i] = (int)(out->length - places[i]);
                parameters.formats[i] = 1;
        }
        if (out->failed)
                return error_memory(error);
        for (int i = 0; i < parameters.count; i++)
                parameters.values[i] = out->data + places[i];
        PGresult *result = NULL;
        enum status status = pg_queue_encoded(connection, query, &parameters, error);
        if (!status)
                status = pg_settle(connection, &result, error);
        if (!status)
                *ret_changes += tuples(result);
        PQclear(result);
        return status;
}

enum status pg_bulk(struct connection *base, enum query_id query, const void *rows, size_t row_count,
                    int64_t *ret_changes, struct error *error)
{
        struct pg_connection *connection = pg_own(base);
        const struct query_definition *definition = &query_definitions[query];
        int64_t changes = 0;
        enum status status = STATUS_OK;
        if (strncmp(definition->postgresql, "COPY ", 5) == 0) {
                status = copy(connection, definition, rows, row_count, &changes, error);
        } else {
                for (size_t begin = 0; !status && begin < row_count; begin += ARRAY_ROWS_MAX) {
                        size_t count = row_count - begin < ARRAY_ROWS_MAX ? row_count - begin : ARRAY_ROWS_MAX;
                        status = unnest(connection, query, (const char *)rows + begin * definition->bulk_bytes, count,
                                        &changes, error);
                }
        }
        if (!status && ret_changes)
                *ret_changes = changes;
        return status;
}
