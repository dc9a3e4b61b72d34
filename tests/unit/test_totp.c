/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_totp.c: one-time codes against the table of RFC 6238, how far a clock may be off, and the address for apps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/totp.h"

static const struct bytes secret = {(const uint8_t *)"12345678901234567890", 20};

/* RFC 6238, appendix B, the rows of SHA1: the last six of eight digits. */
static void codes_of_the_standard(void **state)
{
        (void)state;
        static const struct {
                int64_t seconds;
                const char *code;
        } rows[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"},
                    {2000000000, "279037"}, {20000000000, "353130"}};
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                char code[TOTP_DIGITS + 1];
                int64_t step = -1;
                totp_code(secret, rows[i].seconds / 30, code);
                assert_string_equal(code, rows[i].code);
                assert_true(totp_check(secret, text_of(rows[i].code), rows[i].seconds * 1000, &step));
                assert_int_equal(step, rows[i].seconds / 30);
        }
}

static void one_step_off(void **state)
{
        (void)state;
        int64_t step;
        const int64_t now_ms = INT64_C(1111111109) * 1000; /* the last second but one of its step */
        assert_true(totp_check(secret, text_of("081804"), now_ms + 30000, &step));
        assert_true(totp_check(secret, text_of("081804"), now_ms - 30000, &step));
        assert_false(totp_check(secret, text_of("081804"), now_ms + 61000, &step));
        assert_false(totp_check(secret, text_of("081804"), now_ms - 60000, &step));
        assert_true(totp_check(secret, text_of("081 804"), now_ms, &step));
        static const char *const wrong[] = {"", "81804", "0818040", "08180x", "081805"};
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_false(totp_check(secret, text_of(wrong[i]), now_ms, &step));
        assert_false(totp_check((struct bytes){NULL, 0}, text_of("081804"), now_ms, &step));
}

static void address_for_apps(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1024);
        totp_add_base32(&out, secret);
        assert_string_equal(out.data, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        buffer_clear(&out);
        totp_add_base32(&out, (struct bytes){(const uint8_t *)"foob", 4});
        assert_string_equal(out.data, "MZXW6YQ"); /* RFC 4648, section 10, without padding */
        buffer_clear(&out);
        totp_add_uri(&out, text_of("Partner Kreis&Co"), text_of("anna@x.de"),
                     (struct bytes){(const uint8_t *)"foo", 3});
        assert_string_equal(out.data, "otpauth://totp/Partner%20Kreis%26Co:anna%40x.de?secret=MZXW6"
                                      "&issuer=Partner%20Kreis%26Co");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(codes_of_the_standard),
                cmocka_unit_test(one_step_off),
                cmocka_unit_test(address_for_apps),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
