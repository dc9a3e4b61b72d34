/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * snapshot_parts.h: the inside of a snapshot, shared by the files that fill it and read from it.
 */
#ifndef TREUE_FACTS_SNAPSHOT_PARTS_H
#define TREUE_FACTS_SNAPSHOT_PARTS_H

#include "db/generation.h"
#include "facts/index_memory.h"
#include "facts/index_open.h"
#include "facts/kept_facts.h"
#include "facts/snapshot.h"

/* The earliest document that names a group for an article; day INT32_MAX: none. */
struct article_mention {
        int32_t day;
        uint32_t group; /* product_group.id or GROUP_NONE */
};

struct snapshot {
        unsigned references;
        struct visibility visibility;
        size_t customer_count;
        int64_t *ids;                   /* ascending */
        int32_t *recorded_day;
        struct index *index;            /* or NULL */
        struct segment_data memory;     /* the delta, or all purchases of an older generation; empty: none */
        size_t segment_count;
        const struct segment_data **data;
        struct purchase_segment *segments;
        uint32_t **offsets;             /* by segment: customer_document over all customers; NULL: as in the segment */
        uint64_t document_count, line_count;
        size_t article_count, group_count;
        struct article_mention *mentions; /* by article */
        struct text *group_codes;       /* by product_group.id */
        struct arena *arena;            /* of the codes */
        struct kept_facts *kept;        /* snapshot_keep_facts; NULL: read afresh for every cut-off */
};

/* Dense numbers for customer ids that come in ascending order. */
struct customer_cursor {
        const int64_t *ids;
        size_t count, at;
};
static inline int64_t customer_cursor_find(struct customer_cursor *cursor, int64_t customer_id)
{
        while (cursor->at < cursor->count && cursor->ids[cursor->at] < customer_id)
                cursor->at++;
        return cursor->at < cursor->count && cursor->ids[cursor->at] == customer_id ? (int64_t)cursor->at : -1;
}

/* The customers: those with a visible record or a valid document. STATUS_CORRUPT "index.foreign" when a segment knows
 * customers or articles the database never had. */
must_check enum status snapshot_load_customers(struct snapshot *snapshot, struct connection *connection,
                                               struct error *error);
/* Product groups, and the mention that decides per article. */
must_check enum status snapshot_load_articles(struct snapshot *snapshot, struct connection *connection,
                                              struct error *error);
/* What the two above filled. */
void snapshot_forget(struct snapshot *snapshot);

/* An attribute's value as the text imported for it, copied into the arena; a plain number or a word for yes and no is
 * read as such. False without memory. */
bool attribute_set(struct arena *arena, struct text text, struct attribute_value *value);

#endif
