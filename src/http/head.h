/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * head.h: what the head of a request says, checked strictly. Pure. What several programs on the way might read in
 * different ways is refused, not interpreted: that is where requests are smuggled.
 */
#ifndef TREUE_HTTP_HEAD_H
#define TREUE_HTTP_HEAD_H

#include "base/arena.h"
#include "base/status.h"
#include "http/peer.h"
#include "http/route.h"

enum {
        HEAD_HEADERS_MAX = 64,
        HEAD_BYTES_MAX = 16 << 10,  /* request line and headers */
        HEAD_TARGET_BYTES_MAX = 4096,
        HEAD_COOKIES_MAX = 32,
};

struct header {
        struct text name, value;
};

struct head {
        enum method method; /* METHOD_COUNT: one that is never answered */
        bool only_head;     /* HEAD: as GET, without the body */
        bool is_old;        /* HTTP/1.0 */
        struct text target;
        size_t header_count;
        struct header headers[HEAD_HEADERS_MAX];
        /* found by head_check */
        bool has_length;
        uint64_t body_bytes;
        struct text host;
};

/* A header by its name in lower case: {NULL, 0} when there is none. */
struct text head_value(const struct head *head, const char *name);

/* Names are tokens, values visible text; what decides about the end of the body and the host stands there once and
 * right. STATUS_USAGE "request.bad_head" {what}; "request.length_required" for a body without a length in front
 * (chunked). */
must_check enum status head_check(struct head *head, struct error *error);

/* May a page be asked for under this name? `origin` is the public address ("https://treue.example"): its host. Without
 * one (NULL, 0): numbers and "localhost", which no foreign name server can point here. */
bool head_host_is_ours(const struct head *head, struct text origin);

/* A cookie by its name; {NULL, 0}: none. Of two with one name none counts. */
struct text head_cookie(const struct head *head, const char *name);

/* The first language of Accept-Language that there is. */
bool head_language(const struct head *head, enum language *ret);
bool head_accepts_coding(const struct head *head, const char *coding); /* "gzip", "br" */
bool head_accepts_html(const struct head *head);

/* Does a page of our own ask? By Sec-Fetch-Site where the browser sends it, else Origin, else Referer. `own_origin` is
 * what the browser calls us. A request without any of them comes from no browser page (or a very old one): true. */
bool head_comes_from_us(const struct head *head, struct text own_origin);

/* Who is asking when the connection comes from `peer`: behind trusted proxies the last address in X-Forwarded-For
 * that is none of theirs. */
struct peer_address head_client(const struct head *head, const struct peer_address *peer,
                                const struct peer_range *trusted, size_t trusted_count);
/* "https" when a trusted proxy says so. */
bool head_was_secure(const struct head *head);

#endif
