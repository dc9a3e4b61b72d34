/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fragments.h: pieces of purchase documents on their way from a file to the database.
 *
 * The lines of a document may stand anywhere in a file. Consecutive lines of one document form a *fragment*, packed
 * into memory by the thread that parsed them (a *shelf* each). When the file ends or the shelves hold enough, all
 * fragments are sorted by customer id, document number and sheet; what does not fit in memory is spilled to sorted
 * *runs* in the staging folder. Merging the runs brings the fragments of each document together, in the order the
 * database is clustered by. Memory is bounded by the ceiling of the shelves whatever the size of the file.
 */
#ifndef TREUE_IMPORTER_FRAGMENTS_H
#define TREUE_IMPORTER_FRAGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "base/varint.h"
#include "facts/packed_lines.h"

enum {
        FRAGMENT_NUMBER_BYTES_MAX = 255, /* a longer document number is rejected by the parser */
        FRAGMENT_LINES_MAX = 256,        /* longer ones are cut; merging joins them again */
        FRAGMENT_HEAD_BYTES = 12,
        FRAGMENT_LINE_BYTES_MAX = 5 * VARINT_BYTES_MAX + 1,
        FRAGMENT_BYTES_MAX = FRAGMENT_HEAD_BYTES + FRAGMENT_NUMBER_BYTES_MAX
                             + FRAGMENT_LINES_MAX * FRAGMENT_LINE_BYTES_MAX,
        FRAGMENT_GROUP = 128,            /* in struct line.marks while on a shelf: `group` is a number of the shelf */
};

enum {
        FRAGMENT_REJECTED = 1,           /* a wrong line: the whole document is rejected; key_hash names it */
        FRAGMENT_DATES_DIFFER = 2,
        FRAGMENT_MARKED = 4,             /* lines carry a mark byte */
};

struct fragment_ref {
        uint64_t number_prefix;          /* first eight bytes of the number, big-endian: quick order */
        const uint8_t *data;
        uint32_t customer;               /* number in the shelf's dictionary; after sorting: rank of the customer */
        uint32_t shelf;
};

struct fragment_shelf {
        uint8_t **chunks;
        size_t chunk_count, chunk_used;
        struct fragment_ref *refs;
        size_t ref_count, ref_capacity;
        uint32_t number;                 /* of this shelf */
        uint16_t sheet;                  /* of the fragments that are begun; 0 in a text file */
        uint8_t *open;                   /* the fragment being written */
        uint8_t *cursor;
        bool failed;                     /* out of memory, sticky */
};

void fragment_shelf_init(struct fragment_shelf *shelf, uint32_t number);
void fragment_shelf_clear(struct fragment_shelf *shelf);  /* empties it; memory is freed */

/* Opens a fragment; `customer` is a number of the thread's dictionary. */
void fragment_begin(struct fragment_shelf *shelf, uint32_t customer, struct text number, int32_t day, uint8_t flags);
/* The open fragment is this customer's: for who learns the number only later. */
void fragment_name(struct fragment_shelf *shelf, uint32_t customer);
/* Adds a line to the open fragment: false when it is full (begin another one of the same document). The product is a
 * number of the thread's dictionary, so is the group with FRAGMENT_GROUP. */
bool fragment_add(struct fragment_shelf *shelf, int32_t day, const struct line *line);
void fragment_end(struct fragment_shelf *shelf);
/* A fragment that says: this document has a wrong line. `key_hash` identifies it for the error file. */
void fragment_reject(struct fragment_shelf *shelf, uint32_t customer, struct text number, uint64_t key_hash);

size_t fragment_shelf_bytes(const struct fragment_shelf *shelf); /* memory in use, with what sorting will need */

/* How the numbers of a shelf's dictionaries translate. */
struct fragment_names {
        const int64_t *customer_ids;     /* 0: unknown, the fragments of such customers must not occur */
        size_t customer_count;
        const uint32_t *product_ids;     /* 0: unknown */
        const uint32_t *group_ids;
        size_t product_count, group_count;
};

/* A fragment as the merge hands it out; borrowed until the next one. */
struct fragment {
        int64_t customer_id;
        struct text number;
        int32_t day;
        uint8_t flags;
        uint16_t line_count;
        uint16_t sheet;                  /* of the workbook: the same number on another one is another version */
        uint64_t key_hash;               /* with FRAGMENT_REJECTED */
        const uint8_t *lines, *lines_end;
        const struct fragment_names *names; /* of the shelf it was parsed on */
};
/* Decodes a fragment's lines; products and groups become ids. False when the bytes are damaged (a spilled run). */
bool fragment_lines(const struct fragment *fragment, struct line *ret_lines);

/* All fragments of one import: runs on disk and sorted references in memory. */
struct fragment_merge;
must_check enum status fragment_merge_new(const char *staging_directory, struct fragment_merge **ret,
                                          struct error *error);
/* Sorts the shelves' fragments and writes them to runs, on up to `thread_count` threads with a run each; the shelves
 * are cleared. */
must_check enum status fragment_merge_spill(struct fragment_merge *merge, struct fragment_shelf *shelves,
                                            const struct fragment_names *names, size_t shelf_count,
                                            size_t thread_count, struct error *error);
/* Sorts what is still on the shelves; from here on fragments come out. The shelves' fragments are the merge's from now
 * on, also when it fails: its thread reads them until it is freed; the caller's shelves are empty. `names` stay the
 * caller's; they know all that runs were spilled with. */
must_check enum status fragment_merge_start(struct fragment_merge *merge, struct fragment_shelf *shelves,
                                            const struct fragment_names *names, size_t shelf_count,
                                            struct error *error);
/* The next fragment by (customer id, number, sheet). STATUS_CORRUPT "import.staging_damaged" {path} when a run does not
 * hold what was written. */
must_check enum status fragment_merge_next(struct fragment_merge *merge, struct fragment *ret, bool *ret_more,
                                           struct error *error);
void fragment_merge_free(struct fragment_merge *merge); /* removes the runs; accepts NULL */

#endif
