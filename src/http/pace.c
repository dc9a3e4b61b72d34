/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * pace.c: one number per person: when all they asked for will be worked off at the even pace. It may lie up to a minute
 * ahead (generic cell rate algorithm, ITU-T I.371).
 */
#include "http/pace.h"

#include <stdlib.h>

#include "platform/monitor.h"

#define SECOND_NS INT64_C(1000000000)
#define MINUTE_NS (60 * SECOND_NS)

struct pace {
        struct monitor *monitor; /* guards the entries */
        int64_t each_ns;
        struct entry {
                uint64_t who;
                int64_t worked_off_ns; /* past: the entry is free */
        } entries[PACE_PEOPLE_MAX];
};

enum status pace_new(unsigned per_minute, struct pace **ret, struct error *error)
{
        struct pace *pace = calloc(1, sizeof(*pace));
        if (!pace)
                return error_memory(error);
        pace->each_ns = MINUTE_NS / (per_minute ? per_minute : 1);
        enum status status = monitor_new(&pace->monitor, error);
        if (status != STATUS_OK) {
                free(pace);
                return status;
        }
        *ret = pace;
        return STATUS_OK;
}

void pace_free(struct pace *pace)
{
        if (!pace)
                return;
        monitor_free(pace->monitor);
        free(pace);
}

/* Theirs, else that of whoever has most left. */
static struct entry *entry_of(struct pace *pace, uint64_t who)
{
        struct entry *best = pace->entries;
        for (size_t i = 0; i < PACE_PEOPLE_MAX; i++) {
                if (pace->entries[i].who == who)
                        return &pace->entries[i];
                if (pace->entries[i].worked_off_ns < best->worked_off_ns)
                        best = &pace->entries[i];
        }
        *best = (struct entry){who, 0};
        return best;
}

bool pace_take(struct pace *pace, uint64_t who, int64_t now_ns, int64_t *ret_seconds)
{
        monitor_enter(pace->monitor);
        struct entry *entry = entry_of(pace, who);
        int64_t begin_ns = entry->worked_off_ns > now_ns ? entry->worked_off_ns : now_ns;
        int64_t wait_ns = begin_ns + pace->each_ns - (now_ns + MINUTE_NS);
        if (wait_ns <= 0)
                entry->worked_off_ns = begin_ns + pace->each_ns;
        monitor_leave(pace->monitor);
        if (wait_ns > 0)
                *ret_seconds = (wait_ns + SECOND_NS - 1) / SECOND_NS;
        return wait_ns <= 0;
}
