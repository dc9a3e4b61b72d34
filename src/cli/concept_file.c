/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_file.c: concept documents from files.
 */
#include "cli/concept_file.h"

#include <stdio.h>

#include "platform/file.h"
#include "program/concept_parse.h"

static void say_problem(struct cli_context *context, const char *path, const struct problem *problem)
{
        struct buffer line buffer_cleanup;
        struct error words = problem->error;
        buffer_init(&line, CLI_TEXT_MAX);
        buffer_addf(&line, "%s:%u:%u: ", path, words.line, words.column);
        words.line = words.column = 0; /* said already */
        message_add(&line, context->language, problem->warning ? "concept.warning" : "concept.error", NULL);
        buffer_add_text(&line, ": ");
        message_add_error(&line, context->language, &words);
        cli_write(stderr, &line);
}

enum status concept_file_read(struct cli_context *context, const char *path, struct arena *arena,
                              const struct concept **ret, struct text *ret_content, struct problem_list *ret_problems,
                              struct error *error)
{
        struct buffer content = {0};
        enum status status = file_read(path, CONCEPT_BYTES_MAX, &content, error);
        if (status != STATUS_OK)
                return status;
        char *copy = arena_copy(arena, content.data, content.length);
        struct text text = {copy, content.length};
        buffer_release(&content);
        if (!copy)
                return error_memory(error);
        problems_init(ret_problems, arena);
        status = concept_parse(arena, text, ret, ret_problems, error);
        for (size_t i = 0; i < ret_problems->count; i++)
                say_problem(context, path, &ret_problems->items[i]);
        if (status == STATUS_INVALID) {
                char count[24];
                snprintf(count, sizeof(count), "%zu", ret_problems->error_count);
                return error_set(error, STATUS_INVALID, "concept.has_errors", "path", path, "count", count, NULL);
        }
        if (status == STATUS_OK)
                *ret_content = text;
        return status;
}

enum status concept_file_load(struct cli_context *context, struct database *database, struct connection *connection,
                              const char *path, struct arena *arena, struct version *ret, bool *ret_existed,
                              struct error *error)
{
        const struct concept *concept;
        struct text content;
        struct problem_list problems;
        enum status status = concept_file_read(context, path, arena, &concept, &content, &problems, error);
        if (status == STATUS_OK)
                status = version_load(database, connection, concept, content, "cli", arena, ret, ret_existed, error);
        return status;
}

enum status concept_file_look_up(struct cli_context *context, struct connection *connection, const char *path,
                                 struct arena *arena, struct version *ret, struct error *error)
{
        const struct concept *concept;
        struct text content;
        struct problem_list problems;
        enum status status = concept_file_read(context, path, arena, &concept, &content, &problems, error);
        if (status == STATUS_OK)
                status = version_look_up(connection, concept, content, arena, ret, error);
        return status;
}
