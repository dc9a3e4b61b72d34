/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export.c: `treue export`: takes out again what was imported, row by row, or prints the profile that reads it back.
 */
#include "base/calendar.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "importer/profile.h"
#include "program/export.h"

enum { CHUNK_BYTES = 1 << 20 };
#define CHUNK_BYTES_MAX ((size_t)1 << 30)

struct wishes {
        struct export_request request;
        const char *on, *format;
        bool profile;
        enum form form;
};

/* Rows on their way out. */
struct output {
        struct buffer chunk;
        enum form form;
        struct sheet *sheet;
};

static enum status flush(struct output *output, struct error *error)
{
        enum status status = STATUS_OK;
        if (output->chunk.failed)
                return error_memory(error);
        if (fwrite(output->chunk.data, 1, output->chunk.length, stdout) != output->chunk.length)
                status = error_set(error, STATUS_SYSTEM, "export.not_written", NULL);
        buffer_clear(&output->chunk);
        return status;
}

static enum status put_row(void *context, const struct text *cells, size_t count, struct error *error)
{
        struct output *output = context;
        for (size_t i = 0; i < count; i++)
                sheet_cell(output->sheet, cells[i].length ? cells[i] : (struct text){NULL, 0});
        return output->chunk.length < CHUNK_BYTES ? STATUS_OK : flush(output, error);
}

/* Days and numbers are such in a workbook. */
static enum sheet_kind kind_of(const char *export_kind, const char *column)
{
        enum field_type type = FIELD_TEXT;
        for (size_t k = 0; k < IMPORT_KIND_COUNT; k++) {
                const struct kind_info *kind = &kind_infos[k];
                if (strcmp(kind->name, export_kind) != 0)
                        continue;
                for (size_t f = 0; f < kind->field_count; f++) {
                        const char *name = kind->fields[f].name;
                        size_t stem = strcspn(name, "*"); /* of a family: what stands in front of the name */
                        if (name[stem] ? strncmp(name, column, stem) == 0 : strcmp(name, column) == 0)
                                type = kind->fields[f].type;
                }
        }
        switch (type) {
        case FIELD_DAY:
                return SHEET_DAY;
        case FIELD_MONEY:
        case FIELD_QUANTITY:
        case FIELD_DECIMAL:
        case FIELD_INTEGER:
        case FIELD_SHARE:
                return SHEET_DECIMAL;
        default:
                return SHEET_TEXT;
        }
}

static enum status put_rows(struct export *export, const char *kind, struct output *output, struct session *session,
                            struct error *error)
{
        size_t count;
        const struct text *names = export_columns(export, &count);
        struct sheet_column *columns = arena_array(session->arena, struct sheet_column, count + 1);
        struct sheet_style style = cli_style(session->context, output->form, &output->chunk);
        style.leave_out_none = true;
        style.csv_local = false; /* what the profile says */
        for (size_t i = 0; i < count && columns; i++)
                columns[i] = (struct sheet_column){names[i].data, NULL, .kind = kind_of(kind, names[i].data)};
        enum status status = columns ? sheet_new(columns, count, &style, &output->sheet, error) : error_memory(error);
        if (!status)
                status = export_run(export, put_row, output, error);
        if (!status)
                status = sheet_finish(output->sheet, error);
        if (!status && output->form == FORM_JSON)
                buffer_add_byte(&output->chunk, '\n');
        sheet_free(output->sheet);
        return status ? status : flush(output, error);
}

static enum status write_export(struct export *export, const struct wishes *wishes, struct output *output,
                                struct session *session, struct error *error)
{
        if (!wishes->profile)
                return put_rows(export, wishes->request.kind, output, session, error);
        export_add_profile(export, &output->chunk);
        return flush(output, error);
}

static enum status run(struct session *session, const struct wishes *wishes, struct error *error)
{
        export_cleanup struct export *export = NULL;
        struct output output = {.form = wishes->form};
        buffer_init(&output.chunk, CHUNK_BYTES_MAX);
        enum status status = db_read_begin(session->connection, error);
        if (!status)
                status = export_new(session->connection, &wishes->request, session->arena, &export, error);
        if (!status)
                status = write_export(export, wishes, &output, session, error);
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
                {"--format", OPTION_VALUE, "csv|json|xlsx", "cli.option.format", .value = &wishes->format},
                {"--profile", OPTION_FLAG, NULL, "cli.option.export_profile", .flag = &wishes->profile},
                {"--source", OPTION_VALUE, "NAME", "cli.option.source", .value = &request->source},
                {"--customer-source", OPTION_VALUE, "NAME", "cli.option.customer_source",
                 .value = &request->customer_source},
                {"--product-source", OPTION_VALUE, "NAME", "cli.option.product_source",
                 .value = &request->product_source},
        };
        struct words words;
        enum status status = options_parse_words(context, options, sizeof(options) / sizeof(options[0]), 1, argc, argv,
                                                 &words, error);
        if (status)
                return status;
        if (words.count == 0)
                return error_set(error, STATUS_USAGE, "cli.action_missing", "actions", export_kind_names, NULL);
        request->kind = words.items[0];
        request->on_day = DAY_NONE;
        if (wishes->on && !day_parse_iso(text_of(wishes->on), &request->on_day))
                return error_set(error, STATUS_USAGE, "cli.bad_date", "value", wishes->on, NULL);
        return options_form(context, wishes->profile ? NULL : wishes->format,
                            wishes->profile ? IN_CSV : IN_JSON | IN_CSV | IN_XLSX, &wishes->form, error);
}

int cmd_export(struct cli_context *context, int argc, char **argv)
{
        struct wishes wishes = {0};
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = read_wishes(context, argc, argv, &wishes, &error);
        if (!status)
                status = session_open(&session, context, CLI_READ, &error);
        if (!status)
                status = run(&session, &wishes, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
