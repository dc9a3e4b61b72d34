/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify.c: treue verify [--deep]: is everything whole, and if not, what is wrong and how to mend it.
 */
#include "program/verify.h"

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/verify_parts.h"
#include "platform/file.h"
#include "platform/thread.h"
#include "render/json.h"

enum { REPORT_BYTES_MAX = 16 << 20 };

struct report {
        struct cli_context *context;
        bool as_json, show_progress;
        struct buffer text;
        struct json json;
};

static const char *part_key(enum verify_part part)
{
        static const char *const keys[VERIFY_PART_COUNT] = {
                [VERIFY_ENGINE] = "verify.part.engine",       [VERIFY_IMPORTS] = "verify.part.imports",
                [VERIFY_REFERENCES] = "verify.part.references", [VERIFY_DOCUMENTS] = "verify.part.documents",
                [VERIFY_AUDIT] = "verify.part.audit",         [VERIFY_RUNS] = "verify.part.runs",
                [VERIFY_INDEX] = "verify.part.index",
        };
        return keys[part];
}

static void clear_progress(const struct report *report)
{
        if (report->show_progress)
                fputs("\r\x1B[K", stderr);
}

static void begin(void *context, enum verify_part part)
{
        struct report *report = context;
        if (!report->show_progress)
                return;
        fprintf(stderr, "\r%s ...\x1B[K", message_raw(report->context->language, part_key(part)));
        fflush(stderr);
}

static void add_json(struct report *report, enum verify_part part, const struct error *error, const char *level)
{
        struct buffer message buffer_cleanup;
        buffer_init(&message, CLI_TEXT_MAX);
        message_add_error(&message, report->context->language, error);
        json_begin_object(&report->json);
        json_key(&report->json, "level");
        json_string(&report->json, level);
        json_key(&report->json, "part");
        json_string(&report->json, verify_part_names[part]);
        json_key(&report->json, "key");
        json_string(&report->json, error->key);
        for (size_t i = 0; i < error->argument_count; i++) {
                json_key(&report->json, error->arguments[i].name);
                json_string(&report->json, error_argument(error, error->arguments[i].name));
        }
        json_key(&report->json, "message");
        json_text(&report->json, (struct text){message.data, message.length});
        json_end_object(&report->json);
}

static void say(struct report *report, enum verify_part part, const struct error *error)
{
        struct buffer line buffer_cleanup;
        buffer_init(&line, CLI_TEXT_MAX);
        buffer_addf(&line, "%s: ", message_raw(report->context->language, part_key(part)));
        message_add_error(&line, report->context->language, error);
        clear_progress(report);
        cli_write(stdout, &line);
        fflush(stdout);
}

static void found(void *context, enum verify_part part, const struct error *finding)
{
        struct report *report = context;
        if (report->as_json)
                add_json(report, part, finding, "finding");
        else
                say(report, part, finding);
}

static void note(void *context, enum verify_part part, const struct error *text)
{
        struct report *report = context;
        if (report->as_json)
                add_json(report, part, text, "note");
        else
                say(report, part, text);
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

struct number {
        const char *key;
        uint64_t value;
};
enum { NUMBERS = 6 };

static void list_numbers(const struct verify_result *result, struct number numbers[NUMBERS])
{
        const struct number all[NUMBERS] = {
                {"imports", result->imports},   {"documents", result->documents},
                {"lines", result->lines},       {"audit_entries", result->audit_entries},
                {"runs", result->runs},         {"decisions", result->decisions},
        };
        memcpy(numbers, all, sizeof(all));
}

static void end_json(struct report *report, const struct verify_result *result)
{
        struct number numbers[NUMBERS];
        list_numbers(result, numbers);
        json_end_array(&report->json);
        json_key(&report->json, "whole");
        json_bool(&report->json, result->findings == 0);
        json_key(&report->json, "findings");
        json_int(&report->json, (int64_t)result->findings);
        json_key(&report->json, "generation");
        json_int(&report->json, result->generation);
        for (size_t i = 0; i < NUMBERS; i++) {
                json_key(&report->json, numbers[i].key);
                json_int(&report->json, (int64_t)numbers[i].value);
        }
        json_key(&report->json, "index_compared");
        json_bool(&report->json, result->index_compared);
        json_end_object(&report->json);
        cli_write(stdout, &report->text);
}

static void end_text(struct report *report, const struct verify_result *result)
{
        struct number numbers[NUMBERS];
        struct buffer counts[NUMBERS], findings buffer_cleanup;
        enum language language = report->context->language;
        list_numbers(result, numbers);
        for (size_t i = 0; i < NUMBERS; i++) {
                buffer_init(&counts[i], 64);
                format_add_count(&counts[i], language, (int64_t)numbers[i].value);
        }
        buffer_init(&findings, 64);
        format_add_count(&findings, language, (int64_t)result->findings);
        for (int part = 0; part < VERIFY_PART_COUNT; part++) {
                char more[24];
                if (result->findings_of[part] <= VERIFY_FINDINGS_PER_PART)
                        continue;
                snprintf(more, sizeof(more), "%llu",
                         (unsigned long long)(result->findings_of[part] - VERIFY_FINDINGS_PER_PART));
                cli_print(report->context, stdout, "verify.more", "part", message_raw(language, part_key(part)),
                          "count", more);
        }
        cli_print(report->context, stdout, "verify.checked", "imports", counts[0].data, "documents", counts[1].data,
                  "lines", counts[2].data, "entries", counts[3].data, "runs", counts[4].data, "decisions",
                  counts[5].data);
        if (result->index_compared)
                cli_print(report->context, stdout, "verify.index_compared");
        if (result->findings == 0)
                cli_print(report->context, stdout, "verify.whole");
        else
                cli_print(report->context, stdout, "verify.broken", "count", findings.data);
        for (size_t i = 0; i < NUMBERS; i++)
                buffer_release(&counts[i]);
}

enum status verify_and_print(struct cli_context *context, struct database *database, bool deep, bool as_json,
                             uint64_t *ret_findings, struct error *error)
{
        connection_cleanup struct connection *connection = NULL;
        struct pool *pool = NULL;
        struct report report = {.context = context, .as_json = as_json, .show_progress = terminal_is_interactive(2)};
        struct verify_result result;
        buffer_init(&report.text, REPORT_BYTES_MAX);
        enum status status = db_connect(database, &connection, error);
        if (!status)
                status = pool_new(processor_count(), &pool, error);
        if (!status) {
                struct parallel parallel = pool_parallel(pool);
                const struct verify_options options = {
                        .deep = deep, .parallel = &parallel, .context = &report,
                        .begin = begin, .found = found, .note = note};
                json_init(&report.json, &report.text, true);
                json_begin_object(&report.json);
                json_key(&report.json, "reports");
                json_begin_array(&report.json);
                status = verify_database(database, connection, &options, &result, error);
                clear_progress(&report);
        }
        if (!status && as_json)
                end_json(&report, &result);
        else if (!status)
                end_text(&report, &result);
        pool_free(pool);
        buffer_release(&report.text);
        if (!status)
                *ret_findings = result.findings;
        return status;
}

int cmd_verify(struct cli_context *context, int argc, char **argv)
{
        bool deep = false;
        const char *format = NULL;
        enum form form = FORM_TABLE;
        const struct option_info options[] = {
                {"--deep", OPTION_FLAG, NULL, "cli.option.verify_deep", .flag = &deep},
                {"--format", OPTION_VALUE, "table|json", "cli.option.format", .value = &format},
        };
        struct error error;
        struct words none;
        uint64_t findings = 0;
        database_cleanup struct database *database = NULL;
        enum status status = options_parse_words(context, options, sizeof(options) / sizeof(options[0]), 0, argc, argv,
                                                 &none, &error);
        if (!status)
                status = options_form(context, format, IN_TABLE | IN_JSON, &form, &error);
        if (!status)
                status = cli_open_database(context, CLI_READ, &database, &error);
        if (!status)
                status = verify_and_print(context, database, deep, form == FORM_JSON, &findings, &error);
        if (status)
                return cli_fail(context, status, &error);
        return findings ? CLI_REJECTED : CLI_DONE;
}
