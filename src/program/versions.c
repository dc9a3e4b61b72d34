/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * versions.c: loading, releasing and finding concept versions.
 */
#include "program/versions.h"

#include <sodium.h>

#include "db/audit.h"
#include "db/identity.h"
#include "db/setting.h"
#include "db/write.h"
#include "platform/clock.h"
#include "program/concept_parse.h"
#include "program/standing.h"
#include "queries.h"

enum { DIGEST_BYTES = 32, NAME_BYTES_MAX = 64, CONCEPT_BYTES_MAX = 64 << 20 };

struct load {
        const char *actor;
        const struct concept *concept;
        struct text content;
        uint8_t digest[DIGEST_BYTES];
        int64_t id, program_id;
        int32_t number;
        bool existed, released;
};

static enum status add_audit(struct connection *connection, const char *actor, const char *kind, const char *program,
                             int32_t number, struct error *error)
{
        char subject[2 * NAME_BYTES_MAX], detail[3 * NAME_BYTES_MAX];
        snprintf(subject, sizeof(subject), "%s v%d", program, number);
        snprintf(detail, sizeof(detail), "{\"program\":\"%s\",\"version\":%d}", program, number);
        struct audit_event event = {
                .actor = actor, .kind = kind, .subject = text_of(subject), .detail = text_of(detail)};
        return audit_append(connection, &event, error);
}

static enum status find_or_make_program(struct connection *connection, struct load *load, struct error *error)
{
        struct q_program_find_args find = {load->concept->program_id};
        struct q_program_find_row row;
        bool found;
        enum status status = q_program_find(connection, &find, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (found) {
                load->program_id = row.id;
                return STATUS_OK;
        }
        status = identity_next(connection, &load->program_id, error);
        if (status != STATUS_OK)
                return status;
        struct q_program_insert_args insert = {load->program_id, load->concept->program_id};
        int64_t changes;
        return q_program_insert(connection, &insert, &changes, error);
}

static enum status insert_version(struct connection *connection, struct load *load, struct error *error)
{
        struct q_concept_version_last_number_args last = {load->program_id};
        struct q_concept_version_last_number_row row;
        bool found;
        enum status status = q_concept_version_last_number(connection, &last, &row, &found, error);
        if (status == STATUS_OK)
                status = identity_next(connection, &load->id, error);
        if (status != STATUS_OK)
                return status;
        load->number = row.number + 1;
        struct q_concept_version_insert_args insert = {
                .id = load->id,
                .program_id = load->program_id,
                .number = load->number,
                .content_digest = {load->digest, DIGEST_BYTES},
                .content = load->content,
                .loaded_ms = clock_now_ms(),
        };
        int64_t changes;
        status = q_concept_version_insert(connection, &insert, &changes, error);
        if (status != STATUS_OK)
                return status;
        char program[NAME_BYTES_MAX];
        snprintf(program, sizeof(program), "%.*s", (int)load->concept->program_id.length,
                 load->concept->program_id.data);
        return add_audit(connection, load->actor, "concept.loaded", program, load->number, error);
}

static enum status load_version(struct connection *connection, void *context, struct error *error)
{
        struct load *load = context;
        enum status status = setting_fix_currency(connection, load->concept->currency, error);
        if (status == STATUS_OK)
                status = find_or_make_program(connection, load, error);
        if (status != STATUS_OK)
                return status;
        struct q_concept_version_by_digest_args find = {load->program_id, {load->digest, DIGEST_BYTES}};
        struct q_concept_version_by_digest_row row;
        status = q_concept_version_by_digest(connection, &find, &row, &load->existed, error);
        if (status != STATUS_OK || !load->existed)
                return status != STATUS_OK ? status : insert_version(connection, load, error);
        load->id = row.id;
        load->number = row.number;
        load->released = text_is(row.state, "released");
        return STATUS_OK;
}

enum status version_load(struct database *database, struct connection *connection, const struct concept *concept,
                         struct text content, const char *actor, struct arena *arena, struct version *ret,
                         bool *ret_existed, struct error *error)
{
        (void)connection;
        struct load load = {.actor = actor, .concept = concept, .content = content};
        crypto_generichash(load.digest, DIGEST_BYTES, (const unsigned char *)content.data, content.length, NULL, 0);
        enum status status = db_write(database, load_version, &load, error);
        if (status != STATUS_OK)
                return status;
        *ret = (struct version){
                .id = load.id,
                .program_id = load.program_id,
                .program = arena_copy(arena, concept->program_id.data, concept->program_id.length),
                .number = load.number,
                .released = load.released,
                .concept = concept,
                .content = arena_copy(arena, content.data, content.length),
        };
        *ret_existed = load.existed;
        return ret->program && ret->content ? STATUS_OK : error_memory(error);
}

enum status version_look_up(struct connection *connection, const struct concept *concept, struct text content,
                            struct arena *arena, struct version *ret, struct error *error)
{
        struct version version = {
                .program = arena_copy(arena, concept->program_id.data, concept->program_id.length),
                .content = arena_copy(arena, content.data, content.length),
                .concept = concept,
        };
        if (!version.program || !version.content)
                return error_memory(error);
        uint8_t digest[DIGEST_BYTES];
        struct q_program_find_args find = {concept->program_id};
        struct q_program_find_row program;
        bool found;
        enum status status = q_program_find(connection, &find, &program, &found, error);
        if (status == STATUS_OK && found) {
                crypto_generichash(digest, DIGEST_BYTES, (const unsigned char *)content.data, content.length, NULL, 0);
                struct q_concept_version_by_digest_args args = {program.id, {digest, DIGEST_BYTES}};
                struct q_concept_version_by_digest_row row;
                version.program_id = program.id;
                status = q_concept_version_by_digest(connection, &args, &row, &found, error);
                if (status == STATUS_OK && found) {
                        version.id = row.id;
                        version.number = row.number;
                        version.released = text_is(row.state, "released");
                }
        }
        if (status == STATUS_OK)
                *ret = version;
        return status;
}

/* Every segment an earlier released version had goes on: by itself, or by what replaces it. */
static enum status check_segments(const struct concept *earlier, const struct version *version, struct error *error)
{
        for (size_t s = 0; s < earlier->segment_count; s++) {
                const struct segment *old = &earlier->segments[s];
                char segment[NAME_BYTES_MAX];
                uint8_t now = standing_segment(version->concept, old->id);
                snprintf(segment, sizeof(segment), "%.*s", (int)old->id.length, old->id.data);
                if (now == SEGMENT_NONE)
                        return error_set(error, STATUS_CONFLICT, "concept.segment_dropped", "segment", segment, NULL);
                if (version->concept->segments[now].kind != old->kind)
                        return error_set(error, STATUS_CONFLICT, "concept.segment_other_kind", "segment", segment,
                                         NULL);
        }
        return STATUS_OK;
}

static enum status check_earlier(struct connection *connection, const struct version *version, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_concept_version_released_args args = {version->program_id};
        enum status status = q_concept_version_released_open(connection, &args, &rows, error);
        while (status == STATUS_OK) {
                struct q_concept_version_released_row row;
                bool more;
                status = q_concept_version_released_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                struct arena *arena arena_cleanup = arena_new(CONCEPT_BYTES_MAX);
                struct problem_list problems;
                const struct concept *earlier;
                status = arena ? concept_parse(arena, row.content, &earlier, &problems, error) : error_memory(error);
                if (status == STATUS_OK)
                        status = check_segments(earlier, version, error);
        }
        return status;
}

struct release {
        const struct version *version;
        const char *actor;
};

static enum status release(struct connection *connection, void *context, struct error *error)
{
        const struct release *release = context;
        const struct version *version = release->version;
        struct q_concept_version_release_args args = {version->id, clock_now_ms()};
        int64_t changes;
        enum status status = check_earlier(connection, version, error);
        if (status == STATUS_OK)
                status = q_concept_version_release(connection, &args, &changes, error);
        if (status != STATUS_OK)
                return status;
        if (changes == 0) {
                char number[16];
                snprintf(number, sizeof(number), "%d", version->number);
                return error_set(error, STATUS_CONFLICT, "concept.already_released", "program", version->program,
                                 "version", number, NULL);
        }
        return add_audit(connection, release->actor, "concept.released", version->program, version->number, error);
}

enum status version_release(struct database *database, struct version *version, const char *actor,
                            struct error *error)
{
        struct release request = {version, actor};
        enum status status = db_write(database, release, &request, error);
        if (status == STATUS_OK)
                version->released = true;
        return status;
}

enum status program_choose(struct connection *connection, const char *code, struct arena *arena, int64_t *ret_id,
                           const char **ret_code, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct buffer all buffer_cleanup;
        buffer_init(&all, 4096);
        const char *chosen = NULL;
        int64_t id = 0;
        size_t count = 0;
        enum status status = q_program_list_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_program_list_row row;
                bool more;
                status = q_program_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                buffer_add_text(&all, count++ ? ", " : "");
                buffer_add(&all, row.code.data, row.code.length);
                if (code && !text_is(row.code, code))
                        continue;
                id = row.id;
                chosen = arena_copy(arena, row.code.data, row.code.length);
                if (!chosen)
                        status = error_memory(error);
        }
        if (status != STATUS_OK)
                return status;
        if (count == 0)
                return error_set(error, STATUS_NOT_FOUND, "program.none", NULL);
        if (!chosen)
                return error_set(error, STATUS_NOT_FOUND, "program.unknown", "program", code, "programs", all.data,
                                 NULL);
        if (!code && count > 1)
                return error_set(error, STATUS_USAGE, "program.ambiguous", "programs", all.data, NULL);
        *ret_id = id;
        *ret_code = chosen;
        return STATUS_OK;
}

/* The number in "2", "v2" or "PROGRAM v2"; 0 when it is none of these. */
static int32_t version_number(const char *program, const char *name)
{
        size_t length = strlen(program);
        if (strncmp(name, program, length) == 0 && name[length] == ' ')
                name += length + 1;
        if (*name == 'v')
                name++;
        int32_t number = 0;
        for (; *name >= '0' && *name <= '9' && number < 1000000; name++)
                number = number * 10 + (*name - '0');
        return *name == '\0' ? number : 0;
}

static enum status parse_stored(struct arena *arena, struct text content, struct version *version, struct error *error)
{
        struct problem_list problems;
        version->content = arena_copy(arena, content.data, content.length);
        if (!version->content)
                return error_memory(error);
        return concept_parse(arena, (struct text){version->content, content.length}, &version->concept, &problems,
                             error);
}

enum status version_find(struct connection *connection, int64_t program_id, const char *program, const char *name,
                         struct arena *arena, struct version *ret, struct error *error)
{
        bool found;
        int32_t number = name ? version_number(program, name) : 0;
        if (!name) {
                struct q_concept_version_latest_released_args args = {program_id};
                struct q_concept_version_latest_released_row row;
                enum status status = q_concept_version_latest_released(connection, &args, &row, &found, error);
                if (status != STATUS_OK)
                        return status;
                if (!found)
                        return error_set(error, STATUS_NOT_FOUND, "concept.none_released", "program", program, NULL);
                number = row.number;
        }
        struct q_concept_version_by_number_args args = {program_id, number};
        struct q_concept_version_by_number_row row;
        enum status status = q_concept_version_by_number(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (!found)
                return error_set(error, STATUS_NOT_FOUND, "concept.unknown_version", "version", name, "program",
                                 program,
                                 NULL);
        struct version version = {.id = row.id, .program_id = program_id, .number = number,
                                  .program = arena_copy(arena, program, strlen(program)),
                                  .released = text_is(row.state, "released")};
        status = version.program ? parse_stored(arena, row.content, &version, error) : error_memory(error);
        if (status == STATUS_OK)
                *ret = version;
        return status;
}

enum status version_by_id(struct connection *connection, int64_t id, struct arena *arena, struct version *ret,
                          struct error *error)
{
        struct q_concept_version_by_id_args args = {id};
        struct q_concept_version_by_id_row row;
        bool found;
        enum status status = q_concept_version_by_id(connection, &args, &row, &found, error);
        if (status != STATUS_OK)
                return status;
        if (!found)
                return error_set(error, STATUS_CORRUPT, "concept.version_missing", NULL);
        struct version version = {.id = id, .program_id = row.program_id, .number = row.number,
                                  .program = arena_copy(arena, row.program.data, row.program.length),
                                  .released = text_is(row.state, "released")};
        status = version.program ? parse_stored(arena, row.content, &version, error) : error_memory(error);
        if (status == STATUS_OK)
                *ret = version;
        return status;
}
