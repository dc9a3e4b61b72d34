/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * monitor.c: monitors on POSIX threads.
 */
#include "platform/monitor.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct monitor {
        pthread_mutex_t mutex;
        pthread_cond_t condition;
};

/* Waits with an end are measured by the clock that nobody sets. */
static bool condition_init(pthread_cond_t *condition)
{
        pthread_condattr_t attributes;
        if (pthread_condattr_init(&attributes) != 0)
                return false;
        bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                    pthread_cond_init(condition, &attributes) == 0;
        pthread_condattr_destroy(&attributes);
        return made;
}

enum status monitor_new(struct monitor **ret, struct error *error)
{
        struct monitor *monitor = malloc(sizeof(*monitor));
        if (!monitor)
                return error_memory(error);
        if (pthread_mutex_init(&monitor->mutex, NULL) != 0) {
                free(monitor);
                return error_memory(error);
        }
        if (!condition_init(&monitor->condition)) {
                pthread_mutex_destroy(&monitor->mutex);
                free(monitor);
                return error_memory(error);
        }
        *ret = monitor;
        return STATUS_OK;
}

void monitor_free(struct monitor *monitor)
{
        if (!monitor)
                return;
        pthread_cond_destroy(&monitor->condition);
        pthread_mutex_destroy(&monitor->mutex);
        free(monitor);
}

void monitor_enter(struct monitor *monitor)
{
        pthread_mutex_lock(&monitor->mutex);
}

void monitor_leave(struct monitor *monitor)
{
        pthread_mutex_unlock(&monitor->mutex);
}

void monitor_wait(struct monitor *monitor)
{
        pthread_cond_wait(&monitor->condition, &monitor->mutex);
}

void monitor_wait_ms(struct monitor *monitor, unsigned most_ms)
{
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += most_ms / 1000;
        until.tv_nsec += (long)(most_ms % 1000) * 1000000;
        if (until.tv_nsec >= 1000000000) {
                until.tv_sec++;
                until.tv_nsec -= 1000000000;
        }
        pthread_cond_timedwait(&monitor->condition, &monitor->mutex, &until);
}

void monitor_wake_all(struct monitor *monitor)
{
        pthread_cond_broadcast(&monitor->condition);
}
