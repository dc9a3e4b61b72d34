/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_mail.c: mails with any address, names, subject and text. Whatever is accepted has these headers and no others,
 * in lines of printable ASCII, and a reader finds in it the very names, subject and text that were given.
 *
 * Input: four bytes, the lengths of address, name, subject and name of the sender; then these, then the text.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/mail.h"
#include "platform/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 4, MAIL_BYTES_MAX = 1 << 22, BODY_COLUMNS_MAX = 76, HEADER_COLUMNS_MAX = 998 };

/* One byte of base64, quoted-printable apart; 64: none. */
static unsigned digit(char c)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *found = c ? strchr(digits, c) : NULL;
        return found ? (unsigned)(found - digits) : 64;
}

static const char *add_base64(struct buffer *out, const char *at)
{
        for (; digit(at[0]) < 64; at += 4) {
                uint32_t bits = 0;
                size_t bytes = at[2] == '=' ? 1 : at[3] == '=' ? 2 : 3;
                for (size_t d = 0; d < 4; d++)
                        bits = bits << 6 | (d <= bytes ? digit(at[d]) : 0);
                for (size_t b = 0; b < bytes; b++)
                        buffer_add_byte(out, (char)(bits >> (16 - 8 * b) & 0xff));
        }
        return at;
}

/* Words as they were before they were encoded; `at` stands behind the header's name, the result behind the words. */
static const char *add_words(struct buffer *out, const char *at)
{
        if (strncmp(at, "=?", 2) != 0) {
                size_t length = strcspn(at, "\r");
                buffer_add(out, at, length);
                return at + length;
        }
        for (;;) {
                assert(strncmp(at, "=?utf-8?B?", 10) == 0);
                at = add_base64(out, at + 10);
                assert(strncmp(at, "?=", 2) == 0);
                at += 2;
                if (strncmp(at, "\r\n =?", 5) != 0)
                        return at;
                at += 3;
        }
}

static const char *skip(const char *at, const char *text)
{
        assert(strncmp(at, text, strlen(text)) == 0);
        return at + strlen(text);
}

static const char *check_words(const char *at, struct text expected)
{
        struct buffer words buffer_cleanup;
        buffer_init(&words, MAIL_BYTES_MAX);
        at = add_words(&words, at);
        assert(words.length == expected.length && (!words.length || !memcmp(words.data, expected.data, words.length)));
        return at;
}

static const char *check_address(const char *at, const char *header, struct text name, struct text address)
{
        at = skip(at, header);
        if (name.length)
                at = skip(check_words(at, name), "\r\n ");
        at = skip(at, "<");
        assert(memcmp(at, address.data, address.length) == 0);
        return skip(at + address.length, ">\r\n");
}

/* Lines of printable ASCII, ended by CR and LF and by nothing else; none of the text is a dot alone. */
static void check_lines(const char *at, size_t columns_max)
{
        while (*at) {
                const char *end = strstr(at, "\r\n");
                assert(end && (size_t)(end - at) <= columns_max);
                for (const char *c = at; c < end; c++)
                        assert(*c >= ' ' && *c < 0x7f);
                assert(*at != '.');
                at = end + 2;
        }
}

static unsigned hexadecimal(char c) { return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10); }

static void check_body(const char *at, struct text body)
{
        struct buffer read buffer_cleanup;
        buffer_init(&read, MAIL_BYTES_MAX);
        check_lines(at, BODY_COLUMNS_MAX);
        while (*at) {
                if (strncmp(at, "=\r\n", 3) == 0) {
                        at += 3;
                } else if (*at == '\r') {
                        buffer_add_byte(&read, '\n');
                        at += 2;
                } else if (*at == '=') {
                        buffer_add_byte(&read, (char)(hexadecimal(at[1]) << 4 | hexadecimal(at[2])));
                        at += 3;
                } else {
                        assert(*at != ' ' || at[1] != '\r');
                        buffer_add_byte(&read, *at++);
                }
        }
        /* The last line is ended even when it was not. */
        if (body.length && body.data[body.length - 1] != '\n')
                assert(read.length && read.data[--read.length] == '\n');
        assert(read.length == body.length && (!read.length || !memcmp(read.data, body.data, read.length)));
}

static void check(const char *at, const struct mail_server *server, const struct mail *mail)
{
        check_lines(at, HEADER_COLUMNS_MAX);
        at = skip(at, "Date: Fri, 2 Jan 2026 03:04:05 +0000\r\n");
        at = check_address(at, "From: ", server->from_name, server->from);
        at = check_address(at, "To: ", mail->to_name, mail->to);
        at = skip(check_words(skip(at, "Subject: "), mail->subject), "\r\nMessage-ID: <");
        at = skip(strchr(at, '@'), "@muster.example>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                                   "Content-Type: text/plain; charset=utf-8\r\n"
                                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        check_body(at, mail->body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text parts[PARTS];
        if (size < PARTS)
                return 0;
        const char *at = (const char *)data + PARTS;
        size_t left = size - PARTS;
        for (size_t i = 0; i < PARTS; i++) {
                size_t length = data[i] < left ? data[i] : left;
                parts[i] = (struct text){at, length};
                at += length;
                left -= length;
        }
        struct mail_server server = {.from = text_of("treue@muster.example"), .from_name = parts[3]};
        struct mail mail = {parts[0], parts[1], parts[2], {at, left}};
        struct buffer out buffer_cleanup;
        struct error error;
        buffer_init(&out, MAIL_BYTES_MAX);
        random_inject_seed(7);
        if (mail_compose(&server, &mail, INT64_C(1767323045000), &out, &error) != STATUS_OK)
                return 0;
        assert(memchr(out.data, '\0', out.length) == NULL);
        check(out.data, &server, &mail);
        return 0;
}
