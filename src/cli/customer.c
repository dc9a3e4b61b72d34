/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer.c: `treue customer`: lists customers, shows what is known of one, and merges those that became one.
 */
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/customer_list.h"
#include "cli/customer_show.h"
#include "cli/options.h"
#include "importer/merges.h"
#include "program/explained.h"
#include "render/json.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)
enum { REASON_WIDTH_MAX = 60 };

struct customer_words {
        const char *from, *reason, *on, *format;
};

struct session {
        struct database *database;
        struct connection *connection;
        struct arena *arena;
};

static enum status session_open(struct cli_context *context, enum cli_access access, struct session *session,
                                struct error *error)
{
        session->arena = arena_new(ARENA_BYTES_MAX);
        enum status status = session->arena ? cli_open_database(context, access, &session->database, error)
                                            : error_memory(error);
        return status == STATUS_OK ? db_connect(session->database, &session->connection, error) : status;
}

static void session_close(struct session *session)
{
        db_disconnect(session->connection);
        database_close(session->database);
        arena_free(session->arena);
}

static enum status merge(struct cli_context *context, const struct words *words, const struct customer_words *values,
                         struct session *session, struct error *error)
{
        struct explained from, into;
        struct merge_result result;
        struct merge_request request = {.reason = text_of(values->reason ? values->reason : "")};
        if (words->count != 3)
                return error_set(error, STATUS_USAGE, "merge.two_customers", NULL);
        if (!values->from)
                return error_set(error, STATUS_USAGE, "merge.day_missing", NULL);
        enum status status = options_day(values->from, &request.valid_from, error);
        if (status == STATUS_OK)
                status = session_open(context, CLI_WRITE, session, error);
        if (status == STATUS_OK)
                status = customer_find(session->connection, words->items[1], session->arena, &from, error);
        if (status == STATUS_OK)
                status = customer_find(session->connection, words->items[2], session->arena, &into, error);
        if (status != STATUS_OK)
                return status;
        request.customer_id = from.customer_id;
        request.into_customer_id = into.customer_id;
        request.source = from.source;
        request.number = from.number;
        request.into_number = into.number;
        status = merge_record(session->database, &request, &result, error);
        if (status != STATUS_OK)
                return status;
        struct buffer day buffer_cleanup;
        char import_id[16], generation[24];
        buffer_init(&day, 64);
        format_add_day(&day, context->language, request.valid_from);
        snprintf(import_id, sizeof(import_id), "%d", (int)result.import_id);
        snprintf(generation, sizeof(generation), "%lld", (long long)result.generation);
        cli_print(context, stdout, "merge.done", "customer", words->items[1], "into", words->items[2], "day",
                  day.data, "import", import_id, "generation", generation);
        return STATUS_OK;
}

static void add_json(struct json *json, const struct merge *merge)
{
        char id[16];
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        day_add_iso(&day, merge->valid_from);
        snprintf(id, sizeof(id), "%d", (int)merge->import_id);
        json_begin_object(json);
        json_key(json, "customer");
        json_text(json, merge->number);
        json_key(json, "into");
        json_text(json, merge->into_number);
        json_key(json, "from");
        json_string(json, day.data);
        json_key(json, "import");
        json_string(json, id);
        json_key(json, "reason");
        json_text(json, merge->reason);
        json_end_object(json);
}

static void write_json(const struct merge *list, size_t count, struct buffer *out)
{
        struct json json;
        json_init(&json, out, true);
        json_begin_array(&json);
        for (size_t i = 0; i < count; i++)
                add_json(&json, &list[i]);
        json_end_array(&json);
}

static bool write_table(struct cli_context *context, const struct merge *list, size_t count, struct buffer *out)
{
        static const char *const heads[] = {"merge.column.day", "merge.column.customer", "merge.column.into",
                                            "merge.column.import", "merge.column.reason"};
        struct columns table __attribute__((cleanup(columns_release)));
        struct buffer day buffer_cleanup;
        char id[16];
        buffer_init(&day, 64);
        columns_init(&table, sizeof(heads) / sizeof(heads[0]), REASON_WIDTH_MAX);
        for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
                columns_add(&table, text_of(message_raw(context->language, heads[i])));
        for (size_t i = 0; i < count; i++) {
                buffer_clear(&day);
                format_add_day(&day, context->language, list[i].valid_from);
                snprintf(id, sizeof(id), "%d", (int)list[i].import_id);
                columns_add(&table, (struct text){day.data, day.length});
                columns_add(&table, list[i].number);
                columns_add(&table, list[i].into_number);
                columns_add_count(&table, id);
                columns_add(&table, list[i].reason);
        }
        if (count)
                columns_write(&table, "", out);
        else
                message_add(out, context->language, "merge.none", NULL);
        return !table.cells.failed;
}

static enum status list(struct cli_context *context, const struct words *words, const struct customer_words *values,
                        struct session *session, struct error *error)
{
        struct merge *found = NULL;
        size_t count = 0;
        bool json = values->format && strcmp(values->format, "json") == 0, done = true;
        if (words->count > 1)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words->items[1], NULL);
        enum status status = options_format(values->format, "table, json", error);
        if (status == STATUS_OK)
                status = session_open(context, CLI_READ, session, error);
        if (status == STATUS_OK)
                status = merges_list(session->connection, session->arena, &found, &count, error);
        if (status != STATUS_OK)
                return status;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        if (json)
                write_json(found, count, &out);
        else
                done = write_table(context, found, count, &out);
        if (out.failed || !done)
                return error_memory(error);
        cli_write(stdout, &out);
        return STATUS_OK;
}

static enum status show(struct cli_context *context, const struct words *words, const struct customer_words *values,
                        struct error *error)
{
        if (words->count < 2)
                return error_set(error, STATUS_USAGE, "customer.which", NULL);
        if (words->count > 2)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words->items[2], NULL);
        return customer_show(context, words->items[1], values->on, values->format, error);
}

static enum status list_customers(struct cli_context *context, const struct words *words,
                                  const struct customer_words *values, struct customer_filter *filter,
                                  struct error *error)
{
        if (words->count > 1)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words->items[1], NULL);
        filter->on = values->on;
        filter->format = values->format;
        return customer_list(context, filter, error);
}

int cmd_customer(struct cli_context *context, int argc, char **argv)
{
        struct customer_words values = {0};
        struct customer_filter filter = {0};
        const struct option_info options[] = {
                {"--from", OPTION_VALUE, "DATE", "cli.option.merge_from", .value = &values.from},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.merge_reason", .value = &values.reason},
                {"--on", OPTION_VALUE, "DATE", "cli.option.on", .value = &values.on},
                {"--attribute", OPTION_VALUE, "NAME=VALUE", "cli.option.list_attribute", .value = &filter.attribute},
                {"--search", OPTION_VALUE, "TEXT", "cli.option.list_search", .value = &filter.search},
                {"--segment", OPTION_VALUE, "ID", "cli.option.list_segment", .value = &filter.segment},
                {"--responsible", OPTION_VALUE, "CODE", "cli.option.list_responsible", .value = &filter.responsible},
                {"--kind", OPTION_VALUE, "customers|prospects", "cli.option.list_kind", .value = &filter.kind},
                {"--format", OPTION_VALUE, "table|json|csv", "cli.option.format", .value = &values.format},
        };
        struct error error;
        struct words words;
        struct session session = {0};
        enum status status = options_parse(context, options, sizeof(options) / sizeof(options[0]), argc, argv, &words,
                                           &error);
        const char *action = status == STATUS_OK && words.count ? words.items[0] : "";
        if (status == STATUS_OK && strcmp(action, "merge") == 0)
                status = merge(context, &words, &values, &session, &error);
        else if (status == STATUS_OK && strcmp(action, "merges") == 0)
                status = list(context, &words, &values, &session, &error);
        else if (status == STATUS_OK && strcmp(action, "list") == 0)
                status = list_customers(context, &words, &values, &filter, &error);
        else if (status == STATUS_OK && strcmp(action, "show") == 0)
                status = show(context, &words, &values, &error);
        else if (status == STATUS_OK)
                status = error_set(&error, STATUS_USAGE, "customer.action_missing", "actions",
                                   "list, show, merge, merges", NULL);
        session_close(&session);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
