/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * archive.h: reading a zip archive nobody vouches for. Its directory is checked before anything is unpacked: number of
 * entries, sizes, ratio, entries that lie over one another, names that occur twice. Nothing is ever written to names
 * of entries, so those that are absolute or climb ("../") do no harm. Unpacking itself is libzip's, which is loaded
 * when the first archive is opened: it brings a cryptographic library along that most commands have no use for.
 *
 * Problems are STATUS_INVALID with {file}: archive.damaged, archive.overlapping, archive.doubled {entry},
 * archive.encrypted, archive.method {entry}, archive.too_many_entries {limit}, archive.bomb {entry} {ratio},
 * archive.too_large {entry} {limit}.
 */
#ifndef TREUE_PLATFORM_ARCHIVE_H
#define TREUE_PLATFORM_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
        /* A workbook has a handful of entries and three or four for each sheet, chart and picture. */
        ARCHIVE_ENTRIES_MAX = 10000,
        /* Tables packed into XML shrink to a tenth, very monotonous ones to a fiftieth; a bomb to a thousandth. */
        ARCHIVE_RATIO_MAX = 200,
        /* Up to this size any ratio is harmless. */
        ARCHIVE_RATIO_FREE_BYTES = 8 << 20,
};
/* A sheet of a million rows and thirty columns is a good gigabyte. */
#define ARCHIVE_ENTRY_BYTES_MAX (UINT64_C(4) << 30)
#define ARCHIVE_NONE SIZE_MAX

struct archive;
/* `name` is what messages call the file. */
must_check enum status archive_open(const char *path, const char *name, struct archive **ret, struct error *error);
void archive_close(struct archive *archive); /* accepts NULL; after its entries */

/* The entry of a name, letters of either case; ARCHIVE_NONE when there is none. */
size_t archive_find(const struct archive *archive, const char *name);
uint64_t archive_entry_bytes(const struct archive *archive, size_t entry);        /* unpacked, as the directory says */
uint64_t archive_entry_packed_bytes(const struct archive *archive, size_t entry);

/* One entry, unpacked as it is read. What comes out is counted as well: a directory may lie. */
struct entry_reader;
must_check enum status entry_open(struct archive *archive, size_t entry, struct entry_reader **ret,
                                  struct error *error);
/* Up to `capacity` bytes; *ret_length 0 at the end, where the checksum has been verified. */
must_check enum status entry_read(struct entry_reader *reader, void *out, size_t capacity, size_t *ret_length,
                                  struct error *error);
uint64_t entry_bytes_read(const struct entry_reader *reader);
void entry_close(struct entry_reader *reader); /* accepts NULL */

#endif
