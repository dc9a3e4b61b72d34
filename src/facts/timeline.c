/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * timeline.c: see timeline.h. Facts are few: days are looked for again and again instead of being sorted.
 */
#include "facts/timeline.h"

#include "base/calendar.h"

struct timeline {
        size_t fact_count;
        bool *is_dated;
        struct dated *facts;
        struct text *values; /* of the row that is handed out */
};

enum status timeline_new(struct arena *arena, const bool *dated, size_t fact_count, struct timeline **ret,
                         struct error *error)
{
        struct timeline *timeline = arena_array(arena, struct timeline, 1);
        if (!timeline)
                return error_memory(error);
        timeline->is_dated = arena_array(arena, bool, fact_count + 1);
        timeline->facts = arena_array(arena, struct dated, fact_count + 1);
        timeline->values = arena_array(arena, struct text, fact_count + 1);
        if (!timeline->is_dated || !timeline->facts || !timeline->values)
                return error_memory(error);
        for (size_t f = 0; f < fact_count; f++) {
                timeline->is_dated[f] = dated[f];
                dated_init(&timeline->facts[f]);
        }
        timeline->fact_count = fact_count;
        *ret = timeline;
        return STATUS_OK;
}

void timeline_release(struct timeline *timeline)
{
        for (size_t f = 0; timeline && f < timeline->fact_count; f++)
                dated_release(&timeline->facts[f]);
}

void timeline_clear(struct timeline *timeline)
{
        for (size_t f = 0; f < timeline->fact_count; f++)
                dated_clear(&timeline->facts[f]);
}

bool timeline_add(struct timeline *timeline, size_t fact, int32_t valid_from, int64_t generation, struct text value)
{
        return dated_add(&timeline->facts[fact], valid_from, generation, value);
}

/* The value that is open at its start, by the rule of dated.h; NULL: none. */
static struct dated_row *open_row(const struct dated *dated)
{
        struct dated_row *open = dated->count ? dated->rows : NULL;
        for (size_t i = 1; i < dated->count; i++) {
                struct dated_row *row = &dated->rows[i];
                if (row->generation < open->generation ||
                    (row->generation == open->generation && row->start < open->start))
                        open = row;
        }
        return open;
}

/* The day of the first row: that of the earliest open value, and before anything that replaces one. */
static int32_t first_start(const struct timeline *timeline)
{
        int32_t first = DAY_OPEN_END;
        for (size_t f = 0; f < timeline->fact_count; f++) {
                const struct dated *dated = &timeline->facts[f];
                const struct dated_row *open = open_row(dated);
                for (size_t i = 0; i < dated->count; i++) {
                        bool replaces = timeline->is_dated[f] && &dated->rows[i] != open;
                        int32_t start = dated->rows[i].start - (replaces ? 1 : 0);
                        first = start < first ? start : first;
                }
        }
        return first;
}

/* The value that begins to hold on exactly that day. */
static struct text value_from(const struct dated *dated, int32_t start)
{
        const struct dated_row *best = NULL;
        for (size_t i = 0; i < dated->count; i++) {
                const struct dated_row *row = &dated->rows[i];
                if (row->start == start && (!best || row->generation > best->generation))
                        best = row;
        }
        return best ? (struct text){dated->values.data + best->offset, best->length} : (struct text){NULL, 0};
}

/* The earliest day after `after` on which something begins to hold; DAY_OPEN_END: none. */
static int32_t next_start(const struct timeline *timeline, int32_t after)
{
        int32_t next = DAY_OPEN_END;
        for (size_t f = 0; f < timeline->fact_count; f++) {
                const struct dated *dated = &timeline->facts[f];
                for (size_t i = 0; i < dated->count; i++)
                        if (dated->rows[i].start > after && dated->rows[i].start < next)
                                next = dated->rows[i].start;
        }
        return next;
}

/* Open values and those that are not dated go into the first row. */
static void settle(struct timeline *timeline, int32_t first)
{
        for (size_t f = 0; f < timeline->fact_count; f++) {
                struct dated *dated = &timeline->facts[f];
                struct text latest;
                if (timeline->is_dated[f] && dated->count) {
                        open_row(dated)->start = first;
                } else if (dated_latest(dated, &latest)) {
                        dated->rows[0] = (struct dated_row){first, 1, (size_t)(latest.data - dated->values.data),
                                                            latest.length};
                        dated->count = 1;
                }
        }
}

enum status timeline_rows(struct timeline *timeline, timeline_row row, void *context, struct error *error)
{
        int32_t start = first_start(timeline);
        if (start == DAY_OPEN_END)
                return row(context, DAY_NONE, timeline->values, error);
        settle(timeline, start);
        enum status status = STATUS_OK;
        for (; start != DAY_OPEN_END && !status; start = next_start(timeline, start)) {
                for (size_t f = 0; f < timeline->fact_count; f++)
                        timeline->values[f] = value_from(&timeline->facts[f], start);
                status = row(context, start, timeline->values, error);
        }
        memset(timeline->values, 0, timeline->fact_count * sizeof(*timeline->values));
        return status;
}

enum status timeline_on(struct timeline *timeline, int32_t day, timeline_row row, void *context, struct error *error)
{
        for (size_t f = 0; f < timeline->fact_count; f++) {
                struct dated *dated = &timeline->facts[f];
                struct text *value = &timeline->values[f];
                if (timeline->is_dated[f])
                        dated_open(dated);
                if (timeline->is_dated[f] ? !dated_on(dated, day, value) : !dated_latest(dated, value))
                        *value = (struct text){NULL, 0};
        }
        enum status status = row(context, day, timeline->values, error);
        memset(timeline->values, 0, timeline->fact_count * sizeof(*timeline->values));
        return status;
}
