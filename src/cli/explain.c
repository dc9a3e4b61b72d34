/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain.c: `treue explain`: why a customer stands in a segment and what is missing for the next step.
 */
#include "cli/explain_output.h"

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "platform/clock.h"

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
        return status == STATUS_OK
                       ? options_form(context, request->format, IN_TABLE | IN_JSON, &request->form, error)
                       : status;
}

/* Who was evaluated together, by the facts the decision was taken on. */
static enum status add_together(struct session *session, struct explained *explained, struct error *error)
{
        const struct concept *concept = explained->version.concept;
        bool possible = false;
        enum status status = together_possible(session->connection, concept, explained->customer_id, &possible, error);
        if (status != STATUS_OK || !possible)
                return status;
        status = session_open_snapshot(session, explained->generation, false, error);
        if (status != STATUS_OK)
                return status;
        return together_load(session->snapshot, session->connection, concept, explained->cutoff_day,
                             explained->customer_id, session->arena, &explained->together, error);
}

static enum status explain(struct session *session, const struct request *request, struct error *error)
{
        int32_t day = request->cutoff_day == DAY_NONE ? clock_local_day(clock_now_ms()) : request->cutoff_day;
        struct explained explained;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        enum status status = customer_find(session->connection, request->customer, session->arena, &explained, error);
        if (status == STATUS_OK)
                status = session_choose_program(session, error);
        if (status == STATUS_OK)
                status = explained_find_merged(session->connection, day, session->arena, &explained, error);
        if (status == STATUS_OK)
                status = explained_load_merged(session->connection, session->program_id, request->cutoff_day,
                                               session->arena, &explained, error);
        if (status == STATUS_OK)
                status = add_together(session, &explained, error);
        if (status != STATUS_OK)
                return status;
        if (request->form == FORM_JSON)
                explain_json(&explained, &out);
        else
                explain_text(session->context, &explained, &out);
        return cli_answer(&out, error);
}

int cmd_explain(struct cli_context *context, int argc, char **argv)
{
        struct request request = {0};
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = read_request(context, argc, argv, &request, &error);
        if (status == STATUS_OK)
                status = session_open(&session, context, CLI_READ, &error);
        if (status == STATUS_OK)
                status = explain(&session, &request, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
