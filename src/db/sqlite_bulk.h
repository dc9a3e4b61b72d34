/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sqlite_bulk.h: the table `bulk_rows` that :bulk queries read on SQLite: the rows handed to query_bulk, as columns a1,
 * a2, ... One statement for all rows spares what SQLite does around each.
 */
#ifndef TREUE_DB_SQLITE_BULK_H
#define TREUE_DB_SQLITE_BULK_H

#include <sqlite3.h>

#include "db/engine.h"

/* What the table holds at the moment; a connection has one. */
struct sqlite_bulk {
        const struct query_definition *definition; /* NULL: no rows */
        const char *rows;
        size_t count;
};

/* Registers the table; `bulk` must outlive the handle. Returns SQLite's code. */
int sqlite_bulk_register(sqlite3 *handle, struct sqlite_bulk *bulk);

#endif
