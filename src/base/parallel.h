/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * parallel.h: how pure layers ask for parallel work without owning threads.
 */
#ifndef TREUE_BASE_PARALLEL_H
#define TREUE_BASE_PARALLEL_H

#include <stddef.h>

/* Calls work(context, begin, end) for disjoint ranges that cover [0, count), possibly at the same time on several
 * threads, and returns when all are done. Range borders are multiples of `grain` (a multiple of 64 lets ranges own
 * whole words of a bit set). Results must not depend on how the range was cut. */
struct parallel {
        void *self;
        void (*run)(void *self, size_t count, size_t grain, void (*work)(void *context, size_t begin, size_t end),
                    void *context);
};

static inline void parallel_for(const struct parallel *parallel, size_t count, size_t grain,
                                void (*work)(void *context, size_t begin, size_t end), void *context)
{
        if (!parallel || !parallel->run) {
                if (count)
                        work(context, 0, count);
                return;
        }
        parallel->run(parallel->self, count, grain, work, context);
}

#endif
