/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run.c: `treue run`: the stored evaluations of a program: listed, shown, approved or rejected as a whole or one
 * decision at a time, repeated, compared.
 */
#include "cli/run_parts.h"

#include "cli/actions.h"
#include "cli/commands.h"
#include "program/explained.h"
#include "program/verdicts.h"

static enum status find_run(struct run_command *command, size_t word, struct run_summary *ret, struct error *error)
{
        struct session *session = &command->session;
        return run_find_typed(session->connection, session->program_id, session->program,
                              command->call.rest.items[word], session->arena, ret, error);
}

static enum status list(void *context, struct error *error)
{
        return run_list(context, error);
}

static enum status show(void *context, struct error *error)
{
        struct run_command *command = context;
        struct run_summary run;
        enum status status = find_run(command, 0, &run, error);
        return status == STATUS_OK ? run_show(command, &run, error) : status;
}

static enum status repeat(void *context, struct error *error)
{
        struct run_command *command = context;
        struct run_summary run;
        enum status status = find_run(command, 0, &run, error);
        return status == STATUS_OK ? run_repeat(command, &run, error) : status;
}

static enum status compare(void *context, struct error *error)
{
        struct run_command *command = context;
        struct run_summary run, other;
        enum status status = find_run(command, 0, &run, error);
        if (status == STATUS_OK && command->call.rest.count > 1)
                status = find_run(command, 1, &other, error);
        if (status != STATUS_OK)
                return status;
        return run_compare(command, &run, command->call.rest.count > 1 ? &other : NULL, error);
}

static enum status find_customers(struct run_command *command, struct verdict_request *request, struct error *error)
{
        struct session *session = &command->session;
        size_t count = command->call.rest.count - 1;
        int64_t *ids = arena_array(session->arena, int64_t, count + 1);
        if (!ids)
                return error_memory(error);
        for (size_t i = 0; i < count; i++) {
                struct explained found;
                enum status status = customer_find(session->connection, command->call.rest.items[i + 1], session->arena,
                                                   &found, error);
                if (status != STATUS_OK)
                        return status;
                ids[i] = found.customer_id;
        }
        request->customer_ids = ids;
        request->customer_names = (const char *const *)command->call.rest.items + 1;
        request->customer_count = count;
        return STATUS_OK;
}

static void say_given(const struct run_command *command, const struct run_summary *run, bool approve,
                      const struct verdict_result *result)
{
        const struct session *session = &command->session;
        enum language language = session->context->language;
        struct buffer count buffer_cleanup;
        struct buffer day buffer_cleanup;
        char number[16];
        buffer_init(&count, 64);
        buffer_init(&day, 64);
        snprintf(number, sizeof(number), "%d", run->number);
        format_add_count(&count, language, (int64_t)result->count);
        format_add_day(&day, language, result->effective_day);
        cli_print(session->context, stdout, approve ? "run.decisions_approved" : "run.decisions_rejected", "count",
                  count.data, "run", number, "effective", approve ? day.data : "");
}

static enum status give_verdicts(struct run_command *command, const struct run_summary *run, bool approve,
                                 struct error *error)
{
        struct session *session = &command->session;
        struct verdict_request request = {.run = run, .approve = approve, .actor = command->actor,
                                          .reason = command->reason};
        struct verdict_result result;
        enum status status = find_customers(command, &request, error);
        if (status == STATUS_OK && command->kinds)
                status = decision_kinds_parse(command->kinds, &request.kinds, error);
        if (status == STATUS_OK)
                status = verdicts_give(session->database, &request, &result, error);
        if (status == STATUS_OK)
                say_given(command, run, approve, &result);
        return status;
}

static void say_run(const struct run_command *command, const char *key, const struct run_summary *run,
                    int32_t effective_day)
{
        const struct session *session = &command->session;
        struct buffer day buffer_cleanup;
        char number[16];
        buffer_init(&day, 64);
        snprintf(number, sizeof(number), "%d", run->number);
        if (effective_day != DAY_NONE)
                format_add_day(&day, session->context->language, effective_day);
        cli_print(session->context, stdout, key, "run", number, "effective", day.data ? day.data : "");
        if (run->beneath_undone)
                cli_print(session->context, stdout, "run.beneath_undone");
}

static enum status approve(void *context, struct error *error)
{
        struct run_command *command = context;
        struct session *session = &command->session;
        struct run_summary run;
        int32_t effective_day;
        enum status status = find_run(command, 0, &run, error);
        if (status != STATUS_OK)
                return status;
        if (command->call.rest.count > 1 || command->kinds)
                return give_verdicts(command, &run, true, error);
        status = verdict_approve_run(session->database, session->connection, &run, command->actor, command->reason,
                                     session->arena, &effective_day, error);
        if (status == STATUS_OK)
                say_run(command, "run.approved", &run, effective_day);
        return status;
}

static enum status reject(void *context, struct error *error)
{
        struct run_command *command = context;
        struct session *session = &command->session;
        struct run_summary run;
        bool single = command->call.rest.count > 1 || command->kinds;
        if (single == command->all)
                return error_set(error, STATUS_USAGE, "run.whom_to_reject", NULL);
        enum status status = find_run(command, 0, &run, error);
        if (status != STATUS_OK)
                return status;
        if (single)
                return give_verdicts(command, &run, false, error);
        status = verdict_reject_run(session->database, &run, command->actor, command->reason, error);
        if (status == STATUS_OK)
                say_run(command, "run.rejected", &run, DAY_NONE);
        return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static const struct action actions[] = {
        {"list", 0, 0, NULL, CLI_READ, list},
        {"show", 1, 1, "run.run_missing", CLI_READ, show},
        {"approve", 1, SIZE_MAX, "run.run_missing", CLI_WRITE, approve},
        {"reject", 1, SIZE_MAX, "run.run_missing", CLI_WRITE, reject},
        {"repeat", 1, 1, "run.run_missing", CLI_READ, repeat},
        {"compare", 1, 2, "run.run_missing", CLI_READ, compare},
};

static enum status read_words(struct cli_context *context, int argc, char **argv, struct run_command *command,
                              struct error *error)
{
        const struct option_info options[] = {
                {"--kind", OPTION_VALUE, "KIND,...", "cli.option.run_kind", NULL, &command->kinds, NULL},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.reason", NULL, &command->reason, NULL},
                {"--actor", OPTION_VALUE, "NAME", "cli.option.actor", NULL, &command->actor, NULL},
                {"--all", OPTION_FLAG, NULL, "cli.option.run_all", &command->all, NULL, NULL},
                {"--from-facts", OPTION_FLAG, NULL, "cli.option.from_facts", &command->from_facts, NULL, NULL},
                OPTION_FORMAT(command->format),
        };
        return action_parse_list(context, ACTION_SYNTAX(options, actions), &command->format, argc, argv, &command->call,
                                 error);
}

int cmd_run(struct cli_context *context, int argc, char **argv)
{
        struct run_command command = {.actor = "cli"};
        struct error error;
        enum status status = read_words(context, argc, argv, &command, &error);
        if (status == STATUS_OK)
                status = session_open(&command.session, context, command.call.action->access, &error);
        if (status == STATUS_OK)
                status = session_choose_program(&command.session, &error);
        if (status == STATUS_OK)
                status = command.call.action->run(&command, &error);
        session_close(&command.session);
        return status == STATUS_OK ? command.exit_status : cli_fail(context, status, &error);
}
