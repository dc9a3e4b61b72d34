/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * appeal.c: `treue appeal`: objections to decisions: filed, listed with their deadlines, decided.
 */
#include "cli/actions.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "platform/clock.h"
#include "program/appeals.h"
#include "program/explained.h"

struct appeal_command {
        struct session session;
        struct action_call call;      /* its word: CUSTOMER or ID */
        const char *run, *reason, *filed_by, *owner, *result, *actor, *format;
        bool grant, dismiss;
};

static enum status file(void *context, struct error *error)
{
        struct appeal_command *command = context;
        struct session *session = &command->session;
        struct explained customer;
        struct run_summary run;
        int32_t due_day;
        if (!command->run)
                return error_set(error, STATUS_USAGE, "appeal.what_missing", NULL);
        enum status status = customer_find(session->connection, command->call.word, session->arena, &customer, error);
        if (status == STATUS_OK)
                status = run_find_typed(session->connection, session->program_id, session->program, command->run,
                                        session->arena, &run, error);
        if (status != STATUS_OK)
                return status;
        struct appeal_filing filing = {
                .run = &run,
                .customer_id = customer.customer_id,
                .customer = command->call.word,
                .reason = command->reason,
                .filed_by = command->filed_by ? command->filed_by : "",
                .owner = command->owner,
                .actor = command->actor,
        };
        status = appeal_file(session->database, &filing, &due_day, error);
        if (status != STATUS_OK)
                return status;
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        format_add_day(&day, session->context->language, due_day);
        cli_print(session->context, stdout, "appeal.filed", "due", day.data, "owner", command->owner);
        return STATUS_OK;
}

static enum status decide(void *context, struct error *error)
{
        struct appeal_command *command = context;
        struct session *session = &command->session;
        struct appeal *list;
        size_t count;
        if (command->grant == command->dismiss)
                return error_set(error, STATUS_USAGE, "appeal.grant_or_dismiss", NULL);
        enum status status = appeal_list_load(session->connection, session->program_id, session->arena, &list, &count,
                                              error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++) {
                if (!request_is(&list[i].request, command->call.word))
                        continue;
                status = appeal_decide(session->database, &list[i], command->grant, command->result, command->actor,
                                       error);
                if (status == STATUS_OK)
                        cli_print(session->context, stdout, command->grant ? "appeal.granted" : "appeal.dismissed",
                                  "appeal", command->call.word);
                return status;
        }
        return error_set(error, STATUS_NOT_FOUND, "appeal.unknown", "appeal", command->call.word, NULL);
}

/* ---- list -------------------------------------------------------------------------------------------------------- */

static const struct sheet_column columns[] = {
        {"appeal", "appeal.column.number", .kind = SHEET_ORDINAL},
        {"id", "list.column.id", .kind = SHEET_ID, .forms = IN_JSON | IN_CSV},
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
        {"number", "run.column.customer", .kind = SHEET_TEXT},
        {"run", "run.column.number", .kind = SHEET_ORDINAL},
        {"filed", "appeal.column.filed", .kind = SHEET_DAY},
        {"due", "appeal.column.due", .kind = SHEET_DAY},
        {"overdue", "appeal.column.overdue", .kind = SHEET_YES_NO, .forms = IN_JSON | IN_CSV},
        {"state", "run.column.state", .kind = SHEET_CODE, .forms = IN_JSON | IN_CSV, .words = "appeal.state."},
        {"standing", "run.column.state", .kind = SHEET_CODE, .forms = IN_TABLE, .words = "appeal.state."},
        {"filed_by", "appeal.column.filed_by", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
        {"owner", "appeal.column.owner", .kind = SHEET_TEXT},
        {"reason", "run.column.reason", .kind = SHEET_TEXT},
        {"decided_by", "appeal.column.decided_by", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
        {"result", "appeal.column.result", .kind = SHEET_TEXT},
};

static void put_appeal(struct sheet *sheet, const struct appeal *appeal, int32_t today)
{
        bool overdue = appeal->state == APPEAL_OPEN && today > appeal->due_day;
        const char *state = appeal_state_names[appeal->state];
        sheet_integer(sheet, appeal->request.number);
        sheet_integer(sheet, appeal->request.id);
        sheet_text(sheet, appeal->request.source);
        sheet_text(sheet, appeal->request.customer);
        sheet_integer(sheet, appeal->run_number);
        sheet_day(sheet, appeal->filed_day);
        sheet_day(sheet, appeal->due_day);
        sheet_yes_no(sheet, overdue);
        sheet_code(sheet, text_of(state));
        sheet_code(sheet, text_of(overdue ? "overdue" : state));
        sheet_text(sheet, appeal->request.asked_by);
        sheet_text(sheet, appeal->owner);
        sheet_text(sheet, appeal->request.reason);
        sheet_text(sheet, appeal->request.decided_by);
        sheet_text(sheet, appeal->request.answer);
}

static enum status list(void *context, struct error *error)
{
        struct appeal_command *command = context;
        struct session *session = &command->session;
        struct appeal *appeals;
        size_t count;
        int32_t today = clock_local_day(clock_now_ms());
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)256 << 20);
        struct sheet_style style = cli_style(session->context, command->call.form, &out);
        enum status status = appeal_list_load(session->connection, session->program_id, session->arena, &appeals,
                                              &count, error);
        if (status == STATUS_OK && count == 0 && command->call.form == FORM_TABLE) {
                cli_print(session->context, stdout, "appeal.list_empty");
                return STATUS_OK;
        }
        if (status == STATUS_OK)
                status = sheet_new(columns, sizeof(columns) / sizeof(columns[0]), &style, &sheet, error);
        for (size_t i = 0; i < count && status == STATUS_OK; i++)
                put_appeal(sheet, &appeals[i], today);
        if (status == STATUS_OK)
                status = sheet_finish(sheet, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static const struct action actions[] = {
        {"file", 1, 1, "appeal.what_missing", CLI_WRITE, file},
        {"decide", 1, 1, "appeal.number_missing", CLI_WRITE, decide},
        {"list", 0, 0, NULL, CLI_READ, list},
};

static enum status read_words(struct cli_context *context, int argc, char **argv, struct appeal_command *command,
                              struct error *error)
{
        const struct option_info options[] = {
                {"--run", OPTION_VALUE, "RUN", "cli.option.appeal_run", NULL, &command->run, NULL},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.reason", NULL, &command->reason, NULL},
                {"--by", OPTION_VALUE, "NAME", "cli.option.appeal_by", NULL, &command->filed_by, NULL},
                {"--owner", OPTION_VALUE, "NAME", "cli.option.appeal_owner", NULL, &command->owner, NULL},
                {"--grant", OPTION_FLAG, NULL, "cli.option.appeal_grant", &command->grant, NULL, NULL},
                {"--dismiss", OPTION_FLAG, NULL, "cli.option.appeal_dismiss", &command->dismiss, NULL, NULL},
                {"--result", OPTION_VALUE, "TEXT", "cli.option.appeal_result", NULL, &command->result, NULL},
                {"--actor", OPTION_VALUE, "NAME", "cli.option.actor", NULL, &command->actor, NULL},
                OPTION_FORMAT(command->format),
        };
        return action_parse_list(context, ACTION_SYNTAX(options, actions), &command->format, argc, argv, &command->call,
                                 error);
}

int cmd_appeal(struct cli_context *context, int argc, char **argv)
{
        struct appeal_command command = {.actor = "cli"};
        struct error error;
        enum status status = read_words(context, argc, argv, &command, &error);
        if (status == STATUS_OK)
                status = session_open(&command.session, context, command.call.action->access, &error);
        if (status == STATUS_OK)
                status = session_choose_program(&command.session, &error);
        if (status == STATUS_OK)
                status = command.call.action->run(&command, &error);
        session_close(&command.session);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
