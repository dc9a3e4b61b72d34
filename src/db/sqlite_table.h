/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sqlite_table.h: what the tables share that SQL on SQLite sees but the program makes up while they are read: rows are
 * read from the first to the last and by nothing else, and nobody writes.
 */
#ifndef TREUE_DB_SQLITE_TABLE_H
#define TREUE_DB_SQLITE_TABLE_H

#include <stddef.h>

#include <sqlite3.h>

struct sqlite_table {
        sqlite3_vtab base;
        void *context;          /* what the table was registered with */
};

/* First member of a table's own cursor, which sets `at` and `count` when a scan begins. */
struct sqlite_table_cursor {
        sqlite3_vtab_cursor base;
        size_t at, count;
};

/* For xConnect: declares the columns. SQLite's code. */
int sqlite_table_connect(sqlite3 *handle, const char *columns, void *context, sqlite3_vtab **ret);
/* For xOpen: a cursor of so many bytes, zeroed. */
int sqlite_table_open(size_t cursor_bytes, sqlite3_vtab_cursor **ret);
int sqlite_table_disconnect(sqlite3_vtab *table);
int sqlite_table_close(sqlite3_vtab_cursor *cursor);
int sqlite_table_next(sqlite3_vtab_cursor *cursor);
int sqlite_table_at_end(sqlite3_vtab_cursor *cursor);
int sqlite_table_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret);

/* A module: without xCreate the table exists by itself and cannot be made under another name. */
#define SQLITE_TABLE_MODULE(connect, best_index, open, close, begin, column)                                 \
        {                                                                                                    \
                .xConnect = connect, .xBestIndex = best_index, .xDisconnect = sqlite_table_disconnect,       \
                .xDestroy = sqlite_table_disconnect, .xOpen = open, .xClose = close, .xFilter = begin,       \
                .xNext = sqlite_table_next, .xEof = sqlite_table_at_end, .xColumn = column,                  \
                .xRowid = sqlite_table_rowid,                                                                \
        }

#endif
