/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mentions.h: which document names an article's product group first.
 *
 * Without a products import the earliest valid document that names a group decides. Earliest: by date, then number,
 * then line in canonical order (amount, quantity), then the group's code; nothing of that depends on the order of
 * import. A segment keeps, per article, its earliest mention; several only where all but the group is alike, for the
 * codes are not known here.
 */
#ifndef TREUE_FACTS_MENTIONS_H
#define TREUE_FACTS_MENTIONS_H

#include "base/buffer.h"
#include "facts/index_format.h"
#include "facts/packed_lines.h"

struct mention_entry {
        struct mention mention;
        uint32_t next; /* index + 1 of the next entry of this article, 0: last */
};

struct mentions {
        int32_t *first_day; /* by article: day of the earliest mention so far, INT32_MAX: none */
        uint32_t *head;     /* by article: index + 1 of its first entry */
        size_t article_capacity;
        struct mention_entry *entries;
        size_t entry_count, entry_capacity;
        struct buffer numbers;
};

void mentions_init(struct mentions *mentions);
void mentions_release(struct mentions *mentions);
/* Room for articles up to `article`; false without memory. */
bool mentions_reserve(struct mentions *mentions, uint32_t article);
/* Weighs a line that names a group (line->marks); reserved articles only. */
bool mentions_weigh(struct mentions *mentions, const struct line *line, int32_t day, struct text number);
static inline bool mentions_add(struct mentions *mentions, const struct line *line, int32_t day, struct text number)
{
        return day > mentions->first_day[line->product] || mentions_weigh(mentions, line, day, number);
}

/* By day, number, amount, quantity. */
int mention_compare(const struct mention *a, struct text a_number, const struct mention *b, struct text b_number);

#endif
