/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_index.c: the column index against its checksums and, on demand, against what the database holds.
 */
#include <stdlib.h>

#include "db/generation.h"
#include "facts/coverage.h"
#include "facts/index_memory.h"
#include "facts/index_open.h"
#include "facts/rebuild.h"
#include "program/verify_parts.h"

static void note(struct verifying *verifying, const char *key)
{
        struct error error;
        (void)error_set(&error, STATUS_OK, key, NULL);
        if (verifying->options->note)
                verifying->options->note(verifying->options->context, verifying->part, &error);
}

/* Which imports a segment was filled from: the one published as its generation. */
static bool *imports_of(const struct visibility *visibility, int64_t generation)
{
        bool *flags = calloc(visibility->import_count + 1, sizeof(*flags));
        for (size_t i = 0; flags && i < visibility->import_count; i++)
                flags[i] = visibility->import_generation[i] == generation;
        return flags;
}

static enum status build(struct verifying *verifying, const struct index_manifest *manifest,
                         const struct segment_ledger *ledger, struct segment_data *ret, struct error *error)
{
        struct visibility visibility = {0};
        struct index_builder *builder = NULL;
        uint64_t documents;
        bool base = ledger->generation == manifest->base_generation;
        enum status status = visibility_load(verifying->connection, ledger->generation, &visibility, error);
        bool *imports = status || base ? NULL : imports_of(&visibility, ledger->generation);
        if (!status && !base && !imports)
                status = error_memory(error);
        if (!status)
                status = index_builder_new_memory(&builder, error);
        if (!status)
                status = index_fill(verifying->connection, &visibility, imports, builder, &documents, error);
        if (!status) {
                struct index_builder *full = builder;
                builder = NULL;
                status = index_builder_finish_memory(full, ret, error);
        }
        index_builder_discard(builder);
        free(imports);
        visibility_release(&visibility);
        return status;
}

/* The name of the first column that differs, or NULL. */
static const char *difference(const struct segment_data *stored, const struct segment_data *expected)
{
        for (size_t c = 0; c < COLUMN_COUNT; c++)
                if (stored->bytes[c] != expected->bytes[c] ||
                    (stored->bytes[c] && memcmp(stored->column[c], expected->column[c], stored->bytes[c]) != 0))
                        return index_column_names[c];
        return NULL;
}

static enum status compare(struct verifying *verifying, const struct index *index, struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t s = 0; s < index->manifest.segment_count && !status; s++) {
                struct segment_data expected = {0};
                status = build(verifying, &index->manifest, &index->manifest.segments[s], &expected, error);
                if (status)
                        return status;
                const char *column = difference(&index->segments[s], &expected);
                char number[VERIFY_NUMBER_BYTES];
                if (column)
                        verify_found(verifying, "verify.index_differs", "segment",
                                     verify_number(number, (int64_t)index->segments[s].number), "column", column,
                                     NULL);
                segment_memory_release(&expected);
        }
        verifying->result.index_compared = !status;
        return status;
}

static enum status check_open(struct verifying *verifying, const struct index *index, struct error *error)
{
        enum coverage coverage = COVERAGE_AFRESH;
        bool *missing = NULL;
        size_t missing_count = 0;
        enum status status = coverage_of(verifying->connection, &index->manifest, verifying->result.generation,
                                         &coverage, &missing, &missing_count, error);
        free(missing);
        if (status)
                return status;
        if (coverage == COVERAGE_AFRESH || coverage == COVERAGE_FOREIGN) {
                note(verifying, "verify.index_outdated");
                return STATUS_OK;
        }
        return verifying->options->deep ? compare(verifying, index, error) : STATUS_OK;
}

enum status verify_index(struct verifying *verifying, struct error *error)
{
        char *directory = index_directory(verifying->database);
        struct index *index = NULL;
        if (!directory)
                return error_memory(error);
        enum status status = index_open(directory, verifying->options->parallel, &index, error);
        if (status == STATUS_NOT_FOUND) {
                if (verifying->result.documents)
                        note(verifying, "verify.index_missing");
                status = STATUS_OK;
        } else if (status == STATUS_CORRUPT) {
                const char *file = error_argument(error, "file");
                verify_found(verifying, "verify.index_damaged", "file", file ? file : directory, NULL);
                status = STATUS_OK;
        } else if (!status) {
                status = check_open(verifying, index, error);
        }
        index_close(index);
        free(directory);
        return status;
}
