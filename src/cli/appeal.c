/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * appeal.c: `treue appeal`: objections to decisions: filed, listed with their deadlines, decided.
 */
#include "cli/commands.h"
#include "cli/options.h"
#include "platform/clock.h"
#include "program/appeals.h"
#include "program/explained.h"
#include "render/json.h"
#include "render/table.h"

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

static void put_text(struct json *json, const char *key, struct text text)
{
        json_key(json, key);
        if (text.data)
                json_text(json, text);
        else
                json_null(json);
}

static bool is_overdue(const struct appeal *appeal, int32_t today)
{
        return appeal->state == APPEAL_OPEN && today > appeal->due_day;
}

static void list_json(const struct appeal *list, size_t count, int32_t today, struct buffer *out)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_array(&json);
        for (size_t i = 0; i < count; i++) {
                json_begin_object(&json);
                json_key(&json, "appeal");
                json_int(&json, list[i].number);
                json_key(&json, "id");
                json_id_text(&json, list[i].id);
                put_text(&json, "source", list[i].source);
                put_text(&json, "number", list[i].customer);
                json_key(&json, "run");
                json_int(&json, list[i].run_number);
                json_key(&json, "filed");
                json_day(&json, list[i].filed_day);
                json_key(&json, "due");
                json_day(&json, list[i].due_day);
                json_key(&json, "overdue");
                json_bool(&json, is_overdue(&list[i], today));
                json_key(&json, "state");
                json_string(&json, appeal_state_names[list[i].state]);
                put_text(&json, "filed_by", list[i].filed_by);
                put_text(&json, "reason", list[i].reason);
                put_text(&json, "owner", list[i].owner);
                put_text(&json, "decided_by", list[i].decided_by);
                put_text(&json, "result", list[i].result);
                json_end_object(&json);
        }
        json_end_array(&json);
}

static void cell_day(enum language language, struct table *table, int32_t day)
{
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        format_add_day(&cell, language, day);
        table_cell(table, (struct text){cell.data, cell.length});
}

static enum status list_table(enum language language, const struct appeal *list, size_t count, int32_t today,
                              struct buffer *out, struct error *error)
{
        static const char *const titles[] = {"appeal.column.number", "run.column.customer", "run.column.number",
                                             "appeal.column.filed",  "appeal.column.due",   "run.column.state",
                                             "appeal.column.owner",  "run.column.reason",   "appeal.column.result"};
        struct table *table table_cleanup = NULL;
        if (count == 0) {
                message_add(out, language, "appeal.list_empty", NULL);
                return STATUS_OK;
        }
        enum status status = table_new(&table, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                table_column(table, message_raw(language, titles[i]), TABLE_LEFT);
        for (size_t i = 0; i < count; i++) {
                char text[16], key[64];
                snprintf(text, sizeof(text), "%d", list[i].number);
                table_cell_string(table, text);
                table_cell(table, list[i].customer);
                snprintf(text, sizeof(text), "%d", list[i].run_number);
                table_cell_string(table, text);
                cell_day(language, table, list[i].filed_day);
                cell_day(language, table, list[i].due_day);
                snprintf(key, sizeof(key), "appeal.state.%s", appeal_state_names[list[i].state]);
                table_cell_string(table, message_raw(language, is_overdue(&list[i], today) ? "appeal.overdue" : key));
                table_cell(table, list[i].owner);
                table_cell(table, list[i].reason);
                table_cell(table, list[i].result);
        }
        return table_add_to(table, 0, out) ? STATUS_OK : error_memory(error);
}

static enum status list(struct session *session, struct error *error)
{
        struct appeal *appeals;
        size_t count;
        int32_t today = clock_local_day(clock_now_ms());
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)256 << 20);
        enum status status = appeal_list_load(session->connection, session->program_id, session->arena, &appeals,
                                              &count, error);
        if (status == STATUS_OK && session->format && strcmp(session->format, "json") == 0)
                list_json(appeals, count, today, &out);
        else if (status == STATUS_OK)
                status = list_table(session->context->language, appeals, count, today, &out, error);
        if (status == STATUS_OK && out.failed)
                status = error_memory(error);
        if (status == STATUS_OK)
                cli_write(stdout, &out);
        return status;
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
                {"--format", OPTION_VALUE, "table|json", "cli.option.format", NULL, &session->format, NULL},
        };
        static const char all[] = "file, decide, list";
        struct words words;
        enum status status = options_parse(session->context, options, sizeof(options) / sizeof(options[0]), argc, argv,
                                           &words, error);
        if (status != STATUS_OK)
                return status;
        if (words.count == 0)
                return error_set(error, STATUS_USAGE, "cli.action_missing", "actions", all, NULL);
        status = options_format(session->format, "table, json", error);
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
