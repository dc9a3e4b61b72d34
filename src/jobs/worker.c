/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * worker.c: a thread that takes jobs from the queue and runs them, one after the other.
 */
#include "jobs/runner.h"
#include "platform/clock.h"

/* Pauses grow by four up to this many times. */
enum { PAUSES_MAX = 8, END_PAUSE_MS = 1000 };
#define ARENA_BYTES_MAX ((size_t)16 << 30)

static bool may_pass(enum status status)
{
        return status == STATUS_MEMORY || status == STATUS_SYSTEM || status == STATUS_DATABASE || status == STATUS_BUSY;
}

static int64_t pause_ms(const struct jobs *jobs, int32_t tries)
{
        int64_t pause = jobs->options.retry_ms;
        for (int32_t i = 1; i < tries && i < PAUSES_MAX; i++)
                pause *= 4;
        return pause;
}

static unsigned tries_max(const struct job_kind *kind)
{
        return kind && kind->tries_max ? kind->tries_max : 1;
}

/* What becomes of a job whose work came back with `status`. */
static void judge(struct job *job, enum status status, const struct error *error, struct lease_end *end)
{
        enum stop_reason stop = (enum stop_reason)atomic_load(&job->stop);
        bool resumable = job->kind && job->kind->resumable;
        end->done = atomic_load(&job->done);
        end->total = atomic_load(&job->total);
        if (!status) {
                end->state = JOB_DONE;
                end->result = (struct text){job->result.data, job->result.length};
                return;
        }
        end->why = error;
        if (stop == STOP_CANCELLED && status == STATUS_CANCELLED) {
                end->state = JOB_CANCELLED;
        } else if (stop == STOP_ENDING && status == STATUS_BUSY && resumable) {
                end->state = JOB_WAITING; /* this try does not count, and the next may begin at once */
                end->tries = job->record.tries - 1;
                end->run_after_ms = clock_now_ms();
                end->why = NULL;
        } else if (may_pass(status) && stop != STOP_CANCELLED && (unsigned)job->record.tries < tries_max(job->kind)) {
                end->state = JOB_WAITING;
                end->tries = job->record.tries;
                end->run_after_ms = clock_now_ms() + pause_ms(job->jobs, job->record.tries);
        } else {
                end->state = JOB_FAILED;
        }
}

/* Writes the outcome; while the database cannot be reached, again and again: the work is done. */
static void write_end(struct worker *worker, const struct lease_end *end)
{
        struct jobs *jobs = worker->jobs;
        struct error error;
        while (lease_end(jobs->options.database, end, &error) != STATUS_OK) {
                jobs_complain(jobs, 0, &error);
                monitor_enter(jobs->monitor);
                bool stopping = jobs->stopping;
                if (!stopping)
                        monitor_wait_ms(jobs->monitor, END_PAUSE_MS);
                monitor_leave(jobs->monitor);
                if (stopping)
                        return; /* the lease runs out, and the job is judged as after a crash */
        }
}

static enum status begin(struct worker *worker, int64_t id, struct error *error)
{
        struct job *job = &worker->job;
        enum status status = job_load(worker->connection, id, job->arena, &job->record, error);
        if (status)
                return status;
        job->kind = jobs_kind(worker->jobs, job->record.kind.data);
        status = arguments_parse(job->record.arguments, &job->arguments, error);
        if (!status && !job->kind)
                status = error_set(error, STATUS_INVALID, "job.unknown_kind", "kind", job->record.kind.data, NULL);
        return status;
}

static void show(struct worker *worker, bool busy)
{
        struct jobs *jobs = worker->jobs;
        struct job *job = &worker->job;
        monitor_enter(jobs->monitor);
        worker->busy = busy;
        worker->told = (struct job_event){0};
        if (busy && jobs->stopping)
                job_stop(job, STOP_ENDING);
        if (busy && job->record.cancelling)
                job_stop(job, STOP_CANCELLED);
        if (!busy)
                jobs->signal++; /* its lock is free again */
        monitor_wake_all(jobs->monitor);
        monitor_leave(jobs->monitor);
}

static void tell(struct worker *worker, enum job_state state)
{
        struct job *job = &worker->job;
        struct job_event event = {
                .id = job->record.id,
                .account_id = job->record.account_id,
                .kind = job->kind ? job->kind->name : "",
                .state = state,
                .done = atomic_load(&job->done),
                .total = atomic_load(&job->total),
                .words = atomic_load(&job->words),
        };
        jobs_tell(worker->jobs, &event);
}

static void run_job(struct worker *worker, int64_t id)
{
        struct jobs *jobs = worker->jobs;
        struct job *job = &worker->job;
        struct error error = {.status = STATUS_OK};
        struct lease_end end = {.id = id, .holder = jobs->holder};
        job->jobs = jobs;
        job->kind = NULL;
        job->record = (struct job_record){.id = id, .tries = 1};
        job->arguments = NULL;
        job->connection = worker->connection;
        job->arena = arena_new(ARENA_BYTES_MAX);
        buffer_clear(&job->result);
        atomic_store(&job->stop, STOP_NONE);
        job_progress(job, 0, 0, NULL);
        enum status status = job->arena ? begin(worker, id, &error) : error_memory(&error);
        show(worker, true);
        tell(worker, JOB_RUNNING);
        if (!status)
                status = job_check(job, &error);
        if (!status)
                status = job->kind->run(job, &error);
        judge(job, status, &error, &end);
        if (end.why && error_is_internal(&error))
                jobs_complain(jobs, id, &error); /* pages only say that the log has it */
        write_end(worker, &end);
        tell(worker, end.state);
        show(worker, false);
        arguments_free(job->arguments);
        arena_free(job->arena);
}

void worker_run(void *context)
{
        struct worker *worker = context;
        struct jobs *jobs = worker->jobs;
        /* Jobs are put off by pauses between tries, and by no more than the longest. */
        struct lease_holder holder = {jobs->holder, jobs->home, pause_ms(jobs, PAUSES_MAX) + 60000};
        for (;;) {
                monitor_enter(jobs->monitor);
                uint64_t signal = jobs->signal;
                bool stopping = jobs->stopping;
                monitor_leave(jobs->monitor);
                if (stopping)
                        return;
                struct error error;
                int64_t id = 0;
                if (lease_take(jobs->options.database, worker->connection, &holder, &id, &error) != STATUS_OK)
                        jobs_complain(jobs, 0, &error);
                if (id) {
                        run_job(worker, id);
                        continue;
                }
                monitor_enter(jobs->monitor);
                while (!jobs->stopping && jobs->signal == signal)
                        monitor_wait(jobs->monitor);
                monitor_leave(jobs->monitor);
        }
}
