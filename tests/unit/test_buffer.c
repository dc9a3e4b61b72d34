/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_buffer.c: buffers with a ceiling and arenas: growth, sticky failure, alignment, the header-only integer helpers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/bits.h"
#include "base/buffer.h"
#include "base/checked.h"
#include "base/varint.h"

static void an_empty_buffer_is_a_string(void **state)
{
        (void)state;
        struct buffer buffer buffer_cleanup;
        buffer_init(&buffer, 10);
        assert_non_null(buffer.data);
        assert_string_equal(buffer.data, "");
        assert_true(buffer_add(&buffer, NULL, 0));
        assert_string_equal(buffer.data, "");
        buffer_release(&buffer);
        buffer_release(&buffer);
        struct buffer zeroed = {0};
        buffer_release(&zeroed);
        buffer_release(&zeroed);
}

static void appending(void **state)
{
        (void)state;
        struct buffer buffer buffer_cleanup;
        buffer_init(&buffer, 1000);
        assert_true(buffer_add_text(&buffer, "abc"));
        assert_true(buffer_add_byte(&buffer, '\0'));
        assert_true(buffer_add_byte(&buffer, '-'));
        assert_true(buffer_add_int(&buffer, 0));
        assert_true(buffer_add_int(&buffer, INT64_MAX));
        assert_true(buffer_add_int(&buffer, INT64_MIN));
        assert_true(buffer_addf(&buffer, "[%s %d]", "x", -5));
        static const char expected[] = "abc\0-09223372036854775807-9223372036854775808[x -5]";
        assert_int_equal(buffer.length, sizeof(expected) - 1);
        assert_memory_equal(buffer.data, expected, sizeof(expected));
}

/* A failed append changes nothing, and everything after it fails too, even what would fit. */
static void the_ceiling_is_sticky(void **state)
{
        (void)state;
        struct buffer buffer buffer_cleanup;
        buffer_init(&buffer, 5);
        assert_true(buffer_add_text(&buffer, "12345"));
        assert_false(buffer_add_byte(&buffer, '6'));
        assert_true(buffer.failed);
        assert_string_equal(buffer.data, "12345");
        assert_false(buffer_add(&buffer, "", 0));
        assert_false(buffer_addf(&buffer, "%s", ""));
        size_t length = 99;
        assert_null(buffer_take(&buffer, &length));
        assert_int_equal(length, 99);
        buffer_clear(&buffer);
        assert_false(buffer.failed);
        assert_string_equal(buffer.data, "");
        assert_false(buffer_add_text(&buffer, "123456"));
        assert_int_equal(buffer.length, 0);
        buffer_clear(&buffer);
        assert_true(buffer_addf(&buffer, "%05d", 42));
        assert_string_equal(buffer.data, "00042");
}

static void impossible_sizes_fail(void **state)
{
        (void)state;
        struct buffer buffer buffer_cleanup;
        buffer_init(&buffer, SIZE_MAX);
        assert_true(buffer_add_byte(&buffer, 'a'));
        assert_false(buffer_reserve(&buffer, SIZE_MAX));
        buffer_clear(&buffer);
        assert_true(buffer_add_byte(&buffer, 'a'));
        assert_false(buffer_reserve(&buffer, SIZE_MAX - 1));
}

static void taking_leaves_a_usable_buffer(void **state)
{
        (void)state;
        struct buffer buffer buffer_cleanup;
        buffer_init(&buffer, 100);
        char *empty = buffer_take(&buffer, NULL);
        assert_string_equal(empty, "");
        free(empty);
        buffer_add_text(&buffer, "first");
        size_t length = 0;
        char *taken = buffer_take(&buffer, &length);
        assert_int_equal(length, 5);
        buffer_add_text(&buffer, "second");
        assert_string_equal(taken, "first");
        assert_string_equal(buffer.data, "second");
        free(taken);
}

static void reserving_keeps_content(void **state)
{
        (void)state;
        struct buffer buffer buffer_cleanup;
        buffer_init(&buffer, 1 << 20);
        for (int i = 0; i < 1000; i++) {
                assert_true(buffer_reserve(&buffer, 200));
                assert_true(buffer.capacity >= buffer.length + 201);
                buffer_add_byte(&buffer, (char)('a' + i % 26));
        }
        assert_int_equal(buffer.length, 1000);
        for (int i = 0; i < 1000; i++)
                assert_int_equal(buffer.data[i], 'a' + i % 26);
}

static void arenas_align_and_zero(void **state)
{
        (void)state;
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        for (size_t bytes = 0; bytes < 300; bytes++) {
                char *p = arena_alloc(arena, bytes);
                assert_non_null(p);
                assert_int_equal((uintptr_t)p % 16, 0);
                memset(p, 0xaa, bytes);
                uint64_t *zeros = arena_array(arena, uint64_t, bytes);
                for (size_t i = 0; i < bytes; i++)
                        assert_true(zeros[i] == 0);
        }
        char *copy = arena_copy(arena, "a\0b", 3);
        assert_memory_equal(copy, "a\0b", 4);
        assert_string_equal(arena_copy(arena, NULL, 0), "");
        assert_true(arena_used(arena) > 0);
        arena_free(NULL);
}

static void arenas_have_a_ceiling(void **state)
{
        (void)state;
        struct arena *arena arena_cleanup = arena_new(1000);
        assert_null(arena_alloc(arena, 1001));
        assert_non_null(arena_alloc(arena, 900));
        assert_null(arena_alloc(arena, 200));
        assert_null(arena_alloc(arena, SIZE_MAX));
        assert_null(arena_alloc(arena, SIZE_MAX - 20));
        assert_null(arena_zero(arena, SIZE_MAX / 2, 3));
        assert_null(arena_copy(arena, "", SIZE_MAX));
        assert_true(arena_used(arena) <= 1000);
        arena_reset(arena);
        assert_int_equal(arena_used(arena), 0);
        assert_non_null(arena_alloc(arena, 900));
        arena_reset(arena);
        arena_reset(arena);
}

/* Zeroed memory stays zeroed when it was used before a reset. */
static void reset_memory_is_zeroed_again(void **state)
{
        (void)state;
        struct arena *arena arena_cleanup = arena_new(1 << 20);
        for (int round = 0; round < 3; round++) {
                unsigned char *p = arena_zero(arena, 3000, 1);
                for (size_t i = 0; i < 3000; i++)
                        assert_int_equal(p[i], 0);
                memset(p, 0xff, 3000);
                assert_non_null(arena_zero(arena, 1, 100000));
                arena_reset(arena);
        }
}

static void checked_integers(void **state)
{
        (void)state;
        int64_t r;
        assert_true(add_i64(INT64_MAX - 1, 1, &r) && r == INT64_MAX);
        assert_false(add_i64(INT64_MAX, 1, &r));
        assert_false(sub_i64(INT64_MIN, 1, &r));
        assert_false(mul_i64(INT64_MIN, -1, &r));
        assert_true(mul_i64(INT64_MIN, 1, &r) && r == INT64_MIN);
        assert_true(narrow_i64((int128)INT64_MIN, &r) && r == INT64_MIN);
        assert_false(narrow_i64((int128)INT64_MAX + 1, &r));
        assert_true(floor_divide(-7, 2) == -4 && floor_divide(7, 2) == 3 && floor_divide(-8, 2) == -4);
        assert_true(ceil_divide(-7, 2) == -3 && ceil_divide(7, 2) == 4 && ceil_divide(8, 2) == 4);
        size_t s;
        assert_false(add_size(SIZE_MAX, 1, &s));
        assert_false(mul_size(SIZE_MAX, 2, &s));
}

static void varints(void **state)
{
        (void)state;
        static const uint64_t values[] = {0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX};
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
                uint8_t bytes[VARINT_BYTES_MAX];
                size_t length = varint_put(bytes, values[i]);
                const uint8_t *cursor = bytes;
                uint64_t back;
                assert_true(varint_get(&cursor, bytes + length, &back));
                assert_true(back == values[i] && cursor == bytes + length);
                cursor = bytes;
                assert_false(varint_get(&cursor, bytes + length - 1, &back));
                assert_ptr_equal(cursor, bytes);
        }
        uint8_t bytes[VARINT_BYTES_MAX];
        assert_int_equal(varint_put(bytes, 300), 2); /* 300 = 2 * 128 + 44 */
        assert_int_equal(bytes[0], 0x80 | 44);
        assert_int_equal(bytes[1], 2);
        static const uint8_t endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0};
        static const uint8_t too_much[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2};
        uint64_t value;
        const uint8_t *cursor = endless;
        assert_false(varint_get(&cursor, endless + sizeof(endless), &value));
        cursor = too_much;
        assert_false(varint_get(&cursor, too_much + sizeof(too_much), &value));
        assert_true(zigzag(0) == 0 && zigzag(-1) == 1 && zigzag(1) == 2 && zigzag(INT64_MIN) == UINT64_MAX);
        assert_true(unzigzag(zigzag(INT64_MIN)) == INT64_MIN && unzigzag(zigzag(INT64_MAX)) == INT64_MAX);
}

static void bit_sets(void **state)
{
        (void)state;
        assert_int_equal(bits_words(0), 0);
        assert_int_equal(bits_words(64), 1);
        assert_int_equal(bits_words(65), 2);
        uint64_t bits[2] = {0};
        bits_set(bits, 63);
        bits_set(bits, 64);
        assert_true(bits[0] == UINT64_C(1) << 63 && bits[1] == 1);
        bits_clear(bits, 63);
        assert_true(!bits_get(bits, 63) && bits_get(bits, 64));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_empty_buffer_is_a_string),
                cmocka_unit_test(appending),
                cmocka_unit_test(the_ceiling_is_sticky),
                cmocka_unit_test(impossible_sizes_fail),
                cmocka_unit_test(taking_leaves_a_usable_buffer),
                cmocka_unit_test(reserving_keeps_content),
                cmocka_unit_test(arenas_align_and_zero),
                cmocka_unit_test(arenas_have_a_ceiling),
                cmocka_unit_test(reset_memory_is_zeroed_again),
                cmocka_unit_test(checked_integers),
                cmocka_unit_test(varints),
                cmocka_unit_test(bit_sets),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
