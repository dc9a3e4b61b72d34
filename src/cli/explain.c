/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain.c: `treue explain`: why a customer is where he is and what is missing for the next step.
 */
#include "cli/explain_output.h"

#include "cli/commands.h"
#include "cli/options.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct request {
        const char *cutoff, *format;
        bool json;
        int32_t cutoff_day;
        const char *customer;
};

static enum status read_request(struct cli_context *context, int argc, char **argv, struct request *request,
                                struct error *error)
{
        const struct option_info options[] = {
                {"--cutoff", OPTION_VALUE, "DATE", "cli.option.explain_cutoff", NULL, &request->cutoff, NULL},
                {"--format", OPTION_VALUE, "table|json", "cli.option.format", NULL, &request->format, NULL},
        };
        struct words words;
        enum status status = options_parse(context, options, 2, argc, argv, &words, error);
        if (status != STATUS_OK)
                return status;
        if (words.count != 1)
                return error_set(error, STATUS_USAGE, "explain.customer_missing", NULL);
        request->customer = words.items[0];
        request->cutoff_day = DAY_NONE;
        if (request->cutoff)
                status = options_day(request->cutoff, &request->cutoff_day, error);
        request->json = request->format && strcmp(request->format, "json") == 0;
        return status == STATUS_OK ? options_format(request->format, "table, json", error) : status;
}

static enum status explain(struct cli_context *context, const struct request *request, struct connection *connection,
                           struct arena *arena, struct error *error)
{
        struct explained explained;
        int64_t program_id;
        const char *program;
        enum status status = customer_find(connection, request->customer, arena, &explained, error);
        if (status == STATUS_OK)
                status = program_choose(connection, context->program, arena, &program_id, &program, error);
        if (status == STATUS_OK)
                status = explained_load(connection, program_id, request->cutoff_day, arena, &explained, error);
        if (status != STATUS_OK)
                return status;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        if (request->json)
                explain_json(&explained, &out);
        else
                explain_text(context, &explained, &out);
        if (out.failed)
                return error_memory(error);
        cli_write(stdout, &out);
        return STATUS_OK;
}

int cmd_explain(struct cli_context *context, int argc, char **argv)
{
        struct request request = {0};
        struct error error;
        struct database *database database_cleanup = NULL;
        struct connection *connection connection_cleanup = NULL;
        struct arena *arena arena_cleanup = arena_new(ARENA_BYTES_MAX);
        enum status status = arena ? read_request(context, argc, argv, &request, &error) : error_memory(&error);
        if (status == STATUS_OK)
                status = cli_open_database(context, CLI_READ, &database, &error);
        if (status == STATUS_OK)
                status = db_connect(database, &connection, &error);
        if (status == STATUS_OK)
                status = explain(context, &request, connection, arena, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
