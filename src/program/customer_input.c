/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_input.c: the documents of a customer in every segment of the column index become a segment of their own, as
 * engine/unite.c does it; nothing is copied.
 */
#include "program/customer_input.h"

#include "base/calendar.h"

size_t customer_members(const struct engine_units *units, const uint32_t *self, const uint32_t **ret)
{
        *ret = self;
        for (size_t u = 0; units && u < units->unit_count; u++)
                for (uint32_t m = units->first[u]; m < units->first[u + 1]; m++)
                        if (units->members[m] == *self) {
                                *ret = &units->members[units->first[u]];
                                return units->counts_as[m] == *self ? units->first[u + 1] - units->first[u] : 0;
                        }
        return 1;
}

bool customer_input(const struct engine_input *all, const uint32_t *members, size_t count, struct arena *arena,
                    struct engine_input *ret)
{
        struct purchase_segment *segments = arena_array(arena, struct purchase_segment,
                                                        all->segment_count * count + 1);
        uint8_t *kind = arena_array(arena, uint8_t, 2);
        int32_t *days = arena_array(arena, int32_t, 2);
        if (!segments || !kind || !days)
                return false;
        days[0] = DAY_NONE;
        days[1] = all->cutoff_day; /* recorded: measured, whatever was bought */
        kind[1] = UINT8_MAX; /* no size class */
        for (size_t m = 0; m < count; m++)
                for (size_t s = 0; s < all->segment_count; s++) {
                        struct purchase_segment *segment = &segments[m * all->segment_count + s];
                        *segment = all->segments[s];
                        segment->customer_document += members[m];
                }
        *ret = (struct engine_input){
                .cutoff_day = all->cutoff_day, .customer_count = 1,
                .kind = kind, .since_day = days, .joined_day = days, .recorded_day = days + 1, .size_class = kind + 1,
                .segment_count = all->segment_count * count, .segments = segments,
                .article_count = all->article_count, .article_group = all->article_group,
                .group_count = all->group_count, .group_codes = all->group_codes};
        return true;
}
