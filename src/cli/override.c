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
#include "render/json.h"
#include "render/table.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct session {
        struct cli_context *context;
        struct database *database;
        struct connection *connection;
        struct arena *arena;
        struct version version;       /* the latest released one: whose rules hold */
        const char *word;             /* CUSTOMER or ID */
        const char *segment, *reason, *from, *to, *actor, *state, *format;
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

struct listing {
        const struct override *list;
        size_t count;
        const struct override_share *shares;
        size_t share_count;
};

static void put_text(struct json *json, const char *key, struct text text)
{
        json_key(json, key);
        if (text.data)
                json_text(json, text);
        else
                json_null(json);
}

static void list_json(const struct listing *listing, struct buffer *out)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        json_key(&json, "overrides");
        json_begin_array(&json);
        for (size_t i = 0; i < listing->count; i++) {
                const struct override *override = &listing->list[i];
                json_begin_object(&json);
                json_key(&json, "override");
                json_int(&json, override->number);
                json_key(&json, "id");
                json_id_text(&json, override->id);
                put_text(&json, "source", override->source);
                put_text(&json, "number", override->customer);
                put_text(&json, "segment", override->segment);
                json_key(&json, "from");
                json_day(&json, override->valid_from);
                json_key(&json, "to");
                json_day(&json, override->valid_to);
                json_key(&json, "state");
                json_string(&json, override_state_names[override->state]);
                put_text(&json, "reason", override->reason);
                put_text(&json, "requested_by", override->requested_by);
                put_text(&json, "decided_by", override->decided_by);
                put_text(&json, "decision_reason", override->decision_reason);
                json_end_object(&json);
        }
        json_end_array(&json);
        json_key(&json, "shares");
        json_begin_array(&json);
        for (size_t i = 0; i < listing->share_count; i++) {
                const struct override_share *share = &listing->shares[i];
                json_begin_object(&json);
                put_text(&json, "segment", share->segment);
                json_key(&json, "members");
                json_int(&json, share->members);
                json_key(&json, "overrides");
                json_int(&json, share->overrides);
                json_key(&json, "limit");
                json_int(&json, share->limit);
                json_end_object(&json);
        }
        json_end_array(&json);
        json_end_object(&json);
}

static void cell_day(enum language language, struct table *table, int32_t day)
{
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        format_add_day(&cell, language, day);
        table_cell(table, (struct text){cell.data, cell.length});
}

static enum status table_overrides(enum language language, const struct listing *listing, struct buffer *out,
                                   struct error *error)
{
        static const char *const titles[] = {"override.column.number", "run.column.customer", "run.column.segment",
                                             "override.column.from",   "override.column.to",  "run.column.state",
                                             "run.column.reason",      "override.column.requested_by",
                                             "override.column.decided_by"};
        struct table *table table_cleanup = NULL;
        enum status status = table_new(&table, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                table_column(table, message_raw(language, titles[i]), TABLE_LEFT);
        for (size_t i = 0; i < listing->count; i++) {
                const struct override *override = &listing->list[i];
                char number[16], key[64];
                snprintf(number, sizeof(number), "%d", override->number);
                snprintf(key, sizeof(key), "override.state.%s", override_state_names[override->state]);
                table_cell_string(table, number);
                table_cell(table, override->customer);
                table_cell(table, override->segment);
                cell_day(language, table, override->valid_from);
                cell_day(language, table, override->valid_to);
                table_cell_string(table, message_raw(language, key));
                table_cell(table, override->reason);
                table_cell(table, override->requested_by);
                table_cell(table, override->decided_by);
        }
        return table_add_to(table, 0, out) ? STATUS_OK : error_memory(error);
}

static enum status table_shares(enum language language, const struct listing *listing, struct buffer *out,
                                struct error *error)
{
        static const char *const titles[] = {"override.column.members", "override.column.overrides",
                                             "override.column.share", "override.column.limit"};
        struct table *table table_cleanup = NULL;
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        enum status status = table_new(&table, error);
        if (status != STATUS_OK)
                return status;
        table_column(table, message_raw(language, "run.column.segment"), TABLE_LEFT);
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                table_column(table, message_raw(language, titles[i]), TABLE_RIGHT);
        for (size_t i = 0; i < listing->share_count; i++) {
                const struct override_share *share = &listing->shares[i];
                table_cell(table, share->segment);
                for (int c = 0; c < 4; c++) {
                        buffer_clear(&cell);
                        if (c == 2 && share->members)
                                format_add_percent(&cell, language, share->overrides, share->members);
                        else if (c != 2)
                                format_add_count(&cell, language, c == 0   ? share->members
                                                                  : c == 1 ? share->overrides
                                                                           : share->limit);
                        table_cell(table, (struct text){cell.data, cell.length});
                }
        }
        buffer_add_byte(out, '\n');
        return table_add_to(table, 0, out) ? STATUS_OK : error_memory(error);
}

static enum status check_state(const char *state, struct error *error)
{
        for (int s = 0; s < OVERRIDE_STATE_COUNT; s++)
                if (!state || strcmp(state, override_state_names[s]) == 0)
                        return STATUS_OK;
        return error_set(error, STATUS_USAGE, "cli.bad_state", "state", state, "states",
                         "requested, approved, refused, withdrawn", NULL);
}

static void say_none(const struct session *session, struct buffer *out)
{
        message_add(out, session->context->language,
                    session->state ? "override.list_empty_state" : "override.list_empty", NULL);
        buffer_add_byte(out, '\n');
}

static enum status list(struct session *session, struct error *error)
{
        struct override *overrides;
        struct override_share *shares;
        size_t count, share_count, kept = 0;
        enum language language = session->context->language;
        enum status status = check_state(session->state, error);
        if (status == STATUS_OK)
                status = override_list_load(session->connection, session->version.program_id, session->arena,
                                            &overrides, &count, error);
        if (status == STATUS_OK)
                status = override_shares(session->connection, &session->version, clock_local_day(clock_now_ms()),
                                         session->arena, &shares, &share_count, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                if (!session->state || strcmp(session->state, override_state_names[overrides[i].state]) == 0)
                        overrides[kept++] = overrides[i];
        struct listing listing = {overrides, kept, shares, share_count};
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)256 << 20);
        if (session->format && strcmp(session->format, "json") == 0) {
                list_json(&listing, &out);
        } else {
                if (kept)
                        status = table_overrides(language, &listing, &out, error);
                else
                        say_none(session, &out);
                if (status == STATUS_OK)
                        status = table_shares(language, &listing, &out, error);
        }
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
                {"--format", OPTION_VALUE, "table|json", "cli.option.format", NULL, &session->format, NULL},
        };
        static const char all[] = "request, approve, refuse, withdraw, list";
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
