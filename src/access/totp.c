/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * totp.c: one-time codes by liboath.
 */
#include "access/totp.h"

#include <liboath/oath.h>

#include "access/secret.h"
#include "platform/random.h"

void totp_new_secret(uint8_t ret[TOTP_SECRET_BYTES]) { random_bytes(ret, TOTP_SECRET_BYTES); }

void totp_code(struct bytes secret, int64_t step, char ret[TOTP_DIGITS + 1])
{
        memset(ret, 0, TOTP_DIGITS + 1);
        if (oath_hotp_generate((const char *)secret.data, secret.length, (uint64_t)step, TOTP_DIGITS, false,
                               OATH_HOTP_DYNAMIC_TRUNCATION, ret) != OATH_OK)
                ret[0] = '\0';
}

static bool read_code(struct text code, char ret[TOTP_DIGITS + 1])
{
        size_t length = 0;
        for (size_t i = 0; i < code.length; i++) {
                if (code.data[i] == ' ')
                        continue;
                if (code.data[i] < '0' || code.data[i] > '9' || length == TOTP_DIGITS)
                        return false;
                ret[length++] = code.data[i];
        }
        ret[length] = '\0';
        return length == TOTP_DIGITS;
}

bool totp_check(struct bytes secret, struct text code, int64_t now_ms, int64_t *ret_step)
{
        char given[TOTP_DIGITS + 1], right[TOTP_DIGITS + 1];
        int64_t now = now_ms / (TOTP_STEP_SECONDS * INT64_C(1000));
        bool found = false;
        if (!read_code(code, given) || secret.length == 0)
                return false;
        for (int64_t step = now - TOTP_STEPS_OFF; step <= now + TOTP_STEPS_OFF; step++) {
                totp_code(secret, step, right);
                if (secret_equal(text_of(given), text_of(right))) {
                        *ret_step = step;
                        found = true;
                }
        }
        secret_wipe(right, sizeof(right));
        return found;
}

void totp_add_base32(struct buffer *out, struct bytes secret)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        uint32_t bits = 0;
        unsigned count = 0;
        for (size_t i = 0; i < secret.length; i++) {
                bits = bits << 8 | secret.data[i];
                for (count += 8; count >= 5; count -= 5)
                        buffer_add_byte(out, digits[bits >> (count - 5) & 31]);
        }
        if (count)
                buffer_add_byte(out, digits[bits << (5 - count) & 31]);
}

static void add_encoded(struct buffer *out, struct text text)
{
        for (size_t i = 0; i < text.length; i++) {
                unsigned char c = (unsigned char)text.data[i];
                bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                             c == '.' || c == '_';
                if (plain)
                        buffer_add_byte(out, (char)c);
                else
                        buffer_addf(out, "%%%02X", c);
        }
}

void totp_add_uri(struct buffer *out, struct text issuer, struct text login, struct bytes secret)
{
        buffer_add_text(out, "otpauth://totp/");
        add_encoded(out, issuer);
        buffer_add_byte(out, ':');
        add_encoded(out, login);
        buffer_add_text(out, "?secret=");
        totp_add_base32(out, secret);
        buffer_add_text(out, "&issuer=");
        add_encoded(out, issuer);
}
