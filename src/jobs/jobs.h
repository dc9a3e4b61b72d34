/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * jobs.h: work that takes longer than an answer may: imports, evaluations, simulations.
 *
 * A job is a row in the database: its kind, arguments, state, how far it is, what came of it. `jobs_start` runs threads
 * that take jobs from there, by priority and age. Several processes may share one database: whoever runs a job renews
 * its lease; a lease whose holder lives no more is noticed by the others, and the job is begun again or, where its kind
 * cannot be, ends as interrupted. Nothing hangs on clocks that agree or stand still: a lease is judged by how long the
 * watcher saw no renewal.
 *
 * What a job changes it changes by transactions of its own; after a crash it may be begun again although they
 * happened. So a resumable kind must end as without the interruption.
 *
 * Failures that may pass (memory, system, database, busy) are tried again after a growing pause, as often as the kind
 * says. Kinds are registered by whoever starts the jobs; the modules that implement them know neither server nor pages.
 */
#ifndef TREUE_JOBS_JOBS_H
#define TREUE_JOBS_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "db/db.h"
#include "i18n/message.h"

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, JOB_STATE_COUNT };
extern const char *const job_state_names[JOB_STATE_COUNT]; /* as stored; also "job.state.NAME" of the catalogues */
static inline bool job_state_ended(enum job_state state) { return state >= JOB_DONE; }

/* ---- kinds --------------------------------------------------------------------------------------------------- */

struct job;
struct job_due;

struct job_kind {
        const char *name;     /* as stored; also "job.kind.NAME" of the catalogues */
        /* The work, on a thread of the runner. Asks job_check now and then. */
        enum status (*run)(struct job *job, struct error *error);
        const char *lock;     /* of jobs with the same one a single one runs at a time, in all processes; NULL: none */
        bool resumable;       /* may be begun again when its process ended in the middle */
        unsigned tries_max;   /* how often it is begun, failures that may pass and crashes included; 0: once */
        /* Asked every few minutes: jobs that are due by themselves are added by job_due_add. NULL: there are none. */
        enum status (*due)(struct job_due *due, struct error *error);
};

/* What the work of a kind may use; all of it lives as long as the job runs. */
struct database *job_database(const struct job *job);
struct connection *job_connection(const struct job *job); /* for reading, the job's own */
struct arena *job_arena(const struct job *job);
int64_t job_id(const struct job *job);
const char *job_actor(const struct job *job);             /* who asked for it, for the audit chain */
enum language job_language(const struct job *job);        /* of who asked */
const char *job_home(const struct job *job);              /* of this data directory */
int64_t job_created_ms(const struct job *job);
bool job_begun_before(const struct job *job);             /* interrupted, or failed and tried again */

/* Arguments: a JSON object of texts, integers and lists of texts. None: {NULL, 0}, 0. */
struct text job_argument(const struct job *job, const char *name);
int64_t job_argument_integer(const struct job *job, const char *name);
size_t job_argument_count(const struct job *job, const char *name);
struct text job_argument_at(const struct job *job, const char *name, size_t index);

/* Tells how far it is; total 0: nobody knows. `words`: a catalogue key that lives on (a literal), or NULL. Cheap, from
 * any thread. */
void job_progress(struct job *job, int64_t done, int64_t total, const char *words);
/* May the work go on? STATUS_CANCELLED "job.cancelled" when somebody cancelled it; STATUS_BUSY "job.stopping" when the
 * process ends, and "job.lease_lost" when another has taken it over. Hand it on as it is. Cheap, from any thread. */
must_check enum status job_check(struct job *job, struct error *error);
/* Its outcome: JSON. Kept when it ends well. False without memory. */
bool job_set_result(struct job *job, struct text json);
/* Keeps the outcome inside the write function that does the work: should a crash come before the job has ended, it is
 * begun again and finds it (job_kept_result), so that nothing is done twice. */
must_check enum status job_keep_result(struct connection *connection, const struct job *job, struct text json,
                                       struct error *error);
struct text job_kept_result(const struct job *job); /* {NULL, 0}: none */

/* ---- the queue ------------------------------------------------------------------------------------------------ */

struct job_order {
        const char *kind;
        struct text arguments;  /* a JSON object; none: {} */
        const char *lock;       /* of the kind; NULL: none */
        const char *home;       /* jobs_home: only here, as its files lie here; NULL: anywhere */
        const char *once_key;   /* NULL: none. A job with this key that is there already is the one */
        int32_t priority;       /* higher first; 0 is usual */
        int64_t run_after_ms;   /* 0: at once */
        int64_t account_id;     /* who asked: sees how far it is */
        const char *actor;
        enum language language;
};

/* Adds a job inside a write function, together with what it belongs to; wake the runner afterwards (jobs_wake). */
must_check enum status job_add(struct connection *connection, const struct job_order *order, int64_t *ret_id,
                               struct error *error);

struct job_record {
        int64_t id;
        struct text kind, arguments;
        enum job_state state;
        int32_t priority, tries;
        int64_t run_after_ms;
        bool cancelling;        /* asked to end */
        struct text cancelled_by;
        int64_t done, total;
        struct text words;      /* catalogue key, or none */
        struct text result;     /* JSON, or none */
        struct error error;     /* of a failed one; of a waiting one why it is tried again. Key NULL: none */
        int64_t account_id;
        struct text actor;
        enum language language;
        int64_t created_ms, started_ms, ended_ms; /* 0: not yet */
};

/* STATUS_NOT_FOUND "job.unknown" {job}. Lives in the arena. */
must_check enum status job_load(struct connection *connection, int64_t id, struct arena *arena,
                                struct job_record *ret, struct error *error);
/* Likewise, of what this account asked for; what others asked for is unknown in the same words and as fast. */
must_check enum status job_load_own(struct connection *connection, int64_t account_id, int64_t id, struct arena *arena,
                                    struct job_record *ret, struct error *error);

struct job_filter {
        int64_t before_id;      /* 0: from the newest on */
        const char *state, *kind; /* NULL: all */
        int64_t account_id;     /* 0: of everybody */
        int32_t count;          /* at most */
};
/* Newest first. */
must_check enum status job_list(struct connection *connection, const struct job_filter *filter, struct arena *arena,
                                struct job_record **ret, size_t *ret_count, struct error *error);

/* Removes jobs that ended before an instant. */
must_check enum status job_forget(struct database *database, int64_t before_ms, struct error *error);

/* ---- the runner ----------------------------------------------------------------------------------------------- */

struct job_event {
        int64_t id, account_id;
        const char *kind;
        enum job_state state;
        int64_t done, total;
        const char *words;      /* catalogue key, or "" */
};

struct jobs_options {
        struct database *database;
        const struct job_kind *const *kinds; /* ended by NULL */
        unsigned threads;       /* 0: two */
        /* Changes of any job of the database, from a thread of the runner; short and without waiting. May be NULL. */
        void (*changed)(void *context, const struct job_event *event);
        /* For the log: what the runner itself could not do (job 0), and why a job failed where that is about the
         * machine (error_is_internal). May be NULL. */
        void (*failed)(void *context, int64_t job_id, const struct error *error);
        void *context;
        /* 0: as usual. Between two renewals of a lease; without one for so long, a holder counts as gone; first pause
         * after a failure, four times as long after each further one; between two looks for jobs of other processes;
         * between two questions for what is due. */
        unsigned beat_ms, lease_ms, retry_ms, poll_ms, due_ms;
};

struct jobs;
/* What a process of this data directory left running is begun again or ended at once. */
must_check enum status jobs_start(const struct jobs_options *options, struct jobs **ret, struct error *error);
/* Asks running jobs to end (those of resumable kinds go back into the queue), waits for them, frees. Accepts NULL. */
void jobs_stop(struct jobs *jobs);

/* Writes the job, and wakes a thread. */
must_check enum status jobs_add(struct jobs *jobs, const struct job_order *order, int64_t *ret_id, struct error *error);
/* There are new jobs. */
void jobs_wake(struct jobs *jobs);
/* Cancels: a waiting one at once, a running one as soon as its work asks. STATUS_NOT_FOUND "job.unknown" {job},
 * STATUS_CONFLICT "job.ended_already" {job}. */
must_check enum status jobs_cancel(struct jobs *jobs, int64_t id, const char *actor, struct error *error);
/* Waits until the job has ended, at most so long; true when it has. `connection` is the caller's. */
bool jobs_wait(struct jobs *jobs, struct connection *connection, int64_t id, unsigned most_ms);
/* Names this data directory: for jobs whose files lie in it. */
const char *jobs_home(const struct jobs *jobs);
const struct job_kind *jobs_kind(const struct jobs *jobs, const char *name); /* NULL: no such kind */

/* ---- what is due by itself ------------------------------------------------------------------------------------ */

/* For a kind's `due`. */
struct connection *job_due_connection(const struct job_due *due);
struct arena *job_due_arena(const struct job_due *due);
int32_t job_due_today(const struct job_due *due);
const char *job_due_home(const struct job_due *due);
/* Adds a job of the kind, once per key ever, whichever process asks. A key that begins with the home is for files that
 * lie here: the job then runs here. */
must_check enum status job_due_add(struct job_due *due, const char *key, struct text arguments, struct error *error);

#endif
