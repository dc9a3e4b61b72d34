/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_password.c: which passwords are taken, and that what is kept of them costs as much as it says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "access/password.h"
#include "base/buffer.h"

static struct error error;

static enum status check(const char *password)
{
        const struct text context[] = {text_of("Musterwerk GmbH & Co. KG"), text_of("PartnerKreis"),
                                       text_of("anna.berger"), text_of("Anna Berger")};
        return password_check(text_of(password), context, 4, &error);
}

static void lengths(void **state)
{
        (void)state;
        struct buffer text buffer_cleanup;
        buffer_init(&text, 2048);
        assert_int_equal(check("kurz&knapp7"), STATUS_INVALID); /* 11 */
        assert_string_equal(error.key, "access.password_short");
        assert_int_equal(check("kurz&knapp78"), STATUS_OK);     /* 12 */
        for (int i = 0; i < 128; i++)
                buffer_add_byte(&text, "hydn7Kq#wz"[(i * 7 + i / 10) % 10]);
        assert_int_equal(check(text.data), STATUS_OK);
        buffer_add_byte(&text, 'x');
        assert_int_equal(check(text.data), STATUS_INVALID);
        assert_string_equal(error.key, "access.password_long");
        /* Characters count, not bytes; blanks and signs are welcome, nothing has to be mixed. */
        assert_int_equal(check("äöüßéñøłžčřů"), STATUS_OK);
        assert_int_equal(check("grünes sofa am teich"), STATUS_OK);
        assert_int_equal(check("correct horse battery staple"), STATUS_OK);
        assert_int_equal(password_check((struct text){"\xff\xfe-invalid-text", 15}, NULL, 0, &error), STATUS_INVALID);
        assert_string_equal(error.key, "access.password_text");
}

static void common_ones(void **state)
{
        (void)state;
        static const char *const refused[] = {
                "passwort1234", "Passw0rt!2026", "passwordpassword", "P@ssw0rd2026!", "qwertzuiop123",
                "1qaz2wsx3edc4rfv", "123456789012", "111111111111", "abcdefghijkl", "abababababab",
                "abc123abc123", "sommer2026!!", "Willkommen2026", "willkommen1!1", "Sommer-Sonne-2026",
                "administrator1", "letmein123456", "aaaabbbbcccc", "zxcvbnm,./zxc", "geheimgeheim",
                "Dezember-2026", "schatzschatz1", "iloveyou12345", "987654321098",
        };
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
                if (check(refused[i]) != STATUS_INVALID)
                        fail_msg("%s was taken", refused[i]);
                assert_string_equal(error.key, "access.password_common");
        }
}

static void words_of_the_company(void **state)
{
        (void)state;
        assert_int_equal(check("Blau-Musterwerk-77x"), STATUS_INVALID);
        assert_string_equal(error.key, "access.password_context");
        assert_string_equal(error_argument(&error, "word"), "Musterwerk");
        assert_int_equal(check("xx p4rtn3rkr31s yy"), STATUS_INVALID);
        assert_int_equal(check("berGer kauft Obst"), STATUS_INVALID);
        /* Short pieces of names ("Co", "KG") forbid nothing. */
        assert_int_equal(check("cokgco dfktu 93x"), STATUS_OK);
}

static void keeping_and_verifying(void **state)
{
        (void)state;
        char kept[PASSWORD_STORED_BYTES], again[PASSWORD_STORED_BYTES];
        bool is, outdated;
        struct text password = text_of("grünes sofa am teich");
        assert_int_equal(password_hash(password, kept, &error), STATUS_OK);
        assert_int_equal(password_hash(password, again, &error), STATUS_OK);
        /* Argon2id with at least 19 MiB and two passes, a salt of its own each time. */
        assert_memory_equal(kept, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
        assert_string_not_equal(kept, again);
        assert_int_equal(password_verify(password, text_of(kept), &is, &outdated, &error), STATUS_OK);
        assert_true(is && !outdated);
        assert_int_equal(password_verify(text_of("grünes sofa am teicH"), text_of(kept), &is, &outdated, &error),
                         STATUS_OK);
        assert_false(is);
        /* The last character of the longest counts as the first: nothing is cut off. */
        char longest[129] = "";
        memset(longest, 'x', 128);
        assert_int_equal(password_hash(text_of(longest), again, &error), STATUS_OK);
        assert_int_equal(password_verify(text_of(longest), text_of(again), &is, &outdated, &error), STATUS_OK);
        assert_true(is);
        longest[127] = 'y';
        assert_int_equal(password_verify(text_of(longest), text_of(again), &is, &outdated, &error), STATUS_OK);
        assert_false(is);
        /* Nothing kept, or something else: never right. */
        static const char *const broken[] = {"", "x", "$argon2id$v=19$m=19456,t=2,p=1$",
                                             "$argon2i$v=19$m=8,t=1,p=1$a$b",
                                             "$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA"};
        for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
                assert_int_equal(password_verify(text_of(""), text_of(broken[i]), &is, &outdated, &error), STATUS_OK);
                assert_false(is);
        }
        kept[strlen(kept) - 1] ^= 4;
        assert_int_equal(password_verify(password, text_of(kept), &is, &outdated, &error), STATUS_OK);
        assert_false(is);
}

/* Kept at a lower cost: right, and to be kept anew. */
static void a_lower_cost_is_noticed(void **state)
{
        (void)state;
        /* argon2id, 8 MiB, 1 pass, salt "sixteen bytes..!", of "grünes sofa am teich". */
        static const char kept[] = "$argon2id$v=19$m=8192,t=1,p=1$c2l4dGVlbiBieXRlcy4uIQ$"
                                   "AaSFZcABEILMDdII3ceqdWtQCSNaGeTi4MD494/1o10";
        bool is, outdated;
        assert_int_equal(password_verify(text_of("grünes sofa am teich"), text_of(kept), &is, &outdated, &error),
                         STATUS_OK);
        assert_true(is && outdated);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lengths),
                cmocka_unit_test(common_ones),
                cmocka_unit_test(words_of_the_company),
                cmocka_unit_test(keeping_and_verifying),
                cmocka_unit_test(a_lower_cost_is_noticed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
