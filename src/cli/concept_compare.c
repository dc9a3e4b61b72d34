/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_compare.c: `treue concept diff`: what one concept changes against another, files or versions.
 */
#include "cli/concept_compare.h"

#include "cli/concept_file.h"
#include "platform/file.h"
#include "program/concept_diff.h"
#include "render/json.h"

/* The database is opened once a version is named: two files need none. */
static enum status find_concept(struct session *session, const char *word, const struct concept **ret,
                                struct error *error)
{
        struct text content;
        struct problem_list problems;
        struct version version;
        if (file_exists(word))
                return concept_file_read(session->context, word, session->arena, ret, &content, &problems, error);
        enum status status = session->connection ? STATUS_OK : session_connect(session, CLI_READ, error);
        if (status == STATUS_OK)
                status = session_version(session, word, &version, error);
        if (status == STATUS_OK)
                *ret = version.concept;
        return status;
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
                json_string(&json, changes[i].old_value);
                json_key(&json, "new");
                json_string(&json, changes[i].new_value);
                json_key(&json, "text");
                json_string(&json, changes[i].sentence);
                json_end_object(&json);
        }
        json_end_array(&json);
        json_end_object(&json);
}

enum status concept_compare(struct session *session, const char *old_word, const char *new_word, enum form form,
                            struct error *error)
{
        const struct concept *old_concept = NULL, *new_concept = NULL;
        enum language language = session->context->language;
        struct concept_change *changes = NULL;
        size_t count = 0;
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)64 << 20);
        enum status status = find_concept(session, old_word, &old_concept, error);
        if (status == STATUS_OK)
                status = find_concept(session, new_word, &new_concept, error);
        if (status == STATUS_OK)
                status = concept_diff(old_concept, new_concept, language, MEDIUM_TERMINAL, session->arena, &changes,
                                      &count, error);
        if (status != STATUS_OK)
                return status;
        if (form == FORM_JSON)
                add_json(&out, old_word, new_word, changes, count);
        else if (count == 0)
                message_add(&out, language, "diff.same", NULL);
        for (size_t i = 0; i < count && form != FORM_JSON; i++)
                buffer_addf(&out, "%s\n", changes[i].sentence);
        return cli_answer(&out, error);
}
