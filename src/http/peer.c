/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * peer.c: addresses, ranges, and a small open hash table of connections per address.
 */
#include "http/peer.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "platform/monitor.h"

enum { MAPPED_BYTES = 12, MAPPED_BITS = 96, NETWORK_BYTES = 8, SLOTS_FIRST = 64 };
static const uint8_t mapped[MAPPED_BYTES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_mapped(const struct peer_address *address)
{
        return memcmp(address->bytes, mapped, MAPPED_BYTES) == 0;
}

bool peer_parse(struct text text, struct peer_address *ret)
{
        char copy[PEER_TEXT_BYTES];
        struct peer_address address;
        if (text.length == 0 || text.length >= sizeof(copy) || memchr(text.data, '\0', text.length))
                return false;
        memcpy(copy, text.data, text.length);
        copy[text.length] = '\0';
        memcpy(address.bytes, mapped, MAPPED_BYTES);
        if (inet_pton(AF_INET, copy, address.bytes + MAPPED_BYTES) != 1 &&
            inet_pton(AF_INET6, copy, address.bytes) != 1)
                return false;
        *ret = address;
        return true;
}

bool peer_parse_range(struct text text, struct peer_range *ret)
{
        struct peer_range range = {.bits = 128};
        const char *slash = text.length ? memchr(text.data, '/', text.length) : NULL;
        struct text address = {text.data, slash ? (size_t)(slash - text.data) : text.length};
        if (!peer_parse(address, &range.address))
                return false;
        bool is_4 = is_mapped(&range.address) && memchr(address.data, ':', address.length) == NULL;
        if (slash) {
                size_t digits = text.length - address.length - 1;
                unsigned bits = 0;
                if (digits == 0 || digits > 3)
                        return false;
                for (size_t i = 0; i < digits; i++) {
                        if (slash[1 + i] < '0' || slash[1 + i] > '9')
                                return false;
                        bits = bits * 10 + (unsigned)(slash[1 + i] - '0');
                }
                if (bits > (is_4 ? 32U : 128U))
                        return false;
                range.bits = is_4 ? MAPPED_BITS + bits : bits;
        }
        *ret = range;
        return true;
}

struct text peer_print(const struct peer_address *address, char out[PEER_TEXT_BYTES])
{
        bool is_4 = is_mapped(address);
        if (!inet_ntop(is_4 ? AF_INET : AF_INET6, address->bytes + (is_4 ? MAPPED_BYTES : 0), out, PEER_TEXT_BYTES))
                out[0] = '\0';
        return text_of(out);
}

bool peer_is_in(const struct peer_address *address, const struct peer_range *range)
{
        unsigned whole = range->bits / 8, rest = range->bits % 8;
        if (memcmp(address->bytes, range->address.bytes, whole) != 0)
                return false;
        return rest == 0 || (address->bytes[whole] ^ range->address.bytes[whole]) >> (8 - rest) == 0;
}

bool peer_is_trusted(const struct peer_address *address, const struct peer_range *ranges, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (peer_is_in(address, &ranges[i]))
                        return true;
        return false;
}

bool peer_is_loopback(const struct peer_address *address)
{
        static const struct peer_address six = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
        return (is_mapped(address) && address->bytes[MAPPED_BYTES] == 127) || memcmp(address, &six, sizeof(six)) == 0;
}

/* ---- connections per address ------------------------------------------------------------------------------------- */

struct slot {
        struct peer_address address;
        unsigned count; /* 0: free */
};

struct peer_counts {
        struct monitor *monitor;
        struct slot *slots;
        size_t slot_count, used; /* a power of two, at most half of it used */
};

enum status peer_counts_new(struct peer_counts **ret, struct error *error)
{
        struct peer_counts *counts = calloc(1, sizeof(*counts));
        if (!counts)
                return error_memory(error);
        counts->slots = calloc(SLOTS_FIRST, sizeof(*counts->slots));
        counts->slot_count = SLOTS_FIRST;
        enum status status = counts->slots ? monitor_new(&counts->monitor, error) : error_memory(error);
        if (status != STATUS_OK) {
                peer_counts_free(counts);
                return status;
        }
        *ret = counts;
        return STATUS_OK;
}

void peer_counts_free(struct peer_counts *counts)
{
        if (!counts)
                return;
        monitor_free(counts->monitor);
        free(counts->slots);
        free(counts);
}

static struct peer_address counted_as(const struct peer_address *address)
{
        struct peer_address network = *address;
        if (!is_mapped(address))
                memset(network.bytes + NETWORK_BYTES, 0, sizeof(network.bytes) - NETWORK_BYTES);
        return network;
}

/* The slot of an address, or the free one where it goes. */
static struct slot *find(struct slot *slots, size_t slot_count, const struct peer_address *address)
{
        size_t at = (size_t)text_hash(address->bytes, sizeof(address->bytes)) & (slot_count - 1);
        while (slots[at].count && memcmp(&slots[at].address, address, sizeof(*address)) != 0)
                at = (at + 1) & (slot_count - 1);
        return &slots[at];
}

static bool grow(struct peer_counts *counts)
{
        size_t wanted = counts->slot_count * 2;
        struct slot *slots = calloc(wanted, sizeof(*slots));
        if (!slots)
                return false;
        for (size_t i = 0; i < counts->slot_count; i++)
                if (counts->slots[i].count)
                        *find(slots, wanted, &counts->slots[i].address) = counts->slots[i];
        free(counts->slots);
        counts->slots = slots;
        counts->slot_count = wanted;
        return true;
}

bool peer_counts_enter(struct peer_counts *counts, const struct peer_address *address, unsigned most)
{
        struct peer_address network = counted_as(address);
        monitor_enter(counts->monitor);
        bool room = (counts->used + 1) * 2 <= counts->slot_count || grow(counts);
        struct slot *slot = room ? find(counts->slots, counts->slot_count, &network) : NULL;
        bool entered = slot && slot->count < most;
        if (entered) {
                counts->used += slot->count == 0;
                slot->address = network;
                slot->count++;
        }
        monitor_leave(counts->monitor);
        return entered;
}

/* Takes a slot out so that those behind it are still found. */
static void empty(struct peer_counts *counts, struct slot *slot)
{
        size_t mask = counts->slot_count - 1, hole = (size_t)(slot - counts->slots);
        slot->count = 0;
        counts->used--;
        for (size_t at = (hole + 1) & mask; counts->slots[at].count; at = (at + 1) & mask) {
                struct slot moved = counts->slots[at];
                counts->slots[at].count = 0;
                *find(counts->slots, counts->slot_count, &moved.address) = moved;
        }
}

void peer_counts_leave(struct peer_counts *counts, const struct peer_address *address)
{
        struct peer_address network = counted_as(address);
        monitor_enter(counts->monitor);
        struct slot *slot = find(counts->slots, counts->slot_count, &network);
        if (slot->count == 1)
                empty(counts, slot);
        else if (slot->count > 1)
                slot->count--;
        monitor_leave(counts->monitor);
}
