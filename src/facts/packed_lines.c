/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * packed_lines.c: see packed_lines.h. Both directions run once per line of every import and rebuild, hence the
 * single-byte fast path and one reservation for a block of lines.
 */
#include "facts/packed_lines.h"

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/varint.h"

enum {
        PACKED_FORMAT = 1,
        PACKED_FORMAT_MASK = 0x0f,
        PACKED_WHOLE = 0x10,
        PACKED_MARKED = 0x20,
        LINE_MARKS_ALL = LINE_COST_KNOWN | LINE_DIGITAL_KNOWN | LINE_DIGITAL | LINE_GROUP_USUAL | LINE_GROUP_NAMED |
                         LINE_QUANTITY_UNKNOWN,
        LINE_BYTES_MAX = 5 + 10 + 10 + 1 + 10 + 5,
        BLOCK_LINES = 64,
        INSERTION_MAX = 24,
};

static inline int order(int64_t a, int64_t b) { return (a > b) - (a < b); }

static inline int line_compare(const struct line *a, const struct line *b)
{
        if (a->product != b->product)
                return a->product < b->product ? -1 : 1;
        if (a->amount_minor != b->amount_minor)
                return order(a->amount_minor, b->amount_minor);
        if (a->quantity_milli != b->quantity_milli)
                return order(a->quantity_milli, b->quantity_milli);
        if (a->cost_minor != b->cost_minor)
                return order(a->cost_minor, b->cost_minor);
        if (a->marks != b->marks)
                return order(a->marks, b->marks);
        return order(a->group, b->group);
}

static int line_compare_void(const void *a, const void *b) { return line_compare(a, b); }

void lines_sort(struct line *lines, size_t count)
{
        if (count > INSERTION_MAX) {
                bool sorted = true;
                for (size_t i = 1; i < count && sorted; i++)
                        sorted = line_compare(&lines[i - 1], &lines[i]) <= 0;
                if (!sorted)
                        qsort(lines, count, sizeof(*lines), line_compare_void);
                return;
        }
        for (size_t i = 1; i < count; i++) {
                if (line_compare(&lines[i - 1], &lines[i]) <= 0)
                        continue;
                struct line moved = lines[i];
                size_t at = i;
                do {
                        lines[at] = lines[at - 1];
                        at--;
                } while (at && line_compare(&lines[at - 1], &moved) > 0);
                lines[at] = moved;
        }
}

bool lines_pack(const struct line *lines, size_t count, struct buffer *out)
{
        bool whole = true;
        uint8_t marks = 0;
        for (size_t i = 0; i < count; i++) {
                whole &= lines[i].quantity_milli % 1000 == 0;
                marks |= lines[i].marks;
        }
        assert(!(marks & ~LINE_MARKS_ALL));
        if (!buffer_add_byte(out, (char)(PACKED_FORMAT | (whole ? PACKED_WHOLE : 0) | (marks ? PACKED_MARKED : 0))))
                return false;
        for (size_t begin = 0; begin < count; begin += BLOCK_LINES) {
                size_t end = count - begin < BLOCK_LINES ? count : begin + BLOCK_LINES;
                uint8_t block[BLOCK_LINES * LINE_BYTES_MAX], *p = block;
                for (const struct line *line = lines + begin; line < lines + end; line++) {
                        p += varint_put(p, line->product);
                        p += varint_put(p, zigzag(whole ? line->quantity_milli / 1000 : line->quantity_milli));
                        p += varint_put(p, zigzag(line->amount_minor));
                        if (!marks)
                                continue;
                        *p++ = line->marks;
                        if (line->marks & LINE_COST_KNOWN)
                                p += varint_put(p, zigzag(line->cost_minor));
                        if (line->marks & LINE_GROUP_NAMED)
                                p += varint_put(p, line->group);
                }
                if (!buffer_add(out, block, (size_t)(p - block)))
                        return false;
        }
        return true;
}

/* Most numbers take one or two bytes. */
static inline bool get(const uint8_t **cursor, const uint8_t *end, uint64_t *ret)
{
        const uint8_t *p = *cursor;
        if (end - p >= 2) {
                if (p[0] < 0x80) {
                        *ret = p[0];
                        *cursor = p + 1;
                        return true;
                }
                if (p[1] < 0x80) {
                        *ret = (uint64_t)(p[0] & 0x7f) | (uint64_t)p[1] << 7;
                        *cursor = p + 2;
                        return true;
                }
        }
        return varint_get(cursor, end, ret);
}

/* Marks, cost and group of one line. */
static bool get_marked(const uint8_t **cursor, const uint8_t *end, struct line *line)
{
        if (*cursor == end)
                return false;
        uint8_t marks = *(*cursor)++;
        uint64_t value;
        bool both_groups = (marks & LINE_GROUP_USUAL) && (marks & LINE_GROUP_NAMED);
        if ((marks & ~LINE_MARKS_ALL) || both_groups || ((marks & LINE_DIGITAL) && !(marks & LINE_DIGITAL_KNOWN)))
                return false;
        line->marks = marks;
        if (marks & LINE_COST_KNOWN) {
                if (!get(cursor, end, &value))
                        return false;
                line->cost_minor = unzigzag(value);
        }
        if (marks & LINE_GROUP_NAMED) {
                if (!get(cursor, end, &value) || value == 0 || value > UINT32_MAX)
                        return false;
                line->group = (uint32_t)value;
        }
        return true;
}

static inline bool head_is_valid(uint8_t head)
{
        return (head & PACKED_FORMAT_MASK) == PACKED_FORMAT &&
               !(head & ~(PACKED_FORMAT_MASK | PACKED_WHOLE | PACKED_MARKED));
}

static inline bool get_line(const uint8_t **cursor, const uint8_t *end, uint8_t head, struct line *line)
{
        uint64_t product, quantity, amount;
        if (!get(cursor, end, &product) || !get(cursor, end, &quantity) || !get(cursor, end, &amount))
                return false;
        int64_t unit = head & PACKED_WHOLE ? 1000 : 1;
        if (product > UINT32_MAX || __builtin_mul_overflow(unzigzag(quantity), unit, &line->quantity_milli))
                return false;
        line->product = (uint32_t)product;
        line->amount_minor = unzigzag(amount);
        line->group = 0;
        line->marks = 0;
        line->cost_minor = 0;
        return !(head & PACKED_MARKED) || get_marked(cursor, end, line);
}

bool lines_unpack(struct bytes packed, struct line *ret_lines, size_t count)
{
        const uint8_t *p = packed.data, *end = packed.data + packed.length;
        if (packed.length == 0 || !head_is_valid(*p))
                return false;
        uint8_t head = *p++;
        for (struct line *line = ret_lines; line < ret_lines + count; line++)
                if (!get_line(&p, end, head, line))
                        return false;
        return p == end;
}

static bool split(struct bytes packed, struct line_columns *columns)
{
        const uint8_t *p = packed.data, *end = packed.data + packed.length;
        if (packed.length == 0 || !head_is_valid(*p))
                return false;
        uint8_t head = *p++;
        columns->count = 0;
        columns->has_costs = columns->has_groups = columns->has_marks = false;
        while (p < end) {
                struct line line;
                size_t at = columns->count++;
                if (!get_line(&p, end, head, &line) || !line_columns_reserve(columns, at + 1))
                        return false;
                columns->article[at] = (int32_t)line.product; /* as 32 bits, whatever their sign */
                columns->quantity[at] = line.quantity_milli;
                columns->amount[at] = line.amount_minor;
                columns->cost[at] = line.cost_minor;
                columns->group[at] = (int32_t)line.group;
                columns->marks[at] = line.marks;
                columns->has_costs |= line.marks & LINE_COST_KNOWN;
                columns->has_groups |= line.group != 0;
                columns->has_marks |= line.marks != 0;
        }
        return true;
}

static bool join(const struct line_columns *columns, struct buffer *out)
{
        struct line few[BLOCK_LINES], *lines = few;
        if (columns->count > BLOCK_LINES && !(lines = reallocarray(NULL, columns->count, sizeof(*lines))))
                return false;
        bool valid = true;
        for (size_t i = 0; i < columns->count; i++) {
                int16_t marks = columns->has_marks ? columns->marks[i] : 0;
                valid &= !(marks & ~LINE_MARKS_ALL);
                lines[i] = (struct line){
                        .product = (uint32_t)columns->article[i],
                        .group = columns->has_groups ? (uint32_t)columns->group[i] : 0,
                        .marks = (uint8_t)marks,
                        .quantity_milli = columns->quantity[i],
                        .amount_minor = columns->amount[i],
                        .cost_minor = columns->has_costs ? columns->cost[i] : 0,
                };
        }
        valid = valid && lines_pack(lines, columns->count, out);
        if (lines != few)
                free(lines);
        return valid;
}

const struct lines_codec packed_lines_codec = {split, join};

int64_t lines_hash(int32_t day, struct bytes packed)
{
        return (int64_t)XXH3_64bits_withSeed(packed.data, packed.length, (uint64_t)(uint32_t)day);
}
