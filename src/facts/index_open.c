/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * index_open.c: all chunks of all columns are checked in one parallel loop.
 */
#include "facts/index_open.h"

#include <errno.h>
#include <stdlib.h>

#include "platform/file.h"

enum { OPEN_TRIES = 3 };

struct chunk {
        const uint8_t *data;
        size_t length;
        uint64_t checksum;
        size_t segment, column;
};

struct check {
        const struct chunk *chunks;
        size_t wrong; /* smallest index of a wrong chunk; SIZE_MAX: none */
};

static void check_chunks(void *context, size_t begin, size_t end)
{
        struct check *check = context;
        for (size_t i = begin; i < end; i++) {
                const struct chunk *chunk = &check->chunks[i];
                if (index_checksum(chunk->data, chunk->length) == chunk->checksum)
                        continue;
                size_t known = __atomic_load_n(&check->wrong, __ATOMIC_RELAXED);
                while (i < known && !__atomic_compare_exchange_n(&check->wrong, &known, i, false, __ATOMIC_RELAXED,
                                                                 __ATOMIC_RELAXED))
                        ;
        }
}

static enum status damaged(const char *directory, const struct segment_ledger *ledger, size_t column,
                           struct error *error)
{
        char path[INDEX_PATH_MAX] = "";
        index_path(path, sizeof(path), directory, ledger->number, index_column_names[column]);
        return error_set(error, STATUS_CORRUPT, "index.damaged", "file", path, NULL);
}

static enum status map_segment(struct index *index, size_t s, const char *directory, struct error *error)
{
        const struct segment_ledger *ledger = &index->manifest.segments[s];
        struct segment_data *data = &index->segments[s];
        *data = (struct segment_data){
                .number = ledger->number,
                .customer_count = ledger->customer_count,
                .document_count = ledger->document_count,
                .line_count = ledger->line_count,
                .article_end = ledger->article_end,
        };
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
                if (ledger->columns[c].bytes == 0)
                        continue;
                char path[INDEX_PATH_MAX];
                if (!index_path(path, sizeof(path), directory, ledger->number, index_column_names[c]))
                        return error_system(error, "open", directory, ENAMETOOLONG);
                struct mapping *mapping = &index->mappings[s * COLUMN_COUNT + c];
                enum status status = mapping_open(path, mapping, error);
                if (status == STATUS_MEMORY || status == STATUS_SYSTEM)
                        return status;
                if (status != STATUS_OK || mapping->length != ledger->columns[c].bytes)
                        return damaged(directory, ledger, c, error);
                data->column[c] = mapping->data;
                data->bytes[c] = mapping->length;
        }
        return STATUS_OK;
}

static enum status check_all(struct index *index, const char *directory, const struct parallel *parallel,
                             struct error *error)
{
        size_t count = 0;
        for (size_t s = 0; s < index->manifest.segment_count; s++)
                for (size_t c = 0; c < COLUMN_COUNT; c++)
                        count += index->manifest.segments[s].columns[c].chunk_count;
        struct chunk *chunks = calloc(count ? count : 1, sizeof(*chunks));
        if (!chunks)
                return error_memory(error);
        size_t filled = 0;
        for (size_t s = 0; s < index->manifest.segment_count; s++) {
                for (size_t c = 0; c < COLUMN_COUNT; c++) {
                        const struct column_ledger *ledger = &index->manifest.segments[s].columns[c];
                        const uint8_t *data = index->segments[s].column[c];
                        for (size_t k = 0; k < ledger->chunk_count; k++) {
                                uint64_t begin = (uint64_t)k * INDEX_CHUNK_BYTES, left = ledger->bytes - begin;
                                size_t length = left < INDEX_CHUNK_BYTES ? (size_t)left : INDEX_CHUNK_BYTES;
                                chunks[filled++] = (struct chunk){data + begin, length, ledger->checksums[k], s, c};
                        }
                }
        }
        struct check check = {chunks, SIZE_MAX};
        parallel_for(parallel, count, 1, check_chunks, &check);
        enum status status = STATUS_OK;
        if (check.wrong != SIZE_MAX)
                status = damaged(directory, &index->manifest.segments[chunks[check.wrong].segment],
                                 chunks[check.wrong].column, error);
        free(chunks);
        return status;
}

static enum status open_once(const char *directory, const struct parallel *parallel, struct index **ret,
                             uint64_t *ret_version, struct error *error)
{
        struct index *index = calloc(1, sizeof(*index));
        if (!index)
                return error_memory(error);
        enum status status = manifest_read(directory, &index->manifest, ret_version, error);
        size_t count = index->manifest.segment_count;
        if (status == STATUS_OK) {
                index->segments = calloc(count + 1, sizeof(*index->segments));
                index->mappings = calloc((count + 1) * COLUMN_COUNT, sizeof(*index->mappings));
                if (!index->segments || !index->mappings)
                        status = error_memory(error);
        }
        for (size_t s = 0; s < count && status == STATUS_OK; s++)
                status = map_segment(index, s, directory, error);
        if (status == STATUS_OK)
                status = check_all(index, directory, parallel, error);
        if (status != STATUS_OK)
                index_close(index);
        else
                *ret = index;
        return status;
}

enum status index_open(const char *directory, const struct parallel *parallel, struct index **ret, struct error *error)
{
        uint64_t version = 0, version_before = 0;
        enum status status = STATUS_OK;
        for (unsigned try = 0; try < OPEN_TRIES; try++) {
                status = open_once(directory, parallel, ret, &version, error);
                if (status != STATUS_CORRUPT || (try && version == version_before))
                        return status;
                version_before = version;
        }
        return status;
}

void index_close(struct index *index)
{
        if (!index)
                return;
        for (size_t i = 0; index->mappings && i < index->manifest.segment_count * COLUMN_COUNT; i++)
                if (index->mappings[i].data)
                        mapping_close(&index->mappings[i]);
        free(index->mappings);
        free(index->segments);
        manifest_release(&index->manifest);
        free(index);
}
