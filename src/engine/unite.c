/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * unite.c: the rules of unite.h.
 */
#include "engine/unite.h"

#include <string.h>

#include "base/bits.h"
#include "engine/metric_purchases.h"
#include "engine/population.h"

static void *copy_of(struct arena *arena, const void *from, size_t bytes)
{
        void *copy = arena_alloc(arena, bytes + 1);
        if (copy && bytes)
                memcpy(copy, from, bytes);
        return copy;
}

static uint64_t *copy_bits(struct arena *arena, const uint64_t *from, size_t count)
{
        return copy_of(arena, from, bits_words(count) * sizeof(*from));
}

static bool copy_plain(struct united *united, const struct engine_input *input, struct arena *arena)
{
        size_t n = input->customer_count, days = n * sizeof(int32_t);
        struct engine_input *facts = &united->facts;
        facts->kind = united->kinds = copy_of(arena, input->kind, n);
        facts->size_class = united->size_classes = copy_of(arena, input->size_class, n);
        facts->since_day = united->since_days = copy_of(arena, input->since_day, days);
        facts->joined_day = united->joined_days = copy_of(arena, input->joined_day, days);
        facts->recorded_day = united->recorded_days = copy_of(arena, input->recorded_day, days);
        bool complete = united->kinds && united->size_classes && united->since_days && united->joined_days &&
                        united->recorded_days;
        if (input->suspended) {
                facts->suspended = united->suspended_bits = copy_bits(arena, input->suspended, n);
                complete = complete && united->suspended_bits;
        }
        if (input->guarded) {
                facts->guarded = united->guarded_bits = copy_bits(arena, input->guarded, n);
                complete = complete && united->guarded_bits;
        }
        if (input->potential_known) {
                facts->potential_minor = united->potential_minor =
                        copy_of(arena, input->potential_minor, n * sizeof(int64_t));
                facts->potential_known = united->potential_known = copy_bits(arena, input->potential_known, n);
                complete = complete && united->potential_minor && united->potential_known;
        }
        if (input->potential_known && input->potential_estimated) {
                facts->potential_estimated = united->potential_estimated =
                        copy_bits(arena, input->potential_estimated, n);
                complete = complete && united->potential_estimated;
        }
        return complete;
}

static bool copy_columns(struct united *united, const struct engine_input *input, struct arena *arena)
{
        size_t n = input->customer_count;
        struct attribute_column *attributes =
                copy_of(arena, input->attributes, input->attribute_count * sizeof(*attributes));
        struct value_column *values = copy_of(arena, input->values, input->value_count * sizeof(*values));
        united->attributes = arena_array(arena, struct attribute_value *, input->attribute_count + 1);
        united->value_units = arena_array(arena, int64_t *, input->value_count + 1);
        united->value_known = arena_array(arena, uint64_t *, input->value_count + 1);
        bool complete = attributes && values && united->attributes && united->value_units && united->value_known;
        for (size_t i = 0; complete && i < input->attribute_count; i++) {
                united->attributes[i] = copy_of(arena, attributes[i].values, n * sizeof(struct attribute_value));
                attributes[i].values = united->attributes[i];
                complete = united->attributes[i] != NULL;
        }
        for (size_t i = 0; complete && i < input->value_count; i++) {
                united->value_units[i] = copy_of(arena, values[i].units, n * sizeof(int64_t));
                united->value_known[i] = copy_bits(arena, values[i].known, n);
                values[i].units = united->value_units[i];
                values[i].known = united->value_known[i];
                complete = united->value_units[i] && united->value_known[i];
        }
        united->facts.attributes = attributes;
        united->facts.values = values;
        return complete;
}

bool united_new(const struct engine_input *input, struct arena *arena, struct united *ret)
{
        const struct engine_units *units = input->units;
        struct united united = {.facts = *input};
        size_t members_max = 1;
        for (size_t unit = 0; unit < units->unit_count; unit++) {
                size_t count = units->first[unit + 1] - units->first[unit];
                members_max = count > members_max ? count : members_max;
        }
        united.in_unit = arena_array(arena, uint64_t, bits_words(input->customer_count) + 1);
        united.members = arena_array(arena, uint32_t, members_max);
        united.counts_as = arena_array(arena, uint32_t, members_max);
        united.revenue_minor = arena_array(arena, int64_t, members_max);
        united.views = arena_array(arena, struct purchase_segment, members_max * input->segment_count + 1);
        if (!united.in_unit || !united.members || !united.counts_as || !united.revenue_minor || !united.views ||
            !copy_plain(&united, input, arena) || !copy_columns(&united, input, arena))
                return false;
        for (uint32_t at = 0; at < units->first[units->unit_count]; at++)
                bits_set(united.in_unit, units->members[at]);
        united.input = united.facts;
        united.input.segments = united.views;
        united.input.segment_count = members_max * input->segment_count;
        *ret = united;
        return true;
}

static int32_t earlier(int32_t left, int32_t right)
{
        if (left == DAY_NONE || right == DAY_NONE)
                return left == DAY_NONE ? right : left;
        return left < right ? left : right;
}

/* What one member contributes to the facts that decide about existence and dates. */
static void add_dates(struct united *united, const struct engine_input *input, uint32_t member,
                      const struct membership_basis *basis, const struct purchase_history *history)
{
        bool customer_by_fact = input->kind[member] == KIND_CUSTOMER;
        if (basis->kind == KIND_CUSTOMER) {
                united->kind = KIND_CUSTOMER;
                united->customer_since_day = earlier(united->customer_since_day,
                                                     customer_by_fact ? input->since_day[member]
                                                                      : history->first_positive_day);
        }
        united->recorded_day = earlier(united->recorded_day, input->recorded_day[member]);
        united->joined_day = earlier(united->joined_day, basis->joined_day);
        united->suspended &= input->suspended && bits_get(input->suspended, member);
        united->guarded |= input->guarded && bits_get(input->guarded, member);
}

size_t united_gather(struct united *united, const struct engine_input *input, size_t unit, int32_t from_day,
                     int32_t to_day, bool *overflow)
{
        const struct engine_units *units = input->units;
        size_t largest = 0;
        uint32_t head = units->head[unit];
        united->count = 0;
        united->kind = KIND_PROSPECT;
        united->customer_since_day = united->recorded_day = united->joined_day = DAY_NONE;
        united->suspended = true;
        united->guarded = false;
        for (uint32_t at = units->first[unit]; at < units->first[unit + 1]; at++) {
                uint32_t member = units->members[at];
                struct purchase_history history = purchases_history(input, member);
                struct membership_basis basis = population_resolve(input, member, &history);
                if (!basis.exists)
                        continue;
                size_t i = united->count++;
                united->members[i] = member;
                united->counts_as[i] = units->counts_as[at];
                united->revenue_minor[i] = purchases_sum(input, member, from_day, to_day, overflow).total_minor;
                largest = united->revenue_minor[i] > united->revenue_minor[largest] ? i : largest;
                add_dates(united, input, member, &basis, &history);
        }
        if (united->count)
                united->size_from = united->members[largest];
        if (head != UNIT_HEAD_NONE && input->size_class[head] != UINT8_MAX)
                united->size_from = head;
        return united->count;
}

/* Those who have none do not differ. */
static struct attribute_value common_attribute(const struct united *united, const struct attribute_value *values)
{
        struct attribute_value common = {.known = false};
        for (size_t i = 0; i < united->count; i++) {
                const struct attribute_value *value = &values[united->members[i]];
                if (!value->known)
                        continue;
                if (common.known && !text_equal(common.text, value->text))
                        return (struct attribute_value){.known = false};
                common = *value;
        }
        return common;
}

static void unite_value(struct united *united, size_t column)
{
        int64_t *units = united->value_units[column], common = 0;
        uint64_t *known = united->value_known[column];
        bool any = false, differ = false;
        for (size_t i = 0; i < united->count; i++) {
                uint32_t member = united->members[i];
                if (!bits_get(known, member))
                        continue;
                differ |= any && units[member] != common;
                common = units[member];
                any = true;
        }
        for (size_t i = 0; i < united->count; i++) {
                units[united->members[i]] = common;
                bits_clear(known, united->members[i]);
                if (any && !differ)
                        bits_set(known, united->members[i]);
        }
}

static void unite_potential(struct united *united, bool *overflow)
{
        int64_t sum = 0;
        bool known = false, estimated = false;
        for (size_t i = 0; i < united->count; i++) {
                uint32_t member = united->members[i];
                if (!bits_get(united->potential_known, member))
                        continue;
                known = true;
                estimated |= united->potential_estimated && bits_get(united->potential_estimated, member);
                *overflow |= __builtin_add_overflow(sum, united->potential_minor[member], &sum);
        }
        for (size_t i = 0; i < united->count; i++) {
                uint32_t member = united->members[i];
                united->potential_minor[member] = sum;
                if (known)
                        bits_set(united->potential_known, member);
                if (estimated)
                        bits_set(united->potential_estimated, member);
        }
}

static void set_bit(uint64_t *bits, uint32_t at, bool value)
{
        if (!bits)
                return;
        bits_clear(bits, at);
        if (value)
                bits_set(bits, at);
}

/* Also for the one a member was merged into, though he may not exist by his own facts. */
static void write_plain(struct united *united, uint32_t row, uint8_t size_class)
{
        united->kinds[row] = (uint8_t)united->kind;
        united->size_classes[row] = size_class;
        united->since_days[row] = united->customer_since_day;
        united->joined_days[row] = united->joined_day;
        united->recorded_days[row] = united->recorded_day;
        set_bit(united->suspended_bits, row, united->suspended);
        set_bit(united->guarded_bits, row, united->guarded);
}

static void write_attributes(struct united *united)
{
        for (size_t column = 0; column < united->facts.attribute_count; column++) {
                struct attribute_value common = common_attribute(united, united->attributes[column]);
                for (size_t i = 0; i < united->count; i++)
                        united->attributes[column][united->members[i]] =
                                united->attributes[column][united->counts_as[i]] = common;
        }
}

/* A segment for every member and segment that hold documents; the first member's number finds them. */
static void write_views(struct united *united)
{
        size_t first = united->members[0], count = 0;
        for (size_t i = 0; i < united->count; i++)
                for (size_t s = 0; s < united->facts.segment_count; s++) {
                        const struct purchase_segment *segment = &united->facts.segments[s];
                        if (!segment->document_count)
                                continue;
                        united->views[count] = *segment;
                        united->views[count++].customer_document += united->members[i] - first;
                }
        united->input = united->facts;
        united->input.segments = united->views;
        united->input.segment_count = count;
}

const struct engine_input *united_facts(struct united *united, bool *overflow)
{
        uint8_t size_class = united->size_classes[united->size_from];
        for (size_t i = 0; i < united->count; i++) {
                write_plain(united, united->members[i], size_class);
                write_plain(united, united->counts_as[i], size_class);
        }
        write_attributes(united);
        for (size_t column = 0; column < united->facts.value_count; column++)
                unite_value(united, column);
        if (united->potential_known)
                unite_potential(united, overflow);
        write_views(united);
        return &united->input;
}
