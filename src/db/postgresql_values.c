/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql_values.c: arguments and rows in PostgreSQL's binary format. Integers are big-endian; an array is its
 * number of dimensions, a flag for NULLs, the element type, length and lower bound, and each element with its length
 * before it.
 */
#include <endian.h>
#include <limits.h>

#include "db/postgresql.h"

#define VALUES_BYTES_MAX ((size_t)1 << 30)

enum { INT16_BYTES = 2, INT32_BYTES = 4, INT64_BYTES = 8, ARRAY_HEAD_BYTES = 20 };

const uint32_t pg_line_oids[PG_LINE_COLUMNS] = {PG_OID_INT4, PG_OID_INT8, PG_OID_INT8,
                                                PG_OID_INT8, PG_OID_INT4, PG_OID_INT2};

uint32_t pg_oid(uint8_t type)
{
        static const uint32_t oids[] = {[DB_INT64] = PG_OID_INT8, [DB_INT32] = PG_OID_INT4, [DB_FLAG] = PG_OID_INT2,
                                        [DB_TEXT] = PG_OID_TEXT, [DB_BYTES] = PG_OID_BYTEA};
        return oids[type & DB_TYPE_MASK];
}

uint32_t pg_array_oid(uint8_t type)
{
        static const uint32_t oids[] = {[DB_INT64] = PG_OID_INT8_ARRAY, [DB_INT32] = PG_OID_INT4_ARRAY,
                                        [DB_FLAG] = PG_OID_INT2_ARRAY, [DB_TEXT] = PG_OID_TEXT_ARRAY,
                                        [DB_BYTES] = PG_OID_BYTEA_ARRAY};
        return oids[type & DB_TYPE_MASK];
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void pg_put_int16(struct buffer *out, int16_t value)
{
        uint16_t big = htobe16((uint16_t)value);
        buffer_add(out, &big, sizeof(big));
}

void pg_put_int32(struct buffer *out, int32_t value)
{
        uint32_t big = htobe32((uint32_t)value);
        buffer_add(out, &big, sizeof(big));
}

void pg_put_int64(struct buffer *out, int64_t value)
{
        uint64_t big = htobe64((uint64_t)value);
        buffer_add(out, &big, sizeof(big));
}

void pg_put_value(struct buffer *out, uint8_t type, const struct db_value *value)
{
        switch (type & DB_TYPE_MASK) {
        case DB_INT64:
                pg_put_int64(out, value->integer);
                break;
        case DB_INT32:
                pg_put_int32(out, (int32_t)value->integer);
                break;
        case DB_FLAG:
                pg_put_int16(out, value->integer != 0);
                break;
        default:
                buffer_add(out, value->data, value->length);
        }
}

/* An array of integers of `bytes` each, with its own length before it. */
static uint8_t *put_array_head(uint8_t *p, uint32_t element, size_t count, size_t bytes)
{
        uint32_t words[6] = {htobe32((uint32_t)(ARRAY_HEAD_BYTES + count * (INT32_BYTES + bytes))), htobe32(1), 0,
                             htobe32(element), htobe32((uint32_t)count), htobe32(1)};
        memcpy(p, words, sizeof(words));
        return p + sizeof(words);
}

/* An empty array has no dimension. */
static uint8_t *put_empty_array(uint8_t *p, uint32_t element)
{
        uint32_t words[4] = {htobe32(3 * INT32_BYTES), 0, 0, htobe32(element)};
        memcpy(p, words, sizeof(words));
        return p + sizeof(words);
}

static uint8_t *put_int64_array(uint8_t *p, const int64_t *values, size_t count)
{
        p = put_array_head(p, PG_OID_INT8, count, INT64_BYTES);
        const uint32_t length = htobe32(INT64_BYTES);
        for (size_t i = 0; i < count; i++, p += INT32_BYTES + INT64_BYTES) {
                uint64_t big = htobe64((uint64_t)values[i]);
                memcpy(p, &length, sizeof(length));
                memcpy(p + INT32_BYTES, &big, sizeof(big));
        }
        return p;
}

static uint8_t *put_int32_array(uint8_t *p, const int32_t *values, size_t count)
{
        p = put_array_head(p, PG_OID_INT4, count, INT32_BYTES);
        for (size_t i = 0; i < count; i++, p += 2 * INT32_BYTES) {
                uint32_t words[2] = {htobe32(INT32_BYTES), htobe32((uint32_t)values[i])};
                memcpy(p, words, sizeof(words));
        }
        return p;
}

static uint8_t *put_int16_array(uint8_t *p, const int16_t *values, size_t count)
{
        p = put_array_head(p, PG_OID_INT2, count, INT16_BYTES);
        const uint32_t length = htobe32(INT16_BYTES);
        for (size_t i = 0; i < count; i++, p += INT32_BYTES + INT16_BYTES) {
                uint16_t big = htobe16((uint16_t)values[i]);
                memcpy(p, &length, sizeof(length));
                memcpy(p + INT32_BYTES, &big, sizeof(big));
        }
        return p;
}

bool pg_put_lines(struct pg_connection *connection, struct buffer *out, const struct db_value *value)
{
        struct line_columns *columns = &connection->columns;
        const struct lines_codec *codec = connection->base.database->lines;
        if (!codec || !codec->split((struct bytes){value->data, value->length}, columns))
                return false;
        size_t count = columns->count;
        /* At most 12 bytes per element and 24 per head. */
        if (!buffer_reserve(out, PG_LINE_COLUMNS * (count * (INT32_BYTES + INT64_BYTES) + ARRAY_HEAD_BYTES +
                                                    INT32_BYTES)))
                return false;
        uint8_t *begin = (uint8_t *)out->data + out->length, *p = begin;
        bool any = count > 0;
        p = any ? put_int32_array(p, columns->article, count) : put_empty_array(p, PG_OID_INT4);
        p = any ? put_int64_array(p, columns->quantity, count) : put_empty_array(p, PG_OID_INT8);
        p = any ? put_int64_array(p, columns->amount, count) : put_empty_array(p, PG_OID_INT8);
        p = columns->has_costs ? put_int64_array(p, columns->cost, count) : put_empty_array(p, PG_OID_INT8);
        p = columns->has_groups ? put_int32_array(p, columns->group, count) : put_empty_array(p, PG_OID_INT4);
        p = columns->has_marks ? put_int16_array(p, columns->marks, count) : put_empty_array(p, PG_OID_INT2);
        out->length += (size_t)(p - begin);
        out->data[out->length] = '\0';
        return true;
}

/* Where each parameter lies in the buffer, until the buffer moves no more. */
struct places {
        size_t offsets[PG_PARAMETERS_MAX];
};

static void add_parameter(struct pg_connection *connection, struct pg_parameters *parameters, struct places *places,
                          uint8_t type, const struct db_value *value)
{
        struct buffer *out = &connection->arguments;
        int at = parameters->count++;
        places->offsets[at] = out->length;
        parameters->formats[at] = 1;
        parameters->values[at] = value->is_null ? NULL : "";
        if (!value->is_null)
                pg_put_value(out, type, value);
        parameters->lengths[at] = (int)(out->length - places->offsets[at]);
}

/* The six columns of lines are six parameters. */
static bool add_lines(struct pg_connection *connection, struct pg_parameters *parameters, struct places *places,
                      const struct db_value *value)
{
        struct buffer *out = &connection->arguments;
        size_t at = out->length;
        if (!pg_put_lines(connection, out, value))
                return false;
        for (int i = 0; i < PG_LINE_COLUMNS; i++) {
                uint32_t length;
                memcpy(&length, out->data + at, sizeof(length));
                int parameter = parameters->count++;
                parameters->values[parameter] = "";
                parameters->formats[parameter] = 1;
                parameters->lengths[parameter] = (int)be32toh(length);
                places->offsets[parameter] = at + sizeof(length);
                at += sizeof(length) + be32toh(length);
        }
        return true;
}

enum status pg_encode(struct pg_connection *connection, const struct query_definition *definition,
                      const struct db_value *arguments, struct pg_parameters *ret, struct error *error)
{
        struct pg_parameters parameters = {.count = 0};
        struct places places;
        struct buffer *out = &connection->arguments;
        buffer_clear(out);
        size_t bytes = 0;
        for (unsigned i = 0; i < definition->argument_count; i++) {
                if (arguments[i].length > VALUES_BYTES_MAX - bytes)
                        return error_set(error, STATUS_LIMIT, "database.row_too_large", "query", definition->name,
                                         NULL);
                bytes += arguments[i].length;
                uint8_t type = definition->arguments[i] & DB_TYPE_MASK;
                if (type != DB_LINES)
                        add_parameter(connection, &parameters, &places, type, &arguments[i]);
                else if (!add_lines(connection, &parameters, &places, &arguments[i]))
                        return error_set(error, STATUS_CORRUPT, "database.query_differs", "query", definition->name,
                                         NULL);
        }
        if (out->failed)
                return error_memory(error);
        for (int i = 0; i < parameters.count; i++)
                if (parameters.values[i])
                        parameters.values[i] = out->length ? out->data + places.offsets[i] : "";
        *ret = parameters;
        return STATUS_OK;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static uint32_t get32(const uint8_t *p)
{
        uint32_t big;
        memcpy(&big, p, sizeof(big));
        return be32toh(big);
}

static bool take_integer(const char *data, int length, int64_t *ret)
{
        uint16_t two;
        uint32_t four;
        uint64_t eight;
        switch (length) {
        case INT16_BYTES:
                memcpy(&two, data, sizeof(two));
                *ret = (int16_t)be16toh(two);
                return true;
        case INT32_BYTES:
                memcpy(&four, data, sizeof(four));
                *ret = (int32_t)be32toh(four);
                return true;
        case INT64_BYTES:
                memcpy(&eight, data, sizeof(eight));
                *ret = (int64_t)be64toh(eight);
                return true;
        default:
                return false;
        }
}

/* The elements of an array: `bytes` each, no NULLs, one dimension. */
struct array {
        const uint8_t *elements;
        size_t count;
};

static bool take_array(const PGresult *result, int at, int column, size_t bytes, struct array *ret)
{
        if (PQgetisnull(result, at, column))
                return false;
        const uint8_t *p = (const uint8_t *)PQgetvalue(result, at, column);
        size_t length = (size_t)PQgetlength(result, at, column);
        *ret = (struct array){NULL, 0};
        if (length == 3 * INT32_BYTES && get32(p) == 0)
                return true;
        if (length < ARRAY_HEAD_BYTES || get32(p) != 1 || get32(p + INT32_BYTES) != 0)
                return false;
        size_t count = get32(p + 3 * INT32_BYTES);
        *ret = (struct array){p + ARRAY_HEAD_BYTES, count};
        return (length - ARRAY_HEAD_BYTES) % (INT32_BYTES + bytes) == 0 &&
               (length - ARRAY_HEAD_BYTES) / (INT32_BYTES + bytes) == count;
}

static void take_int64s(const struct array *array, int64_t *out)
{
        const uint8_t *p = array->elements + INT32_BYTES;
        for (size_t i = 0; i < array->count; i++, p += INT32_BYTES + INT64_BYTES) {
                uint64_t big;
                memcpy(&big, p, sizeof(big));
                out[i] = (int64_t)be64toh(big);
        }
}

static void take_int32s(const struct array *array, int32_t *out)
{
        const uint8_t *p = array->elements + INT32_BYTES;
        for (size_t i = 0; i < array->count; i++, p += 2 * INT32_BYTES)
                out[i] = (int32_t)get32(p);
}

static void take_int16s(const struct array *array, int16_t *out)
{
        const uint8_t *p = array->elements + INT32_BYTES;
        for (size_t i = 0; i < array->count; i++, p += INT32_BYTES + INT16_BYTES) {
                uint16_t big;
                memcpy(&big, p, sizeof(big));
                out[i] = (int16_t)be16toh(big);
        }
}

/* From six columns to the packed form; false when they do not fit each other. */
static bool take_lines(struct pg_connection *connection, const PGresult *result, int at, int column,
                       struct buffer *packed, struct db_value *ret)
{
        static const size_t bytes[PG_LINE_COLUMNS] = {4, 8, 8, 8, 4, 2};
        struct line_columns *columns = &connection->columns;
        const struct lines_codec *codec = connection->base.database->lines;
        struct array arrays[PG_LINE_COLUMNS];
        for (int i = 0; i < PG_LINE_COLUMNS; i++)
                if (!take_array(result, at, column + i, bytes[i], &arrays[i]) ||
                    (arrays[i].count != arrays[0].count && (i < 3 || arrays[i].count)))
                        return false;
        columns->count = arrays[0].count;
        columns->has_costs = arrays[3].count != 0;
        columns->has_groups = arrays[4].count != 0;
        columns->has_marks = arrays[5].count != 0;
        if (!codec || !line_columns_reserve(columns, columns->count))
                return false;
        take_int32s(&arrays[0], columns->article);
        take_int64s(&arrays[1], columns->quantity);
        take_int64s(&arrays[2], columns->amount);
        take_int64s(&arrays[3], columns->cost);
        take_int32s(&arrays[4], columns->group);
        take_int16s(&arrays[5], columns->marks);
        if (!packed->data)
                buffer_init(packed, VALUES_BYTES_MAX);
        buffer_clear(packed);
        if (!codec->join(columns, packed))
                return false;
        *ret = (struct db_value){.data = packed->data, .length = packed->length};
        return true;
}

static bool take_value(const PGresult *result, int at, int column, uint8_t type, struct db_value *ret)
{
        *ret = (struct db_value){.is_null = PQgetisnull(result, at, column)};
        if (ret->is_null)
                return (type & DB_NULLABLE) != 0;
        const char *data = PQgetvalue(result, at, column);
        int length = PQgetlength(result, at, column);
        switch (type & DB_TYPE_MASK) {
        case DB_TEXT:
        case DB_BYTES:
                ret->data = data;
                ret->length = (size_t)length;
                return true;
        case DB_INT32:
                return take_integer(data, length, &ret->integer) && (int32_t)ret->integer == ret->integer;
        default:
                return take_integer(data, length, &ret->integer);
        }
}

enum status pg_take_row(struct pg_connection *connection, enum query_id query, const PGresult *result, int at,
                        struct db_value *ret, struct error *error)
{
        const struct query_definition *definition = &query_definitions[query];
        int column = 0;
        for (int i = 0; i < definition->row_count; i++) {
                uint8_t type = definition->rows[i];
                bool lines = (type & DB_TYPE_MASK) == DB_LINES;
                bool fits = lines ? take_lines(connection, result, at, column, &connection->packed[query], &ret[i])
                                  : take_value(result, at, column, type, &ret[i]);
                if (!fits)
                        return error_set(error, STATUS_CORRUPT, "database.column_differs", "query", definition->name,
                                         "column", PQfname(result, column), NULL);
                column += lines ? PG_LINE_COLUMNS : 1;
        }
        return STATUS_OK;
}
