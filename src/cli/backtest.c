/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backtest.c: `treue backtest`: how a concept would have moved customers over the past. Stores nothing.
 */
#include "cli/backtest_output.h"

#include "cli/commands.h"
#include "cli/evaluate_output.h"
#include "cli/options.h"

#define OUTPUT_BYTES_MAX ((size_t)1 << 30)

struct request {
        const char *concept, *from, *to, *every, *evaluation, *format;
        int32_t from_day, to_day;
        struct backtest_every every_step;
        enum form form;
};

static enum status read_day(const char *value, int32_t *ret, struct error *error)
{
        if (!value)
                return error_set(error, STATUS_USAGE, "backtest.dates_missing", NULL);
        return options_day(value, ret, error);
}

static enum status read_request(struct cli_context *context, int argc, char **argv, struct request *request,
                                struct error *error)
{
        const struct option_info options[] = {
                {"--concept", OPTION_VALUE, "FILE|VERSION", "cli.option.concept", NULL, &request->concept, NULL},
                {"--from", OPTION_VALUE, "DATE", "cli.option.backtest_from", NULL, &request->from, NULL},
                {"--to", OPTION_VALUE, "DATE", "cli.option.backtest_to", NULL, &request->to, NULL},
                {"--every", OPTION_VALUE, "1m", "cli.option.every", NULL, &request->every, NULL},
                {"--evaluation", OPTION_VALUE, "ID", "cli.option.backtest_evaluation", NULL, &request->evaluation,
                 NULL},
                OPTION_FORMAT(request->format),
        };
        struct words none;
        enum status status = options_parse_words(context, options, sizeof(options) / sizeof(options[0]), 0, argc, argv,
                                                 &none, error);
        if (status != STATUS_OK)
                return status;
        status = read_day(request->from, &request->from_day, error);
        if (status == STATUS_OK)
                status = read_day(request->to, &request->to_day, error);
        if (status != STATUS_OK)
                return status;
        if (!backtest_every_parse(text_of(request->every ? request->every : "1m"), &request->every_step))
                return error_set(error, STATUS_USAGE, "backtest.bad_every", "value", request->every, NULL);
        return options_form(context, request->format, FORMS_ALL, &request->form, error);
}

static enum status print(struct session *session, const struct backtest *backtest, enum form format,
                         struct error *error)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = format == FORM_JSON     ? backtest_json(session, backtest, &out, error)
                             : form_is_rows(format) ? backtest_rows(session, backtest, format, &out, error)
                                                    : backtest_table(session, backtest, &out, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

static enum status run(struct session *session, const struct request *request, struct error *error)
{
        struct version version;
        struct backtest backtest = {.version = &version};
        enum status status = session_version(session, request->concept, &version, error);
        if (status == STATUS_OK)
                status = backtest_plan(&backtest, request->from_day, request->to_day, request->every_step,
                                       request->evaluation, session->arena, error);
        if (status == STATUS_OK)
                status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        backtest.snapshot = session->snapshot;
        if (status == STATUS_OK)
                status = backtest_run(&backtest, session->connection, &session->parallel, session->arena, error);
        if (status == STATUS_OK)
                status = print(session, &backtest, request->form, error);
        return status;
}

int cmd_backtest(struct cli_context *context, int argc, char **argv)
{
        struct request request = {0};
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = read_request(context, argc, argv, &request, &error);
        if (status == STATUS_OK)
                status = session_open(&session, context, CLI_READ, &error);
        if (status == STATUS_OK)
                status = run(&session, &request, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
