/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sqlite_bulk.c: a virtual table over an array of argument structs. It is read from the first row to the last and by
 * nothing else; SQLite copies what it stores, so the rows are only borrowed.
 */
#include "db/sqlite_bulk.h"

#include "db/sqlite_table.h"

/* As many as a query may have arguments (tools/queries.py). */
static const char columns[] = "CREATE TABLE bulk_rows(a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,a11,a12,a13,a14,a15,a16,a17,a18,"
                              "a19,a20,a21,a22,a23,a24,a25,a26,a27,a28,a29,a30,a31,a32)";

struct bulk_cursor {
        struct sqlite_table_cursor base;
        const struct sqlite_bulk *bulk;
};

static int connect_table(sqlite3 *handle, void *context, int argc, const char *const *argv, sqlite3_vtab **ret,
                         char **ret_message)
{
        (void)argc;
        (void)argv;
        (void)ret_message;
        return sqlite_table_connect(handle, columns, context, ret);
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
        (void)table;
        info->estimatedCost = 1;
        return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
        (void)table;
        return sqlite_table_open(sizeof(struct bulk_cursor), ret);
}

static int begin(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc, sqlite3_value **argv)
{
        struct bulk_cursor *own = (struct bulk_cursor *)cursor;
        (void)number;
        (void)text;
        (void)argc;
        (void)argv;
        own->bulk = ((struct sqlite_table *)cursor->pVtab)->context;
        own->base.at = 0;
        own->base.count = own->bulk->count;
        return SQLITE_OK;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int number)
{
        const struct bulk_cursor *own = (const struct bulk_cursor *)cursor;
        const struct query_definition *definition = own->bulk->definition;
        if (number >= definition->argument_count)
                return SQLITE_OK; /* NULL; no query asks for it */
        struct db_value value;
        query_bulk_value(definition, own->bulk->rows + own->base.at * definition->bulk_bytes, (unsigned)number, &value);
        if (value.is_null)
                return SQLITE_OK;
        /* Empty is not NULL, whatever the pointer. */
        const void *data = value.data ? value.data : "";
        switch (definition->arguments[number] & DB_TYPE_MASK) {
        case DB_TEXT:
                sqlite3_result_text64(result, data, value.length, SQLITE_STATIC, SQLITE_UTF8);
                break;
        case DB_BYTES:
        case DB_LINES:
                sqlite3_result_blob64(result, data, value.length, SQLITE_STATIC);
                break;
        default:
                sqlite3_result_int64(result, value.integer);
        }
        return SQLITE_OK;
}

int sqlite_bulk_register(sqlite3 *handle, struct sqlite_bulk *bulk)
{
        static const sqlite3_module module =
                SQLITE_TABLE_MODULE(connect_table, best_index, open_cursor, sqlite_table_close, begin, column);
        return sqlite3_create_module_v2(handle, "bulk_rows", &module, bulk, NULL);
}
