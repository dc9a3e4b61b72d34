/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fragments.c: shelves of packed fragments and how a line is packed on them.
 *
 * A fragment: day (4 bytes), line count (2), flags (1), length of the number (1), length of the lines (2), sheet (2),
 * the number, then its lines as LEB128 integers as in facts/packed_lines.h, or the eight bytes of the key hash of a
 * rejected document.
 */
#include "importer/fragments.h"

#include <stdlib.h>

enum { CHUNK_BYTES = 1 << 20 };

void fragment_shelf_init(struct fragment_shelf *shelf, uint32_t number)
{
        *shelf = (struct fragment_shelf){.number = number};
}

void fragment_shelf_clear(struct fragment_shelf *shelf)
{
        for (size_t i = 0; i < shelf->chunk_count; i++)
                free(shelf->chunks[i]);
        free(shelf->chunks);
        free(shelf->refs);
        fragment_shelf_init(shelf, shelf->number);
}

/* References are there twice while they are sorted. */
size_t fragment_shelf_bytes(const struct fragment_shelf *shelf)
{
        return shelf->chunk_count * CHUNK_BYTES + (shelf->ref_capacity + shelf->ref_count) * sizeof(*shelf->refs);
}

/* Room for one more reference and one whole fragment. */
static bool make_room(struct fragment_shelf *shelf)
{
        if (shelf->ref_count == shelf->ref_capacity) {
                size_t capacity = shelf->ref_capacity ? shelf->ref_capacity * 3 / 2 : 4096;
                struct fragment_ref *refs = realloc(shelf->refs, capacity * sizeof(*refs));
                if (!refs)
                        return false;
                shelf->refs = refs;
                shelf->ref_capacity = capacity;
        }
        if (!shelf->chunk_count || CHUNK_BYTES - shelf->chunk_used < FRAGMENT_BYTES_MAX) {
                uint8_t **chunks = realloc(shelf->chunks, (shelf->chunk_count + 1) * sizeof(*chunks));
                if (!chunks)
                        return false;
                shelf->chunks = chunks;
                uint8_t *chunk = malloc(CHUNK_BYTES);
                if (!chunk)
                        return false;
                shelf->chunks[shelf->chunk_count++] = chunk;
                shelf->chunk_used = 0;
        }
        return true;
}

static uint64_t prefix_of(const char *number, size_t length)
{
        unsigned char bytes[8] = {0};
        memcpy(bytes, number, length < 8 ? length : 8);
        uint64_t prefix = 0;
        for (int i = 0; i < 8; i++)
                prefix = prefix << 8 | bytes[i];
        return prefix;
}

static void put_head(uint8_t *out, int32_t day, uint16_t line_count, uint8_t flags, uint16_t sheet, struct text number)
{
        memcpy(out, &day, 4);
        memcpy(out + 4, &line_count, 2);
        out[6] = flags;
        out[7] = (uint8_t)number.length;
        memset(out + 8, 0, 2);
        memcpy(out + 10, &sheet, 2);
        memcpy(out + FRAGMENT_HEAD_BYTES, number.data, number.length);
}

void fragment_begin(struct fragment_shelf *shelf, uint32_t customer, struct text number, int32_t day, uint8_t flags)
{
        if (shelf->failed || !make_room(shelf)) {
                shelf->failed = true;
                shelf->open = NULL;
                return;
        }
        shelf->open = shelf->chunks[shelf->chunk_count - 1] + shelf->chunk_used;
        put_head(shelf->open, day, 0, flags, shelf->sheet, number);
        shelf->cursor = shelf->open + FRAGMENT_HEAD_BYTES + number.length;
        shelf->refs[shelf->ref_count] = (struct fragment_ref){
                .number_prefix = prefix_of(number.data, number.length),
                .data = shelf->open,
                .customer = customer,
                .shelf = shelf->number,
        };
}

void fragment_name(struct fragment_shelf *shelf, uint32_t customer)
{
        if (shelf->open)
                shelf->refs[shelf->ref_count].customer = customer;
}

static uint8_t *put_line(uint8_t *p, const struct line *line, bool marked)
{
        p += varint_put(p, line->product);
        p += varint_put(p, zigzag(line->quantity_milli));
        p += varint_put(p, zigzag(line->amount_minor));
        if (!marked)
                return p;
        *p++ = line->marks;
        if (line->marks & LINE_COST_KNOWN)
                p += varint_put(p, zigzag(line->cost_minor));
        if (line->marks & FRAGMENT_GROUP)
                p += varint_put(p, line->group);
        return p;
}

bool fragment_add(struct fragment_shelf *shelf, int32_t day, const struct line *line)
{
        uint8_t *open = shelf->open;
        if (!open)
                return true; /* failed: said by the shelf */
        uint16_t count;
        int32_t first;
        memcpy(&count, open + 4, 2);
        if (count == FRAGMENT_LINES_MAX)
                return false;
        memcpy(&first, open, 4);
        if (day != first) {
                open[6] |= FRAGMENT_DATES_DIFFER;
                if (day < first)
                        memcpy(open, &day, 4);
        }
        count++;
        memcpy(open + 4, &count, 2);
        shelf->cursor = put_line(shelf->cursor, line, open[6] & FRAGMENT_MARKED);
        return true;
}

void fragment_end(struct fragment_shelf *shelf)
{
        if (!shelf->open)
                return;
        uint16_t length = (uint16_t)(shelf->cursor - shelf->open - FRAGMENT_HEAD_BYTES - shelf->open[7]);
        memcpy(shelf->open + 8, &length, 2);
        shelf->chunk_used = (size_t)(shelf->cursor - shelf->chunks[shelf->chunk_count - 1]);
        shelf->ref_count++;
        shelf->open = NULL;
}

void fragment_reject(struct fragment_shelf *shelf, uint32_t customer, struct text number, uint64_t key_hash)
{
        fragment_begin(shelf, customer, number, 0, FRAGMENT_REJECTED);
        if (!shelf->open)
                return;
        memcpy(shelf->cursor, &key_hash, 8);
        shelf->cursor += 8;
        fragment_end(shelf);
}

/* The cost and the group of a line that carries marks. */
static bool take_marks(const struct fragment *fragment, const uint8_t **cursor, struct line *line)
{
        const uint8_t *end = fragment->lines_end;
        uint64_t value;
        if (*cursor == end)
                return false;
        line->marks = *(*cursor)++;
        if (line->marks & LINE_COST_KNOWN) {
                if (!varint_get(cursor, end, &value))
                        return false;
                line->cost_minor = unzigzag(value);
        }
        if (line->marks & FRAGMENT_GROUP) {
                if (!varint_get(cursor, end, &value) || value >= fragment->names->group_count)
                        return false;
                line->group = fragment->names->group_ids[value];
        }
        return true;
}

bool fragment_lines(const struct fragment *fragment, struct line *lines)
{
        const struct fragment_names *names = fragment->names;
        const uint8_t *p = fragment->lines, *end = fragment->lines_end;
        bool marked = fragment->flags & FRAGMENT_MARKED;
        for (unsigned i = 0; i < fragment->line_count; i++) {
                uint64_t product, quantity, amount;
                if (!varint_get(&p, end, &product) || !varint_get(&p, end, &quantity) || !varint_get(&p, end, &amount)
                    || product >= names->product_count)
                        return false;
                lines[i] = (struct line){
                        .product = names->product_ids[product],
                        .quantity_milli = unzigzag(quantity),
                        .amount_minor = unzigzag(amount),
                };
                if (marked && !take_marks(fragment, &p, &lines[i]))
                        return false;
        }
        return p == end;
}
