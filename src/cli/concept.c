/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept.c: `treue concept`: check, load, release, list and show program documents, and what may stand in one.
 */
#include "cli/commands.h"
#include "cli/concept_compare.h"
#include "cli/concept_file.h"
#include "cli/options.h"
#include "platform/clock.h"
#include "program/concept_help.h"
#include "queries.h"
#include "render/table.h"

#define ARENA_BYTES_MAX ((size_t)256 << 20)

struct session {
        struct cli_context *context;
        struct database *database;
        struct connection *connection;
        struct arena *arena;
        bool release;
        const char *word;  /* FILE or VERSION */
        const char *other; /* diff: the second one */
        const char *format;
};

static enum status open_database(struct session *session, enum cli_access access, struct error *error)
{
        enum status status = cli_open_database(session->context, access, &session->database, error);
        return status == STATUS_OK ? db_connect(session->database, &session->connection, error) : status;
}

static enum status check(struct session *session, struct error *error)
{
        const struct concept *concept;
        struct text content;
        struct problem_list problems;
        enum status status =
                concept_file_read(session->context, session->word, session->arena, &concept, &content, &problems,
                                  error);
        if (status != STATUS_OK)
                return status;
        char warnings[24], segments[24];
        snprintf(warnings, sizeof(warnings), "%zu", problems.warning_count);
        snprintf(segments, sizeof(segments), "%zu", concept->segment_count);
        cli_print(session->context, stdout, "concept.checked", "path", session->word, "segments", segments, "count",
                  warnings);
        return STATUS_OK;
}

static void say_version(const struct session *session, const char *key, const struct version *version)
{
        char number[16];
        snprintf(number, sizeof(number), "%d", version->number);
        cli_print(session->context, stdout, key, "program", version->program, "version", number);
}

static enum status load(struct session *session, struct error *error)
{
        struct version version;
        bool existed;
        enum status status = open_database(session, CLI_WRITE, error);
        if (status == STATUS_OK)
                status = concept_file_load(session->context, session->database, session->connection, session->word,
                                           session->arena, &version, &existed, error);
        if (status != STATUS_OK)
                return status;
        say_version(session, existed ? "concept.loaded_already" : "concept.loaded", &version);
        if (!session->release || version.released)
                return STATUS_OK;
        status = version_release(session->database, &version, error);
        if (status == STATUS_OK)
                say_version(session, "concept.released", &version);
        return status;
}

static enum status find(struct session *session, enum cli_access access, struct version *ret, struct error *error)
{
        int64_t program_id;
        const char *program;
        enum status status = open_database(session, access, error);
        if (status == STATUS_OK)
                status = program_choose(session->connection, session->context->program, session->arena, &program_id,
                                        &program, error);
        if (status == STATUS_OK)
                status = version_find(session->connection, program_id, program, session->word, session->arena, ret,
                                      error);
        return status;
}

static enum status release(struct session *session, struct error *error)
{
        struct version version;
        enum status status = find(session, CLI_WRITE, &version, error);
        if (status == STATUS_OK)
                status = version_release(session->database, &version, error);
        if (status == STATUS_OK)
                say_version(session, "concept.released", &version);
        return status;
}

static enum status show(struct session *session, struct error *error)
{
        struct version version;
        enum status status = find(session, CLI_READ, &version, error);
        if (status != STATUS_OK)
                return status;
        fputs(version.content, stdout);
        return STATUS_OK;
}

static void add_day_cell(const struct session *session, struct table *table, bool known, int64_t instant_ms)
{
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        if (known)
                format_add_day(&cell, session->context->language, clock_local_day(instant_ms));
        table_cell(table, (struct text){cell.data, cell.length});
}

static void add_version_row(const struct session *session, struct table *table,
                            const struct q_concept_version_list_row *row)
{
        char number[16];
        enum language language = session->context->language;
        snprintf(number, sizeof(number), "v%d", row->number);
        table_cell(table, row->program);
        table_cell_string(table, number);
        table_cell_string(table, message_raw(language, text_is(row->state, "released") ? "concept.state.released"
                                                                                       : "concept.state.draft"));
        add_day_cell(session, table, true, row->loaded_ms);
        add_day_cell(session, table, row->has_released_ms, row->released_ms);
}

static enum status list(struct session *session, struct error *error)
{
        struct table *table table_cleanup = NULL;
        struct rows *rows rows_cleanup = NULL;
        enum language language = session->context->language;
        size_t count = 0;
        enum status status = open_database(session, CLI_READ, error);
        if (status == STATUS_OK)
                status = table_new(&table, error);
        if (status == STATUS_OK)
                status = q_concept_version_list_open(session->connection, NULL, &rows, error);
        if (status != STATUS_OK)
                return status;
        table_column(table, message_raw(language, "concept.column.program"), TABLE_LEFT);
        table_column(table, message_raw(language, "concept.column.version"), TABLE_LEFT);
        table_column(table, message_raw(language, "concept.column.state"), TABLE_LEFT);
        table_column(table, message_raw(language, "concept.column.loaded"), TABLE_LEFT);
        table_column(table, message_raw(language, "concept.column.released"), TABLE_LEFT);
        for (;;) {
                struct q_concept_version_list_row row;
                bool more;
                status = q_concept_version_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                add_version_row(session, table, &row);
                count++;
        }
        struct buffer out buffer_cleanup;
        buffer_init(&out, CLI_TEXT_MAX);
        if (status != STATUS_OK)
                return status;
        if (count == 0)
                message_add(&out, language, "concept.list_empty", NULL);
        else if (!table_add_to(table, 0, &out))
                return error_memory(error);
        cli_write(stdout, &out);
        return STATUS_OK;
}

static enum status diff(struct session *session, struct error *error)
{
        bool as_json = session->format && strcmp(session->format, "json") == 0;
        enum status status = options_format(session->format, "text, json", error);
        if (status != STATUS_OK)
                return status;
        return concept_compare(session->context, session->word, session->other, as_json, session->arena, error);
}

static enum status help(struct session *session, struct error *error)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, CLI_TEXT_MAX);
        concept_add_help(&out, session->context->language);
        if (out.failed)
                return error_memory(error);
        cli_write(stdout, &out);
        return STATUS_OK;
}

struct action {
        const char *name;
        size_t word_count;
        enum status (*run)(struct session *session, struct error *error);
};
static const struct action actions[] = {
        {"check", 1, check}, {"load", 1, load}, {"release", 1, release}, {"list", 0, list},
        {"show", 1, show},   {"diff", 2, diff}, {"help", 0, help},
};
enum { ACTION_COUNT = sizeof(actions) / sizeof(actions[0]) };

static enum status choose(struct session *session, const struct words *words, const struct action **ret,
                          struct error *error)
{
        static const char all[] = "check, load, release, list, show, diff, help";
        if (words->count == 0)
                return error_set(error, STATUS_USAGE, "concept.action_missing", "actions", all, NULL);
        for (size_t i = 0; i < ACTION_COUNT; i++) {
                if (strcmp(words->items[0], actions[i].name) != 0)
                        continue;
                size_t wanted = actions[i].word_count + 1;
                if (words->count < wanted && wanted == 3)
                        return error_set(error, STATUS_USAGE, "concept.diff_words", NULL);
                if (words->count < wanted)
                        return error_set(error, STATUS_USAGE, "concept.word_missing", "action", actions[i].name, NULL);
                if (words->count > wanted)
                        return error_set(error, STATUS_USAGE, "concept.unexpected_word", "word", words->items[wanted],
                                         NULL);
                *ret = &actions[i];
                session->word = wanted > 1 ? words->items[1] : NULL;
                session->other = wanted > 2 ? words->items[2] : NULL;
                return STATUS_OK;
        }
        return error_set(error, STATUS_USAGE, "concept.unknown_action", "action", words->items[0], "actions", all,
                         NULL);
}

int cmd_concept(struct cli_context *context, int argc, char **argv)
{
        struct session session = {.context = context, .arena = arena_new(ARENA_BYTES_MAX)};
        const struct option_info options[] = {
                {"--release", OPTION_FLAG, NULL, "cli.option.release", &session.release, NULL, NULL},
                {"--format", OPTION_VALUE, "text|json", "cli.option.format", NULL, &session.format, NULL},
        };
        struct words words;
        struct error error;
        const struct action *action = NULL;
        enum status status = session.arena ? options_parse(context, options, 2, argc, argv, &words, &error)
                                           : error_memory(&error);
        if (status == STATUS_OK)
                status = choose(&session, &words, &action, &error);
        if (status == STATUS_OK)
                status = action->run(&session, &error);
        db_disconnect(session.connection);
        database_close(session.database);
        arena_free(session.arena);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
