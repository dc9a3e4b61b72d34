/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * unpack.h: gzip (RFC 1952) and Zstandard (RFC 8878) as a stream, known by their first bytes. Several members or
 * frames one after the other are one text, as gunzip and zstd read them; zero bytes behind the last member of gzip are
 * padding.
 * Memory: that of the window, at most 128 MiB with zstd, 32 KiB with gzip.
 */
#ifndef TREUE_IMPORTER_UNPACK_H
#define TREUE_IMPORTER_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

enum { PACKING_HEAD_BYTES = 4 }; /* so many are enough to tell */

enum packing packing_of(const uint8_t *head, size_t length);
const char *packing_name(enum packing packing); /* "gzip", "zstd"; "" for none */

enum unpacking {
        UNPACKING_FINE,
        UNPACKING_DAMAGED,
        UNPACKING_WINDOW,  /* a frame of zstd asks for a larger window than is allowed */
        UNPACKING_MEMORY,
};

struct unpacker;

must_check enum status unpacker_new(enum packing packing, struct unpacker **ret, struct error *error);
/* Unpacks from in[*at..length) on, moving *at, into out[0..capacity). *ret_length 0 without a failure: there has to be
 * more input. */
enum unpacking unpacker_run(struct unpacker *unpacker, const uint8_t *in, size_t length, size_t *at, void *out,
                            size_t capacity, size_t *ret_length);
bool unpacker_is_whole(const struct unpacker *unpacker); /* the input may end here */
void unpacker_reset(struct unpacker *unpacker);          /* to the beginning */
void unpacker_free(struct unpacker *unpacker);           /* accepts NULL */

#endif
