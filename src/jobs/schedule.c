/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * schedule.c: jobs that are due by themselves. Each has a key of its own ("evaluation:2026-06-30"), so that it is added
 * once, whichever process asks and however the clock is set.
 */
#include "jobs/runner.h"
#include "platform/clock.h"
#include "queries.h"

enum { KEY_BYTES_MAX = 256 };
#define ARENA_BYTES_MAX ((size_t)64 << 20)

struct job_due {
        struct jobs *jobs;
        const struct job_kind *kind;
        struct connection *connection;
        struct arena *arena;
        int32_t today;
};

struct connection *job_due_connection(const struct job_due *due) { return due->connection; }
struct arena *job_due_arena(const struct job_due *due) { return due->arena; }
const char *job_due_home(const struct job_due *due) { return due->jobs->home; }
int32_t job_due_today(const struct job_due *due) { return due->today; }

enum status job_due_add(struct job_due *due, const char *key, struct text arguments, struct error *error)
{
        char once_key[KEY_BYTES_MAX];
        int64_t id;
        const char *home = due->jobs->home;
        bool here = strncmp(key, home, strlen(home)) == 0;
        snprintf(once_key, sizeof(once_key), "%s:%s", due->kind->name, key);
        struct job_order order = {.kind = due->kind->name, .arguments = arguments, .once_key = once_key,
                                  .home = here ? home : NULL};
        struct q_job_once_find_row row;
        bool found;
        enum status status = q_job_once_find(due->connection, &(struct q_job_once_find_args){text_of(once_key)}, &row,
                                             &found, error);
        return status || found ? status : jobs_add(due->jobs, &order, &id, error);
}

enum status schedule_look(struct jobs *jobs, struct connection *connection, struct error *error)
{
        enum status status = STATUS_OK;
        for (const struct job_kind *const *kind = jobs->options.kinds; *kind && !status; kind++) {
                if (!(*kind)->due)
                        continue;
                arena_cleanup struct arena *arena = arena_new(ARENA_BYTES_MAX);
                struct job_due due = {jobs, *kind, connection, arena, clock_local_day(clock_now_ms())};
                status = arena ? (*kind)->due(&due, error) : error_memory(error);
        }
        return status;
}
