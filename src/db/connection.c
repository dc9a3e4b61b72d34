/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * connection.c: connections and the running of queries on them, the same for every engine.
 */
#include <assert.h>

#include "db/engine.h"

/* One row of a :one query is copied: reading on would keep the view of the database open. */
enum { ROW_BYTES_MAX = 1 << 28 };

void connection_init(struct connection *connection, struct database *database, enum connection_role role)
{
        connection->database = database;
        connection->role = role;
        connection->reading = false;
        for (size_t i = 0; i < QUERY_COUNT; i++)
                connection->rows[i] = (struct rows){.connection = connection, .query = (enum query_id)i};
}

void connection_release(struct connection *connection)
{
        for (size_t i = 0; i < QUERY_COUNT; i++) {
                rows_close(&connection->rows[i]);
                buffer_release(&connection->copies[i]);
                connection->copies[i] = (struct buffer){0}; /* the connection may serve again */
        }
}

enum status query_exec(struct connection *connection, enum query_id query, const struct db_value *arguments,
                       int64_t *ret_changes, struct error *error)
{
        return connection->database->engine->exec(connection, query, arguments, ret_changes, error);
}

enum status query_bulk(struct connection *connection, enum query_id query, const void *rows, size_t row_count,
                       int64_t *ret_changes, struct error *error)
{
        if (row_count == 0) {
                if (ret_changes)
                        *ret_changes = 0;
                return STATUS_OK;
        }
        return connection->database->engine->bulk(connection, query, rows, row_count, ret_changes, error);
}

void query_bulk_value(const struct query_definition *definition, const void *row, unsigned argument,
                      struct db_value *ret)
{
        const struct bulk_place *place = &definition->bulk_places[argument];
        const char *value = (const char *)row + place->value;
        *ret = (struct db_value){0};
        if (place->flag != DB_NEVER_NULL && !*((const bool *)row + place->flag)) {
                ret->is_null = true;
                return;
        }
        switch (definition->arguments[argument] & DB_TYPE_MASK) {
        case DB_TEXT: {
                const struct text *text = (const void *)value;
                ret->data = text->data;
                ret->length = text->length;
                break;
        }
        case DB_BYTES:
        case DB_LINES: {
                const struct bytes *bytes = (const void *)value;
                ret->data = bytes->data;
                ret->length = bytes->length;
                break;
        }
        case DB_FLAG:
                ret->integer = *(const bool *)value;
                break;
        case DB_INT32:
                ret->integer = *(const int32_t *)(const void *)value;
                break;
        default:
                ret->integer = *(const int64_t *)(const void *)value;
        }
}

/* Moves the text and bytes of a row into the buffer of its query. */
static enum status copy_row(struct connection *connection, enum query_id query, struct db_value *row,
                            struct error *error)
{
        const struct query_definition *definition = &query_definitions[query];
        struct buffer *copy = &connection->copies[query];
        size_t bytes = 0;
        for (size_t i = 0; i < definition->row_count; i++) {
                if (row[i].length > ROW_BYTES_MAX - bytes)
                        return error_set(error, STATUS_LIMIT, "database.row_too_large", "query", definition->name,
                                         NULL);
                bytes += row[i].length;
        }
        if (!copy->data)
                buffer_init(copy, ROW_BYTES_MAX);
        buffer_clear(copy);
        if (!buffer_reserve(copy, bytes))
                return error_memory(error);
        for (size_t i = 0; i < definition->row_count; i++) {
                if (!row[i].data)
                        continue;
                size_t offset = copy->length;
                buffer_add(copy, row[i].data, row[i].length);
                row[i].data = copy->data + offset;
        }
        return copy->failed ? error_memory(error) : STATUS_OK;
}

enum status query_one(struct connection *connection, enum query_id query, const struct db_value *arguments,
                      struct db_value *ret_row, bool *ret_found, struct error *error)
{
        const struct engine *engine = connection->database->engine;
        enum status status = engine->start(connection, query, arguments, false, error);
        if (status)
                return status;
        bool found = false;
        status = engine->step(connection, query, ret_row, &found, error);
        if (!status && found)
                status = copy_row(connection, query, ret_row, error);
        engine->end(connection, query);
        if (!status)
                *ret_found = found;
        return status;
}

enum status query_open(struct connection *connection, enum query_id query, const struct db_value *arguments,
                       struct rows **ret, struct error *error)
{
        struct rows *rows = &connection->rows[query];
        assert(!rows->open);
        enum status status = connection->database->engine->start(connection, query, arguments, true, error);
        if (status)
                return status;
        rows->open = true;
        *ret = rows;
        return STATUS_OK;
}

enum status query_next(struct rows *rows, enum query_id query, struct db_value *ret_row, bool *ret_more,
                       struct error *error)
{
        assert(rows->query == query);
        bool more = false;
        if (rows->open) {
                struct connection *connection = rows->connection;
                enum status status = connection->database->engine->step(connection, query, ret_row, &more, error);
                if (status)
                        return status;
                /* At the end at once, so that a forgotten close holds no view. */
                if (!more)
                        rows_close(rows);
        }
        *ret_more = more;
        return STATUS_OK;
}

void rows_close(struct rows *rows)
{
        if (!rows || !rows->open)
                return;
        rows->open = false;
        rows->connection->database->engine->end(rows->connection, rows->query);
}

enum status db_read_begin(struct connection *connection, struct error *error)
{
        assert(!connection->reading);
        enum status status = connection->database->engine->transaction(connection, TRANSACTION_BEGIN_READ, error);
        if (!status)
                connection->reading = true;
        return status;
}

void db_read_end(struct connection *connection)
{
        if (!connection->reading)
                return;
        connection->reading = false;
        for (size_t i = 0; i < QUERY_COUNT; i++)
                rows_close(&connection->rows[i]);
        /* Nothing was written: a failure could only mean that the transaction is gone already. */
        enum status ignored = connection->database->engine->transaction(connection, TRANSACTION_ROLLBACK, NULL);
        (void)ignored;
}
