/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test_mail.c: what mails look like on the wire, and that nothing in a field becomes a header or a line of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "platform/mail.h"
#include "platform/random.h"

static struct error error;

static const struct mail_server server = {
        .from = {"treue@muster.example", 20}, .from_name = {"PartnerKreis", 12},
};

static enum status compose(struct text to, struct text name, struct text subject, struct text body,
                           struct buffer *out)
{
        struct mail mail = {to, name, subject, body};
        buffer_clear(out);
        random_inject_seed(7);
        return mail_compose(&server, &mail, INT64_C(1767323045000), out, &error);
}

static void a_mail(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1 << 16);
        assert_int_equal(compose(text_of("karin@kunde.example"), text_of("Karin Müller"), text_of("Ihr Zugang"),
                                 text_of("Guten Tag,\n\nGrüße = ja.\n.\nEnde "), &out),
                         STATUS_OK);
        char *id = strstr(out.data, "Message-ID: <");
        assert_non_null(id);
        memset(id + 13, 'x', 32);
        assert_string_equal(out.data, "Date: Fri, 2 Jan 2026 03:04:05 +0000\r\n"
                                      "From: PartnerKreis\r\n <treue@muster.example>\r\n"
                                      "To: =?utf-8?B?S2FyaW4gTcO8bGxlcg==?=\r\n <karin@kunde.example>\r\n"
                                      "Subject: Ihr Zugang\r\n"
                                      "Message-ID: <xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@muster.example>\r\n"
                                      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                                      "Content-Type: text/plain; charset=utf-8\r\n"
                                      "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                                      "Guten Tag,\r\n\r\nGr=C3=BC=C3=9Fe =3D ja.\r\n=2E\r\nEnde=20\r\n");
}

static void nothing_becomes_a_header(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup;
        buffer_init(&out, 1 << 16);
        struct text to = text_of("karin@kunde.example"), name = text_of("Karin"), subject = text_of("Hallo"),
                    body = text_of("x\n");
        static const char *const breaks[] = {"a\r\nBcc: b@x.de", "a\nBcc: b@x.de", "a\rBcc: b@x.de", "a\x7f", "a\tb"};
        for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
                assert_int_equal(compose(to, text_of(breaks[i]), subject, body, &out), STATUS_INVALID);
                assert_string_equal(error.key, "mail.bad_text");
                assert_int_equal(compose(to, name, text_of(breaks[i]), body, &out), STATUS_INVALID);
                assert_int_equal(compose(text_of(breaks[i]), name, subject, body, &out), STATUS_INVALID);
                assert_string_equal(error.key, "mail.bad_address");
        }
        assert_int_equal(compose(to, (struct text){"a\0b", 3}, subject, body, &out), STATUS_INVALID);
        assert_int_equal(compose(to, name, (struct text){"\xff\xfe", 2}, body, &out), STATUS_INVALID);
        static const char *const addresses[] = {"", "karin", "@kunde.example", "karin@", "a@b", "a b@kunde.example",
                                                "a@kunde.example,b@x.de", "<a@kunde.example>", "a@@kunde.example",
                                                "a@kunde.example.", "\"a\"@kunde.example", "ä@kunde.example"};
        for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
                assert_int_equal(compose(text_of(addresses[i]), name, subject, body, &out), STATUS_INVALID);
        /* What looks like an encoded word or brackets is encoded itself. */
        assert_int_equal(compose(to, text_of("=?utf-8?B?eA==?= <b@x.de>"), subject, body, &out), STATUS_OK);
        assert_null(strstr(out.data, "<b@x.de>"));
        /* A body cannot end the mail or begin another: bare CR and dots are encoded. */
        assert_int_equal(compose(to, name, subject, text_of("a\r\n.\r\nMAIL FROM:<b@x.de>\r\n"), &out), STATUS_OK);
        assert_non_null(strstr(out.data, "a=0D\r\n=2E=0D\r\n"));
}

/* Every line of a mail is at most 76 characters long, whatever stands in it, and no character is torn apart. */
static void long_texts(void **state)
{
        (void)state;
        struct buffer out buffer_cleanup, text buffer_cleanup;
        buffer_init(&out, 1 << 20);
        buffer_init(&text, 1 << 20);
        for (int i = 0; i < 90; i++)
                buffer_add_text(&text, i % 3 ? "ü" : "x. ");
        struct text subject = {text.data, text.length};
        for (size_t length = 0; length < 200; length++) {
                struct text body = {text.data, length};
                if (length && length < text.length && ((unsigned char)text.data[length] & 0xc0) == 0x80)
                        continue;
                assert_int_equal(compose(text_of("karin@kunde.example"), text_of("K"), subject, body, &out),
                                 STATUS_OK);
                for (const char *line = out.data; *line;) {
                        const char *end = strstr(line, "\r\n");
                        assert_non_null(end);
                        assert_true(end - line <= 76);
                        assert_null(memchr(line, '\n', (size_t)(end - line)));
                        assert_true(line[0] != '.');
                        line = end + 2;
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_mail),
                cmocka_unit_test(nothing_becomes_a_header),
                cmocka_unit_test(long_texts),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
