/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer.c: `treue customer`: lists customers, shows what is known of one, and merges those that became one.
 */
#include "cli/actions.h"
#include "cli/commands.h"
#include "cli/customer_list.h"
#include "cli/customer_show.h"
#include "cli/session.h"
#include "importer/merges.h"
#include "program/explained.h"

enum { REASON_WIDTH_MAX = 60 };

struct customer_command {
        struct cli_context *context;
        struct words words;           /* behind the action: customers */
        const char *from, *reason, *on, *format;
        struct customer_filter filter;
};

static enum status merge(void *argument, struct error *error)
{
        struct customer_command *command = argument;
        struct cli_context *context = command->context;
        struct session session session_cleanup = {0};
        char **customers = command->words.items;
        struct explained from, into;
        struct merge_result result;
        struct merge_request request = {.reason = text_of(command->reason ? command->reason : "")};
        if (!command->from)
                return error_set(error, STATUS_USAGE, "merge.day_missing", NULL);
        enum status status = options_day(command->from, &request.valid_from, error);
        if (status == STATUS_OK)
                status = session_open(&session, context, CLI_WRITE, error);
        if (status == STATUS_OK)
                status = customer_find(session.connection, customers[0], session.arena, &from, error);
        if (status == STATUS_OK)
                status = customer_find(session.connection, customers[1], session.arena, &into, error);
        if (status != STATUS_OK)
                return status;
        request.customer_id = from.customer_id;
        request.into_customer_id = into.customer_id;
        request.source = from.source;
        request.number = from.number;
        request.into_number = into.number;
        status = merge_record(session.database, &request, &result, error);
        if (status != STATUS_OK)
                return status;
        struct buffer day buffer_cleanup;
        char import_id[16], generation[24];
        buffer_init(&day, 64);
        format_add_day(&day, context->language, request.valid_from);
        snprintf(import_id, sizeof(import_id), "%d", (int)result.import_id);
        snprintf(generation, sizeof(generation), "%lld", (long long)result.generation);
        cli_print(context, stdout, "merge.done", "customer", customers[0], "into", customers[1], "day",
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

static enum status list_merges(void *argument, struct error *error)
{
        const struct customer_command *command = argument;
        struct session session session_cleanup = {0};
        struct merge *found = NULL;
        size_t count = 0;
        enum form form;
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        enum status status = options_form(command->context, command->format, FORMS_ALL, &form, error);
        if (status == STATUS_OK)
                status = session_open(&session, command->context, CLI_READ, error);
        if (status == STATUS_OK)
                status = merges_list(session.connection, session.arena, &found, &count, error);
        if (status != STATUS_OK)
                return status;
        if (count == 0 && form == FORM_TABLE) {
                cli_print(command->context, stdout, "merge.none");
                return STATUS_OK;
        }
        struct sheet_style style = cli_style(command->context, form, &out);
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

static enum status show(void *argument, struct error *error)
{
        const struct customer_command *command = argument;
        return customer_show(command->context, command->words.items[0], command->on, command->format, error);
}

static enum status list(void *argument, struct error *error)
{
        struct customer_command *command = argument;
        command->filter.on = command->on;
        command->filter.format = command->format;
        return customer_list(command->context, &command->filter, error);
}

static const struct action actions[] = {
        {"list", 0, 0, NULL, CLI_READ, list},
        {"show", 1, 1, "customer.which", CLI_READ, show},
        {"merge", 2, 2, "merge.two_customers", CLI_WRITE, merge},
        {"merges", 0, 0, NULL, CLI_READ, list_merges},
};

int cmd_customer(struct cli_context *context, int argc, char **argv)
{
        struct customer_command command = {.context = context};
        const struct option_info options[] = {
                {"--from", OPTION_VALUE, "DATE", "cli.option.merge_from", .value = &command.from},
                {"--reason", OPTION_VALUE, "TEXT", "cli.option.merge_reason", .value = &command.reason},
                {"--on", OPTION_VALUE, "DATE", "cli.option.on", .value = &command.on},
                {"--attribute", OPTION_VALUE, "NAME=VALUE", "cli.option.list_attribute",
                 .value = &command.filter.attribute},
                {"--search", OPTION_VALUE, "TEXT", "cli.option.list_search", .value = &command.filter.search},
                {"--segment", OPTION_VALUE, "ID", "cli.option.list_segment", .value = &command.filter.segment},
                {"--responsible", OPTION_VALUE, "CODE", "cli.option.list_responsible",
                 .value = &command.filter.responsible},
                {"--kind", OPTION_VALUE, "customers|prospects", "cli.option.list_kind", .value = &command.filter.kind},
                OPTION_FORMAT(command.format),
        };
        struct error error;
        const struct action *action;
        enum status status = action_parse(context, ACTION_SYNTAX(options, actions), argc, argv, &action, &command.words,
                                          &error);
        if (status == STATUS_OK)
                status = action->run(&command, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
