/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_packed_lines.c: the packed form of a document's lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "facts/packed_lines.h"

static struct bytes bytes_of(const struct buffer *buffer)
{
        return (struct bytes){(const uint8_t *)buffer->data, buffer->length};
}

static void assert_same(const struct line *a, const struct line *b)
{
        assert_int_equal(a->product, b->product);
        assert_int_equal(a->group, b->group);
        assert_int_equal(a->marks, b->marks);
        assert_true(a->quantity_milli == b->quantity_milli);
        assert_true(a->amount_minor == b->amount_minor);
        assert_true(a->cost_minor == b->cost_minor);
}

/* Two whole lines: head 0x11, then 7, zigzag 12 = 24, zigzag 1530 = 3060 (0xf4 0x17), then 9, zigzag -1 = 1, 2499. */
static void known_bytes(void **state)
{
        (void)state;
        struct line lines[] = {{.product = 7, .quantity_milli = 12000, .amount_minor = 1530},
                               {.product = 9, .quantity_milli = -1000, .amount_minor = -1250}};
        static const uint8_t expected[] = {0x11, 7, 24, 0xf4, 0x17, 9, 1, 0xc3, 0x13};
        struct buffer packed buffer_cleanup;
        buffer_init(&packed, 1000);
        assert_true(lines_pack(lines, 2, &packed));
        assert_int_equal(packed.length, sizeof(expected));
        assert_memory_equal(packed.data, expected, sizeof(expected));
        struct line back[2];
        assert_true(lines_unpack(bytes_of(&packed), back, 2));
        assert_same(&lines[0], &back[0]);
        assert_same(&lines[1], &back[1]);
        assert_false(lines_unpack(bytes_of(&packed), back, 1));
        struct line three[3];
        assert_false(lines_unpack(bytes_of(&packed), three, 3));
}

static void extremes(void **state)
{
        (void)state;
        struct line lines[] = {
                {.product = 0},
                {.product = UINT32_MAX, .quantity_milli = INT64_MIN, .amount_minor = INT64_MAX, .cost_minor = INT64_MIN,
                 .marks = LINE_COST_KNOWN | LINE_DIGITAL_KNOWN | LINE_DIGITAL | LINE_GROUP_NAMED, .group = UINT32_MAX},
                {.product = 1, .quantity_milli = 1, .amount_minor = -1, .marks = LINE_GROUP_USUAL},
                {.product = 1, .quantity_milli = 500, .marks = LINE_DIGITAL_KNOWN},
        };
        struct buffer packed buffer_cleanup;
        buffer_init(&packed, 1000);
        assert_true(lines_pack(lines, 4, &packed));
        struct line back[4];
        assert_true(lines_unpack(bytes_of(&packed), back, 4));
        for (size_t i = 0; i < 4; i++)
                assert_same(&lines[i], &back[i]);
        /* Every shortened form is refused. */
        for (size_t length = 0; length < packed.length; length++)
                assert_false(lines_unpack((struct bytes){(const uint8_t *)packed.data, length}, back, 4));
}

static uint32_t next(uint32_t *seed) { return *seed = *seed * 1664525u + 1013904223u; }

static struct line any_line(uint32_t *seed)
{
        struct line line = {.product = next(seed) % 5, .amount_minor = (int64_t)(next(seed) % 4) - 2,
                            .quantity_milli = (int64_t)(next(seed) % 3) * 500};
        switch (next(seed) % 4) {
        case 0:
                line.marks = LINE_COST_KNOWN;
                line.cost_minor = next(seed) % 3;
                break;
        case 1:
                line.marks = LINE_GROUP_NAMED;
                line.group = 1 + next(seed) % 3;
                break;
        case 2:
                line.marks = LINE_GROUP_USUAL | LINE_DIGITAL_KNOWN;
                break;
        default:
                break;
        }
        return line;
}

/* Shuffled lines give the same bytes and the same hash; another day another hash. */
static void order_does_not_matter(void **state)
{
        (void)state;
        uint32_t seed = 1;
        for (size_t round = 0; round < 300; round++) {
                struct line lines[100];
                size_t count = next(&seed) % 100;
                for (size_t i = 0; i < count; i++)
                        lines[i] = any_line(&seed);
                struct buffer first buffer_cleanup, second buffer_cleanup;
                buffer_init(&first, 10000);
                buffer_init(&second, 10000);
                lines_sort(lines, count);
                assert_true(lines_pack(lines, count, &first));
                for (size_t i = count; i > 1; i--) {
                        size_t at = next(&seed) % i;
                        struct line swapped = lines[at];
                        lines[at] = lines[i - 1];
                        lines[i - 1] = swapped;
                }
                lines_sort(lines, count);
                assert_true(lines_pack(lines, count, &second));
                assert_int_equal(first.length, second.length);
                assert_memory_equal(first.data, second.data, first.length);
                assert_true(lines_hash(14000, bytes_of(&first)) == lines_hash(14000, bytes_of(&second)));
                assert_false(lines_hash(14000, bytes_of(&first)) == lines_hash(14001, bytes_of(&first)));
        }
}

static void refuses_what_is_no_packed_form(void **state)
{
        (void)state;
        struct line line;
        static const uint8_t wrong_format[] = {0x12, 1, 0, 0}, unknown_head[] = {0x51, 1, 0, 0},
                             both_groups[] = {0x31, 1, 0, 0, LINE_GROUP_USUAL | LINE_GROUP_NAMED, 1},
                             unknown_mark[] = {0x31, 1, 0, 0, 0x80},
                             digital_unknown[] = {0x31, 1, 0, 0, LINE_DIGITAL},
                             no_group[] = {0x31, 1, 0, 0, LINE_GROUP_NAMED, 0},
                             large_product[] = {0x11, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0},
                             rest[] = {0x11, 1, 0, 0, 0},
                             too_much[] = {0x11, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0};
        const struct bytes cases[] = {
                {wrong_format, sizeof(wrong_format)}, {unknown_head, sizeof(unknown_head)},
                {both_groups, sizeof(both_groups)}, {unknown_mark, sizeof(unknown_mark)},
                {digital_unknown, sizeof(digital_unknown)}, {no_group, sizeof(no_group)},
                {large_product, sizeof(large_product)}, {rest, sizeof(rest)}, {too_much, sizeof(too_much)},
                {NULL, 0},
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
                assert_false(lines_unpack(cases[i], &line, 1));
        static const uint8_t empty[] = {0x11};
        assert_true(lines_unpack((struct bytes){empty, 1}, &line, 0));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_bytes),
                cmocka_unit_test(extremes),
                cmocka_unit_test(order_does_not_matter),
                cmocka_unit_test(refuses_what_is_no_packed_form),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
