/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * index_format.h: the files of the column index, shared by index_build.c and index_open.c.
 *
 *   manifest            generation covered, the point of the database's history at which it was written, and the ledger
 *                       of every segment, with a checksum of its own
 *   SEGMENT.COLUMN      one column; SEGMENT is a decimal number, never used twice while a file of it exists
 *   SEGMENT.ledger      between finishing and publishing a segment: its ledger
 *
 * A ledger holds the counts of a segment and, per column, its length and one XXH3 checksum per chunk. Numbers are
 * stored as the machine has them; the manifest's first word tells a machine of the other byte order, which then
 * rebuilds. Files are not synced: damage of any kind is found by the checksums, and the database is the truth.
 */
#ifndef TREUE_FACTS_INDEX_FORMAT_H
#define TREUE_FACTS_INDEX_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "db/audit.h"

enum index_column {
        COLUMN_CUSTOMER,          /* int64 ids, ascending; only customers with documents */
        COLUMN_CUSTOMER_DOCUMENT, /* uint32, customers + 1 offsets */
        COLUMN_DOCUMENT_DAY,      /* int32 */
        COLUMN_DOCUMENT_TOTAL,    /* int64 minor units */
        COLUMN_DOCUMENT_LINE,     /* uint32, documents + 1 offsets */
        COLUMN_DOCUMENT_FLAGS,    /* uint8; absent when no document carries a digital mark */
        COLUMN_LINE_ARTICLE,      /* uint32 product.id */
        COLUMN_LINE_AMOUNT,       /* int64 minor units */
        COLUMN_LINE_QUANTITY,     /* int32 thousandths; QUANTITY_WIDE: see the next column */
        COLUMN_QUANTITY_WIDE,     /* struct wide_quantity, by line; absent when all fit */
        COLUMN_LINE_COST,         /* int64 minor units, 0 where unknown; absent when no line has a cost */
        COLUMN_LINE_COST_KNOWN,   /* bit per line, in uint64 words; absent with the costs */
        COLUMN_MENTION,           /* struct mention; absent when no line names a product group */
        COLUMN_MENTION_NUMBER,    /* the document numbers of the mentions, one after the other */
        COLUMN_COUNT
};
extern const char *const index_column_names[COLUMN_COUNT];

enum {
        INDEX_CHUNK_BYTES = 1 << 20,
        INDEX_MANIFEST_BYTES_MAX = 64 << 20,
        INDEX_SEGMENTS_MAX = 8, /* more are merged by a rebuild */
};

#define QUANTITY_WIDE INT32_MIN

struct wide_quantity {
        uint64_t line;
        int64_t quantity_milli;
};

/* A document that names a product group for an article: the earliest of a segment. Several of one article only when
 * they are alike in all that orders them but name different groups. */
struct mention {
        uint32_t article;
        int32_t day;
        int64_t amount_minor, quantity_milli;
        uint32_t group;         /* product_group.id; 0: the product's first_group_id */
        uint32_t number_offset, number_length;
        uint32_t reserved;      /* zero */
};

/* What both a mapped segment and one in memory give. */
struct segment_data {
        uint64_t number;
        uint64_t customer_count, document_count, line_count;
        uint64_t article_end;   /* greatest article + 1 */
        const void *column[COLUMN_COUNT]; /* NULL: absent or empty */
        uint64_t bytes[COLUMN_COUNT];
};

struct column_ledger {
        uint64_t bytes;
        size_t chunk_count;
        uint64_t *checksums;
};

struct segment_ledger {
        uint64_t number;
        int64_t generation;     /* whose documents it holds; index_publish sets it */
        uint64_t customer_count, document_count, line_count, article_end;
        struct column_ledger columns[COLUMN_COUNT];
};

/* The segments hold the documents valid at base_generation and, each of those added later, the documents of the import
 * that was published as its generation. So a publish that was missed is noticed, whoever forgot it. Generations are
 * only numbers: a database restored to an older state counts them a second time. The point tells the two apart. */
struct index_manifest {
        int64_t generation, base_generation;
        struct audit_point point; /* not before the publish of `generation` */
        size_t segment_count;
        struct segment_ledger *segments;
};

static inline size_t chunks_of(uint64_t bytes) { return (size_t)((bytes + INDEX_CHUNK_BYTES - 1) / INDEX_CHUNK_BYTES); }
uint64_t index_checksum(const void *data, size_t length);

/* Does each column have the length its counts ask for? */
bool ledger_is_consistent(const struct segment_ledger *ledger);
void ledger_release(struct segment_ledger *ledger);
must_check enum status ledger_write(const char *directory, const struct segment_ledger *ledger, struct error *error);
must_check enum status ledger_read(const char *directory, uint64_t number, struct segment_ledger *ret,
                                   struct error *error);

/* STATUS_NOT_FOUND when there is none, or one in the form of another version of the program; STATUS_CORRUPT
 * "index.damaged" {file}. `ret_checksum` tells versions apart. */
must_check enum status manifest_read(const char *directory, struct index_manifest *ret, uint64_t *ret_checksum,
                                     struct error *error);
must_check enum status manifest_write(const char *directory, const struct index_manifest *manifest,
                                      struct error *error);
void manifest_release(struct index_manifest *manifest);

/* DIRECTORY/SEGMENT.COLUMN into out; false when it does not fit. */
bool index_path(char *out, size_t capacity, const char *directory, uint64_t number, const char *column);
enum { INDEX_PATH_MAX = 4096 };

#endif
