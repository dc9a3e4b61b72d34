/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mail.c: writes mails (RFC 5322, 2045, 2047).
 */
#include "platform/mail.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/calendar.h"
#include "platform/random.h"

enum {
        ADDRESS_BYTES_MAX = 254, HEADER_BYTES_MAX = 400, /* of names and subjects */
        ENCODED_BYTES_MAX = 36,                          /* of text in one encoded word: at most 75 characters */
        LINE_MAX = 76
};

const char *const mail_security_names[MAIL_SECURITY_COUNT] = {"plain", "starttls", "tls"};

bool mail_is_address(struct text address)
{
        const char *at = address.length ? memchr(address.data, '@', address.length) : NULL;
        if (!at || at == address.data || address.length > ADDRESS_BYTES_MAX)
                return false;
        for (size_t i = 0; i < address.length; i++) {
                unsigned char c = (unsigned char)address.data[i];
                if (c <= ' ' || c >= 0x7f || strchr("<>()[],;:\\\"", c))
                        return false;
        }
        const char *domain = at + 1;
        size_t length = address.length - (size_t)(domain - address.data);
        return length >= 3 && !memchr(domain, '@', length) && memchr(domain, '.', length) && domain[0] != '.' &&
               domain[length - 1] != '.';
}

/* Of one line: no control characters. */
static bool is_header_text(struct text text)
{
        for (size_t i = 0; i < text.length; i++)
                if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
                        return false;
        return text.length <= HEADER_BYTES_MAX && text_is_utf8(text.data ? text.data : "", text.length);
}

/* Letters, digits and blanks need no encoding anywhere. */
static bool is_plain(struct text text)
{
        for (size_t i = 0; i < text.length; i++) {
                char c = text.data[i];
                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' '))
                        return false;
        }
        return text.length > 0 && text.length < LINE_MAX - 20 && text.data[0] != ' ' &&
               text.data[text.length - 1] != ' ';
}

static void add_base64(struct buffer *out, const char *data, size_t length)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (size_t i = 0; i < length; i += 3) {
                uint32_t bits = 0;
                size_t count = length - i < 3 ? length - i : 3;
                for (size_t b = 0; b < 3; b++)
                        bits = bits << 8 | (b < count ? (unsigned char)data[i + b] : 0);
                for (size_t d = 0; d < 4; d++)
                        buffer_add_byte(out, d <= count ? digits[bits >> (18 - 6 * d) & 63] : '=');
        }
}

/* As it is when that is safe, else as encoded words on lines of their own. */
static void add_words(struct buffer *out, struct text text)
{
        if (is_plain(text)) {
                buffer_add(out, text.data, text.length);
                return;
        }
        for (size_t begin = 0, end; begin < text.length; begin = end) {
                end = begin + ENCODED_BYTES_MAX < text.length ? begin + ENCODED_BYTES_MAX : text.length;
                while (end < text.length && ((unsigned char)text.data[end] & 0xc0) == 0x80)
                        end--;
                buffer_add_text(out, begin ? "\r\n =?utf-8?B?" : "=?utf-8?B?");
                add_base64(out, text.data + begin, end - begin);
                buffer_add_text(out, "?=");
        }
}

static void add_address(struct buffer *out, const char *header, struct text name, struct text address)
{
        buffer_addf(out, "%s: ", header);
        if (name.length) {
                add_words(out, name);
                buffer_add_text(out, "\r\n ");
        }
        buffer_addf(out, "<%.*s>\r\n", (int)address.length, address.data);
}

/* In UTC. */
static void add_date(struct buffer *out, int64_t now_ms)
{
        static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
        static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        int64_t seconds = now_ms / 1000 % 86400;
        int32_t day = (int32_t)(now_ms / 86400000);
        struct date date = date_from_day(day);
        buffer_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[day % 7], date.day,
                    months[date.month - 1], date.year, (int)(seconds / 3600), (int)(seconds / 60 % 60),
                    (int)(seconds % 60));
}

/* Every line ends with CRLF and has at most 76 characters; what is not plainly printable is written as =XX. */
static void add_quoted(struct buffer *out, struct text body)
{
        size_t column = 0;
        for (size_t i = 0; i < body.length; i++) {
                unsigned char c = (unsigned char)body.data[i];
                bool last = i + 1 == body.length || body.data[i + 1] == '\n';
                if (c == '\n') {
                        buffer_add_text(out, "\r\n");
                        column = 0;
                        continue;
                }
                bool plain = (c > ' ' && c < 0x7f && c != '=' && !(c == '.' && column == 0)) || (c == ' ' && !last);
                if (column + (plain ? 1 : 3) >= LINE_MAX) {
                        buffer_add_text(out, "=\r\n");
                        column = 0;
                        plain = plain && c != '.';
                }
                if (plain)
                        buffer_add_byte(out, (char)c);
                else
                        buffer_addf(out, "=%02X", c);
                column += plain ? 1 : 3;
        }
        if (column)
                buffer_add_text(out, "\r\n");
}

static enum status check(const struct mail_server *server, const struct mail *mail, struct error *error)
{
        const struct text addresses[] = {server->from, mail->to}, lines[] = {server->from_name, mail->to_name,
                                                                            mail->subject};
        for (size_t i = 0; i < 2; i++)
                if (!mail_is_address(addresses[i])) {
                        char shown[80];
                        size_t length = addresses[i].length < 70 ? addresses[i].length : 70;
                        snprintf(shown, sizeof(shown), "%.*s", (int)length,
                                 addresses[i].data ? addresses[i].data : "");
                        return error_set(error, STATUS_INVALID, "mail.bad_address", "address", shown, NULL);
                }
        for (size_t i = 0; i < 3; i++)
                if (!is_header_text(lines[i]))
                        return error_set(error, STATUS_INVALID, "mail.bad_text", NULL);
        return text_is_utf8(mail->body.data ? mail->body.data : "", mail->body.length)
                       ? STATUS_OK
                       : error_set(error, STATUS_INVALID, "mail.bad_text", NULL);
}

enum status mail_compose(const struct mail_server *server, const struct mail *mail, int64_t now_ms,
                         struct buffer *out, struct error *error)
{
        enum status status = check(server, mail, error);
        if (status != STATUS_OK)
                return status;
        const char *domain = (const char *)memchr(server->from.data, '@', server->from.length) + 1;
        add_date(out, now_ms);
        add_address(out, "From", server->from_name, server->from);
        add_address(out, "To", mail->to_name, mail->to);
        buffer_add_text(out, "Subject: ");
        add_words(out, mail->subject);
        buffer_addf(out, "\r\nMessage-ID: <%016" PRIx64 "%016" PRIx64 "@%.*s>\r\n", random_u64(), random_u64(),
                    (int)(server->from.length - (size_t)(domain - server->from.data)), domain);
        buffer_add_text(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\n"
                             "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        add_quoted(out, mail->body);
        return out->failed ? error_memory(error) : STATUS_OK;
}
