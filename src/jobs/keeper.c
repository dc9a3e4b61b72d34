/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * keeper.c: the thread that renews the leases of this process's jobs, tells how far they are, hears what others want of
 * them, and watches the jobs of other processes: one whose beat stood still for as long as a lease lasts has no holder
 * any more. Durations are measured by the monotonic clock of this process; no clocks are compared.
 */
#include "jobs/runner.h"
#include "platform/clock.h"
#include "queries.h"

enum { TICK_MS = 250, IDLE_MS = 1000 };

static bool differs(const struct job_event *a, const struct job_event *b)
{
        return a->state != b->state || a->done != b->done || a->total != b->total ||
               strcmp(a->words ? a->words : "", b->words ? b->words : "") != 0;
}

/* ---- jobs of this process -------------------------------------------------------------------------------------- */

/* Looks at the workers: what changed is told, *ret_count leases are to be renewed. */
static void look(struct jobs *jobs, struct lease_beat beats[WORKERS_MAX], size_t *ret_count)
{
        struct job_event changed[WORKERS_MAX];
        size_t count = 0, changes = 0;
        monitor_enter(jobs->monitor);
        for (unsigned i = 0; i < jobs->worker_count; i++) {
                struct worker *worker = &jobs->workers[i];
                struct job *job = &worker->job;
                if (!worker->busy)
                        continue;
                struct job_event now = {job->record.id, job->record.account_id, job->kind ? job->kind->name : "",
                                        JOB_RUNNING, atomic_load(&job->done), atomic_load(&job->total),
                                        atomic_load(&job->words)};
                beats[count++] = (struct lease_beat){.id = now.id, .done = now.done, .total = now.total,
                                                     .words = now.words};
                if (differs(&now, &worker->told)) {
                        worker->told = now;
                        changed[changes++] = now;
                }
        }
        monitor_leave(jobs->monitor);
        for (size_t i = 0; i < changes; i++)
                jobs_tell(jobs, &changed[i]);
        *ret_count = count;
}

static void stop_job(struct jobs *jobs, int64_t id, enum stop_reason reason)
{
        monitor_enter(jobs->monitor);
        for (unsigned i = 0; i < jobs->worker_count; i++)
                if (jobs->workers[i].busy && jobs->workers[i].job.record.id == id)
                        job_stop(&jobs->workers[i].job, reason);
        monitor_leave(jobs->monitor);
}

static void renew(struct jobs *jobs, struct lease_beat *beats, size_t count)
{
        struct error error;
        if (lease_beat(jobs->options.database, jobs->holder, beats, count, &error) != STATUS_OK) {
                jobs_complain(jobs, 0, &error);
                return;
        }
        for (size_t i = 0; i < count; i++)
                if (beats[i].lost)
                        stop_job(jobs, beats[i].id, STOP_LOST); /* one that just ended hears it no more */
}

/* ---- jobs of others -------------------------------------------------------------------------------------------- */

static struct watched *watch(struct jobs *jobs, const struct q_job_running_row *row, int64_t now_ns)
{
        struct watched *watched = NULL;
        for (size_t i = 0; i < jobs->watched_count && !watched; i++)
                if (jobs->watched[i].id == row->id)
                        watched = &jobs->watched[i];
        if (!watched && jobs->watched_count == WATCHED_MAX)
                return NULL; /* one of the next looks has room */
        if (!watched) {
                watched = &jobs->watched[jobs->watched_count++];
                *watched = (struct watched){.id = row->id, .beat = -1};
        }
        if (watched->beat != row->beat || !text_is(row->holder, watched->holder)) {
                watched->beat = row->beat;
                watched->seen_ns = now_ns;
                snprintf(watched->holder, sizeof(watched->holder), "%.*s", (int)row->holder.length, row->holder.data);
        }
        return watched;
}

/* The kind under which it is registered here, as events outlive the row. */
static const struct job_kind *find_kind(const struct jobs *jobs, struct text name)
{
        for (const struct job_kind *const *kind = jobs->options.kinds; *kind; kind++)
                if (text_is(name, (*kind)->name))
                        return *kind;
        return NULL;
}

static enum status abandon(struct jobs *jobs, const struct q_job_running_row *row, const char *holder,
                           struct error *error)
{
        const struct job_kind *kind = find_kind(jobs, row->kind);
        struct lease_lost lost = {.id = row->id, .beat = row->beat, .holder = holder,
                                  .again = kind && kind->resumable && (unsigned)row->tries < kind->tries_max};
        return lease_abandon(jobs->options.database, &lost, error);
}

/* A row of another holder; its words are not told, as they live no longer than the row. */
static enum status watch_other(struct jobs *jobs, const struct q_job_running_row *row, int64_t now_ns,
                               struct error *error)
{
        struct watched *watched = watch(jobs, row, now_ns);
        const struct job_kind *kind = find_kind(jobs, row->kind);
        if (!watched)
                return STATUS_OK;
        struct job_event now = {row->id, row->account_id, kind ? kind->name : "", JOB_RUNNING, row->done, row->total,
                                ""};
        if (differs(&now, &watched->told))
                jobs_tell(jobs, &now);
        watched->told = now;
        if (now_ns - watched->seen_ns < (int64_t)jobs->options.lease_ms * 1000000)
                return STATUS_OK;
        watched->seen_ns = now_ns;
        return abandon(jobs, row, watched->holder, error);
}

/* Those that are not running any more are told with the state they are in. */
static enum status forget_others(struct jobs *jobs, const int64_t *running, size_t count, struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t i = 0; i < jobs->watched_count && !status;) {
                struct watched *watched = &jobs->watched[i];
                bool found = false;
                for (size_t k = 0; k < count && !found; k++)
                        found = running[k] == watched->id;
                if (found) {
                        i++;
                        continue;
                }
                arena_cleanup struct arena *arena = arena_new((size_t)256 << 20);
                struct job_record record;
                status = arena ? job_load(jobs->connection, watched->id, arena, &record, error) : error_memory(error);
                if (status == STATUS_NOT_FOUND)
                        status = STATUS_OK;
                else if (!status) {
                        struct job_event ended = watched->told;
                        ended.state = record.state;
                        ended.done = record.done;
                        ended.total = record.total;
                        jobs_tell(jobs, &ended);
                }
                *watched = jobs->watched[--jobs->watched_count];
        }
        return status;
}

static enum status poll(struct jobs *jobs, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        int64_t now_ns = clock_monotonic_ns(), running[WATCHED_MAX];
        size_t count = 0;
        bool more = true;
        enum status status = q_job_running_open(jobs->connection, NULL, &rows, error);
        while (!status && more) {
                struct q_job_running_row row;
                status = q_job_running_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (text_is(row.holder, jobs->holder)) {
                        if (row.cancelled_by.length)
                                stop_job(jobs, row.id, STOP_CANCELLED);
                        continue;
                }
                if (count < WATCHED_MAX)
                        running[count++] = row.id;
                status = watch_other(jobs, &row, now_ns, error);
        }
        rows_close(rows);
        rows = NULL;
        return status ? status : forget_others(jobs, running, count, error);
}

enum status keeper_take_over(struct jobs *jobs, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        bool more = true;
        enum status status = q_job_running_open(jobs->connection, NULL, &rows, error);
        while (!status && more) {
                struct q_job_running_row row;
                status = q_job_running_next(rows, &row, &more, error);
                /* The data directory is this process's alone: whoever held a job from there is gone. */
                if (status || !more || !text_is(row.holder_home, jobs->home))
                        continue;
                char holder[HOLDER_BYTES];
                snprintf(holder, sizeof(holder), "%.*s", (int)row.holder.length, row.holder.data);
                status = abandon(jobs, &row, holder, error);
        }
        return status;
}

/* ---- the thread ------------------------------------------------------------------------------------------------ */

static bool is_time(int64_t *next_ns, int64_t now_ns, unsigned every_ms)
{
        if (now_ns < *next_ns)
                return false;
        *next_ns = now_ns + (int64_t)every_ms * 1000000;
        return true;
}

static void step(struct jobs *jobs, bool stopping)
{
        int64_t now_ns = clock_monotonic_ns();
        struct lease_beat beats[WORKERS_MAX];
        struct error error;
        size_t count;
        look(jobs, beats, &count);
        if (is_time(&jobs->next_beat_ns, now_ns, jobs->options.beat_ms))
                renew(jobs, beats, count);
        if (!is_time(&jobs->next_poll_ns, now_ns, jobs->options.poll_ms))
                return;
        if (poll(jobs, &error) != STATUS_OK)
                jobs_complain(jobs, 0, &error);
        if (!stopping && is_time(&jobs->next_due_ns, now_ns, jobs->options.due_ms) &&
            schedule_look(jobs, jobs->connection, &error) != STATUS_OK)
                jobs_complain(jobs, 0, &error);
        jobs_wake(jobs); /* jobs of other processes, and those that were put off */
}

void keeper_run(void *context)
{
        struct jobs *jobs = context;
        for (;;) {
                monitor_enter(jobs->monitor);
                bool busy = false;
                for (unsigned i = 0; i < jobs->worker_count; i++)
                        busy = busy || jobs->workers[i].busy;
                unsigned pause = busy ? TICK_MS : IDLE_MS;
                if (pause > jobs->options.poll_ms)
                        pause = jobs->options.poll_ms;
                if (!jobs->ended)
                        monitor_wait_ms(jobs->monitor, pause);
                bool ended = jobs->ended, stopping = jobs->stopping;
                monitor_leave(jobs->monitor);
                if (ended)
                        return;
                step(jobs, stopping);
        }
}
