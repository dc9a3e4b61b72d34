/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * index_build.h: writes one immutable segment of the column index of purchases.
 *
 * The index lives in <data>/index/: a manifest (generation it covers, ledger of segments with lengths and checksums)
 * and one file per segment and column. It is derived: it may be deleted at any time. Documents must come ordered by
 * customer id; within a customer in any order (sorted here by day, then source, then number).
 */
#ifndef TREUE_FACTS_INDEX_BUILD_H
#define TREUE_FACTS_INDEX_BUILD_H

#include "base/status.h"
#include "base/text.h"
#include "db/audit.h"
#include "facts/packed_lines.h"

struct index_builder;

struct index_document {
        int64_t customer_id;
        int32_t source_id;
        struct text number;
        int32_t day;
        int64_t total_minor;
        size_t line_count;
        const struct line *lines; /* canonical order; cost already resolved where the index shall carry one */
};

/* Starts a segment in `index_directory`. Memory stays small (the columns stream to files; one customer is buffered). A
 * segment holds less than 2^32 - 1 lines and documents: more is STATUS_LIMIT "index.too_many_lines" {limit} from
 * index_builder_add; the caller then finishes this segment and goes on in another one. */
must_check enum status index_builder_new(const char *index_directory, struct index_builder **ret, struct error *error);
must_check enum status index_builder_add(struct index_builder *builder, const struct index_document *document,
                                         struct error *error);
/* Completes the segment's files (not yet part of the index) and frees the builder. *ret_segment names it. */
must_check enum status index_builder_finish(struct index_builder *builder, uint64_t *ret_segment, struct error *error);
/* Gives up, removes the files, frees; accepts NULL. */
void index_builder_discard(struct index_builder *builder);

/* Adds finished segments to the manifest. `replace`: they hold all documents valid at `generation` and all earlier
 * segments are dropped; else they hold the documents of the one import published as `generation`, none of which
 * replaces an earlier version. An import that replaced some needs index_rebuild instead (a snapshot notices when that
 * was forgotten), and so does an index of another history of the database. `point`: of the database, read after
 * `generation` was. Removes files that belong to no published segment, so no other builder may be at work at the same
 * time. */
must_check enum status index_publish(const char *index_directory, int64_t generation, const struct audit_point *point,
                                     const uint64_t *segments, size_t segment_count, bool replace,
                                     struct error *error);

#endif
