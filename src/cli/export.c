/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export.c: `treue export`: takes out again what was imported, row by row, or prints the profile that reads it back.
 */
#include "base/calendar.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "platform/file.h"
#include "program/export.h"
#include "render/csv.h"
#include "render/json.h"

enum { CHUNK_BYTES = 1 << 20 };
#define CHUNK_BYTES_MAX ((size_t)1 << 30)

struct wishes {
        struct export_request request;
        const char *on, *format, *output;
        bool profile, json;
};

/* Where rows go: a file, or standard output. */
struct output {
        struct buffer chunk;
        struct writer *file;
        bool as_json;
        struct csv_writer csv;
        struct json json;
        const struct text *columns;
};

static enum status flush(struct output *output, struct error *error)
{
        enum status status = STATUS_OK;
        if (output->chunk.failed)
                return error_memory(error);
        if (output->file)
                status = writer_write(output->file, output->chunk.data, output->chunk.length, error);
        else if (fwrite(output->chunk.data, 1, output->chunk.length, stdout) != output->chunk.length)
                status = error_set(error, STATUS_SYSTEM, "export.not_written", NULL);
        buffer_clear(&output->chunk);
        return status;
}

static void add_json(struct output *output, const struct text *cells, size_t count)
{
        json_begin_object(&output->json);
        for (size_t i = 0; i < count; i++) {
                if (!cells[i].length)
                        continue;
                json_key(&output->json, output->columns[i].data);
                json_text(&output->json, cells[i]);
        }
        json_end_object(&output->json);
}

static enum status put_row(void *context, const struct text *cells, size_t count, struct error *error)
{
        struct output *output = context;
        if (output->as_json) {
                add_json(output, cells, count);
        } else {
                for (size_t i = 0; i < count; i++)
                        csv_field(&output->csv, cells[i]);
                csv_end_row(&output->csv);
        }
        return output->chunk.length < CHUNK_BYTES ? STATUS_OK : flush(output, error);
}

static enum status put_rows(struct export *export, struct output *output, struct error *error)
{
        size_t count;
        output->columns = export_columns(export, &count);
        json_init(&output->json, &output->chunk, false);
        csv_writer_init(&output->csv, &output->chunk, ',');
        if (output->as_json)
                json_begin_array(&output->json);
        enum status status = output->as_json ? STATUS_OK : put_row(output, output->columns, count, error);
        if (!status)
                status = export_run(export, put_row, output, error);
        if (!status && output->as_json) {
                json_end_array(&output->json);
                buffer_add_byte(&output->chunk, '\n');
        }
        return status ? status : flush(output, error);
}

static enum status write_export(struct export *export, const struct wishes *wishes, struct output *output,
                                struct error *error)
{
        enum status status = STATUS_OK;
        if (wishes->output && strcmp(wishes->output, "-") != 0)
                status = writer_open(wishes->output, &output->file, error);
        if (status)
                return status;
        if (wishes->profile) {
                export_add_profile(export, &output->chunk);
                status = flush(output, error);
        } else {
                status = put_rows(export, output, error);
        }
        if (output->file && !status)
                status = writer_close(output->file, true, error);
        else
                writer_discard(output->file);
        return status;
}

static enum status run(struct session *session, const struct wishes *wishes, struct error *error)
{
        export_cleanup struct export *export = NULL;
        struct output output = {.as_json = wishes->json};
        buffer_init(&output.chunk, CHUNK_BYTES_MAX);
        enum status status = db_read_begin(session->connection, error);
        if (!status)
                status = export_new(session->connection, &wishes->request, session->arena, &export, error);
        if (!status)
                status = write_export(export, wishes, &output, error);
        if (session->connection)
                db_read_end(session->connection);
        buffer_release(&output.chunk);
        return status;
}

static enum status read_wishes(struct cli_context *context, int argc, char **argv, struct wishes *wishes,
                               struct error *error)
{
        struct export_request *request = &wishes->request;
        const struct option_info options[] = {
                {"--on", OPTION_VALUE, "DATE", "cli.option.on", .value = &wishes->on},
                {"--format", OPTION_VALUE, "csv|json", "cli.option.format", .value = &wishes->format},
                {"--output", OPTION_VALUE, "FILE", "cli.option.output", .value = &wishes->output},
                {"--profile", OPTION_FLAG, NULL, "cli.option.export_profile", .flag = &wishes->profile},
                {"--source", OPTION_VALUE, "NAME", "cli.option.source", .value = &request->source},
                {"--customer-source", OPTION_VALUE, "NAME", "cli.option.customer_source",
                 .value = &request->customer_source},
                {"--product-source", OPTION_VALUE, "NAME", "cli.option.product_source",
                 .value = &request->product_source},
        };
        struct words words;
        enum status status =
                options_parse(context, options, sizeof(options) / sizeof(options[0]), argc, argv, &words, error);
        if (status)
                return status;
        if (words.count == 0)
                return error_set(error, STATUS_USAGE, "cli.action_missing", "actions", export_kind_names, NULL);
        if (words.count > 1)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words.items[1], NULL);
        request->kind = words.items[0];
        request->on_day = DAY_NONE;
        if (wishes->on && !day_parse_iso(text_of(wishes->on), &request->on_day))
                return error_set(error, STATUS_USAGE, "cli.bad_date", "value", wishes->on, NULL);
        wishes->json = wishes->format && strcmp(wishes->format, "json") == 0;
        if (wishes->format && !wishes->json && strcmp(wishes->format, "csv") != 0)
                return error_set(error, STATUS_USAGE, "cli.bad_format", "value", wishes->format, "formats", "csv, json",
                                 NULL);
        return STATUS_OK;
}

int cmd_export(struct cli_context *context, int argc, char **argv)
{
        struct wishes wishes = {0};
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = read_wishes(context, argc, argv, &wishes, &error);
        if (!status)
                status = session_open(&session, context, &error);
        if (!status)
                status = run(&session, &wishes, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
