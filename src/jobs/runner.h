/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * runner.h: what the runner's threads share. Private to this folder: workers run jobs (worker.c), the keeper renews
 * their leases, tells how far they are, and watches jobs of other processes (keeper.c).
 */
#ifndef TREUE_JOBS_RUNNER_H
#define TREUE_JOBS_RUNNER_H

#include <stdatomic.h>

#include "jobs/arguments.h"
#include "jobs/jobs.h"
#include "jobs/lease.h"
#include "platform/monitor.h"
#include "platform/thread.h"

enum { WORKERS_MAX = 16, HOME_BYTES = 33, WATCHED_MAX = 256 };

enum stop_reason { STOP_NONE, STOP_CANCELLED, STOP_ENDING, STOP_LOST };

struct job {
        struct jobs *jobs;
        const struct job_kind *kind;
        struct job_record record;
        struct arguments *arguments;
        struct connection *connection;
        struct arena *arena;
        struct buffer result;
        atomic_int stop;                /* enum stop_reason; the first one stays */
        _Atomic int64_t done, total;
        _Atomic(const char *) words;
};

struct worker {
        struct jobs *jobs;
        struct thread *thread;
        struct connection *connection;  /* only the worker's thread uses it */
        struct job job;
        bool busy;                      /* guarded by the monitor: the job may be looked at */
        struct job_event told;          /* guarded: what was told of it last */
};

/* A job of another process, and since when its beat is the same. */
struct watched {
        int64_t id, beat, seen_ns;
        char holder[HOLDER_BYTES];
        struct job_event told;
};

struct jobs {
        struct jobs_options options;
        char holder[HOLDER_BYTES], home[HOME_BYTES];
        struct monitor *monitor;        /* guards what is said to be guarded, and all below */
        bool stopping;                  /* no job is begun any more */
        bool ended;                     /* all workers are done */
        uint64_t signal;                /* counts reasons to look into the queue */
        struct worker workers[WORKERS_MAX];
        unsigned worker_count;
        /* Only the keeper's thread uses these. */
        struct thread *keeper;
        struct connection *connection;
        struct watched watched[WATCHED_MAX];
        size_t watched_count;
        int64_t next_beat_ns, next_poll_ns, next_due_ns;
};

void worker_run(void *worker);
void keeper_run(void *jobs);
/* Before anything else runs: what an earlier process of this data directory left. */
must_check enum status keeper_take_over(struct jobs *jobs, struct error *error);

/* schedule.c: asks all kinds for what is due. */
must_check enum status schedule_look(struct jobs *jobs, struct connection *connection, struct error *error);

/* Tells options.changed and options.failed. */
void jobs_tell(struct jobs *jobs, const struct job_event *event);
void jobs_complain(struct jobs *jobs, int64_t job_id, const struct error *error); /* 0: of no one job */
void job_stop(struct job *job, enum stop_reason reason);

#endif
