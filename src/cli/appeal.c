/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * appeal.c: `treue appeal`: objections to decisions: filed, listed with their deadlines, decided.
 */
#include "cli/commands.h"
#include "cli/options.h"
#include "platform/clock.h"
#include "program/appeals.h"
#include "program/explained.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct session {
        struct cli_context *context;
        struct database *database;
        struct connection *connection;
        struct arena *arena;
        int64_t program_id;
        const char *program;
        const char *word;             /* CUSTOMER or ID */
        const char *run, *reason, *filed_by, *owner, *result, *actor, *format;
        enum form form;
        bool grant, dismiss;
};

static enum status file(struct session *session, struct error *error)
{
        struct explained customer;
        struct run_summary run;
        int32_t due_day;
        if (!session->run)
                return error_set(error, STATUS_USAGE, "appeal.what_missing", NULL);
        enum status status = customer_find(session->connection, session->word, session->arena, &customer, error);
        if (status == STATUS_OK)
                status = run_find_typed(session->connection, session->program_id, session->program, session->run,
                                        session->arena, &run, error);
        if (status != STATUS_OK)
                return status;
        struct appeal_filing filing = {
                .run = &run,
                .customer_id = customer.customer_id,
                .customer = session->word,
                .reason = session->reason,
                .filed_by = session->filed_by ? session->filed_by : "",
                .owner = session->owner,
                .actor = session->actor,
        };
        status = appeal_file(session->database, &filing, &due_day, error);
        if (status != STATUS_OK)
                return status;
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        format_add_day(&day, session->context->language, due_day);
        cli_print(session->context, stdout, "appeal.filed", "due", day.data, "owner", session->owner);
        return STATUS_OK;
}

static enum status decide(struct session *session, struct error *error)
{
        struct appeal *list;
        size_t count;
        int64_t wanted = 0;
        if (session->grant == session->dismiss)
                return error_set(error, STATUS_USAGE, "appeal.grant_or_dismiss", NULL);
        enum status status = appeal_list_load(session->connection, session->program_id, session->arena, &list, &count,
                                              error);
        if (status != STATUS_OK)
                return status;
        (void)decimal_parse_scaled(text_of(session->word), DECIMAL_POINT, 0, false, &wanted);
        for (size_t i = 0; i < count; i++) {
                if (wanted != list[i].number && wanted != list[i].id)
                        continue;
                status = appeal_decide(session->database, &list[i], session->grant, session->result, session->actor,
                                       error);
                if (status == STATUS_OK)
                        cli_print(session->context, stdout, session->grant ? "appeal.granted" : "appeal.dismissed",
                                  "appeal", session->word);
                return status;
        }
        return error_set(error, STATUS_NOT_FOUND, "appeal.unknown", "appeal", session->word, NULL);
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
        sheet_integer(sheet, appeal->number);
        sheet_integer(sheet, appeal->id);
        sheet_text(sheet, appeal->source);
        sheet_text(sheet, appeal->customer);
        sheet_integer(sheet, appeal->run_number);
        sheet_day(sheet, appeal->filed_day);
        sheet_day(sheet, appeal->due_day);
        sheet_yes_no(sheet, overdue);
        sheet_code(sheet, text_of(state));
        sheet_code(sheet, text_of(overdue ? "overdue" : state));
        sheet_text(sheet, appeal->filed_by);
        sheet_text(sheet, appeal->owner);
        sheet_text(sheet, appeal->reason);
        sheet_text(sheet, appeal->decided_by);
        sheet_text(sheet, appeal->result);
}

static enum status list(struct session *session, struct error *error)
{
        struct appeal *appeals;
        size_t count;
        int32_t today = clock_local_day(clock_now_ms());
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)256 << 20);
        struct sheet_style style = cli_style(session->context, session->form, &out);
        enum status status = appeal_list_load(session->connection, session->program_id, session->arena, &appeals,
                                              &count, error);
        if (status == STATUS_OK && count == 0 && session->form == FORM_TABLE) {
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

struct action {
        const char *name;
        size_t words;
        enum cli_access access;
        enum status (*run)(struct session *session, struct error *error);
};
static const struct action actions[] = {
        {"file", 1, CLI_WRITE, file}, {"decide", 1, CLI_WRITE, decide}, {"list", 0, CLI_READ, list},
};

static enum status read_words(struct session *session, int argc, char **argv, const struct action **ret,
                              struct error *error)
{
        const struct option_info options[] = {
                {"--run", OPTION_VALUE, "RUN", "cli.option.appeal_run", NULL, &session->run, NULL},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.reason", NULL, &session->reason, NULL},
                {"--by", OPTION_VALUE, "NAME", "cli.option.appeal_by", NULL, &session->filed_by, NULL},
                {"--owner", OPTION_VALUE, "NAME", "cli.option.appeal_owner", NULL, &session->owner, NULL},
                {"--grant", OPTION_FLAG, NULL, "cli.option.appeal_grant", &session->grant, NULL, NULL},
                {"--dismiss", OPTION_FLAG, NULL, "cli.option.appeal_dismiss", &session->dismiss, NULL, NULL},
                {"--result", OPTION_VALUE, "TEXT", "cli.option.appeal_result", NULL, &session->result, NULL},
                {"--actor", OPTION_VALUE, "NAME", "cli.option.actor", NULL, &session->actor, NULL},
                {"--format", OPTION_VALUE, "table|json|csv", "cli.option.format", NULL, &session->format, NULL},
        };
        static const char all[] = "file, decide, list";
        struct words words;
        enum status status = options_parse(session->context, options, sizeof(options) / sizeof(options[0]), argc, argv,
                                           &words, error);
        if (status != STATUS_OK)
                return status;
        if (words.count == 0)
                return error_set(error, STATUS_USAGE, "cli.action_missing", "actions", all, NULL);
        status = options_form(session->format, FORMS_ALL, &session->form, error);
        if (status != STATUS_OK)
                return status;
        session->actor = session->actor ? session->actor : "cli";
        for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
                if (strcmp(words.items[0], actions[i].name) != 0)
                        continue;
                if (words.count < actions[i].words + 1)
                        return error_set(error, STATUS_USAGE, i ? "appeal.number_missing" : "appeal.what_missing",
                                         NULL);
                if (words.count > actions[i].words + 1)
                        return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word",
                                         words.items[actions[i].words + 1], NULL);
                session->word = actions[i].words ? words.items[1] : NULL;
                *ret = &actions[i];
                return STATUS_OK;
        }
        return error_set(error, STATUS_USAGE, "cli.unknown_action", "action", words.items[0], "actions", all, NULL);
}

int cmd_appeal(struct cli_context *context, int argc, char **argv)
{
        struct session session = {.context = context, .arena = arena_new(ARENA_BYTES_MAX)};
        const struct action *action = NULL;
        struct error error;
        enum status status = session.arena ? read_words(&session, argc, argv, &action, &error) : error_memory(&error);
        if (status == STATUS_OK)
                status = cli_open_database(context, action->access, &session.database, &error);
        if (status == STATUS_OK)
                status = db_connect(session.database, &session.connection, &error);
        if (status == STATUS_OK)
                status = program_choose(session.connection, context->program, session.arena, &session.program_id,
                                        &session.program, &error);
        if (status == STATUS_OK)
                status = action->run(&session, &error);
        db_disconnect(session.connection);
        database_close(session.database);
        arena_free(session.arena);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
