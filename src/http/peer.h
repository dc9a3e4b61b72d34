/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * peer.h: addresses of clients and ranges of them. Pure, but for the table of connections per address.
 */
#ifndef TREUE_HTTP_PEER_H
#define TREUE_HTTP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

/* IPv4 addresses stand as IPv6 ones that begin with ::ffff:, so that there is one way to compare. */
struct peer_address {
        uint8_t bytes[16];
};
enum { PEER_TEXT_BYTES = 46 };

struct peer_range {
        struct peer_address address;
        unsigned bits; /* of 128 */
};

/* "10.0.0.7", "::1"; nothing else: no names, no brackets, no short forms of IPv4. */
bool peer_parse(struct text text, struct peer_address *ret);
/* "10.0.0.0/8", "fd00::/8", or an address alone. */
bool peer_parse_range(struct text text, struct peer_range *ret);
struct text peer_print(const struct peer_address *address, char out[PEER_TEXT_BYTES]);

bool peer_is_in(const struct peer_address *address, const struct peer_range *range);
bool peer_is_trusted(const struct peer_address *address, const struct peer_range *ranges, size_t count);
bool peer_is_loopback(const struct peer_address *address);

/* How many connections each address has. Several threads. IPv6 clients have networks of 64 bits to themselves: these
 * are counted as one. */
struct peer_counts;
must_check enum status peer_counts_new(struct peer_counts **ret, struct error *error);
void peer_counts_free(struct peer_counts *counts); /* accepts NULL */
/* One more, unless there are `most` already. */
bool peer_counts_enter(struct peer_counts *counts, const struct peer_address *address, unsigned most);
void peer_counts_leave(struct peer_counts *counts, const struct peer_address *address);

#endif
