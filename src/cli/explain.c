/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain.c: `treue explain`: why a customer is where he is and what is missing for the next step.
 */
#include "cli/explain_output.h"

#include "cli/commands.h"
#include "cli/options.h"
#include "facts/snapshot.h"
#include "platform/clock.h"
#include "platform/thread.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct request {
        const char *cutoff, *format;
        enum form form;
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
        return status == STATUS_OK ? options_form(request->format, IN_TABLE | IN_JSON, &request->form, error) : status;
}

/* With whom he was evaluated, by the facts the decision was taken on. */
static enum status add_together(struct cli_context *context, struct database *database, struct connection *connection,
                                struct arena *arena, struct explained *explained, struct error *error)
{
        const struct concept *concept = explained->version.concept;
        struct pool *pool pool_cleanup = NULL;
        struct snapshot *snapshot snapshot_cleanup = NULL;
        struct snapshot_note note = {0};
        bool possible = false;
        enum status status = together_possible(connection, concept, explained->customer_id, &possible, error);
        if (status != STATUS_OK || !possible)
                return status;
        status = pool_new(processor_count(), &pool, error);
        if (status != STATUS_OK)
                return status;
        struct parallel parallel = pool_parallel(pool);
        status = snapshot_open(database, connection, explained->generation, false, &parallel, &snapshot, &note, error);
        if (status != STATUS_OK)
                return status;
        if (note.key)
                cli_print(context, stderr, note.key, "detail", note.detail);
        return together_load(snapshot, connection, concept, explained->cutoff_day, explained->customer_id, arena,
                             &explained->together, error);
}

static enum status explain(struct cli_context *context, const struct request *request, struct database *database,
                           struct connection *connection, struct arena *arena, struct error *error)
{
        int32_t day = request->cutoff_day == DAY_NONE ? clock_local_day(clock_now_ms()) : request->cutoff_day;
        struct explained explained;
        int64_t program_id;
        const char *program;
        enum status status = customer_find(connection, request->customer, arena, &explained, error);
        if (status == STATUS_OK)
                status = program_choose(connection, context->program, arena, &program_id, &program, error);
        if (status == STATUS_OK)
                status = explained_find_merged(connection, day, arena, &explained, error);
        if (status == STATUS_OK)
                status = explained_load_merged(connection, program_id, request->cutoff_day, arena, &explained, error);
        if (status == STATUS_OK)
                status = add_together(context, database, connection, arena, &explained, error);
        if (status != STATUS_OK)
                return status;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        if (request->form == FORM_JSON)
                explain_json(&explained, &out);
        else
                explain_text(context, &explained, &out);
        return cli_answer(&out, error);
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
                status = explain(context, &request, database, connection, arena, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
