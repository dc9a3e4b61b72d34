/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_list.c: treue import list.
 */
#include "cli/import_parts.h"
#include "queries.h"

enum { FILE_WIDTH_MAX = 40 };

static const struct sheet_column columns[] = {
        {"id", "import.list.id", .kind = SHEET_ID},
        {"kind", "import.list.kind", .kind = SHEET_TEXT},
        {"source", "import.list.source", .kind = SHEET_TEXT},
        {"file", "import.list.file", .kind = SHEET_TEXT, .width_max = FILE_WIDTH_MAX},
        {"state", "import.list.state", .kind = SHEET_CODE, .words = "import.state."},
        {"started", "import.list.day", .kind = SHEET_INSTANT},
        {"finished", "import.list.finished", .kind = SHEET_INSTANT, .forms = IN_JSON | IN_CSV},
        {"undone", "import.list.undone", .kind = SHEET_INSTANT, .forms = IN_JSON | IN_CSV},
        {"generation", "import.list.generation", .kind = SHEET_ORDINAL},
        {"undone_generation", "import.list.undone_generation", .kind = SHEET_ORDINAL, .forms = IN_JSON | IN_CSV},
        {"lines_read", "import.list.lines", .kind = SHEET_COUNT},
        {"lines_rejected", "import.list.lines_rejected", .kind = SHEET_COUNT, .forms = IN_JSON | IN_CSV},
        {"rows_new", "import.list.new", .kind = SHEET_COUNT},
        {"rows_changed", "import.list.changed", .kind = SHEET_COUNT},
        {"rows_same", "import.list.same", .kind = SHEET_COUNT},
        {"rows_rejected", "import.list.rejected", .kind = SHEET_COUNT},
        {"customers_created", "import.list.customers_created", .kind = SHEET_COUNT, .forms = IN_JSON | IN_CSV},
        {"products_created", "import.list.products_created", .kind = SHEET_COUNT, .forms = IN_JSON | IN_CSV},
        {"error_file", "import.list.error_file", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
};

static void put_instant(struct sheet *sheet, bool known, int64_t instant_ms)
{
        if (known)
                sheet_instant(sheet, instant_ms);
        else
                sheet_none(sheet);
}

static void put_row(struct sheet *sheet, const struct q_import_list_row *row)
{
        sheet_integer(sheet, row->id);
        sheet_text(sheet, row->kind);
        sheet_text(sheet, row->source);
        sheet_text(sheet, row->file_name);
        sheet_code(sheet, row->state);
        sheet_instant(sheet, row->started_ms);
        put_instant(sheet, row->has_finished_ms, row->finished_ms);
        put_instant(sheet, row->has_undone_ms, row->undone_ms);
        sheet_integer(sheet, row->generation);
        if (row->has_undone_generation)
                sheet_integer(sheet, row->undone_generation);
        else
                sheet_none(sheet);
        sheet_integer(sheet, row->lines_read);
        sheet_integer(sheet, row->lines_rejected);
        sheet_integer(sheet, row->rows_new);
        sheet_integer(sheet, row->rows_changed);
        sheet_integer(sheet, row->rows_same);
        sheet_integer(sheet, row->rows_rejected);
        sheet_integer(sheet, row->customers_created);
        sheet_integer(sheet, row->products_created);
        sheet_text(sheet, row->has_error_file ? row->error_file : (struct text){NULL, 0});
}

enum status import_print_list(struct cli_context *context, enum form form, struct error *error)
{
        database_cleanup struct database *database = NULL;
        connection_cleanup struct connection *connection = NULL;
        rows_cleanup struct rows *rows = NULL;
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        bool more = true;
        buffer_init(&out, (size_t)256 << 20);
        struct sheet_style style = cli_style(context, form, &out);
        enum status status = cli_open_database(context, CLI_READ, &database, error);
        if (!status)
                status = db_connect(database, &connection, error);
        if (!status)
                status = q_import_list_open(connection, NULL, &rows, error);
        if (!status)
                status = sheet_new(columns, sizeof(columns) / sizeof(columns[0]), &style, &sheet, error);
        while (!status && more) {
                struct q_import_list_row row;
                status = q_import_list_next(rows, &row, &more, error);
                if (!status && more)
                        put_row(sheet, &row);
        }
        if (!status && form == FORM_TABLE && sheet_row_count(sheet) == 0)
                message_add(&out, context->language, "import.list.empty", NULL);
        else if (!status)
                status = sheet_finish(sheet, error);
        return status ? status : cli_answer(&out, error);
}
