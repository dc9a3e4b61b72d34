/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * figures.c: see figures.h. Rows come ordered by key, so one customer's are weighed as they pass.
 */
#include "facts/figures.h"

#include "base/bits.h"
#include "base/checked.h"
#include "queries.h"

/* A figure as its versions and successors pass by: of the key being read, and the best of the keys before it. */
struct passing {
        int64_t generation; /* of the version of the key being read; 0: none */
        int32_t from, to;
        int64_t amount;
        uint8_t scale;
        bool estimated;
};

/* The key being read is complete: it is the later one, so it wins when it is valid. */
static void settle(struct passing *reading, struct passing *best, int32_t day)
{
        if (reading->generation && reading->from <= day && reading->to >= day)
                *best = *reading;
        *reading = (struct passing){0};
}

/* Keys come by ascending valid_from. */
static void weigh(struct passing *reading, struct passing *best, int32_t day, const struct passing *row)
{
        if (reading->generation && reading->from != row->from)
                settle(reading, best, day);
        if (row->generation > reading->generation)
                *reading = *row;
}

struct potentials {
        int64_t *amount;
        uint64_t *known, *estimated;
        struct passing reading, best;
        int64_t customer_id;
        int64_t at;             /* dense number, -1: not in the snapshot */
        int32_t group_id;
        bool total;             /* a valid total stands alone */
        bool any;
};

static bool end_group(struct potentials *p, int32_t day)
{
        settle(&p->reading, &p->best, day);
        struct passing best = p->best;
        p->best = (struct passing){0};
        if (!best.generation || p->at < 0 || p->total)
                return true;
        size_t at = (size_t)p->at;
        p->total = p->group_id == 0; /* group 0 comes first */
        p->any = true;
        bits_set(p->known, at);
        if (best.estimated)
                bits_set(p->estimated, at);
        return add_i64(p->amount[at], best.amount, &p->amount[at]);
}

enum status potentials_load(const struct snapshot *snapshot, struct connection *connection, int32_t day,
                            struct arena *arena, struct engine_input *ret, struct error *error)
{
        size_t words = bits_words(snapshot->customer_count) + 1;
        struct potentials p = {
                .amount = arena_array(arena, int64_t, snapshot->customer_count + 1),
                .known = arena_array(arena, uint64_t, words),
                .estimated = arena_array(arena, uint64_t, words),
                .at = -1,
        };
        if (!p.amount || !p.known || !p.estimated)
                return error_memory(error);
        struct customer_cursor cursor = {snapshot->ids, snapshot->customer_count, 0};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_potentials_open(connection, NULL, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_facts_potentials_row row;
                status = q_facts_potentials_next(rows, &row, &more, error);
                if (status != STATUS_OK)
                        break;
                bool other = !more || row.customer_id != p.customer_id;
                if ((other || row.group_id != p.group_id) && !end_group(&p, day))
                        return error_set(error, STATUS_LIMIT, "facts.potential_too_large", NULL);
                if (!more)
                        break;
                if (other) {
                        p.total = false;
                        p.at = customer_cursor_find(&cursor, row.customer_id);
                }
                p.customer_id = row.customer_id;
                p.group_id = row.group_id;
                struct passing next = {visibility_of(&snapshot->visibility, row.import_id), row.valid_from,
                                       row.valid_to, row.amount_minor, 0, row.estimated};
                if (next.generation)
                        weigh(&p.reading, &p.best, day, &next);
        }
        if (status != STATUS_OK)
                return status;
        ret->potential_minor = p.amount;
        ret->potential_known = p.any ? p.known : NULL;
        ret->potential_estimated = p.estimated;
        return STATUS_OK;
}

enum status values_to_common_scale(int64_t *units, const uint8_t *scales, const uint64_t *known, size_t count,
                                   struct text name, struct value_column *ret, struct error *error)
{
        uint8_t scale = 0;
        for (size_t i = 0; i < count; i++)
                if (bits_get(known, i) && scales[i] > scale)
                        scale = scales[i];
        for (size_t i = 0; i < count; i++) {
                for (uint8_t s = scales[i]; bits_get(known, i) && s < scale; s++) {
                        if (mul_i64(units[i], 10, &units[i]))
                                continue;
                        char text[128];
                        snprintf(text, sizeof(text), "%.*s", (int)(name.length < 100 ? name.length : 100), name.data);
                        return error_set(error, STATUS_LIMIT, "facts.value_too_large", "name", text, NULL);
                }
        }
        *ret = (struct value_column){.name = name, .scale = scale, .units = units, .known = known};
        return STATUS_OK;
}

enum status values_load(const struct snapshot *snapshot, struct connection *connection, struct text name, int32_t day,
                        struct arena *arena, struct value_column *ret, struct error *error)
{
        size_t count = snapshot->customer_count;
        int64_t *units = arena_array(arena, int64_t, count + 1);
        uint8_t *scales = arena_array(arena, uint8_t, count + 1);
        uint64_t *known = arena_array(arena, uint64_t, bits_words(count) + 1);
        if (!units || !scales || !known)
                return error_memory(error);
        struct customer_cursor cursor = {snapshot->ids, count, 0};
        struct passing reading = {0}, best = {0};
        int64_t customer_id = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_values_open(connection, &(struct q_facts_values_args){.name = name}, &rows, error);
        for (bool more = true; status == STATUS_OK && more;) {
                struct q_facts_values_row row;
                status = q_facts_values_next(rows, &row, &more, error);
                if (status != STATUS_OK)
                        break;
                if (!more || row.customer_id != customer_id) {
                        settle(&reading, &best, day);
                        int64_t at = best.generation ? customer_cursor_find(&cursor, customer_id) : -1;
                        if (at >= 0) {
                                units[at] = best.amount;
                                scales[at] = best.scale;
                                bits_set(known, (size_t)at);
                        }
                        best = (struct passing){0};
                }
                if (!more)
                        break;
                customer_id = row.customer_id;
                struct passing next = {visibility_of(&snapshot->visibility, row.import_id), row.valid_from,
                                       row.valid_to, row.units, (uint8_t)row.scale, false};
                if (next.generation)
                        weigh(&reading, &best, day, &next);
        }
        return status == STATUS_OK ? values_to_common_scale(units, scales, known, count, name, ret, error) : status;
}
