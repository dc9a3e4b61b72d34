/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * byte_origin.c: file or pipe, packed or not, as one stream of bytes.
 */
#include "importer/byte_origin.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "platform/file.h"
#include "platform/spool.h"

enum { PACKED_BYTES = 256 << 10 };

struct byte_origin {
        char *name;
        struct reader *reader;
        struct spool *spool;          /* NULL: a file, which can be read again by itself */
        uint64_t position;            /* in the spool */
        bool pipe_ended;
        XXH3_state_t *hash;
        bool hash_complete;
        uint64_t hash_value, bytes_total, bytes_done;
        struct unpacker *unpacker;    /* NULL: not packed */
        enum packing packing;
        uint8_t *packed;              /* read but not yet unpacked: packed[packed_at..packed_length) */
        size_t packed_at, packed_length;
        bool packed_ended;
        uint64_t unpacked_bytes;
};

void byte_origin_close(struct byte_origin *origin)
{
        if (!origin)
                return;
        reader_close(origin->reader);
        spool_close(origin->spool);
        XXH3_freeState(origin->hash);
        unpacker_free(origin->unpacker);
        free(origin->packed);
        free(origin->name);
        free(origin);
}

/* Of a pipe: what was kept, then what comes new. */
static enum status read_pipe(struct byte_origin *origin, void *out, size_t capacity, size_t *ret_length,
                             struct error *error)
{
        size_t length = 0, more = 0;
        enum status status = STATUS_OK;
        if (origin->position < spool_bytes(origin->spool))
                status = spool_read(origin->spool, origin->position, out, capacity, &length, error);
        if (!status && length < capacity && !origin->pipe_ended) {
                char *place = (char *)out + length;
                status = reader_read(origin->reader, place, capacity - length, &more, error);
                origin->pipe_ended = !status && more < capacity - length;
                if (!status)
                        status = spool_append(origin->spool, place, more, error);
        }
        if (status)
                return status;
        origin->position += length + more;
        *ret_length = length + more;
        return STATUS_OK;
}

/* The bytes as they lie there. */
static enum status read_raw(struct byte_origin *origin, void *out, size_t capacity, size_t *ret_length,
                            struct error *error)
{
        enum status status = origin->spool ? read_pipe(origin, out, capacity, ret_length, error)
                                           : reader_read(origin->reader, out, capacity, ret_length, error);
        if (status)
                return status;
        origin->bytes_done += *ret_length;
        if (origin->hash_complete)
                return STATUS_OK;
        XXH3_64bits_update(origin->hash, out, *ret_length);
        if (*ret_length == 0) {
                origin->hash_complete = true;
                origin->hash_value = XXH3_64bits_digest(origin->hash);
        }
        return STATUS_OK;
}

static enum status packing_problem(const struct byte_origin *origin, const char *key, struct error *error)
{
        char ratio[16];
        snprintf(ratio, sizeof(ratio), "%d", (int)BYTE_ORIGIN_RATIO_MAX);
        return error_set(error, STATUS_INVALID, key, "file", origin->name, "format", packing_name(origin->packing),
                         "ratio", ratio, NULL);
}

static enum status check_unpacking(struct byte_origin *origin, enum unpacking how, struct error *error)
{
        switch (how) {
        case UNPACKING_FINE:
                break;
        case UNPACKING_DAMAGED:
                return packing_problem(origin, "import.packed_damaged", error);
        case UNPACKING_WINDOW:
                return packing_problem(origin, "import.packed_window", error);
        case UNPACKING_MEMORY:
                return error_memory(error);
        }
        if (origin->unpacked_bytes > BYTE_ORIGIN_UNPACKED_FREE
            && origin->unpacked_bytes / BYTE_ORIGIN_RATIO_MAX > origin->bytes_done)
                return packing_problem(origin, "import.packed_too_dense", error);
        return STATUS_OK;
}

static enum status read_packed(struct byte_origin *origin, struct error *error)
{
        size_t length;
        enum status status = read_raw(origin, origin->packed, PACKED_BYTES, &length, error);
        if (status)
                return status;
        origin->packed_at = 0;
        origin->packed_length = length;
        origin->packed_ended = length == 0;
        return STATUS_OK;
}

static enum status read_unpacked(struct byte_origin *origin, char *out, size_t capacity, size_t *ret_length,
                                 struct error *error)
{
        size_t filled = 0;
        while (filled < capacity) {
                size_t length = 0;
                enum unpacking how = unpacker_run(origin->unpacker, origin->packed, origin->packed_length,
                                                  &origin->packed_at, out + filled, capacity - filled, &length);
                filled += length;
                origin->unpacked_bytes += length;
                enum status status = check_unpacking(origin, how, error);
                if (status)
                        return status;
                if (length || origin->packed_at < origin->packed_length)
                        continue;
                if (origin->packed_ended && unpacker_is_whole(origin->unpacker))
                        break;
                if (origin->packed_ended)
                        return packing_problem(origin, "import.packed_cut", error);
                status = read_packed(origin, error);
                if (status)
                        return status;
        }
        *ret_length = filled;
        return STATUS_OK;
}

enum status byte_origin_read(struct byte_origin *origin, void *out, size_t capacity, size_t *ret_length,
                             struct error *error)
{
        return origin->unpacker ? read_unpacked(origin, out, capacity, ret_length, error)
                                : read_raw(origin, out, capacity, ret_length, error);
}

enum status byte_origin_rewind(struct byte_origin *origin, struct error *error)
{
        enum status status = origin->spool ? STATUS_OK : reader_rewind(origin->reader, error);
        if (status)
                return status;
        if (!origin->hash_complete)
                XXH3_64bits_reset(origin->hash);
        origin->position = origin->bytes_done = origin->unpacked_bytes = 0;
        origin->packed_at = origin->packed_length = 0;
        origin->packed_ended = false;
        if (origin->unpacker)
                unpacker_reset(origin->unpacker);
        return STATUS_OK;
}

/* Looks at the first bytes. */
static enum status find_packing(struct byte_origin *origin, struct error *error)
{
        uint8_t head[PACKING_HEAD_BYTES];
        size_t length;
        enum status status = read_raw(origin, head, sizeof(head), &length, error);
        if (status)
                return status;
        origin->packing = packing_of(head, length);
        if (origin->packing) {
                origin->packed = malloc(PACKED_BYTES);
                status = origin->packed ? unpacker_new(origin->packing, &origin->unpacker, error) : error_memory(error);
        }
        return status ? status : byte_origin_rewind(origin, error);
}

enum status byte_origin_open(const char *path, const char *staging_directory, struct byte_origin **ret,
                             struct error *error)
{
        struct byte_origin *origin = calloc(1, sizeof(*origin));
        if (!origin)
                return error_memory(error);
        const char *slash = strrchr(path, '/');
        origin->name = strdup(slash ? slash + 1 : path);
        origin->hash = XXH3_createState();
        enum status status = origin->name && origin->hash ? reader_open(path, &origin->reader, error)
                                                          : error_memory(error);
        if (!status) {
                XXH3_64bits_reset(origin->hash);
                int64_t size_bytes = reader_size_bytes(origin->reader);
                origin->bytes_total = size_bytes > 0 ? (uint64_t)size_bytes : 0;
        }
        if (!status && !reader_can_rewind(origin->reader)) {
                status = directory_make(staging_directory, error);
                if (!status)
                        status = spool_open(staging_directory, &origin->spool, error);
        }
        if (!status)
                status = find_packing(origin, error);
        if (status) {
                byte_origin_close(origin);
                return status;
        }
        *ret = origin;
        return STATUS_OK;
}

const char *byte_origin_name(const struct byte_origin *origin) { return origin->name; }
enum packing byte_origin_packing(const struct byte_origin *origin) { return origin->packing; }
uint64_t byte_origin_bytes_total(const struct byte_origin *origin) { return origin->bytes_total; }
uint64_t byte_origin_bytes_done(const struct byte_origin *origin) { return origin->bytes_done; }
uint64_t byte_origin_hash(const struct byte_origin *origin) { return origin->hash_value; }
