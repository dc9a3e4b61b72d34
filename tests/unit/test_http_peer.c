/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_http_peer.c: addresses, ranges and counts of clients; where a server listens; arguments added to an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "http/peer.h"
#include "platform/listener.h"

static struct peer_address address(const char *text)
{
        struct peer_address result;
        assert_true(peer_parse(text_of(text), &result));
        return result;
}

static bool is_in(const char *one, const char *range_text)
{
        struct peer_address client = address(one);
        struct peer_range range;
        assert_true(peer_parse_range(text_of(range_text), &range));
        return peer_is_in(&client, &range);
}

static void addresses(void **state)
{
        static const char *const right[] = {"10.0.0.7", "0.0.0.0", "255.255.255.255", "::1", "::", "2001:db8::1"};
        static const char *const wrong[] = {"", "10", "10.0.0", "10.0.0.256", "010.0.0.1x", "localhost", "[::1]",
                                            "10.0.0.7:80", " 10.0.0.7", "::1%lo", "1:2:3:4:5:6:7:8:9"};
        char text[PEER_TEXT_BYTES];
        struct peer_address ignored;
        (void)state;
        for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
                struct peer_address one = address(right[i]);
                assert_true(text_is(peer_print(&one, text), right[i]));
        }
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_false(peer_parse(text_of(wrong[i]), &ignored));
        struct peer_address mapped = address("::ffff:10.0.0.7"), plain = address("10.0.0.7");
        assert_memory_equal(&mapped, &plain, sizeof(plain));
        plain = address("127.8.9.10");
        assert_true(peer_is_loopback(&plain));
        plain = address("::1");
        assert_true(peer_is_loopback(&plain));
        plain = address("128.0.0.1");
        assert_false(peer_is_loopback(&plain));
}

static void ranges(void **state)
{
        static const char *const wrong[] = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8a", "fd00::/129",
                                            "/8", "10.0.0.0/0008", "a/8"};
        struct peer_range ignored;
        (void)state;
        assert_true(is_in("10.1.2.3", "10.0.0.0/8"));
        assert_false(is_in("11.1.2.3", "10.0.0.0/8"));
        assert_true(is_in("10.0.0.129", "10.0.0.128/25"));
        assert_false(is_in("10.0.0.127", "10.0.0.128/25"));
        assert_true(is_in("10.0.0.7", "10.0.0.7"));
        assert_false(is_in("10.0.0.6", "10.0.0.7"));
        assert_true(is_in("1.2.3.4", "0.0.0.0/0"));
        assert_false(is_in("2001:db8::1", "0.0.0.0/0"));
        assert_true(is_in("1.2.3.4", "::/0"));
        assert_true(is_in("fd12::1", "fd00::/8"));
        assert_false(is_in("fe12::1", "fd00::/8"));
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_false(peer_parse_range(text_of(wrong[i]), &ignored));
}

/* Against a plain array, while addresses come and go. */
static void counts(void **state)
{
        enum { ADDRESSES = 300, STEPS = 20000, MOST = 3 };
        struct peer_counts *counts;
        struct error error;
        unsigned expected[ADDRESSES] = {0}, number = 1;
        (void)state;
        assert_int_equal(peer_counts_new(&counts, &error), STATUS_OK);
        for (int step = 0; step < STEPS; step++) {
                number = number * 1103515245 + 12345;
                unsigned which = number / 65536 % ADDRESSES;
                char text[32];
                snprintf(text, sizeof(text), "10.0.%u.%u", which / 256, which % 256);
                struct peer_address one = address(text);
                if (number / 16 % 2 && expected[which]) {
                        peer_counts_leave(counts, &one);
                        expected[which]--;
                } else {
                        assert_int_equal(peer_counts_enter(counts, &one, MOST), expected[which] < MOST);
                        expected[which] += expected[which] < MOST;
                }
        }
        /* A network of IPv6 is one. */
        struct peer_address a = address("2001:db8::1"), b = address("2001:db8::ffff"), c = address("2001:db8:0:1::1");
        assert_true(peer_counts_enter(counts, &a, 1));
        assert_false(peer_counts_enter(counts, &b, 1));
        assert_true(peer_counts_enter(counts, &c, 1));
        peer_counts_leave(counts, &b);
        assert_true(peer_counts_enter(counts, &a, 1));
        peer_counts_free(counts);
}

static void listening(void **state)
{
        static const char *const wrong[] = {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "localhost:80", "::1:80",
                                            "[::1]", "[127.0.0.1]:80", "127.0.0.1:8o", "[::1:80"};
        char bound[LISTENER_ADDRESS_BYTES], again[LISTENER_ADDRESS_BYTES];
        struct error error;
        int one, two;
        (void)state;
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
                assert_int_equal(listener_open(wrong[i], &one, bound, &error), STATUS_USAGE);
                assert_string_equal(error_argument(&error, "address"), wrong[i]);
        }
        assert_int_equal(listener_open("127.0.0.1:0", &one, bound, &error), STATUS_OK);
        assert_int_equal(strncmp(bound, "127.0.0.1:", 10), 0);
        assert_int_equal(listener_open(bound, &two, again, &error), STATUS_SYSTEM);
        assert_string_equal(error.key, "listen.failed");
        listener_close(one);
        assert_int_equal(listener_open(bound, &two, again, &error), STATUS_OK);
        assert_string_equal(again, bound);
        listener_close(two);
}

static void arguments(void **state)
{
        struct error error;
        (void)state;
        error_set(&error, STATUS_INVALID, "input.too_long", "first", "a", NULL);
        error_add(&error, "limit", "3");
        error_add(&error, "none", NULL);
        assert_string_equal(error_argument(&error, "first"), "a");
        assert_string_equal(error_argument(&error, "limit"), "3");
        assert_string_equal(error_argument(&error, "none"), "");
        char large[2 * ERROR_TEXT_MAX];
        memset(large, 'x', sizeof(large) - 1);
        large[sizeof(large) - 1] = '\0';
        for (int i = 0; i < 2 * ERROR_ARGUMENTS_MAX; i++)
                error_add(&error, "large", large);
        assert_int_equal(error.argument_count, ERROR_ARGUMENTS_MAX);
        assert_true(error.text_length <= ERROR_TEXT_MAX);
        assert_string_equal(error_argument(&error, "first"), "a");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(addresses), cmocka_unit_test(ranges),    cmocka_unit_test(counts),
                cmocka_unit_test(listening), cmocka_unit_test(arguments),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
