/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * index_open.h: the published index, memory-mapped, every byte checked against its checksum.
 */
#ifndef TREUE_FACTS_INDEX_OPEN_H
#define TREUE_FACTS_INDEX_OPEN_H

#include "base/parallel.h"
#include "facts/index_format.h"

struct mapping;

struct index {
        struct index_manifest manifest;
        struct segment_data *segments; /* manifest.segment_count */
        struct mapping *mappings;      /* segment_count x COLUMN_COUNT */
};

/* STATUS_NOT_FOUND: no manifest. STATUS_CORRUPT "index.damaged" {file}: a file is missing, of the wrong length or with
 * a wrong checksum. STATUS_SYSTEM: a file cannot be read. A writer that publishes meanwhile is waited out by reading
 * its new manifest. */
must_check enum status index_open(const char *directory, const struct parallel *parallel, struct index **ret,
                                  struct error *error);
void index_close(struct index *index); /* accepts NULL */

#endif
