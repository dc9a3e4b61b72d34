/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * session.c: opens and closes what commands need.
 */
#include "cli/session.h"

#include "cli/concept_file.h"
#include "db/generation.h"
#include "platform/file.h"

#define ARENA_BYTES_MAX ((size_t)16 << 30)

enum status session_connect(struct session *session, enum cli_access access, struct error *error)
{
        enum status status = cli_open_database(session->context, access, &session->database, error);
        return status == STATUS_OK ? db_connect(session->database, &session->connection, error) : status;
}

enum status session_open(struct session *session, struct cli_context *context, enum cli_access access,
                         struct error *error)
{
        *session = (struct session){.context = context, .arena = arena_new(ARENA_BYTES_MAX)};
        if (!session->arena)
                return error_memory(error);
        return access == CLI_NO_DATABASE ? STATUS_OK : session_connect(session, access, error);
}

enum status session_start_threads(struct session *session, struct error *error)
{
        enum status status = session->pool ? STATUS_OK : pool_new(processor_count(), &session->pool, error);
        if (status == STATUS_OK)
                session->parallel = pool_parallel(session->pool);
        return status;
}

enum status session_open_snapshot(struct session *session, int64_t generation, bool may_store_index,
                                  struct error *error)
{
        struct snapshot_note note = {0};
        enum status status = session_start_threads(session, error);
        if (status == STATUS_OK && generation == GENERATION_LATEST)
                status = generation_latest(session->connection, &generation, error);
        if (status != STATUS_OK)
                return status;
        status = snapshot_open(session->database, session->connection, generation, may_store_index, &session->parallel,
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

enum status session_choose_program(struct session *session, struct error *error)
{
        const char *named = session->context->program ? session->context->program : session->document_program;
        return program_choose(session->connection, named, session->arena, &session->program_id, &session->program,
                              error);
}

enum status session_version(struct session *session, const char *concept, struct version *ret, struct error *error)
{
        if (concept && file_exists(concept)) {
                enum status status = concept_file_look_up(session->context, session->connection, concept,
                                                          session->arena, ret, error);
                if (status == STATUS_OK && ret->program_id)
                        session->document_program = ret->program;
                return status;
        }
        enum status status = session_choose_program(session, error);
        if (status == STATUS_OK)
                status = version_find(session->connection, session->program_id, session->program, concept,
                                      session->arena, ret, error);
        return status;
}

void version_label(const struct version *version, struct buffer *out)
{
        buffer_addf(out, version->number ? "%s v%d" : "%s", version->program, version->number);
}
