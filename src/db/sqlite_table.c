/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sqlite_table.c: tables and cursors in SQLite's memory, and the way from row to row.
 */
#include "db/sqlite_table.h"

#include <string.h>

int sqlite_table_connect(sqlite3 *handle, const char *columns, void *context, sqlite3_vtab **ret)
{
        int code = sqlite3_declare_vtab(handle, columns);
        if (code != SQLITE_OK)
                return code;
        struct sqlite_table *table = sqlite3_malloc(sizeof(*table));
        if (!table)
                return SQLITE_NOMEM;
        *table = (struct sqlite_table){.context = context};
        *ret = &table->base;
        return SQLITE_OK;
}

int sqlite_table_open(size_t cursor_bytes, sqlite3_vtab_cursor **ret)
{
        void *cursor = sqlite3_malloc64(cursor_bytes);
        if (!cursor)
                return SQLITE_NOMEM;
        memset(cursor, 0, cursor_bytes);
        *ret = cursor;
        return SQLITE_OK;
}

int sqlite_table_disconnect(sqlite3_vtab *table)
{
        sqlite3_free(table);
        return SQLITE_OK;
}

int sqlite_table_close(sqlite3_vtab_cursor *cursor)
{
        sqlite3_free(cursor);
        return SQLITE_OK;
}

int sqlite_table_next(sqlite3_vtab_cursor *cursor)
{
        ((struct sqlite_table_cursor *)cursor)->at++;
        return SQLITE_OK;
}

int sqlite_table_at_end(sqlite3_vtab_cursor *cursor)
{
        const struct sqlite_table_cursor *own = (const struct sqlite_table_cursor *)cursor;
        return own->at >= own->count;
}

int sqlite_table_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret)
{
        *ret = (sqlite3_int64)((const struct sqlite_table_cursor *)cursor)->at;
        return SQLITE_OK;
}
