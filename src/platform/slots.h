/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * slots.h: so many threads at a time may do something costly; others wait for their turn.
 *
 *      static struct slots slots = SLOTS_INIT(4);
 */
#ifndef TREUE_PLATFORM_SLOTS_H
#define TREUE_PLATFORM_SLOTS_H

#include <pthread.h>

struct slots {
        pthread_mutex_t lock;
        pthread_cond_t freed;
        unsigned free;
};
#define SLOTS_INIT(count) {.lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER, .free = (count)}

void slots_take(struct slots *slots); /* waits until one is free */
void slots_give(struct slots *slots);

#endif
