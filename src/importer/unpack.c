/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * unpack.c: zlib and libzstd behind one face.
 */
#include "importer/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { GZIP_WINDOW_BITS = 15, GZIP_HEADER = 16, ZSTD_WINDOW_BITS_MAX = 27 };

struct unpacker {
        enum packing packing;
        bool whole;      /* at the end of a member or frame */
        bool padding;    /* behind the last member: zero bytes only */
        z_stream gzip;
        ZSTD_DCtx *zstd;
};

enum packing packing_of(const uint8_t *head, size_t length)
{
        static const uint8_t zstd[] = {0x28, 0xB5, 0x2F, 0xFD}, skippable[] = {0x2A, 0x4D, 0x18};
        if (length >= 3 && head[0] == 0x1F && head[1] == 0x8B && head[2] == Z_DEFLATED)
                return PACKING_GZIP;
        if (length >= 4 && memcmp(head, zstd, 4) == 0)
                return PACKING_ZSTD;
        if (length >= 4 && (head[0] & 0xF0) == 0x50 && memcmp(head + 1, skippable, 3) == 0)
                return PACKING_ZSTD;
        return PACKING_NONE;
}

const char *packing_name(enum packing packing)
{
        return packing == PACKING_GZIP ? "gzip" : packing == PACKING_ZSTD ? "zstd" : "";
}

enum status unpacker_new(enum packing packing, struct unpacker **ret, struct error *error)
{
        struct unpacker *unpacker = calloc(1, sizeof(*unpacker));
        if (!unpacker)
                return error_memory(error);
        unpacker->packing = packing;
        bool made;
        if (packing == PACKING_GZIP) {
                made = inflateInit2(&unpacker->gzip, GZIP_WINDOW_BITS + GZIP_HEADER) == Z_OK;
        } else {
                unpacker->zstd = ZSTD_createDCtx();
                made = unpacker->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(unpacker->zstd, ZSTD_d_windowLogMax,
                                                                              ZSTD_WINDOW_BITS_MAX));
        }
        if (!made) {
                unpacker_free(unpacker);
                return error_memory(error);
        }
        *ret = unpacker;
        return STATUS_OK;
}

/* Between two members: padding, or the next one begins. */
static enum unpacking gzip_next_member(struct unpacker *unpacker, const uint8_t *in, size_t length, size_t *at)
{
        while (*at < length && in[*at] == 0) {
                unpacker->padding = true;
                (*at)++;
        }
        if (*at == length)
                return UNPACKING_FINE;
        if (unpacker->padding || inflateReset(&unpacker->gzip) != Z_OK)
                return UNPACKING_DAMAGED;
        unpacker->whole = false;
        return UNPACKING_FINE;
}

static enum unpacking gzip_run(struct unpacker *unpacker, const uint8_t *in, size_t length, size_t *at, void *out,
                               size_t capacity, size_t *ret_length)
{
        z_stream *stream = &unpacker->gzip;
        size_t filled = 0;
        while (filled < capacity) {
                if (unpacker->whole) {
                        enum unpacking next = gzip_next_member(unpacker, in, length, at);
                        if (next || unpacker->whole) {
                                *ret_length = filled;
                                return next;
                        }
                }
                stream->next_in = (Bytef *)in + *at;
                stream->avail_in = (uInt)(length - *at);
                stream->next_out = (Bytef *)out + filled;
                stream->avail_out = (uInt)(capacity - filled);
                int code = inflate(stream, Z_NO_FLUSH);
                *at = length - stream->avail_in;
                filled = capacity - stream->avail_out;
                unpacker->whole = code == Z_STREAM_END;
                if (code == Z_MEM_ERROR)
                        return UNPACKING_MEMORY;
                if (code == Z_BUF_ERROR)
                        break; /* nothing to go on with */
                if (code != Z_OK && code != Z_STREAM_END)
                        return UNPACKING_DAMAGED;
        }
        *ret_length = filled;
        return UNPACKING_FINE;
}

static enum unpacking zstd_run(struct unpacker *unpacker, const uint8_t *in, size_t length, size_t *at, void *out,
                               size_t capacity, size_t *ret_length)
{
        ZSTD_inBuffer input = {in, length, *at};
        ZSTD_outBuffer output = {out, capacity, 0};
        while (output.pos < capacity) {
                size_t before_in = input.pos, before_out = output.pos;
                if (unpacker->whole && input.pos == input.size)
                        break;
                size_t left = ZSTD_decompressStream(unpacker->zstd, &output, &input);
                if (ZSTD_isError(left)) {
                        ZSTD_ErrorCode code = ZSTD_getErrorCode(left);
                        return code == ZSTD_error_frameParameter_windowTooLarge ? UNPACKING_WINDOW
                               : code == ZSTD_error_memory_allocation           ? UNPACKING_MEMORY
                                                                                : UNPACKING_DAMAGED;
                }
                unpacker->whole = left == 0;
                if (input.pos == before_in && output.pos == before_out)
                        break;
        }
        *at = input.pos;
        *ret_length = output.pos;
        return UNPACKING_FINE;
}

enum unpacking unpacker_run(struct unpacker *unpacker, const uint8_t *in, size_t length, size_t *at, void *out,
                            size_t capacity, size_t *ret_length)
{
        return unpacker->packing == PACKING_GZIP ? gzip_run(unpacker, in, length, at, out, capacity, ret_length)
                                                 : zstd_run(unpacker, in, length, at, out, capacity, ret_length);
}

bool unpacker_is_whole(const struct unpacker *unpacker)
{
        return unpacker->whole;
}

void unpacker_reset(struct unpacker *unpacker)
{
        unpacker->whole = unpacker->padding = false;
        if (unpacker->packing == PACKING_GZIP)
                (void)inflateReset(&unpacker->gzip);
        else
                (void)ZSTD_DCtx_reset(unpacker->zstd, ZSTD_reset_session_only);
}

void unpacker_free(struct unpacker *unpacker)
{
        if (!unpacker)
                return;
        if (unpacker->packing == PACKING_GZIP)
                (void)inflateEnd(&unpacker->gzip);
        ZSTD_freeDCtx(unpacker->zstd);
        free(unpacker);
}
