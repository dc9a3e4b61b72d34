/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cli.c: the command line as a whole: finds the language and the subcommand, runs it, turns errors into words and the
 * exit status.
 */
#include "cli/cli.h"

#include <errno.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "db/setting.h"
#include "facts/packed_lines.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/memory.h"

enum { NAME_MAX_BYTES = 255 };

void cli_write(FILE *stream, const struct buffer *text)
{
        fwrite(text->data, 1, text->length, stream);
        if (text->length == 0 || text->data[text->length - 1] != '\n')
                fputc('\n', stream);
}

struct sheet_style cli_style(const struct cli_context *context, enum form form, struct buffer *out)
{
        struct sheet_style style = {.form = form, .language = context->language, .out = out};
        char key[64];
        if (!context->answer)
                return style;
        style.csv_mark = style.csv_local = true;
        style.path = answer_file_working_path(context->answer);
        snprintf(key, sizeof(key), "cli.sheet.%s", context->command);
        if (form == FORM_XLSX)
                style.title = message_raw(context->language, key);
        return style;
}

enum status cli_answer(const struct buffer *answer, struct error *error)
{
        if (answer->failed)
                return error_memory(error);
        if (answer->length)
                cli_write(stdout, answer);
        return STATUS_OK;
}

int cli_exit_status(enum status status)
{
        switch (status) {
        case STATUS_OK:
                return CLI_DONE;
        case STATUS_USAGE:
        case STATUS_INVALID:
        case STATUS_NOT_FOUND:
        case STATUS_CONFLICT:
                return CLI_USAGE;
        default:
                return CLI_FAILED;
        }
}

int cli_fail(struct cli_context *context, enum status status, const struct error *error)
{
        if (context->help_shown)
                return CLI_DONE;
        struct buffer text;
        buffer_init(&text, CLI_TEXT_MAX);
        buffer_add_text(&text, "treue: ");
        message_add_error(&text, context->language, error);
        /* Values come from files: nothing in them may steer the terminal. */
        for (size_t i = 0; i < text.length; i++)
                if (((unsigned char)text.data[i] < 0x20 && text.data[i] != '\n') || text.data[i] == 0x7f)
                        text.data[i] = '?';
        /* What was printed so far stands before the error. */
        fflush(stdout);
        cli_write(stderr, &text);
        buffer_release(&text);
        return cli_exit_status(status);
}

static enum status set_zone(struct database *database, struct error *error)
{
        connection_cleanup struct connection *connection = NULL;
        enum status status = db_connect(database, &connection, error);
        if (status)
                return status;
        struct text zone;
        status = setting_get(connection, "time_zone", &zone, error);
        if (status)
                return status;
        char name[NAME_MAX_BYTES + 1];
        if (zone.length > NAME_MAX_BYTES)
                return error_set(error, STATUS_CORRUPT, "setting.damaged", "name", "time_zone", NULL);
        memcpy(name, zone.data, zone.length);
        name[zone.length] = '\0';
        return clock_set_zone(name, error);
}

enum status cli_open_database(struct cli_context *context, enum cli_access access, struct database **ret,
                              struct error *error)
{
        struct database *database = NULL;
        struct database_options options = {
                .data_directory = context->data,
                .url = context->url,
                .lines = &packed_lines_codec,
                .read_only = access == CLI_READ && !context->migrate,
                .migrate = context->migrate,
        };
        enum status status = database_open(&options, &database, error);
        if (status)
                return status;
        status = set_zone(database, error);
        if (status) {
                database_close(database);
                return status;
        }
        *ret = database;
        return STATUS_OK;
}

static void print_overview(const struct cli_context *context)
{
        struct buffer text;
        buffer_init(&text, CLI_TEXT_MAX);
        message_add(&text, context->language, "cli.overview", NULL);
        buffer_add_text(&text, "\n\n");
        for (size_t i = 0; i < command_count; i++) {
                buffer_addf(&text, "  treue %-18s", commands[i].name);
                message_add(&text, context->language, commands[i].summary_key, NULL);
                buffer_add_byte(&text, '\n');
        }
        buffer_add_byte(&text, '\n');
        options_add_global_help(&text, context->language);
        cli_write(stdout, &text);
        buffer_release(&text);
}

static const char *first_set(const char *const *names, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                const char *value = getenv(names[i]);
                if (value && *value)
                        return value;
        }
        return NULL;
}

/* Also looks ahead for --lang, so that a mistake before it is told in the language asked for. */
static enum language find_language(int argc, char **argv)
{
        static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *locale = first_set(names, sizeof(names) / sizeof(names[0]));
        enum language language = LANGUAGE_ENGLISH;
        if (locale)
                language = strncmp(locale, "de", 2) == 0 ? LANGUAGE_GERMAN : LANGUAGE_ENGLISH;
        for (int i = 1; i < argc; i++) {
                enum language asked;
                if ((strncmp(argv[i], "--lang=", 7) == 0 && language_parse(argv[i] + 7, &asked)) ||
                    (strcmp(argv[i], "--lang") == 0 && i + 1 < argc && language_parse(argv[i + 1], &asked)))
                        language = asked;
        }
        return language;
}

static const char *command_name(const void *table, size_t i)
{
        return ((const struct command *)table)[i].name;
}

static int run_command(struct cli_context *context, int argc, char **argv)
{
        for (size_t i = 0; i < command_count; i++)
                if (strcmp(argv[0], commands[i].name) == 0) {
                        context->command = commands[i].name;
                        return commands[i].run(context, argc, argv);
                }
        struct error error;
        const char *near = options_nearest(argv[0], command_name, commands, command_count);
        enum status status = near ? error_set(&error, STATUS_USAGE, "cli.unknown_command_like", "command", argv[0],
                                              "like", near, NULL)
                                  : error_set(&error, STATUS_USAGE, "cli.unknown_command", "command", argv[0], NULL);
        return cli_fail(context, status, &error);
}

/* Gives the file of the answer its name, if there is an answer. */
static int finish_answer(struct cli_context *context, int result)
{
        struct answer_file *file = context->answer;
        struct error error;
        bool wanted = context->output && strcmp(context->output, "-") != 0 && !context->help_shown;
        if (!wanted || (result != CLI_DONE && result != CLI_REJECTED)) {
                answer_file_discard(file);
                return result;
        }
        if (file && !(context->is_workbook && answer_file_is_empty(file))) {
                enum status status = answer_file_finish(file, &error);
                return status ? cli_fail(context, status, &error) : result;
        }
        answer_file_discard(file);
        return cli_fail(context, error_set(&error, STATUS_USAGE, "cli.no_list", "path", context->output, NULL),
                        &error);
}

/* A full disk or closed pipe behind standard output must not look like success. */
static int finish_output(struct cli_context *context, int result)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return finish_answer(context, result);
        struct error error;
        result = cli_fail(context, error_system(&error, "write", context->answer ? context->output : "stdout", errno),
                          &error);
        answer_file_discard(context->answer);
        return result;
}

static int start(struct cli_context *context, int argc, char **argv)
{
        struct error error;
        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "help") == 0) {
                        context->help_shown = true;
                        continue;
                }
                if (argv[i][0] != '-') {
                        if (!context->help_shown)
                                return run_command(context, argc - i, argv + i);
                        char *help[] = {argv[i], (char[]){"--help"}, NULL};
                        context->help_shown = false;
                        return run_command(context, 2, help);
                }
                if (strcmp(argv[i], "--version") == 0) {
                        printf("treue %s\n", TREUE_VERSION);
                        return CLI_DONE;
                }
                bool taken = false;
                enum status status = options_take_global(context, argc, argv, &i, &taken, &error);
                if (!status && !taken)
                        status = error_set(&error, STATUS_USAGE, "cli.unknown_option", "option", argv[i], NULL);
                if (status)
                        return cli_fail(context, status, &error);
        }
        if (context->help_shown) {
                print_overview(context);
                return CLI_DONE;
        }
        return cli_fail(context, error_set(&error, STATUS_USAGE, "cli.no_command", NULL), &error);
}

int cli_main(int argc, char **argv)
{
        memory_reuse_large_blocks();
        file_keep_private();
        static const char *const data[] = {"TREUE_DATA"}, *const url[] = {"TREUE_DB"};
        struct cli_context context = {
                .language = find_language(argc, argv),
                .data = first_set(data, 1),
                .url = first_set(url, 1),
        };
        if (!context.data)
                context.data = "./treue-data";
        return finish_output(&context, start(&context, argc, argv));
}
