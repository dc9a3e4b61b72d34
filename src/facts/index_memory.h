/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * index_memory.h: a segment of the column index kept in memory, made by the same builder: the delta of imports the
 * index does not cover, and the purchases of an older generation.
 */
#ifndef TREUE_FACTS_INDEX_MEMORY_H
#define TREUE_FACTS_INDEX_MEMORY_H

#include "facts/index_build.h"
#include "facts/index_format.h"

/* As index_builder_new, but the columns stay in memory. */
must_check enum status index_builder_new_memory(struct index_builder **ret, struct error *error);
/* Completes the segment and frees the builder. Release with segment_memory_release. */
must_check enum status index_builder_finish_memory(struct index_builder *builder, struct segment_data *ret,
                                                   struct error *error);
void segment_memory_release(struct segment_data *segment);

#endif
