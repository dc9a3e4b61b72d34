/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * snapshot.c: opening a snapshot: the index as it lies there, with what it lacks, or afresh from the database.
 */
#include "facts/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

#include "facts/coverage.h"
#include "facts/rebuild.h"
#include "facts/snapshot_parts.h"
#include "queries.h"

struct opening {
        struct database *database;
        struct connection *connection;
        const struct parallel *parallel;
        const char *directory;
        bool write_back; /* the caller may write, and it is the latest generation */
        struct snapshot_note note;
};

static void drop_purchases(struct snapshot *snapshot)
{
        snapshot_forget(snapshot);
        index_close(snapshot->index);
        snapshot->index = NULL;
        segment_memory_release(&snapshot->memory);
}

/* Purchases from the database into memory: those of flagged imports, or all. */
static enum status fill_memory(struct opening *opening, struct snapshot *snapshot, const bool *imports,
                               struct error *error)
{
        struct index_builder *builder = NULL;
        uint64_t documents = 0;
        enum status status = index_builder_new_memory(&builder, error);
        if (status == STATUS_OK)
                status = index_fill(opening->connection, &snapshot->visibility, imports, builder, &documents, error);
        if (status != STATUS_OK) {
                index_builder_discard(builder);
                return status;
        }
        return index_builder_finish_memory(builder, &snapshot->memory, error);
}

static enum status afresh(struct opening *opening, struct snapshot *snapshot, struct error *error)
{
        drop_purchases(snapshot);
        if (!opening->write_back)
                return fill_memory(opening, snapshot, NULL, error);
        enum status status = index_rebuild(opening->database, opening->connection, error);
        return status != STATUS_OK ? status
                                   : index_open(opening->directory, opening->parallel, &snapshot->index, error);
}

/* The index as it lies there; *ret_fits false: it has to be made afresh, opening->note may say why. */
static enum status reuse(struct opening *opening, struct snapshot *snapshot, bool *ret_fits, struct error *error)
{
        *ret_fits = false;
        enum status status = index_open(opening->directory, opening->parallel, &snapshot->index, error);
        if (status == STATUS_NOT_FOUND) {
                opening->note.key = "index.rebuilt_missing";
                return STATUS_OK;
        }
        if (status == STATUS_MEMORY)
                return status;
        if (status != STATUS_OK) {
                const char *file = error_argument(error, "file"), *path = error_argument(error, "path");
                const char *user = error_argument(error, "user");
                opening->note.key = user ? "index.rebuilt_unreadable" : "index.rebuilt_damaged";
                snprintf(opening->note.detail, sizeof(opening->note.detail), "%s%s%s",
                         file   ? file
                         : path ? path
                                : opening->directory,
                         user ? ", " : "", user ? user : "");
                return STATUS_OK;
        }
        enum coverage coverage = COVERAGE_AFRESH;
        bool *missing = NULL;
        size_t missing_count = 0;
        status = coverage_of(opening->connection, &snapshot->index->manifest, snapshot->visibility.generation,
                             &coverage, &missing, &missing_count, error);
        if (status == STATUS_OK && coverage == COVERAGE_FOREIGN) {
                opening->note.key = "index.rebuilt_foreign";
                snprintf(opening->note.detail, sizeof(opening->note.detail), "%s", opening->directory);
        } else if (status == STATUS_OK && coverage != COVERAGE_AFRESH) {
                bool merge = snapshot->index->manifest.segment_count > INDEX_SEGMENTS_MAX;
                *ret_fits = !(opening->write_back && (merge || coverage == COVERAGE_ADD));
                if (*ret_fits && coverage == COVERAGE_ADD)
                        status = fill_memory(opening, snapshot, missing, error);
        }
        free(missing);
        return status;
}

static enum status fill(struct opening *opening, struct snapshot *snapshot, struct error *error)
{
        bool fits = false;
        enum status status = reuse(opening, snapshot, &fits, error);
        for (unsigned round = 0; status == STATUS_OK; round++) {
                if (!fits)
                        status = afresh(opening, snapshot, error);
                if (status == STATUS_OK)
                        status = snapshot_load_customers(snapshot, opening->connection, error);
                if (status == STATUS_OK)
                        status = snapshot_load_articles(snapshot, opening->connection, error);
                if (status != STATUS_CORRUPT || !fits || round)
                        break;
                /* An index of another database; made afresh it cannot be foreign. */
                opening->note.key = "index.rebuilt_damaged";
                snprintf(opening->note.detail, sizeof(opening->note.detail), "%s", opening->directory);
                fits = false;
                status = STATUS_OK;
        }
        bool missing = opening->note.key && strcmp(opening->note.key, "index.rebuilt_missing") == 0;
        /* An index that never was is only worth a word when there was something to put into it. */
        if (missing && snapshot->document_count == 0)
                opening->note.key = NULL;
        return status;
}

enum status snapshot_open(struct database *database, struct connection *connection, int64_t generation, bool may_write,
                          const struct parallel *parallel, struct snapshot **ret, struct snapshot_note *ret_note,
                          struct error *error)
{
        struct opening opening = {.database = database, .connection = connection, .parallel = parallel};
        int64_t latest = 0;
        enum status status = generation_latest(connection, &latest, error);
        if (status != STATUS_OK)
                return status;
        opening.write_back = may_write && generation == latest;
        char *directory = index_directory(database);
        struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
        if (!directory || !snapshot || !(snapshot->arena = arena_new(SIZE_MAX))) {
                free(directory);
                free(snapshot);
                return error_memory(error);
        }
        opening.directory = directory;
        snapshot->references = 1;
        status = visibility_load(connection, generation, &snapshot->visibility, error);
        if (status == STATUS_OK)
                status = fill(&opening, snapshot, error);
        free(directory);
        if (status != STATUS_OK) {
                snapshot_unref(snapshot);
                return status;
        }
        *ret = snapshot;
        if (ret_note)
                *ret_note = opening.note;
        return STATUS_OK;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
        __atomic_add_fetch(&snapshot->references, 1, __ATOMIC_RELAXED);
        return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
        if (!snapshot || __atomic_sub_fetch(&snapshot->references, 1, __ATOMIC_ACQ_REL))
                return;
        drop_purchases(snapshot);
        visibility_release(&snapshot->visibility);
        kept_facts_free(snapshot->kept);
        arena_free(snapshot->arena);
        free(snapshot);
}

bool snapshot_keep_facts(struct snapshot *snapshot)
{
        if (!snapshot->kept)
                snapshot->kept = calloc(1, sizeof(*snapshot->kept));
        return snapshot->kept != NULL;
}

int64_t snapshot_generation(const struct snapshot *snapshot) { return snapshot->visibility.generation; }
size_t snapshot_customer_count(const struct snapshot *snapshot) { return snapshot->customer_count; }
const int64_t *snapshot_customer_ids(const struct snapshot *snapshot) { return snapshot->ids; }
uint64_t snapshot_line_count(const struct snapshot *snapshot) { return snapshot->line_count; }
uint64_t snapshot_document_count(const struct snapshot *snapshot) { return snapshot->document_count; }

int64_t snapshot_find_customer(const struct snapshot *snapshot, int64_t customer_id)
{
        size_t low = 0, high = snapshot->customer_count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (snapshot->ids[middle] < customer_id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < snapshot->customer_count && snapshot->ids[low] == customer_id ? (int64_t)low : -1;
}

/* ---- customer numbers -------------------------------------------------------------------------------------------- */

/* Source codes by id. */
static enum status load_sources(struct connection *connection, struct arena *arena, struct text **ret,
                                size_t *ret_count, struct error *error)
{
        struct text *codes = NULL;
        size_t count = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_sources_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_sources_row row;
                bool more = false;
                status = q_facts_sources_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more || row.id < (int64_t)count)
                        break;
                struct text *grown = arena_array(arena, struct text, (size_t)row.id + 1);
                char *code = arena_copy(arena, row.code.data, row.code.length);
                if (!grown || !code)
                        return error_memory(error);
                if (count)
                        memcpy(grown, codes, count * sizeof(*codes));
                codes = grown;
                count = (size_t)row.id + 1;
                codes[row.id] = (struct text){code, row.code.length};
        }
        *ret = codes;
        *ret_count = count;
        return status;
}

enum status snapshot_numbers(struct snapshot *snapshot, struct connection *connection, struct arena *arena,
                             struct customer_number **ret, struct error *error)
{
        struct text *sources = NULL;
        size_t source_count = 0;
        enum status status = load_sources(connection, arena, &sources, &source_count, error);
        struct customer_number *numbers = arena_array(arena, struct customer_number, snapshot->customer_count + 1);
        if (status == STATUS_OK && !numbers)
                status = error_memory(error);
        rows_cleanup struct rows *rows = NULL;
        if (status == STATUS_OK)
                status = q_facts_customer_keys_open(connection, NULL, &rows, error);
        struct customer_cursor cursor = {snapshot->ids, snapshot->customer_count, 0};
        while (status == STATUS_OK) {
                struct q_facts_customer_keys_row row;
                bool more = false;
                status = q_facts_customer_keys_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                int64_t at = customer_cursor_find(&cursor, row.customer_id);
                if (at < 0 || row.source_id < 0 || (size_t)row.source_id >= source_count)
                        continue;
                struct customer_number *known = &numbers[at];
                struct text source = sources[row.source_id];
                int order = known->number.data ? text_compare(source, known->source) : -1;
                if (order == 0)
                        order = text_compare(row.number, known->number);
                if (order >= 0)
                        continue;
                char *copy = arena_copy(arena, row.number.data, row.number.length);
                if (!copy)
                        return error_memory(error);
                *known = (struct customer_number){source, {copy, row.number.length}};
        }
        if (status == STATUS_OK)
                *ret = numbers;
        return status;
}
