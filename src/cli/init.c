/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * init.c: treue init: a new data directory with an empty database and the company's settings.
 */
#include "cli/commands.h"
#include "cli/options.h"
#include "db/setting.h"
#include "facts/packed_lines.h"
#include "platform/clock.h"

static enum status init(struct cli_context *context, const char *currency, const char *time_zone, struct error *error)
{
        enum status status = clock_set_zone(time_zone, error);
        if (status)
                return status;
        unsigned minor_digits = 0;
        char digits[16];
        /* Without a currency the first concept sets it. */
        if (currency) {
                status = currency_minor_digits(text_of(currency), &minor_digits, error);
                if (status)
                        return status;
        }
        snprintf(digits, sizeof(digits), "%u", minor_digits);
        struct database_setting settings[] = {
                {"time_zone", time_zone}, {"currency", currency}, {"minor_digits", digits}};
        struct database *database = NULL;
        status = database_open(&(struct database_options){.data_directory = context->data,
                                                          .url = context->url,
                                                          .lines = &packed_lines_codec,
                                                          .create = true,
                                                          .settings = settings,
                                                          .setting_count = currency ? 3 : 1},
                               &database, error);
        if (status)
                return status;
        database_close(database);
        return STATUS_OK;
}

int cmd_init(struct cli_context *context, int argc, char **argv)
{
        const char *currency = NULL, *time_zone = "Europe/Berlin";
        const struct option_info options[] = {
                {"--currency", OPTION_VALUE, "EUR", "cli.option.currency", .value = &currency},
                {"--time-zone", OPTION_VALUE, "ZONE", "cli.option.time_zone", .value = &time_zone},
        };
        struct error error;
        struct words none;
        enum status status = options_parse_words(context, options, sizeof(options) / sizeof(options[0]), 0, argc, argv,
                                                 &none, &error);
        if (!status)
                status = init(context, currency, time_zone, &error);
        if (status)
                return cli_fail(context, status, &error);
        cli_print(context, stdout, "init.done", "path", context->data);
        return CLI_DONE;
}
