/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_list.c: treue import list.
 */
#include "base/calendar.h"
#include "cli/columns.h"
#include "cli/import_parts.h"
#include "platform/clock.h"
#include "queries.h"
#include "render/json.h"

enum { FILE_WIDTH_MAX = 40 };

/* 2026-01-02T03:04:05Z */
static void add_instant(struct json *json, const char *key, bool known, int64_t instant_ms)
{
        struct buffer text;
        json_key(json, key);
        if (!known) {
                json_null(json);
                return;
        }
        int64_t seconds = instant_ms / 1000, day = seconds / 86400, rest = seconds % 86400;
        buffer_init(&text, 64);
        day_add_iso(&text, (int32_t)day);
        buffer_addf(&text, "T%02d:%02d:%02dZ", (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
        json_string(json, text.data);
        buffer_release(&text);
}

static void add_int(struct json *json, const char *key, int64_t value)
{
        json_key(json, key);
        json_int(json, value);
}

static void add_text(struct json *json, const char *key, bool known, struct text text)
{
        json_key(json, key);
        if (known)
                json_text(json, text);
        else
                json_null(json);
}

static void add_json(struct json *json, const struct q_import_list_row *row)
{
        json_begin_object(json);
        json_key(json, "id");
        json_id_text(json, row->id);
        add_text(json, "kind", true, row->kind);
        add_text(json, "source", true, row->source);
        add_text(json, "file", true, row->file_name);
        add_text(json, "state", true, row->state);
        add_instant(json, "started", true, row->started_ms);
        add_instant(json, "finished", row->has_finished_ms, row->finished_ms);
        add_instant(json, "undone", row->has_undone_ms, row->undone_ms);
        add_int(json, "generation", row->generation);
        json_key(json, "undone_generation");
        if (row->has_undone_generation)
                json_int(json, row->undone_generation);
        else
                json_null(json);
        add_int(json, "lines_read", row->lines_read);
        add_int(json, "lines_rejected", row->lines_rejected);
        add_int(json, "rows_new", row->rows_new);
        add_int(json, "rows_changed", row->rows_changed);
        add_int(json, "rows_same", row->rows_same);
        add_int(json, "rows_rejected", row->rows_rejected);
        add_int(json, "customers_created", row->customers_created);
        add_int(json, "products_created", row->products_created);
        add_text(json, "error_file", row->has_error_file, row->error_file);
        json_end_object(json);
}

static void add_head(struct cli_context *context, struct columns *table)
{
        static const char *const keys[] = {
                "import.list.id", "import.list.day", "import.list.kind", "import.list.source", "import.list.file",
                "import.list.state", "import.list.generation", "import.list.lines", "import.list.new",
                "import.list.changed", "import.list.same", "import.list.rejected",
        };
        columns_init(table, sizeof(keys) / sizeof(keys[0]), FILE_WIDTH_MAX);
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
                columns_add(table, text_of(message_raw(context->language, keys[i])));
}

static void add_row(struct cli_context *context, struct columns *table, const struct q_import_list_row *row)
{
        const int64_t numbers[] = {row->generation, row->lines_read, row->rows_new, row->rows_changed, row->rows_same,
                                   row->rows_rejected};
        bool published = text_is(row->state, "published");
        struct buffer cell;
        char id[16];
        snprintf(id, sizeof(id), "%d", (int)row->id);
        columns_add_count(table, id);
        buffer_init(&cell, 256);
        format_add_day(&cell, context->language, clock_local_day(row->started_ms));
        columns_add(table, (struct text){cell.data, cell.length});
        columns_add(table, row->kind);
        columns_add(table, row->source);
        columns_add(table, row->file_name);
        columns_add(table, text_of(message_raw(context->language, published ? "import.state.published"
                                                                            : "import.state.undone")));
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
                buffer_clear(&cell);
                format_add_count(&cell, context->language, numbers[i]);
                columns_add_count(table, cell.data);
        }
        buffer_release(&cell);
}

enum status import_print_list(struct cli_context *context, bool as_json, struct error *error)
{
        database_cleanup struct database *database = NULL;
        connection_cleanup struct connection *connection = NULL;
        rows_cleanup struct rows *rows = NULL;
        enum status status = cli_open_database(context, CLI_READ, &database, error);
        if (!status)
                status = db_connect(database, &connection, error);
        if (!status)
                status = q_import_list_open(connection, NULL, &rows, error);
        if (status)
                return status;
        struct buffer out __attribute__((cleanup(buffer_release)));
        struct columns table __attribute__((cleanup(columns_release)));
        struct json json;
        bool more = true, any = false;
        buffer_init(&out, (size_t)256 << 20);
        add_head(context, &table);
        json_init(&json, &out, true);
        if (as_json)
                json_begin_array(&json);
        while (!status) {
                struct q_import_list_row row;
                status = q_import_list_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                any = true;
                if (as_json)
                        add_json(&json, &row);
                else
                        add_row(context, &table, &row);
        }
        if (as_json)
                json_end_array(&json);
        else if (any)
                columns_write(&table, "", &out);
        else
                message_add(&out, context->language, "import.list.empty", NULL);
        if (!status && (out.failed || table.cells.failed))
                status = error_memory(error);
        if (!status)
                cli_write(stdout, &out);
        return status;
}
