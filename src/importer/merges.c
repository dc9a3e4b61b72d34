/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * merges.c: one small transaction per merge: number, row, generation, audit entry.
 */
#include "importer/merges.h"

#include "base/buffer.h"
#include "base/calendar.h"
#include "db/generation.h"
#include "db/write.h"
#include "access/audit_note.h"
#include "platform/clock.h"
#include "queries.h"

enum { NUMBER_BYTES_MAX = 512, MERGES_MAX = 1000000 };

struct recording {
        const struct merge_request *request;
        struct merge_result result;
};

static enum status refuse(const struct merge_request *request, const char *key, struct error *error)
{
        char number[NUMBER_BYTES_MAX], into[NUMBER_BYTES_MAX];
        snprintf(number, sizeof(number), "%.*s", (int)request->number.length, request->number.data);
        snprintf(into, sizeof(into), "%.*s", (int)request->into_number.length, request->into_number.data);
        return error_set(error, STATUS_CONFLICT, key, "customer", number, "into", into, NULL);
}

/* Follows the other one's own merges: they must not lead back. */
static enum status check(struct connection *connection, const struct merge_request *request, struct error *error)
{
        struct q_merge_of_args args = {request->customer_id};
        struct q_merge_of_row row;
        bool found;
        if (request->customer_id == request->into_customer_id)
                return refuse(request, "merge.same", error);
        enum status status = q_merge_of(connection, &args, &row, &found, error);
        if (status == STATUS_OK && found)
                return refuse(request, "merge.merged_already", error);
        args.customer_id = request->into_customer_id;
        for (size_t steps = 0; status == STATUS_OK && steps < MERGES_MAX; steps++) {
                status = q_merge_of(connection, &args, &row, &found, error);
                if (status != STATUS_OK || !found)
                        return status;
                if (row.into_customer_id == request->customer_id)
                        break;
                args.customer_id = row.into_customer_id;
        }
        return status == STATUS_OK ? refuse(request, "merge.circle", error) : status;
}

static enum status append_audit(struct connection *connection, const struct recording *recording, struct error *error)
{
        const struct merge_request *request = recording->request;
        struct audit_note note audit_note_cleanup;
        audit_note_begin(&note);
        json_key(&note.json, "into");
        json_id_text(&note.json, request->into_customer_id);
        json_key(&note.json, "from");
        json_day(&note.json, request->valid_from);
        json_key(&note.json, "reason");
        json_text(&note.json, request->reason);
        json_key(&note.json, "import");
        json_id_text(&note.json, recording->result.import_id);
        json_key(&note.json, "generation");
        json_int(&note.json, recording->result.generation);
        return audit_note_append(&note, connection, "cli", "customer.merged", request->customer_id, error);
}

/* The merge as an import: staged and published at once. */
static enum status insert_import(struct connection *connection, struct recording *recording, struct error *error)
{
        const struct merge_request *request = recording->request;
        int64_t now_ms = clock_now_ms(), changes = 0;
        struct q_source_find_args source = {request->source};
        struct q_source_find_row source_row;
        struct q_import_next_row next;
        struct buffer name buffer_cleanup;
        bool found;
        buffer_init(&name, 4 * NUMBER_BYTES_MAX);
        buffer_addf(&name, "%.*s -> %.*s", (int)request->number.length, request->number.data,
                    (int)request->into_number.length, request->into_number.data);
        if (name.failed)
                return error_memory(error);
        enum status status = q_source_find(connection, &source, &source_row, &found, error);
        if (status == STATUS_OK && !found)
                return error_set(error, STATUS_CORRUPT, "import.vanished", NULL);
        if (status == STATUS_OK)
                status = q_import_next(connection, NULL, &next, &found, error);
        if (status != STATUS_OK)
                return status;
        recording->result.import_id = next.id;
        struct q_import_insert_args insert = {
                .id = next.id, .kind = text_of("merge"), .source_id = source_row.id,
                .file_name = {name.data, name.length}, .profile = text_of(""), .started_ms = now_ms,
                .import_day = clock_local_day(now_ms)};
        struct q_merge_insert_args merge = {request->customer_id, request->valid_from, next.id,
                                            request->into_customer_id, request->reason};
        struct q_import_publish_args publish = {.id = next.id, .generation = recording->result.generation,
                                                .finished_ms = now_ms, .lines_read = 1, .rows_new = 1};
        status = q_import_insert(connection, &insert, NULL, error);
        if (status == STATUS_OK)
                status = q_merge_insert(connection, &merge, NULL, error);
        return status == STATUS_OK ? q_import_publish(connection, &publish, &changes, error) : status;
}

static enum status record(struct connection *connection, void *context, struct error *error)
{
        struct recording *recording = context;
        enum status status = generation_take(connection, &recording->result.generation, error);
        if (status == STATUS_OK)
                status = check(connection, recording->request, error);
        if (status == STATUS_OK)
                status = insert_import(connection, recording, error);
        return status == STATUS_OK ? append_audit(connection, recording, error) : status;
}

enum status merge_record(struct database *database, const struct merge_request *request, struct merge_result *ret,
                         struct error *error)
{
        struct recording recording = {.request = request};
        enum status status = db_write(database, record, &recording, error);
        if (status == STATUS_OK)
                *ret = recording.result;
        return status;
}

static bool keep_text(struct arena *arena, struct text from, struct text *ret)
{
        const char *copy = arena_copy(arena, from.data, from.length);
        *ret = (struct text){copy, from.length};
        return copy != NULL;
}

enum status merges_list(struct connection *connection, struct arena *arena, struct merge **ret, size_t *ret_count,
                        struct error *error)
{
        struct q_merge_list_row row;
        struct merge *list = NULL;
        size_t count = 0, capacity = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_merge_list_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                bool more = false;
                status = q_merge_list_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                if (count == capacity) {
                        size_t wanted = capacity ? capacity * 2 : 64;
                        struct merge *grown = arena_array(arena, struct merge, wanted);
                        if (!grown)
                                return error_memory(error);
                        if (count)
                                memcpy(grown, list, count * sizeof(*list));
                        list = grown;
                        capacity = wanted;
                }
                struct merge *merge = &list[count++];
                *merge = (struct merge){.customer_id = row.customer_id, .into_customer_id = row.into_customer_id,
                                        .valid_from = row.valid_from, .import_id = row.import_id};
                if (!keep_text(arena, row.number, &merge->number) ||
                    !keep_text(arena, row.into_number, &merge->into_number) ||
                    !keep_text(arena, row.reason, &merge->reason))
                        status = error_memory(error);
        }
        if (status != STATUS_OK)
                return status;
        *ret = list;
        *ret_count = count;
        return STATUS_OK;
}
