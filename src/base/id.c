/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * id.c: packs time, node and sequence; the time part runs ahead rather than back.
 */
#include "base/id.h"

enum { NODE_BITS = 10, SEQUENCE_BITS = 12, SEQUENCE_MAX = (1 << SEQUENCE_BITS) - 1 };

void id_maker_init(struct id_maker *maker, uint16_t node, int64_t last_ms)
{
        /* The sequence counts as used up: the first id takes the next millisecond. */
        *maker = (struct id_maker){.last_ms = last_ms, .node = node, .sequence = SEQUENCE_MAX};
}

int64_t id_make(struct id_maker *maker, int64_t now_ms)
{
        if (now_ms > maker->last_ms && now_ms > ID_EPOCH_MS) {
                maker->last_ms = now_ms;
                maker->sequence = 0;
        } else if (maker->sequence < SEQUENCE_MAX) {
                maker->sequence++;
        } else {
                maker->last_ms = maker->last_ms < ID_EPOCH_MS ? ID_EPOCH_MS + 1 : maker->last_ms + 1;
                maker->sequence = 0;
        }
        return (maker->last_ms - ID_EPOCH_MS) << (NODE_BITS + SEQUENCE_BITS) | (int64_t)maker->node << SEQUENCE_BITS
               | maker->sequence;
}
