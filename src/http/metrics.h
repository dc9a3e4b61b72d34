/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * metrics.h: what the server counts, as Prometheus reads it (text format 0.0.4). Any thread may count.
 */
#ifndef TREUE_HTTP_METRICS_H
#define TREUE_HTTP_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum { METRICS_BUCKETS = 12 };

struct server_counts {
        uint64_t by_class[6];  /* answers by the first digit of their status */
        uint64_t buckets[METRICS_BUCKETS + 1], us_sum; /* how long answers took, from the head on */
        uint64_t refused;      /* connections over a limit */
        uint64_t expired;      /* connections cut because they were too slow */
        uint64_t connections, streams, running, waiting; /* now */
        uint64_t received_bytes, sent_bytes;
};

void counts_answer(struct server_counts *counts, unsigned status, uint64_t us, uint64_t bytes);
static inline void counts_add(uint64_t *count, uint64_t more) { __atomic_fetch_add(count, more, __ATOMIC_RELAXED); }
static inline void counts_take(uint64_t *count, uint64_t less) { __atomic_fetch_sub(count, less, __ATOMIC_RELAXED); }
static inline uint64_t counts_read(const uint64_t *count) { return __atomic_load_n(count, __ATOMIC_RELAXED); }

void metrics_add(struct buffer *out, const struct server_counts *counts, uint64_t uptime_seconds);

#endif
