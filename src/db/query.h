/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * query.h: what the generated queries (queries.c) stand on: their definitions and the functions that run them on
 * whichever engine a connection belongs to. Other code calls the typed functions of queries.h.
 */
#ifndef TREUE_DB_QUERY_H
#define TREUE_DB_QUERY_H

#include "db/db.h"

enum query_id;

/* QUERY_SCAN: a QUERY_MANY whose rows need not fit into memory together. */
enum query_kind { QUERY_EXEC, QUERY_ONE, QUERY_MANY, QUERY_SCAN, QUERY_BULK };

/* Types of arguments and columns. DB_LINES: the packed lines of a document; an engine may store them otherwise. */
enum { DB_INT64, DB_INT32, DB_FLAG, DB_TEXT, DB_BYTES, DB_LINES, DB_TYPE_MASK = 0x0f, DB_NULLABLE = 0x10 };

/* Where an argument of a :bulk query lies in its struct, and the flag that says it is not NULL. */
#define DB_NEVER_NULL SIZE_MAX
struct bulk_place {
        size_t value, flag; /* offsets */
};

struct query_definition {
        const char *name, *sqlite, *postgresql;
        const uint8_t *arguments, *rows; /* DB_ types */
        uint8_t argument_count, row_count;
        enum query_kind kind;
        size_t bulk_bytes; /* of one row of a :bulk query */
        const struct bulk_place *bulk_places;
};

struct migration {
        int32_t number;
        const char *name, *checksum, *sqlite, *postgresql;
};

struct db_value {
        bool is_null;
        int64_t integer;
        const void *data; /* text or bytes */
        size_t length;
};

/* ret_changes may be NULL. */
must_check enum status query_exec(struct connection *connection, enum query_id query, const struct db_value *arguments,
                                  int64_t *ret_changes, struct error *error);
/* All rows or none; `rows` is an array of the query's argument structs, borrowed until the call returns. */
must_check enum status query_bulk(struct connection *connection, enum query_id query, const void *rows,
                                  size_t row_count, int64_t *ret_changes, struct error *error);
/* One argument of one row of a :bulk query. */
void query_bulk_value(const struct query_definition *definition, const void *row, unsigned argument,
                      struct db_value *ret);
must_check enum status query_one(struct connection *connection, enum query_id query, const struct db_value *arguments,
                                 struct db_value *ret_row, bool *ret_found, struct error *error);
must_check enum status query_open(struct connection *connection, enum query_id query, const struct db_value *arguments,
                                  struct rows **ret, struct error *error);
must_check enum status query_next(struct rows *rows, enum query_id query, struct db_value *ret_row, bool *ret_more,
                                  struct error *error);

#endif
