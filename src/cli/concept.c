/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept.c: `treue concept`: check, load, release, list and show program documents, and what may stand in one.
 */
#include "cli/commands.h"
#include "cli/concept_compare.h"
#include "cli/concept_file.h"
#include "cli/options.h"
#include "program/concept_help.h"
#include "queries.h"

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

static enum status list(struct session *session, struct error *error)
{
        struct rows *rows rows_cleanup = NULL;
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer out buffer_cleanup;
        bool more = true;
        enum form form;
        buffer_init(&out, CLI_TEXT_MAX);
        enum status status = options_form(session->format, FORMS_ALL, &form, error);
        if (status == STATUS_OK)
                status = open_database(session, CLI_READ, error);
        if (status == STATUS_OK)
                status = q_concept_version_list_open(session->connection, NULL, &rows, error);
        if (status != STATUS_OK)
                return status;
        struct sheet_style style = cli_style(session->context, form, &out);
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

static enum status diff(struct session *session, struct error *error)
{
        enum form form;
        enum status status = options_form(session->format, IN_TABLE | IN_JSON, &form, error);
        if (status != STATUS_OK)
                return status;
        return concept_compare(session->context, session->word, session->other, form == FORM_JSON, session->arena,
                               error);
}

static enum status help(struct session *session, struct error *error)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, CLI_TEXT_MAX);
        concept_add_help(&out, session->context->language);
        return cli_answer(&out, error);
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
                {"--format", OPTION_VALUE, "table|json|csv", "cli.option.format", NULL, &session.format, NULL},
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
