/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * byte_origin.h: the bytes of an input, wherever they come from: a plain file or a pipe, as they are or packed with
 * gzip or zstd (told by their first bytes, never by the name). Readable twice: what comes through a pipe is kept while
 * it is read the first time, so that a mistake near its beginning is told before its end has come. Memory does not grow
 * with the input.
 */
#ifndef TREUE_IMPORTER_BYTE_ORIGIN_H
#define TREUE_IMPORTER_BYTE_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "importer/unpack.h"

struct byte_origin;

/* What unpacks to more than so many bytes may not be more than BYTE_ORIGIN_RATIO_MAX times as large as it was packed:
 * exports shrink to a tenth, rarely to a fiftieth; beyond this stands a file made to fill a disk. */
#define BYTE_ORIGIN_UNPACKED_FREE ((uint64_t)64 << 20)
enum { BYTE_ORIGIN_RATIO_MAX = 200 };

/* Opens `path` ("-": standard input). `staging_directory` takes what a pipe brings; it is made when needed. */
must_check enum status byte_origin_open(const char *path, const char *staging_directory, struct byte_origin **ret,
                                        struct error *error);
/* Up to `capacity` bytes, unpacked; *ret_length 0 at the end, before it as many as fit. STATUS_INVALID {file} {format}:
 * "import.packed_damaged", "import.packed_cut" (ends too early), "import.packed_window", "import.packed_too_dense". */
must_check enum status byte_origin_read(struct byte_origin *origin, void *out, size_t capacity, size_t *ret_length,
                                        struct error *error);
must_check enum status byte_origin_rewind(struct byte_origin *origin, struct error *error);
void byte_origin_close(struct byte_origin *origin); /* accepts NULL */

const char *byte_origin_name(const struct byte_origin *origin); /* without folders; "-" for standard input */
enum packing byte_origin_packing(const struct byte_origin *origin);
/* As they lie there, not unpacked; total 0: not known (a pipe). */
uint64_t byte_origin_bytes_total(const struct byte_origin *origin);
uint64_t byte_origin_bytes_done(const struct byte_origin *origin);
uint64_t byte_origin_hash(const struct byte_origin *origin); /* XXH3 of these bytes, once all of them were read */

#endif
