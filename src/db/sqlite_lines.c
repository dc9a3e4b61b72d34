/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sqlite_lines.c: a virtual table that unpacks its argument when a scan begins. It can only be read with an argument.
 */
#include "db/sqlite_lines.h"

#include "db/sqlite_table.h"

enum { COLUMN_ARTICLE, COLUMN_QUANTITY, COLUMN_AMOUNT, COLUMN_COST, COLUMN_GROUP, COLUMN_MARKS, COLUMN_PACKED };

enum { LINES_EXPECTED = 10 };

static const char columns[] = "CREATE TABLE document_lines(article,quantity,amount,cost,product_group,marks,"
                              "packed HIDDEN)";

struct lines_cursor {
        struct sqlite_table_cursor base;
        struct line_columns lines;
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
        for (int i = 0; i < info->nConstraint; i++) {
                if (info->aConstraint[i].iColumn != COLUMN_PACKED || !info->aConstraint[i].usable ||
                    info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
                        continue;
                info->aConstraintUsage[i].argvIndex = 1;
                info->aConstraintUsage[i].omit = 1;
                info->estimatedCost = LINES_EXPECTED;
                info->estimatedRows = LINES_EXPECTED;
                return SQLITE_OK;
        }
        return SQLITE_CONSTRAINT; /* this plan has no argument: another one must be found */
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
        (void)table;
        return sqlite_table_open(sizeof(struct lines_cursor), ret);
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
        line_columns_release(&((struct lines_cursor *)cursor)->lines);
        return sqlite_table_close(cursor);
}

static int refuse(sqlite3_vtab *table, const char *message)
{
        sqlite3_free(table->zErrMsg);
        table->zErrMsg = sqlite3_mprintf("document_lines: %s", message);
        return SQLITE_ERROR;
}

static int begin(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc, sqlite3_value **argv)
{
        struct lines_cursor *own = (struct lines_cursor *)cursor;
        const struct lines_codec *codec = ((struct sqlite_table *)cursor->pVtab)->context;
        (void)number;
        (void)text;
        own->base.at = own->base.count = 0;
        if (argc != 1 || sqlite3_value_type(argv[0]) != SQLITE_BLOB)
                return SQLITE_OK; /* no lines, as unnest(NULL) has none */
        if (!codec)
                return refuse(cursor->pVtab, "this connection cannot unpack lines");
        struct bytes packed = {sqlite3_value_blob(argv[0]), (size_t)sqlite3_value_bytes(argv[0])};
        if (!codec->split(packed, &own->lines))
                return refuse(cursor->pVtab, "not the packed lines of a document");
        own->base.count = own->lines.count;
        return SQLITE_OK;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int number)
{
        const struct lines_cursor *own = (const struct lines_cursor *)cursor;
        const struct line_columns *lines = &own->lines;
        size_t at = own->base.at;
        switch (number) {
        case COLUMN_ARTICLE:
                sqlite3_result_int64(result, (uint32_t)lines->article[at]);
                break;
        case COLUMN_QUANTITY:
                sqlite3_result_int64(result, lines->quantity[at]);
                break;
        case COLUMN_AMOUNT:
                sqlite3_result_int64(result, lines->amount[at]);
                break;
        case COLUMN_COST:
                sqlite3_result_int64(result, lines->cost[at]);
                break;
        case COLUMN_GROUP:
                sqlite3_result_int64(result, (uint32_t)lines->group[at]);
                break;
        case COLUMN_MARKS:
                sqlite3_result_int64(result, lines->marks[at]);
                break;
        default:
                break; /* the argument itself: NULL, nobody asks for it */
        }
        return SQLITE_OK;
}

int sqlite_lines_register(sqlite3 *handle, const struct lines_codec *codec)
{
        static const sqlite3_module module =
                SQLITE_TABLE_MODULE(connect_table, best_index, open_cursor, close_cursor, begin, column);
        return sqlite3_create_module_v2(handle, "document_lines", &module, (void *)codec, NULL);
}
