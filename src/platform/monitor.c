/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * monitor.c: monitors on POSIX threads.
 */
#include "platform/monitor.h"

#include <pthread.h>
#include <stdlib.h>

struct monitor {
        pthread_mutex_t mutex;
        pthread_cond_t condition;
};

enum status monitor_new(struct monitor **ret, struct error *error)
{
        struct monitor *monitor = malloc(sizeof(*monitor));
        if (!monitor)
                return error_memory(error);
        if (pthread_mutex_init(&monitor->mutex, NULL) != 0) {
                free(monitor);
                return error_memory(error);
        }
        if (pthread_cond_init(&monitor->condition, NULL) != 0) {
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

void monitor_wake_all(struct monitor *monitor)
{
        pthread_cond_broadcast(&monitor->condition);
}
