/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mail.h: one mail to one person, handed to the company's mail server.
 *
 * Nothing in an address, a name or a subject can become another header: control characters are refused, everything
 * that is not ASCII is encoded (RFC 2047), and the text goes as quoted-printable. The library that speaks SMTP
 * (libcurl) is loaded with the first mail. Certificates of the mail server are checked.
 */
#ifndef TREUE_PLATFORM_MAIL_H
#define TREUE_PLATFORM_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum mail_security {
        MAIL_PLAIN,      /* only for a server on the own machine or network */
        MAIL_STARTTLS,   /* refused when the server does not offer it */
        MAIL_TLS,
        MAIL_SECURITY_COUNT
};
extern const char *const mail_security_names[MAIL_SECURITY_COUNT]; /* "plain", "starttls", "tls" */

struct mail_server {
        struct text host;
        unsigned port;
        enum mail_security security;
        struct text user;           /* none: without signing in */
        struct text password_file;  /* its first line is the password */
        struct text authorities;    /* file with the certificates to trust; none: the system's */
        struct text from, from_name; /* the sender; from_name may be none */
};

struct mail {
        struct text to, to_name;    /* to_name may be none */
        struct text subject;
        struct text body;           /* plain text, lines ended by '\n' */
};

/* The bytes that are sent. STATUS_INVALID "mail.bad_address" {address}, "mail.bad_text" (control characters in a name
 * or a subject, text that is no UTF-8). */
must_check enum status mail_compose(const struct mail_server *server, const struct mail *mail, int64_t now_ms,
                                    struct buffer *out, struct error *error);

/* Waits until the mail server took it, at most 30 seconds. STATUS_SYSTEM "mail.failed" {server} {reason}; errors of
 * mail_compose, file_read, library_load; STATUS_INVALID "mail.bad_server" when host or port are none. */
must_check enum status mail_send(const struct mail_server *server, const struct mail *mail, int64_t now_ms,
                                 struct error *error);

/* Somebody at a place: one @, no blanks, brackets or control characters, at most 254 bytes. */
bool mail_is_address(struct text address);

#endif
