/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer.c: `treue customer`: lists customers, shows what is known of one, and merges those that became one.
 */
#include "cli/commands.h"
#include "cli/customer_list.h"
#include "cli/customer_show.h"
#include "cli/options.h"
#include "importer/merges.h"
#include "program/explained.h"

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

static const struct sheet_column merge_columns[] = {
        {"from", "merge.column.day", .kind = SHEET_DAY},
        {"customer", "merge.column.customer", .kind = SHEET_TEXT},
        {"into", "merge.column.into", .kind = SHEET_TEXT},
        {"import", "merge.column.import", .kind = SHEET_ID},
        {"reason", "merge.column.reason", .kind = SHEET_TEXT, .width_max = REASON_WIDTH_MAX},
};

static enum status list_merges(struct cli_context *context, const struct words *words,
                               const struct customer_words *values, struct session *session, struct error *error)
{
        struct merge *found = NULL;
        size_t count = 0;
        enum form form;
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        if (words->count > 1)
                return error_set(error, STATUS_USAGE, "cli.unexpected_word", "word", words->items[1], NULL);
        enum status status = options_form(values->format, FORMS_ALL, &form, error);
        if (status == STATUS_OK)
                status = session_open(context, CLI_READ, session, error);
        if (status == STATUS_OK)
                status = merges_list(session->connection, session->arena, &found, &count, error);
        if (status != STATUS_OK)
                return status;
        if (count == 0 && form == FORM_TABLE) {
                cli_print(context, stdout, "merge.none");
                return STATUS_OK;
        }
        struct sheet_style style = cli_style(context, form, &out);
        status = sheet_new(merge_columns, sizeof(merge_columns) / sizeof(merge_columns[0]), &style, &sheet, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++) {
                sheet_day(sheet, found[i].valid_from);
                sheet_text(sheet, found[i].number);
                sheet_text(sheet, found[i].into_number);
                sheet_integer(sheet, found[i].import_id);
                sheet_text(sheet, found[i].reason);
        }
        status = sheet_finish(sheet, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
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
                status = list_merges(context, &words, &values, &session, &error);
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
