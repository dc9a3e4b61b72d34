/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept.c: `treue concept`: make a first program document, check, load, release, list and show documents, and what
 * may stand in one.
 */
#include "cli/actions.h"
#include "cli/commands.h"
#include "cli/concept_compare.h"
#include "cli/concept_file.h"
#include "cli/concept_new.h"
#include "cli/session.h"
#include "program/concept_help.h"
#include "queries.h"

struct concept_command {
        struct session session;
        struct words words;           /* behind the action: files or versions */
        bool release;
        const char *format;
        struct concept_new_request first;
};

static enum status check(void *context, struct error *error)
{
        struct concept_command *command = context;
        const char *path = command->words.items[0];
        const struct concept *concept;
        struct text content;
        struct problem_list problems;
        enum status status = concept_file_read(command->session.context, path, command->session.arena, &concept,
                                               &content, &problems, error);
        if (status != STATUS_OK)
                return status;
        char warnings[24], segments[24];
        snprintf(warnings, sizeof(warnings), "%zu", problems.warning_count);
        snprintf(segments, sizeof(segments), "%zu", concept->segment_count);
        cli_print(command->session.context, stdout, "concept.checked", "path", path, "segments", segments, "count",
                  warnings);
        return STATUS_OK;
}

static void say_version(const struct session *session, const char *key, const struct version *version)
{
        char number[16];
        snprintf(number, sizeof(number), "%d", version->number);
        cli_print(session->context, stdout, key, "program", version->program, "version", number);
}

static enum status load(void *context, struct error *error)
{
        struct concept_command *command = context;
        struct session *session = &command->session;
        struct version version;
        bool existed;
        enum status status = concept_file_load(session->context, session->database, session->connection,
                                               command->words.items[0], session->arena, &version, &existed, error);
        if (status != STATUS_OK)
                return status;
        say_version(session, existed ? "concept.loaded_already" : "concept.loaded", &version);
        if (!command->release || version.released)
                return STATUS_OK;
        status = version_release(session->database, &version, "cli", error);
        if (status == STATUS_OK)
                say_version(session, "concept.released", &version);
        return status;
}

/* The version that was typed; a file is none. */
static enum status find(struct concept_command *command, struct version *ret, struct error *error)
{
        struct session *session = &command->session;
        enum status status = session_choose_program(session, error);
        if (status == STATUS_OK)
                status = version_find(session->connection, session->program_id, session->program,
                                      command->words.items[0], session->arena, ret, error);
        return status;
}

static enum status release(void *context, struct error *error)
{
        struct concept_command *command = context;
        struct version version;
        enum status status = find(command, &version, error);
        if (status == STATUS_OK)
                status = version_release(command->session.database, &version, "cli", error);
        if (status == STATUS_OK)
                say_version(&command->session, "concept.released", &version);
        return status;
}

static enum status show(void *context, struct error *error)
{
        struct version version;
        enum status status = find(context, &version, error);
        if (status == STATUS_OK)
                fputs(version.content, stdout);
        return status;
}

static const struct sheet_column version_columns[] = {
        {"program", "concept.column.program", .kind = SHEET_TEXT},
        {"version", "concept.column.version", .kind = SHEET_VERSION},
        {"state", "concept.column.state", .kind = SHEET_CODE, .words = "concept.state."},
        {"loaded", "concept.column.loaded", .kind = SHEET_INSTANT},
        {"released", "concept.column.released", .kind = SHEET_INSTANT},
};

static void put_version(struct sheet *sheet, const struct q_concept_version_list_row *row)
{
        sheet_text(sheet, row->program);
        sheet_integer(sheet, row->number);
        sheet_code(sheet, row->state);
        sheet_instant(sheet, row->loaded_ms);
        if (row->has_released_ms)
                sheet_instant(sheet, row->released_ms);
        else
                sheet_none(sheet);
}

static enum status list(void *context, struct error *error)
{
        struct concept_command *command = context;
        struct rows *rows rows_cleanup = NULL;
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        bool more = true;
        enum form form;
        buffer_init(&out, CLI_TEXT_MAX);
        enum status status = options_form(command->session.context, command->format, FORMS_ALL, &form, error);
        if (status == STATUS_OK)
                status = q_concept_version_list_open(command->session.connection, NULL, &rows, error);
        if (status != STATUS_OK)
                return status;
        struct sheet_style style = cli_style(command->session.context, form, &out);
        status = sheet_new(version_columns, sizeof(version_columns) / sizeof(version_columns[0]), &style, &sheet,
                           error);
        while (status == STATUS_OK && more) {
                struct q_concept_version_list_row row;
                status = q_concept_version_list_next(rows, &row, &more, error);
                if (status == STATUS_OK && more)
                        put_version(sheet, &row);
        }
        if (status == STATUS_OK && form == FORM_TABLE && sheet_row_count(sheet) == 0)
                message_add(&out, style.language, "concept.list_empty", NULL);
        else if (status == STATUS_OK)
                status = sheet_finish(sheet, error);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

static enum status diff(void *context, struct error *error)
{
        struct concept_command *command = context;
        enum form form;
        enum status status = options_form(command->session.context, command->format, IN_TABLE | IN_JSON, &form, error);
        if (status != STATUS_OK)
                return status;
        return concept_compare(&command->session, command->words.items[0], command->words.items[1], form, error);
}

static enum status new(void *context, struct error *error)
{
        struct concept_command *command = context;
        if (command->words.count)
                command->first.path = command->words.items[0];
        return concept_new(&command->session, &command->first, error);
}

static enum status help(void *context, struct error *error)
{
        struct concept_command *command = context;
        struct buffer out buffer_cleanup;
        buffer_init(&out, CLI_TEXT_MAX);
        concept_add_help(&out, command->session.context->language);
        return cli_answer(&out, error);
}

/* Where two files are compared, one is checked or help is given, there need not be a database. */
static const struct action actions[] = {
        {"check", 1, 1, "concept.word_missing", CLI_NO_DATABASE, check},
        {"load", 1, 1, "concept.word_missing", CLI_WRITE, load},
        {"release", 1, 1, "concept.word_missing", CLI_WRITE, release},
        {"list", 0, 0, NULL, CLI_READ, list},
        {"show", 1, 1, "concept.word_missing", CLI_READ, show},
        {"diff", 2, 2, "concept.diff_words", CLI_NO_DATABASE, diff},
        {"help", 0, 0, NULL, CLI_NO_DATABASE, help},
        {"new", 0, 1, NULL, CLI_READ, new},
};

int cmd_concept(struct cli_context *context, int argc, char **argv)
{
        struct concept_command command = {0};
        const struct option_info options[] = {
                {"--release", OPTION_FLAG, NULL, "cli.option.release", &command.release, NULL, NULL},
                OPTION_FORMAT(command.format),
                {"--name", OPTION_VALUE, "NAME", "cli.option.new_name", NULL, &command.first.name, NULL},
                {"--a-share", OPTION_VALUE, "10", "cli.option.new_a_share", NULL, &command.first.a_share, NULL},
                {"--b-share", OPTION_VALUE, "30", "cli.option.new_b_share", NULL, &command.first.b_share, NULL},
                {"--year-starts", OPTION_VALUE, "1", "cli.option.new_year", NULL, &command.first.year_month, NULL},
                {"--currency", OPTION_VALUE, "EUR", "cli.option.new_currency", NULL, &command.first.currency, NULL},
                {"--load", OPTION_FLAG, NULL, "cli.option.new_load", &command.first.load, NULL, NULL},
                {"--force", OPTION_FLAG, NULL, "cli.option.new_force", &command.first.force, NULL, NULL},
        };
        struct error error;
        const struct action *action = NULL;
        enum status status = action_parse(context, ACTION_SYNTAX(options, actions), argc, argv, &action, &command.words,
                                          &error);
        if (status == STATUS_OK)
                status = session_open(&command.session, context, action->access, &error);
        if (status == STATUS_OK)
                status = action->run(&command, &error);
        session_close(&command.session);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
