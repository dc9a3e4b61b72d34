/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * override.c: `treue override`: segments granted for a time: requested, approved, refused, withdrawn, and how far the
 * limit of each segment is used.
 */
#include "cli/actions.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "platform/clock.h"
#include "program/explained.h"
#include "program/overrides.h"

struct override_command {
        struct session session;
        struct version version;       /* the latest released one: whose rules hold */
        struct action_call call;      /* its word: CUSTOMER or ID */
        const char *segment, *reason, *from, *to, *actor, *state, *format;
};

/* ---- request ----------------------------------------------------------------------------------------------------- */

static enum status request(void *context, struct error *error)
{
        struct override_command *command = context;
        struct session *session = &command->session;
        struct override_request request = {.segment = command->segment, .reason = command->reason,
                                           .actor = command->actor,
                                           .valid_from = clock_local_day(clock_now_ms())};
        struct explained customer;
        int64_t id;
        if (!command->segment || !command->to)
                return error_set(error, STATUS_USAGE, "override.what_missing", NULL);
        enum status status = options_day(command->to, &request.valid_to, error);
        if (status == STATUS_OK && command->from)
                status = options_day(command->from, &request.valid_from, error);
        if (status == STATUS_OK)
                status = customer_find(session->connection, command->call.word, session->arena, &customer, error);
        request.customer_id = customer.customer_id;
        if (status == STATUS_OK)
                status = override_request(session->database, &command->version, &request, &id, error);
        struct override *list;
        size_t count = 0;
        if (status == STATUS_OK)
                status = override_list_load(session->connection, command->version.program_id, session->arena, &list,
                                            &count, error);
        for (size_t i = 0; i < count; i++)
                if (list[i].request.id == id) {
                        char number[16];
                        snprintf(number, sizeof(number), "%d", list[i].request.number);
                        cli_print(session->context, stdout, "override.requested", "override", number);
                }
        return status;
}

/* ---- deciding ---------------------------------------------------------------------------------------------------- */

static enum status decide(struct override_command *command, enum override_state state, const char *key,
                          struct error *error)
{
        struct session *session = &command->session;
        struct override *list;
        size_t count;
        enum status status = override_list_load(session->connection, command->version.program_id, session->arena,
                                                &list, &count, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++) {
                if (!request_is(&list[i].request, command->call.word))
                        continue;
                status = override_decide(session->database, &command->version, &list[i], state, command->actor,
                                         command->reason, error);
                if (status == STATUS_OK)
                        cli_print(session->context, stdout, key, "override", command->call.word);
                return status;
        }
        return error_set(error, STATUS_NOT_FOUND, "override.unknown", "override", command->call.word, NULL);
}

static enum status approve(void *context, struct error *error)
{
        return decide(context, OVERRIDE_APPROVED, "override.approved", error);
}
static enum status refuse(void *context, struct error *error)
{
        return decide(context, OVERRIDE_REFUSED, "override.refused", error);
}
static enum status withdraw(void *context, struct error *error)
{
        return decide(context, OVERRIDE_WITHDRAWN, "override.withdrawn", error);
}

/* ---- list -------------------------------------------------------------------------------------------------------- */

static const struct sheet_column override_columns[] = {
        {"override", "override.column.number", .kind = SHEET_ORDINAL},
        {"id", "list.column.id", .kind = SHEET_ID, .forms = IN_JSON | IN_CSV},
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
        {"number", "run.column.customer", .kind = SHEET_TEXT},
        {"segment", "run.column.segment", .kind = SHEET_TEXT},
        {"from", "override.column.from", .kind = SHEET_DAY},
        {"to", "override.column.to", .kind = SHEET_DAY},
        {"state", "run.column.state", .kind = SHEET_CODE, .words = "override.state."},
        {"reason", "run.column.reason", .kind = SHEET_TEXT},
        {"requested_by", "override.column.requested_by", .kind = SHEET_TEXT},
        {"decided_by", "override.column.decided_by", .kind = SHEET_TEXT},
        {"decision_reason", "override.column.decision_reason", .kind = SHEET_TEXT, .forms = IN_JSON | IN_CSV},
};

static enum status put_overrides(const struct sheet_style *style, const struct override *list, size_t count,
                                 struct error *error)
{
        struct sheet *sheet sheet_cleanup = NULL;
        enum status status = sheet_new(override_columns, sizeof(override_columns) / sizeof(override_columns[0]),
                                       style, &sheet, error);
        if (status != STATUS_OK)
                return status;
        for (const struct override *override = list; override < list + count; override++) {
                sheet_integer(sheet, override->request.number);
                sheet_integer(sheet, override->request.id);
                sheet_text(sheet, override->request.source);
                sheet_text(sheet, override->request.customer);
                sheet_text(sheet, override->segment);
                sheet_day(sheet, override->valid_from);
                sheet_day(sheet, override->valid_to);
                sheet_code(sheet, text_of(override_state_names[override->state]));
                sheet_text(sheet, override->request.reason);
                sheet_text(sheet, override->request.asked_by);
                sheet_text(sheet, override->request.decided_by);
                sheet_text(sheet, override->request.answer);
        }
        return sheet_finish(sheet, error);
}

static const struct sheet_column share_columns[] = {
        {"segment", "run.column.segment", .kind = SHEET_TEXT},
        {"members", "override.column.members", .kind = SHEET_COUNT},
        {"overrides", "override.column.overrides", .kind = SHEET_COUNT},
        {"share", "override.column.share", .kind = SHEET_SHARE},
        {"limit", "override.column.limit", .kind = SHEET_COUNT},
};

static enum status put_shares(const struct sheet_style *style, const struct override_share *shares, size_t count,
                              struct error *error)
{
        struct sheet *sheet sheet_cleanup = NULL;
        enum status status = sheet_new(share_columns, sizeof(share_columns) / sizeof(share_columns[0]), style, &sheet,
                                       error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++) {
                sheet_text(sheet, shares[i].segment);
                sheet_integer(sheet, shares[i].members);
                sheet_integer(sheet, shares[i].overrides);
                sheet_share(sheet, shares[i].overrides, shares[i].members);
                sheet_integer(sheet, shares[i].limit);
        }
        return sheet_finish(sheet, error);
}

static enum status check_state(const char *state, struct error *error)
{
        for (int s = 0; s < OVERRIDE_STATE_COUNT; s++)
                if (!state || strcmp(state, override_state_names[s]) == 0)
                        return STATUS_OK;
        return error_set(error, STATUS_USAGE, "cli.bad_state", "state", state, "states",
                         "requested, approved, refused, withdrawn", NULL);
}

/* Only the overrides in the state asked for. */
static enum status load_shown(struct override_command *command, struct override **ret, size_t *ret_count,
                              struct error *error)
{
        struct session *session = &command->session;
        struct override *overrides;
        size_t count, kept = 0;
        enum status status = override_list_load(session->connection, command->version.program_id, session->arena,
                                                &overrides, &count, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                if (!command->state || strcmp(command->state, override_state_names[overrides[i].state]) == 0)
                        overrides[kept++] = overrides[i];
        *ret = overrides;
        *ret_count = kept;
        return STATUS_OK;
}

static enum status list_both(const struct sheet_style *style, const struct override *overrides, size_t count,
                             const struct override_share *shares, size_t share_count, struct error *error)
{
        struct json json;
        struct sheet_style inner = *style;
        inner.json = &json;
        json_init(&json, style->out, false);
        json_begin_object(&json);
        json_key(&json, "overrides");
        enum status status = put_overrides(&inner, overrides, count, error);
        if (status != STATUS_OK)
                return status;
        json_key(&json, "shares");
        status = put_shares(&inner, shares, share_count, error);
        json_end_object(&json);
        return status;
}

/* The overrides, and how far the limits are used; CSV and workbooks hold one list: the overrides. */
static enum status list(void *context, struct error *error)
{
        struct override_command *command = context;
        struct session *session = &command->session;
        struct override *overrides;
        struct override_share *shares;
        size_t count, share_count;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)256 << 20);
        struct sheet_style style = cli_style(session->context, command->call.form, &out);
        enum status status = check_state(command->state, error);
        if (status == STATUS_OK)
                status = load_shown(command, &overrides, &count, error);
        if (status == STATUS_OK)
                status = override_shares(session->connection, &command->version, clock_local_day(clock_now_ms()),
                                         session->arena, &shares, &share_count, error);
        if (status != STATUS_OK)
                return status;
        if (command->call.form == FORM_JSON) {
                status = list_both(&style, overrides, count, shares, share_count, error);
        } else if (form_is_rows(command->call.form)) {
                status = put_overrides(&style, overrides, count, error);
        } else {
                if (count)
                        status = put_overrides(&style, overrides, count, error);
                else
                        message_add(&out, style.language,
                                    command->state ? "override.list_empty_state" : "override.list_empty", NULL);
                buffer_add_text(&out, count ? "\n" : "\n\n");
                if (status == STATUS_OK)
                        status = put_shares(&style, shares, share_count, error);
        }
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static const struct action actions[] = {
        {"request", 1, 1, "override.what_missing", CLI_WRITE, request},
        {"approve", 1, 1, "override.number_missing", CLI_WRITE, approve},
        {"refuse", 1, 1, "override.number_missing", CLI_WRITE, refuse},
        {"withdraw", 1, 1, "override.number_missing", CLI_WRITE, withdraw},
        {"list", 0, 0, NULL, CLI_READ, list},
};

static enum status read_words(struct cli_context *context, int argc, char **argv, struct override_command *command,
                              struct error *error)
{
        const struct option_info options[] = {
                {"--segment", OPTION_VALUE, "S", "cli.option.override_segment", NULL, &command->segment, NULL},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.reason", NULL, &command->reason, NULL},
                {"--from", OPTION_VALUE, "DATE", "cli.option.override_from", NULL, &command->from, NULL},
                {"--to", OPTION_VALUE, "DATE", "cli.option.override_to", NULL, &command->to, NULL},
                {"--actor", OPTION_VALUE, "NAME", "cli.option.actor", NULL, &command->actor, NULL},
                {"--state", OPTION_VALUE, "STATE", "cli.option.state", NULL, &command->state, NULL},
                OPTION_FORMAT(command->format),
        };
        return action_parse_list(context, ACTION_SYNTAX(options, actions), &command->format, argc, argv, &command->call,
                                 error);
}

int cmd_override(struct cli_context *context, int argc, char **argv)
{
        struct override_command command = {.actor = "cli"};
        struct error error;
        enum status status = read_words(context, argc, argv, &command, &error);
        if (status == STATUS_OK)
                status = session_open(&command.session, context, command.call.action->access, &error);
        if (status == STATUS_OK)
                status = session_version(&command.session, NULL, &command.version, &error);
        if (status == STATUS_OK)
                status = command.call.action->run(&command, &error);
        session_close(&command.session);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
