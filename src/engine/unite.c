/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * unite.c: the rules of unite.h.
 */
#include "engine/unite.h"

#include "base/bits.h"
#include "engine/figures.h"
#include "engine/metric_purchases.h"
#include "engine/plan.h"

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static bool plain_new(struct united *united, struct arena *arena)
{
        const struct engine_input *from = united->from;
        size_t units = from->units->unit_count, places = from->units->first[units], words = bits_words(units) + 1;
        united->exists = arena_array(arena, bool, places + 1);
        united->revenue_minor = arena_array(arena, int64_t, places + 1);
        united->count = arena_array(arena, uint32_t, units + 1);
        united->size_from = arena_array(arena, uint32_t, units + 1);
        united->history = arena_array(arena, struct purchase_history, units + 1);
        united->kinds = arena_array(arena, uint8_t, units + 1);
        united->size_classes = arena_array(arena, uint8_t, units + 1);
        united->since_days = arena_array(arena, int32_t, units + 1);
        united->joined_days = arena_array(arena, int32_t, units + 1);
        united->recorded_days = arena_array(arena, int32_t, units + 1);
        united->suspended = arena_array(arena, uint64_t, words);
        united->guarded = arena_array(arena, uint64_t, words);
        bool complete = united->exists && united->revenue_minor && united->count && united->size_from &&
                        united->history && united->kinds && united->size_classes && united->since_days &&
                        united->joined_days && united->recorded_days && united->suspended && united->guarded;
        if (complete && from->potential_known) {
                united->potential_minor = arena_array(arena, int64_t, units + 1);
                united->potential_known = arena_array(arena, uint64_t, words);
                united->potential_estimated = arena_array(arena, uint64_t, words);
                complete = united->potential_minor && united->potential_known && united->potential_estimated;
        }
        struct engine_input *input = &united->input;
        input->kind = united->kinds;
        input->size_class = united->size_classes;
        input->since_day = united->since_days;
        input->joined_day = united->joined_days;
        input->recorded_day = united->recorded_days;
        input->suspended = united->suspended;
        input->guarded = united->guarded;
        input->potential_minor = united->potential_minor;
        input->potential_known = united->potential_known;
        input->potential_estimated = united->potential_estimated;
        return complete;
}

static bool attributes_new(struct united *united, struct arena *arena)
{
        const struct engine_input *from = united->from;
        size_t units = from->units->unit_count;
        struct attribute_column *columns = arena_array(arena, struct attribute_column, from->attribute_count + 1);
        united->attributes = arena_array(arena, struct attribute_value *, from->attribute_count + 1);
        bool complete = columns && united->attributes;
        for (size_t i = 0; complete && i < from->attribute_count; i++) {
                united->attributes[i] = arena_array(arena, struct attribute_value, units + 1);
                columns[i] = (struct attribute_column){from->attributes[i].name, united->attributes[i]};
                complete = united->attributes[i] != NULL;
        }
        united->input.attributes = columns;
        return complete;
}

static bool values_new(struct united *united, struct arena *arena)
{
        const struct engine_input *from = united->from;
        size_t units = from->units->unit_count;
        struct value_column *values = arena_array(arena, struct value_column, from->value_count + 1);
        struct count_column *certified = arena_array(arena, struct count_column, from->certified_count + 1);
        united->value_units = arena_array(arena, int64_t *, from->value_count + 1);
        united->value_known = arena_array(arena, uint64_t *, from->value_count + 1);
        united->certified = arena_array(arena, int64_t *, from->certified_count + 1);
        bool complete = values && certified && united->value_units && united->value_known && united->certified;
        for (size_t i = 0; complete && i < from->value_count; i++) {
                united->value_units[i] = arena_array(arena, int64_t, units + 1);
                united->value_known[i] = arena_array(arena, uint64_t, bits_words(units) + 1);
                values[i] = from->values[i];
                values[i].units = united->value_units[i];
                values[i].known = united->value_known[i];
                complete = united->value_units[i] && united->value_known[i];
        }
        for (size_t i = 0; complete && i < from->certified_count; i++) {
                united->certified[i] = arena_array(arena, int64_t, units + 1);
                certified[i] = (struct count_column){from->certified[i].of, united->certified[i]};
                complete = united->certified[i] != NULL;
        }
        united->input.values = values;
        united->input.certified = certified;
        return complete;
}

bool united_new(const struct engine_input *from, const struct engine_plan *plan, struct arena *arena,
                struct united *ret)
{
        const struct engine_units *units = from->units;
        struct united united = {.from = from, .input = *from,
                                .year_interval = plan->columns[COLUMN_REVENUE_12M].interval};
        size_t members_max = 1;
        for (size_t unit = 0; unit < units->unit_count; unit++) {
                size_t count = units->first[unit + 1] - units->first[unit];
                members_max = count > members_max ? count : members_max;
        }
        united.views_max = members_max * from->segment_count;
        united.year_from_day = plan->intervals[united.year_interval].from_day;
        united.year_to_day = plan->intervals[united.year_interval].to_day;
        united.input.customer_count = units->unit_count;
        united.input.units = NULL;
        united.input.segments = NULL;
        united.input.segment_count = 0;
        united.input.figures = from->figures ? from->figures->united : NULL;
        united.input.events = NULL;
        united.input.event_count = 0;
        if (!plain_new(&united, arena) || !attributes_new(&united, arena) || !values_new(&united, arena))
                return false;
        *ret = united;
        return true;
}

/* ---- uniting ----------------------------------------------------------------------------------------------------- */

static int32_t earlier(int32_t left, int32_t right)
{
        if (left == DAY_NONE || right == DAY_NONE)
                return left == DAY_NONE ? right : left;
        return left < right ? left : right;
}

static void set_bit(uint64_t *bits, size_t at, bool value)
{
        bits_clear(bits, at);
        if (value)
                bits_set(bits, at);
}

static int64_t member_revenue(const struct united *united, uint32_t member, bool *overflow)
{
        const struct purchase_figures *figures = united->from->figures;
        if (figures)
                return figures->sums[united->year_interval][member].total_minor;
        return purchases_sum(united->from, member, united->year_from_day, united->year_to_day, overflow).total_minor;
}

/* What one member contributes to the facts that decide about existence and dates. */
static void add_dates(struct united *united, size_t unit, uint32_t member, const struct membership_basis *basis,
                      const struct purchase_history *history)
{
        const struct engine_input *from = united->from;
        struct purchase_history *all = &united->history[unit];
        bool customer_by_fact = from->kind[member] == KIND_CUSTOMER;
        if (basis->kind == KIND_CUSTOMER) {
                united->kinds[unit] = KIND_CUSTOMER;
                united->since_days[unit] = earlier(united->since_days[unit], customer_by_fact
                                                                                     ? from->since_day[member]
                                                                                     : history->first_positive_day);
        }
        united->recorded_days[unit] = earlier(united->recorded_days[unit], from->recorded_day[member]);
        united->joined_days[unit] = earlier(united->joined_days[unit], basis->joined_day);
        all->first_document_day = earlier(all->first_document_day, history->first_document_day);
        all->first_positive_day = earlier(all->first_positive_day, history->first_positive_day);
        if (all->last_positive_day < history->last_positive_day)
                all->last_positive_day = history->last_positive_day;
}

/* Finds the members who exist, each by its own facts. */
static void gather(struct united *united, size_t unit, bool *overflow)
{
        const struct engine_input *from = united->from;
        const struct engine_units *units = from->units;
        uint32_t largest = UINT32_MAX, head = units->head[unit];
        bool all_suspended = true, any_guarded = false;
        united->kinds[unit] = KIND_PROSPECT;
        united->since_days[unit] = united->joined_days[unit] = united->recorded_days[unit] = DAY_NONE;
        united->history[unit] = (struct purchase_history){DAY_NONE, DAY_NONE, DAY_NONE};
        united->count[unit] = 0;
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                uint32_t member = units->members[at];
                struct purchase_history history = from->figures ? from->figures->history[member]
                                                                : purchases_history(from, member);
                struct membership_basis basis = population_resolve(from, member, &history);
                united->exists[at] = basis.exists;
                if (!basis.exists)
                        continue;
                united->count[unit]++;
                united->revenue_minor[at] = member_revenue(united, member, overflow);
                if (largest == UINT32_MAX || united->revenue_minor[at] > united->revenue_minor[largest])
                        largest = at;
                all_suspended &= from->suspended && bits_get(from->suspended, member);
                any_guarded |= from->guarded && bits_get(from->guarded, member);
                add_dates(united, unit, member, &basis, &history);
        }
        united->size_from[unit] = largest == UINT32_MAX ? UNIT_HEAD_NONE : units->members[largest];
        if (head != UNIT_HEAD_NONE && from->size_class[head] != UINT8_MAX)
                united->size_from[unit] = head;
        united->size_classes[unit] = united->size_from[unit] == UNIT_HEAD_NONE
                                             ? UINT8_MAX : from->size_class[united->size_from[unit]];
        set_bit(united->suspended, unit, united->count[unit] && all_suspended);
        set_bit(united->guarded, unit, any_guarded);
}

/* Those who have none do not differ. */
static void unite_attribute(struct united *united, size_t unit, size_t column)
{
        const struct engine_units *units = united->from->units;
        struct attribute_value common = {.known = false};
        bool differ = false;
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                const struct attribute_value *value = &united->from->attributes[column].values[units->members[at]];
                if (!united->exists[at] || !value->known)
                        continue;
                differ |= common.known && !text_equal(common.text, value->text);
                common = *value;
        }
        united->attributes[column][unit] = differ ? (struct attribute_value){.known = false} : common;
}

static void unite_value(struct united *united, size_t unit, size_t column)
{
        const struct engine_units *units = united->from->units;
        const struct value_column *values = &united->from->values[column];
        int64_t common = 0;
        bool any = false, differ = false;
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                uint32_t member = units->members[at];
                if (!united->exists[at] || !bits_get(values->known, member))
                        continue;
                differ |= any && values->units[member] != common;
                common = values->units[member];
                any = true;
        }
        united->value_units[column][unit] = common;
        set_bit(united->value_known[column], unit, any && !differ);
}

static void unite_potential(struct united *united, size_t unit, bool *overflow)
{
        const struct engine_input *from = united->from;
        int64_t sum = 0;
        bool known = false, estimated = false;
        for (uint32_t at = from->units->first[unit]; at < from->units->first[unit + 1]; at++) {
                uint32_t member = from->units->members[at];
                if (!united->exists[at] || !bits_get(from->potential_known, member))
                        continue;
                known = true;
                estimated |= from->potential_estimated && bits_get(from->potential_estimated, member);
                *overflow |= __builtin_add_overflow(sum, from->potential_minor[member], &sum);
        }
        united->potential_minor[unit] = sum;
        set_bit(united->potential_known, unit, known);
        set_bit(united->potential_estimated, unit, estimated);
}

void united_fill(struct united *united, size_t begin, size_t end, bool *overflow)
{
        const struct engine_input *from = united->from;
        for (size_t unit = begin; unit < end; unit++) {
                gather(united, unit, overflow);
                for (size_t column = 0; column < from->attribute_count; column++)
                        unite_attribute(united, unit, column);
                for (size_t column = 0; column < from->value_count; column++)
                        unite_value(united, unit, column);
                for (size_t column = 0; column < from->certified_count; column++)
                        united->certified[column][unit] =
                                from->certified[column].count[from->units->members[from->units->first[unit]]];
                if (from->potential_known)
                        unite_potential(united, unit, overflow);
        }
}

size_t united_views(const struct united *united, size_t unit, struct purchase_segment *views)
{
        const struct engine_units *units = united->from->units;
        size_t count = 0;
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++)
                for (size_t s = 0; united->exists[at] && s < united->from->segment_count; s++) {
                        const struct purchase_segment *segment = &united->from->segments[s];
                        if (!segment->document_count)
                                continue;
                        views[count] = *segment;
                        views[count++].customer_document += units->members[at] - unit;
                }
        return count;
}
