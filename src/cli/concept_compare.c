/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_compare.c: `treue concept diff`: what one concept changes against another, files or versions.
 */
#include "cli/concept_compare.h"

#include "cli/concept_file.h"
#include "platform/file.h"
#include "program/concept_diff.h"
#include "render/json.h"

/* Opened once a version is named: two files need no database. */
struct finding {
        struct cli_context *context;
        struct arena *arena;
        struct database *database;
        struct connection *connection;
};

static enum status find_version(struct finding *finding, const char *word, const struct concept **ret,
                                struct error *error)
{
        int64_t program_id;
        const char *program;
        struct version version;
        enum status status = STATUS_OK;
        if (!finding->database)
                status = cli_open_database(finding->context, CLI_READ, &finding->database, error);
        if (status == STATUS_OK && !finding->connection)
                status = db_connect(finding->database, &finding->connection, error);
        if (status == STATUS_OK)
                status = program_choose(finding->connection, finding->context->program, finding->arena, &program_id,
                                        &program, error);
        if (status == STATUS_OK)
                status = version_find(finding->connection, program_id, program, word, finding->arena, &version, error);
        if (status == STATUS_OK)
                *ret = version.concept;
        return status;
}

static enum status find_concept(struct finding *finding, const char *word, const struct concept **ret,
                                struct error *error)
{
        struct text content;
        struct problem_list problems;
        if (file_exists(word))
                return concept_file_read(finding->context, word, finding->arena, ret, &content, &problems, error);
        return find_version(finding, word, ret, error);
}

static void add_json(struct buffer *out, const char *old_word, const char *new_word,
                     const struct concept_change *changes, size_t count)
{
        static const char *const kinds[] = {"changed", "added", "removed"};
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        json_key(&json, "from");
        json_string(&json, old_word);
        json_key(&json, "to");
        json_string(&json, new_word);
        json_key(&json, "changes");
        json_begin_array(&json);
        for (size_t i = 0; i < count; i++) {
                json_begin_object(&json);
                json_key(&json, "change");
                json_string(&json, kinds[changes[i].kind]);
                json_key(&json, "where");
                json_string(&json, changes[i].id);
                json_key(&json, "old");
                json_string(&json, changes[i].old_text);
                json_key(&json, "new");
                json_string(&json, changes[i].new_text);
                json_key(&json, "text");
                json_string(&json, changes[i].sentence);
                json_end_object(&json);
        }
        json_end_array(&json);
        json_end_object(&json);
}

enum status concept_compare(struct cli_context *context, const char *old_word, const char *new_word, bool as_json,
                            struct arena *arena, struct error *error)
{
        struct finding finding = {.context = context, .arena = arena};
        const struct concept *old_concept = NULL, *new_concept = NULL;
        struct concept_change *changes = NULL;
        size_t count = 0;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        enum status status = find_concept(&finding, old_word, &old_concept, error);
        if (status == STATUS_OK)
                status = find_concept(&finding, new_word, &new_concept, error);
        if (status == STATUS_OK)
                status = concept_diff(old_concept, new_concept, context->language, arena, &changes, &count, error);
        if (status == STATUS_OK && as_json)
                add_json(&out, old_word, new_word, changes, count);
        else if (status == STATUS_OK && count == 0)
                message_add(&out, context->language, "diff.same", NULL);
        for (size_t i = 0; i < count && !as_json; i++)
                buffer_addf(&out, "%s\n", changes[i].sentence);
        if (status == STATUS_OK && out.failed)
                status = error_memory(error);
        if (status == STATUS_OK)
                cli_write(stdout, &out);
        db_disconnect(finding.connection);
        database_close(finding.database);
        return status;
}
