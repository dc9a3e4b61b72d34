/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * jobs.c: starting and stopping the runner, what the work of a kind may use, and what others ask of the runner.
 */
#include "jobs/jobs.h"

#include "db/write.h"
#include "jobs/runner.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/random.h"
#include "queries.h"

enum { THREADS = 2, BEAT_MS = 5000, LEASE_MS = 30000, RETRY_MS = 5000, POLL_MS = 1000, DUE_MS = 300000,
       WAIT_STEP_MS = 50, PATH_BYTES_MAX = 4096 };
#define RESULT_BYTES_MAX ((size_t)64 << 20)

/* ---- what the work uses ---------------------------------------------------------------------------------------- */

struct database *job_database(const struct job *job) { return job->jobs->options.database; }
struct connection *job_connection(const struct job *job) { return job->connection; }
struct arena *job_arena(const struct job *job) { return job->arena; }
int64_t job_id(const struct job *job) { return job->record.id; }
const char *job_actor(const struct job *job) { return job->record.actor.data; }
enum language job_language(const struct job *job) { return job->record.language; }
const char *job_home(const struct job *job) { return job->jobs->home; }
int64_t job_created_ms(const struct job *job) { return job->record.created_ms; }
bool job_begun_before(const struct job *job) { return job->record.tries > 1; }

struct text job_argument(const struct job *job, const char *name)
{
        return arguments_text(job->arguments, name);
}

int64_t job_argument_integer(const struct job *job, const char *name)
{
        return arguments_integer(job->arguments, name);
}

size_t job_argument_count(const struct job *job, const char *name)
{
        return arguments_count(job->arguments, name);
}

struct text job_argument_at(const struct job *job, const char *name, size_t index)
{
        return arguments_text_at(job->arguments, name, index);
}

void job_progress(struct job *job, int64_t done, int64_t total, const char *words)
{
        atomic_store(&job->done, done);
        atomic_store(&job->total, total);
        atomic_store(&job->words, words ? words : "");
}

void job_stop(struct job *job, enum stop_reason reason)
{
        int none = STOP_NONE;
        atomic_compare_exchange_strong(&job->stop, &none, (int)reason);
}

enum status job_check(struct job *job, struct error *error)
{
        switch ((enum stop_reason)atomic_load(&job->stop)) {
        case STOP_CANCELLED:
                return error_set(error, STATUS_CANCELLED, "job.cancelled", NULL);
        case STOP_ENDING:
                return error_set(error, STATUS_BUSY, "job.stopping", NULL);
        case STOP_LOST:
                return error_set(error, STATUS_BUSY, "job.lease_lost", NULL);
        case STOP_NONE:
                break;
        }
        return STATUS_OK;
}

bool job_set_result(struct job *job, struct text json)
{
        buffer_clear(&job->result);
        return buffer_add(&job->result, json.data, json.length);
}

enum status job_keep_result(struct connection *connection, const struct job *job, struct text json,
                            struct error *error)
{
        struct q_job_keep_result_args args = {job->record.id, json};
        return q_job_keep_result(connection, &args, NULL, error);
}

struct text job_kept_result(const struct job *job)
{
        return job->record.result.length ? job->record.result : (struct text){NULL, 0};
}

/* ---- telling --------------------------------------------------------------------------------------------------- */

void jobs_tell(struct jobs *jobs, const struct job_event *event)
{
        if (jobs->options.changed)
                jobs->options.changed(jobs->options.context, event);
}

void jobs_complain(struct jobs *jobs, int64_t job_id, const struct error *error)
{
        if (jobs->options.failed)
                jobs->options.failed(jobs->options.context, job_id, error);
}

/* ---- starting and stopping ------------------------------------------------------------------------------------- */

/* The name of the data directory, made once. */
static enum status name_home(struct jobs *jobs, struct error *error)
{
        char path[PATH_BYTES_MAX];
        const char *directory = database_directory(jobs->options.database);
        int length = snprintf(path, sizeof(path), "%s/home", directory);
        if (length < 0 || (size_t)length >= sizeof(path))
                return error_set(error, STATUS_LIMIT, "import.path_too_long", "path", directory, NULL);
        if (!file_exists(path)) {
                snprintf(jobs->home, sizeof(jobs->home), "%016llx%016llx", (unsigned long long)random_u64(),
                         (unsigned long long)random_u64());
                return file_write(path, jobs->home, HOME_BYTES - 1, true, error);
        }
        struct buffer content buffer_cleanup;
        enum status status = file_read(path, HOME_BYTES - 1, &content, error);
        if (!status && content.length != HOME_BYTES - 1)
                status = error_set(error, STATUS_CORRUPT, "job.home_damaged", "path", path, NULL);
        if (!status)
                memcpy(jobs->home, content.data, HOME_BYTES);
        return status;
}

static void apply_defaults(struct jobs_options *options)
{
        const struct { unsigned *value, usual; } fields[] = {
                {&options->threads, THREADS}, {&options->beat_ms, BEAT_MS}, {&options->lease_ms, LEASE_MS},
                {&options->retry_ms, RETRY_MS}, {&options->poll_ms, POLL_MS}, {&options->due_ms, DUE_MS},
        };
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                if (*fields[i].value == 0)
                        *fields[i].value = fields[i].usual;
        if (options->threads > WORKERS_MAX)
                options->threads = WORKERS_MAX;
}

static enum status start_worker(struct jobs *jobs, struct error *error)
{
        struct worker *worker = &jobs->workers[jobs->worker_count];
        worker->jobs = jobs;
        buffer_init(&worker->job.result, RESULT_BYTES_MAX);
        enum status status = db_connect(jobs->options.database, &worker->connection, error);
        if (!status)
                status = thread_start(worker_run, worker, &worker->thread, error);
        if (status)
                db_disconnect(worker->connection);
        else
                jobs->worker_count++;
        return status;
}

enum status jobs_start(const struct jobs_options *options, struct jobs **ret, struct error *error)
{
        struct jobs *jobs = calloc(1, sizeof(*jobs));
        if (!jobs)
                return error_memory(error);
        jobs->options = *options;
        apply_defaults(&jobs->options);
        snprintf(jobs->holder, sizeof(jobs->holder), "%016llx%016llx", (unsigned long long)random_u64(),
                 (unsigned long long)random_u64());
        enum status status = monitor_new(&jobs->monitor, error);
        if (!status)
                status = name_home(jobs, error);
        if (!status)
                status = db_connect(options->database, &jobs->connection, error);
        if (!status)
                status = keeper_take_over(jobs, error);
        for (unsigned i = 0; i < jobs->options.threads && !status; i++)
                status = start_worker(jobs, error);
        if (!status)
                status = thread_start(keeper_run, jobs, &jobs->keeper, error);
        if (status)
                jobs_stop(jobs);
        else
                *ret = jobs;
        return status;
}

void jobs_stop(struct jobs *jobs)
{
        if (!jobs)
                return;
        if (jobs->monitor) {
                monitor_enter(jobs->monitor);
                jobs->stopping = true;
                for (unsigned i = 0; i < jobs->worker_count; i++)
                        if (jobs->workers[i].busy)
                                job_stop(&jobs->workers[i].job, STOP_ENDING);
                monitor_wake_all(jobs->monitor);
                monitor_leave(jobs->monitor);
        }
        for (unsigned i = 0; i < jobs->worker_count; i++) {
                thread_join(jobs->workers[i].thread);
                db_disconnect(jobs->workers[i].connection);
                buffer_release(&jobs->workers[i].job.result);
        }
        if (jobs->keeper) {
                monitor_enter(jobs->monitor);
                jobs->ended = true;
                monitor_wake_all(jobs->monitor);
                monitor_leave(jobs->monitor);
                thread_join(jobs->keeper);
        }
        db_disconnect(jobs->connection);
        monitor_free(jobs->monitor);
        free(jobs);
}

/* ---- what others ask ------------------------------------------------------------------------------------------- */

struct adding {
        const struct job_order *order;
        int64_t id;
};

static enum status add(struct connection *connection, void *context, struct error *error)
{
        struct adding *adding = context;
        return job_add(connection, adding->order, &adding->id, error);
}

enum status jobs_add(struct jobs *jobs, const struct job_order *order, int64_t *ret_id, struct error *error)
{
        struct job_order complete = *order;
        const struct job_kind *kind = jobs_kind(jobs, order->kind);
        if (kind && !complete.lock)
                complete.lock = kind->lock;
        struct adding adding = {.order = &complete};
        enum status status = db_write(jobs->options.database, add, &adding, error);
        if (status)
                return status;
        jobs_wake(jobs);
        *ret_id = adding.id;
        return STATUS_OK;
}

void jobs_wake(struct jobs *jobs)
{
        monitor_enter(jobs->monitor);
        jobs->signal++;
        monitor_wake_all(jobs->monitor);
        monitor_leave(jobs->monitor);
}

enum status jobs_cancel(struct jobs *jobs, int64_t id, const char *actor, struct error *error)
{
        enum status status = lease_cancel(jobs->options.database, id, actor, error);
        if (status)
                return status;
        monitor_enter(jobs->monitor);
        for (unsigned i = 0; i < jobs->worker_count; i++)
                if (jobs->workers[i].busy && jobs->workers[i].job.record.id == id)
                        job_stop(&jobs->workers[i].job, STOP_CANCELLED);
        monitor_wake_all(jobs->monitor);
        monitor_leave(jobs->monitor);
        return STATUS_OK;
}

bool jobs_wait(struct jobs *jobs, struct connection *connection, int64_t id, unsigned most_ms)
{
        int64_t until_ns = clock_monotonic_ns() + (int64_t)most_ms * 1000000;
        for (;;) {
                arena_cleanup struct arena *arena = arena_new(RESULT_BYTES_MAX * 2);
                struct job_record record;
                if (!arena || job_load(connection, id, arena, &record, NULL) != STATUS_OK)
                        return false;
                if (job_state_ended(record.state))
                        return true;
                if (clock_monotonic_ns() >= until_ns)
                        return false;
                monitor_enter(jobs->monitor);
                monitor_wait_ms(jobs->monitor, WAIT_STEP_MS);
                monitor_leave(jobs->monitor);
        }
}

const char *jobs_home(const struct jobs *jobs) { return jobs->home; }

const struct job_kind *jobs_kind(const struct jobs *jobs, const char *name)
{
        for (const struct job_kind *const *kind = jobs->options.kinds; *kind; kind++)
                if (strcmp((*kind)->name, name) == 0)
                        return *kind;
        return NULL;
}
