/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * values.c: what a stored run keeps of one customer. Bytes, version 1:
 *
 *   version, 4 bytes of the plan's shape (which columns over which days), context bits (exists, prospect, suspended,
 *   guarded, own revenue), since and joined day, size class, the customer's own revenue of 12 months where a unit
 *   shares the first column; then per column a byte of bits (known, estimated, flagged), for a margin its line counts,
 *   and where known the value: an integer, numerator and denominator of a ratio, scale and integer of a value, or an
 *   attribute (kind, boolean, number, text).
 *
 * Integers are LEB128, signed ones zigzag. Reading trusts nothing: bytes that do not fit are STATUS_CORRUPT.
 */
#include "engine/evaluate.h"

#include "base/bits.h"
#include "base/varint.h"
#include "engine/plan.h"

enum { PACK_VERSION = 1, SHAPE_BYTES = 4, SCALE_MAX = 18 };
enum { BIT_EXISTS = 1, BIT_PROSPECT = 2, BIT_SUSPENDED = 4, BIT_GUARDED = 8, BIT_OWN_REVENUE = 16 };
enum { BIT_KNOWN = 1, BIT_ESTIMATED = 2, BIT_FLAGGED = 4 };

static uint32_t plan_shape(const struct engine_plan *plan)
{
        uint64_t shape = plan->concept->minor_digits;
        for (size_t i = 0; i < plan->column_count; i++) {
                const struct plan_column *column = &plan->columns[i];
                const int64_t parts[] = {column->metric, column->window.kind, column->window.count, column->from_day,
                                         column->to_day};
                uint8_t bytes[(sizeof(parts) / sizeof(parts[0]) + 2) * VARINT_BYTES_MAX];
                size_t length = varint_put(bytes, shape);
                for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++)
                        length += varint_put(bytes + length, zigzag(parts[p]));
                length += varint_put(bytes + length, text_hash(column->of.data ? column->of.data : "",
                                                               column->of.length));
                shape = text_hash(bytes, length);
        }
        return (uint32_t)shape;
}

static bool put_unsigned(struct buffer *out, uint64_t value)
{
        uint8_t bytes[VARINT_BYTES_MAX];
        return buffer_add(out, bytes, varint_put(bytes, value));
}

static bool put_signed(struct buffer *out, int64_t value) { return put_unsigned(out, zigzag(value)); }
static bool put_byte(struct buffer *out, unsigned byte) { return buffer_add_byte(out, (char)byte); }

static bool put_attribute(struct buffer *out, const struct attribute_value *value)
{
        return put_byte(out, (unsigned)value->kind) && put_byte(out, value->boolean) &&
               put_byte(out, value->number.scale) && put_signed(out, value->number.units) &&
               put_unsigned(out, value->text.length) &&
               (value->text.length == 0 || buffer_add(out, value->text.data, value->text.length));
}

static bool put_cell(struct buffer *out, const struct metric_column *column, size_t index)
{
        bool known = bits_get(column->known, index);
        unsigned bits = known ? BIT_KNOWN : 0;
        if (column->estimated && bits_get(column->estimated, index))
                bits |= BIT_ESTIMATED;
        if (column->flagged && bits_get(column->flagged, index))
                bits |= BIT_FLAGGED;
        bool done = put_byte(out, bits);
        if (column->line_count)
                done = done && put_unsigned(out, (uint64_t)column->line_count[index]) &&
                       put_unsigned(out, (uint64_t)column->line_left_out[index]);
        if (!known)
                return done;
        if (column->metric == METRIC_ATTRIBUTE)
                return done && put_attribute(out, &column->attribute->values[index]);
        if (column->metric == METRIC_VALUE)
                done = done && put_byte(out, column->scale);
        done = done && put_signed(out, column->value[index]);
        if (column->denominator)
                done = done && put_unsigned(out, (uint64_t)column->denominator[index]);
        return done;
}

bool engine_values_pack(const struct engine_plan *plan, const struct measures *measures, size_t index,
                        struct buffer *out)
{
        uint32_t shape = plan_shape(plan);
        unsigned bits = bits_get(measures->exists, index) ? BIT_EXISTS : 0;
        bits |= measures->kind[index] == KIND_PROSPECT ? BIT_PROSPECT : 0;
        bits |= measures->suspended && bits_get(measures->suspended, index) ? BIT_SUSPENDED : 0;
        bits |= measures->guarded && bits_get(measures->guarded, index) ? BIT_GUARDED : 0;
        int64_t own_revenue_minor = measures->revenue_12m_minor[index];
        bits |= own_revenue_minor != measures->columns[COLUMN_REVENUE_12M].value[index] ? BIT_OWN_REVENUE : 0;
        bool done = put_byte(out, PACK_VERSION);
        for (unsigned i = 0; i < SHAPE_BYTES; i++)
                done = done && put_byte(out, shape >> (8 * i) & 0xff);
        done = done && put_byte(out, bits) && put_signed(out, measures->since_day[index]) &&
               put_signed(out, measures->joined_day[index]) && put_byte(out, measures->size_class[index]);
        if (bits & BIT_OWN_REVENUE)
                done = done && put_signed(out, own_revenue_minor);
        for (size_t i = 0; done && i < measures->column_count; i++)
                done = put_cell(out, &measures->columns[i], index);
        return done && !out->failed;
}

struct reader {
        const uint8_t *cursor, *end;
        struct arena *arena;
        bool no_memory;
};

static bool get_byte(struct reader *reader, unsigned byte_max, unsigned *ret)
{
        if (reader->cursor == reader->end || *reader->cursor > byte_max)
                return false;
        *ret = *reader->cursor++;
        return true;
}

static bool get_signed(struct reader *reader, int64_t *ret)
{
        uint64_t value;
        if (!varint_get(&reader->cursor, reader->end, &value))
                return false;
        *ret = unzigzag(value);
        return true;
}

/* An unsigned number that fits int64. */
static bool get_count(struct reader *reader, int64_t *ret)
{
        uint64_t value;
        if (!varint_get(&reader->cursor, reader->end, &value) || value > INT64_MAX)
                return false;
        *ret = (int64_t)value;
        return true;
}

static bool get_day(struct reader *reader, int32_t *ret)
{
        int64_t value;
        if (!get_signed(reader, &value) || value < INT32_MIN || value > INT32_MAX)
                return false;
        *ret = (int32_t)value;
        return true;
}

static bool get_attribute(struct reader *reader, struct attribute_value *ret)
{
        unsigned kind, boolean, scale;
        int64_t units, length;
        if (!get_byte(reader, OPERAND_BOOL, &kind) || !get_byte(reader, 1, &boolean) ||
            !get_byte(reader, SCALE_MAX, &scale) || !get_signed(reader, &units) || !get_count(reader, &length) ||
            length > reader->end - reader->cursor)
                return false;
        char *text = arena_copy(reader->arena, (const char *)reader->cursor, (size_t)length);
        if (!text) {
                reader->no_memory = true;
                return false;
        }
        reader->cursor += length;
        *ret = (struct attribute_value){.known = true, .kind = (enum operand_kind)kind, .boolean = boolean,
                                        .number = {units, (uint8_t)scale}, .text = {text, (size_t)length}};
        return true;
}

/* All customers of a column share one scale: the first known value sets it. */
static bool get_scale(struct reader *reader, struct metric_column *column, bool *scale_set)
{
        unsigned scale;
        if (!get_byte(reader, SCALE_MAX, &scale) || (*scale_set && scale != column->scale))
                return false;
        column->scale = (uint8_t)scale;
        *scale_set = true;
        return true;
}

static bool get_cell(struct reader *reader, struct metric_column *column, struct attribute_value *attributes,
                     size_t index, bool *scale_set)
{
        unsigned bits;
        if (!get_byte(reader, BIT_KNOWN | BIT_ESTIMATED | BIT_FLAGGED, &bits) ||
            ((bits & BIT_ESTIMATED) && !column->estimated) || ((bits & BIT_FLAGGED) && !column->flagged))
                return false;
        column->value[index] = 0;
        if (column->denominator)
                column->denominator[index] = 1;
        if (bits & BIT_ESTIMATED)
                bits_set(column->estimated, index);
        if (bits & BIT_FLAGGED)
                bits_set(column->flagged, index);
        if (column->line_count && (!get_count(reader, &column->line_count[index]) ||
                                   !get_count(reader, &column->line_left_out[index])))
                return false;
        if (!(bits & BIT_KNOWN))
                return true;
        bits_set(column->known, index);
        if (column->metric == METRIC_ATTRIBUTE)
                return get_attribute(reader, &attributes[index]);
        if (column->metric == METRIC_VALUE && !get_scale(reader, column, scale_set))
                return false;
        if (!get_signed(reader, &column->value[index]))
                return false;
        return !column->denominator ||
               (get_count(reader, &column->denominator[index]) && column->denominator[index] > 0);
}

/* The parts of the measures that not everybody has, writable while they are read. */
struct restored {
        struct measures measures;
        uint64_t *suspended, *guarded, *shares_revenue;
        int64_t *own_revenue_minor;
};

static bool get_context(struct reader *reader, uint32_t expected_shape, struct restored *restored, size_t index)
{
        struct measures *measures = &restored->measures;
        unsigned version, byte, bits, size_class;
        uint32_t shape = 0;
        if (!get_byte(reader, PACK_VERSION, &version) || version != PACK_VERSION)
                return false;
        for (unsigned i = 0; i < SHAPE_BYTES; i++) {
                if (!get_byte(reader, UINT8_MAX, &byte))
                        return false;
                shape |= (uint32_t)byte << (8 * i);
        }
        if (shape != expected_shape || !get_byte(reader, BIT_OWN_REVENUE * 2 - 1, &bits) ||
            !get_day(reader, &measures->since_day[index]) || !get_day(reader, &measures->joined_day[index]) ||
            !get_byte(reader, UINT8_MAX, &size_class))
                return false;
        if (bits & BIT_EXISTS)
                bits_set(measures->exists, index);
        measures->kind[index] = bits & BIT_PROSPECT ? KIND_PROSPECT : KIND_CUSTOMER;
        measures->size_class[index] = (uint8_t)size_class;
        if (bits & BIT_SUSPENDED)
                bits_set(restored->suspended, index);
        if (bits & BIT_GUARDED)
                bits_set(restored->guarded, index);
        if (!(bits & BIT_OWN_REVENUE))
                return true;
        bits_set(restored->shares_revenue, index);
        return get_signed(reader, &restored->own_revenue_minor[index]);
}

/* Own storage for the attribute values of every attribute column. */
static bool attributes_new(struct measures *measures, struct arena *arena, struct attribute_value **values)
{
        for (size_t i = 0; i < measures->column_count; i++) {
                if (measures->columns[i].metric != METRIC_ATTRIBUTE)
                        continue;
                struct attribute_column *column = arena_array(arena, struct attribute_column, 1);
                values[i] = arena_array(arena, struct attribute_value, measures->customer_count + 1);
                if (!column || !values[i])
                        return false;
                *column = (struct attribute_column){.name = measures->columns[i].of, .values = values[i]};
                measures->columns[i].attribute = column;
        }
        return true;
}

static bool restored_new(const struct engine_plan *plan, size_t count, struct arena *arena, struct restored *ret)
{
        if (!plan_columns_new(plan, count, arena, &ret->measures))
                return false;
        ret->suspended = arena_array(arena, uint64_t, bits_words(count) + 1);
        ret->guarded = arena_array(arena, uint64_t, bits_words(count) + 1);
        ret->shares_revenue = arena_array(arena, uint64_t, bits_words(count) + 1);
        ret->own_revenue_minor = arena_array(arena, int64_t, count + 1);
        ret->measures.suspended = ret->suspended;
        ret->measures.guarded = ret->guarded;
        ret->measures.revenue_12m_minor = ret->own_revenue_minor;
        return ret->suspended && ret->guarded && ret->shares_revenue && ret->own_revenue_minor;
}

enum status engine_values_unpack(const struct engine_plan *plan, const struct bytes *packed, size_t count,
                                 struct arena *arena, struct measures *ret, struct error *error)
{
        struct restored restored;
        struct attribute_value **attributes = arena_array(arena, struct attribute_value *, plan->column_count + 1);
        bool *scale_set = arena_array(arena, bool, plan->column_count + 1);
        if (!attributes || !scale_set || !restored_new(plan, count, arena, &restored) ||
            !attributes_new(&restored.measures, arena, attributes))
                return error_memory(error);
        struct measures *measures = &restored.measures;
        uint32_t shape = plan_shape(plan);
        for (size_t index = 0; index < count; index++) {
                struct reader reader = {.cursor = packed[index].data, .arena = arena,
                                        .end = packed[index].data + packed[index].length};
                bool fits = get_context(&reader, shape, &restored, index);
                for (size_t i = 0; fits && i < measures->column_count; i++)
                        fits = get_cell(&reader, &measures->columns[i], attributes[i], index, &scale_set[i]);
                if (reader.no_memory)
                        return error_memory(error);
                if (!fits || reader.cursor != reader.end)
                        return error_set(error, STATUS_CORRUPT, "engine.stored_values_damaged", NULL);
                if (!bits_get(restored.shares_revenue, index))
                        restored.own_revenue_minor[index] = measures->columns[COLUMN_REVENUE_12M].value[index];
        }
        *ret = *measures;
        return STATUS_OK;
}
