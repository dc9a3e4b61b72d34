/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * id.h: 63-bit ids: 41 bits of milliseconds since 2024-01-01 UTC, 10 bits of node, 12 bits of sequence. Made by the
 * program, rising within a node, never 0. Text in JSON. Not secrets.
 *
 * The generator is pure: the caller supplies the time. The time part never runs backwards: when the clock does, or
 * 4,096 ids were made in one millisecond, the time part runs ahead of the clock. The caller persists `last_ms`
 * (db/identity.h) and starts with the persisted value.
 */
#ifndef TREUE_BASE_ID_H
#define TREUE_BASE_ID_H

#include <stdint.h>

#define ID_EPOCH_MS INT64_C(1704067200000)

struct id_maker {
        int64_t last_ms; /* UTC milliseconds since 1970 of the last id */
        uint16_t node;   /* 0..1023 */
        uint16_t sequence;
};

void id_maker_init(struct id_maker *maker, uint16_t node, int64_t last_ms);
int64_t id_make(struct id_maker *maker, int64_t now_ms);

#endif
