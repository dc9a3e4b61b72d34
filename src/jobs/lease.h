/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * lease.h: the rows of jobs: taking one, renewing its lease, ending it. For the runner; others use jobs.h.
 */
#ifndef TREUE_JOBS_LEASE_H
#define TREUE_JOBS_LEASE_H

#include "jobs/jobs.h"

enum { HOLDER_BYTES = 33 };

/* Whose leases they are. */
struct lease_holder {
        const char *holder; /* this runner */
        const char *home;   /* its data directory */
        int64_t far_ms;     /* jobs are never put off by more than this */
};

/* Takes the next job that is due; *ret_id 0 when there is none. Reads first, so that an empty queue costs no write. */
must_check enum status lease_take(struct database *database, struct connection *connection,
                                  const struct lease_holder *holder, int64_t *ret_id, struct error *error);

struct lease_beat {
        int64_t id, done, total;
        const char *words;
        bool lost;          /* set: the lease was lost */
};
/* Renews leases in one transaction. */
must_check enum status lease_beat(struct database *database, const char *holder, struct lease_beat *beats,
                                  size_t count, struct error *error);

struct lease_end {
        int64_t id;
        const char *holder;
        enum job_state state;   /* JOB_WAITING: back into the queue */
        int32_t tries;          /* then: those that count */
        int64_t run_after_ms;   /* then */
        int64_t done, total;
        struct text result;
        const struct error *why; /* NULL: it went well */
};
/* A lease that was lost meanwhile is no failure: another decides what becomes of the job. */
must_check enum status lease_end(struct database *database, const struct lease_end *end, struct error *error);

/* A job whose holder lives no more, as it was seen. */
struct lease_lost {
        int64_t id, beat;
        const char *holder;
        bool again;         /* back into the queue; else it has failed: "job.interrupted" */
};
must_check enum status lease_abandon(struct database *database, const struct lease_lost *lost, struct error *error);

must_check enum status lease_cancel(struct database *database, int64_t id, const char *actor, struct error *error);

#endif
