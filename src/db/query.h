/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * query.h: what the generated queries (queries.c) stand on: their definitions and the functions that run them on
 * whichever engine a connection belongs to. Other code calls the typed functions of queries.h.
 */
#ifndef TREUE_DB_QUERY_H
#define TREUE_DB_QUERY_H

#include "db/db.h"

enum query_id;

enum query_kind { QUERY_EXEC, QUERY_ONE, QUERY_MANY };

/* Types of arguments and columns. DB_LINES: the packed lines of a document; an engine may store them otherwise. */
enum { DB_INT64, DB_INT32, DB_FLAG, DB_TEXT, DB_BYTES, DB_LINES, DB_TYPE_MASK = 0x0f, DB_NULLABLE = 0x10 };

struct query_definition {
        const char *name, *sqlite, *postgresql;
        const uint8_t *arguments, *rows; /* DB_ types */
        uint8_t argument_count, row_count;
        enum query_kind kind;
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
must_check enum status query_one(struct connection *connection, enum query_id query, const struct db_value *arguments,
                                 struct db_value *ret_row, bool *ret_found, struct error *error);
must_check enum status query_open(struct connection *connection, enum query_id query, const struct db_value *arguments,
                                  struct rows **ret, struct error *error);
must_check enum status query_next(struct rows *rows, enum query_id query, struct db_value *ret_row, bool *ret_more,
                                  struct error *error);

#endif
