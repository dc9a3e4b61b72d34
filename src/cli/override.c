/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * override.c: `treue override`: segments granted for a time: requested, approved, refused, withdrawn, and how far the
 * limit of each segment is used.
 */
#include "cli/commands.h"
#include "cli/options.h"
#include "platform/clock.h"
#include "program/explained.h"
#include "program/overrides.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct session {
        struct cli_context *context;
        struct database *database;
        struct connection *connection;
        struct arena *arena;
        struct version version;       /* the latest released one: whose rules hold */
        const char *word;             /* CUSTOMER or ID */
        const char *segment, *reason, *from, *to, *actor, *state, *format;
        enum form form;
};

/* ---- request ----------------------------------------------------------------------------------------------------- */

static enum status request(struct session *session, struct error *error)
{
        struct override_request request = {.segment = session->segment, .reason = session->reason,
                                           .actor = session->actor,
                                           .valid_from = clock_local_day(clock_now_ms())};
        struct explained customer;
        int64_t id;
        if (!session->segment || !session->to)
                return error_set(error, STATUS_USAGE, "override.what_missing", NULL);
        enum status status = options_day(session->to, &request.valid_to, error);
        if (status == STATUS_OK && session->from)
                status = options_day(session->from, &request.valid_from, error);
        if (status == STATUS_OK)
                status = customer_find(session->connection, session->word, session->arena, &customer, error);
        request.customer_id = customer.customer_id;
        if (status == STATUS_OK)
                status = override_request(session->database, &session->version, &request, &id, error);
        struct override *list;
        size_t count = 0;
        if (status == STATUS_OK)
                status = override_list_load(session->connection, session->version.program_id, session->arena, &list,
                                            &count, error);
        for (size_t i = 0; i < count; i++)
                if (list[i].id == id) {
                        char number[16];
                        snprintf(number, sizeof(number), "%d", list[i].number);
                        cli_print(session->context, stdout, "override.requested", "override", number);
                }
        return status;
}

/* ---- deciding ---------------------------------------------------------------------------------------------------- */

static enum status decide(struct session *session, enum override_state state, const char *key, struct error *error)
{
        struct override *list;
        size_t count;
        int64_t wanted = 0;
        enum status status = override_list_load(session->connection, session->version.program_id, session->arena,
                                                &list, &count, error);
        if (status != STATUS_OK)
                return status;
        (void)decimal_parse_scaled(text_of(session->word), DECIMAL_POINT, 0, false, &wanted);
        for (size_t i = 0; i < count; i++) {
                if (wanted != list[i].number && wanted != list[i].id)
                        continue;
                status = override_decide(session->database, &session->version, &list[i], state, session->actor,
                                         session->reason, error);
                if (status == STATUS_OK)
                        cli_print(session->context, stdout, key, "override", session->word);
                return status;
        }
        return error_set(error, STATUS_NOT_FOUND, "override.unknown", "override", session->word, NULL);
}

static enum status approve(struct session *session, struct error *error)
{
        return decide(session, OVERRIDE_APPROVED, "override.approved", error);
}
static enum status refuse(struct session *session, struct error *error)
{
        return decide(session, OVERRIDE_REFUSED, "override.refused", error);
}
static enum status withdraw(struct session *session, struct error *error)
{
        return decide(session, OVERRIDE_WITHDRAWN, "override.withdrawn", error);
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
                sheet_integer(sheet, override->number);
                sheet_integer(sheet, override->id);
                sheet_text(sheet, override->source);
                sheet_text(sheet, override->customer);
                sheet_text(sheet, override->segment);
                sheet_day(sheet, override->valid_from);
                sheet_day(sheet, override->valid_to);
                sheet_code(sheet, text_of(override_state_names[override->state]));
                sheet_text(sheet, override->reason);
                sheet_text(sheet, override->requested_by);
                sheet_text(sheet, override->decided_by);
                sheet_text(sheet, override->decision_reason);
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
static enum status load_shown(struct session *session, struct override **ret, size_t *ret_count, struct error *error)
{
        struct override *overrides;
        size_t count, kept = 0;
        enum status status = override_list_load(session->connection, session->version.program_id, session->arena,
                                                &overrides, &count, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                if (!session->state || strcmp(session->state, override_state_names[overrides[i].state]) == 0)
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

/* The overrides, and how far the limits are used; CSV holds one list: the overrides. */
static enum status list(struct session *session, struct error *error)
{
        struct override *overrides;
        struct override_share *shares;
        size_t count, share_count;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)256 << 20);
        struct sheet_style style = cli_style(session->context, session->form, &out);
        enum status status = check_state(session->state, error);
        if (status == STATUS_OK)
                status = load_shown(session, &overrides, &count, error);
        if (status == STATUS_OK)
                status = override_shares(session->connection, &session->version, clock_local_day(clock_now_ms()),
                                         session->arena, &shares, &share_count, error);
        if (status != STATUS_OK)
                return status;
        if (session->form == FORM_JSON) {
                status = list_both(&style, overrides, count, shares, share_count, error);
        } else if (session->form == FORM_CSV) {
                status = put_overrides(&style, overrides, count, error);
        } else {
                if (count)
                        status = put_overrides(&style, overrides, count, error);
                else
                        message_add(&out, style.language,
                                    session->state ? "override.list_empty_state" : "override.list_empty", NULL);
                buffer_add_text(&out, count ? "\n" : "\n\n");
                if (status == STATUS_OK)
                        status = put_shares(&style, shares, share_count, error);
        }
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
        {"request", 1, CLI_WRITE, request}, {"approve", 1, CLI_WRITE, approve}, {"refuse", 1, CLI_WRITE, refuse},
        {"withdraw", 1, CLI_WRITE, withdraw}, {"list", 0, CLI_READ, list},
};

static enum status read_words(struct session *session, int argc, char **argv, const struct action **ret,
                              struct error *error)
{
        const struct option_info options[] = {
                {"--segment", OPTION_VALUE, "S", "cli.option.override_segment", NULL, &session->segment, NULL},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.reason", NULL, &session->reason, NULL},
                {"--from", OPTION_VALUE, "DATE", "cli.option.override_from", NULL, &session->from, NULL},
                {"--to", OPTION_VALUE, "DATE", "cli.option.override_to", NULL, &session->to, NULL},
                {"--actor", OPTION_VALUE, "NAME", "cli.option.actor", NULL, &session->actor, NULL},
                {"--state", OPTION_VALUE, "STATE", "cli.option.state", NULL, &session->state, NULL},
                {"--format", OPTION_VALUE, "table|json|csv", "cli.option.format", NULL, &session->format, NULL},
        };
        static const char all[] = "request, approve, refuse, withdraw, list";
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
                        return error_set(error, STATUS_USAGE, i ? "override.number_missing" : "override.what_missing",
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

int cmd_override(struct cli_context *context, int argc, char **argv)
{
        struct session session = {.context = context, .arena = arena_new(ARENA_BYTES_MAX)};
        const struct action *action = NULL;
        int64_t program_id;
        const char *program;
        struct error error;
        enum status status = session.arena ? read_words(&session, argc, argv, &action, &error) : error_memory(&error);
        if (status == STATUS_OK)
                status = cli_open_database(context, action->access, &session.database, &error);
        if (status == STATUS_OK)
                status = db_connect(session.database, &session.connection, &error);
        if (status == STATUS_OK)
                status = program_choose(session.connection, context->program, session.arena, &program_id, &program,
                                        &error);
        if (status == STATUS_OK)
                status = version_find(session.connection, program_id, program, NULL, session.arena, &session.version,
                                      &error);
        if (status == STATUS_OK)
                status = action->run(&session, &error);
        db_disconnect(session.connection);
        database_close(session.database);
        arena_free(session.arena);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
