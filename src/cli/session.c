/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * session.c: opens and closes what a looking command needs.
 */
#include "cli/session.h"

#include "cli/concept_file.h"
#include "db/generation.h"
#include "platform/file.h"

#define ARENA_BYTES_MAX ((size_t)16 << 30)

enum status session_open(struct session *session, struct cli_context *context, struct error *error)
{
        *session = (struct session){.context = context, .arena = arena_new(ARENA_BYTES_MAX)};
        if (!session->arena)
                return error_memory(error);
        enum status status = cli_open_database(context, CLI_READ, &session->database, error);
        if (status == STATUS_OK)
                status = db_connect(session->database, &session->connection, error);
        return status;
}

enum status session_open_snapshot(struct session *session, struct error *error)
{
        int64_t generation;
        struct snapshot_note note = {0};
        enum status status = pool_new(processor_count(), &session->pool, error);
        if (status == STATUS_OK)
                status = generation_latest(session->connection, &generation, error);
        if (status != STATUS_OK)
                return status;
        session->parallel = pool_parallel(session->pool);
        status = snapshot_open(session->database, session->connection, generation, false, &session->parallel,
                               &session->snapshot, &note, error);
        if (status == STATUS_OK && note.key)
                cli_print(session->context, stderr, note.key, "detail", note.detail);
        return status;
}

void session_close(struct session *session)
{
        snapshot_unref(session->snapshot);
        pool_free(session->pool);
        db_disconnect(session->connection);
        database_close(session->database);
        arena_free(session->arena);
}

enum status session_version(struct session *session, const char *concept, struct version *ret, struct error *error)
{
        if (concept && file_exists(concept))
                return concept_file_look_up(session->context, session->connection, concept, session->arena, ret, error);
        int64_t program_id;
        const char *program;
        enum status status = program_choose(session->connection, session->context->program, session->arena, &program_id,
                                            &program, error);
        if (status == STATUS_OK)
                status = version_find(session->connection, program_id, program, concept, session->arena, ret, error);
        return status;
}

void version_label(const struct version *version, struct buffer *out)
{
        buffer_addf(out, version->number ? "%s v%d" : "%s", version->program, version->number);
}
