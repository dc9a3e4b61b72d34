/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * slots.c: counts who is inside.
 */
#include "platform/slots.h"

void slots_take(struct slots *slots)
{
        pthread_mutex_lock(&slots->lock);
        while (slots->free == 0)
                pthread_cond_wait(&slots->freed, &slots->lock);
        slots->free--;
        pthread_mutex_unlock(&slots->lock);
}

void slots_give(struct slots *slots)
{
        pthread_mutex_lock(&slots->lock);
        slots->free++;
        pthread_cond_signal(&slots->freed);
        pthread_mutex_unlock(&slots->lock);
}
