/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * desk.h: what a job about programs works with: the state of the latest generation, threads, and a version by name.
 */
#ifndef TREUE_PROGRAM_DESK_H
#define TREUE_PROGRAM_DESK_H

#include "facts/snapshot.h"
#include "jobs/jobs.h"
#include "platform/thread.h"
#include "program/evaluation.h"

struct desk {
        struct job *job;
        struct arena *arena;
        struct connection *connection;
        struct pool *pool;
        struct parallel parallel;
        struct snapshot *snapshot;
        int32_t first_day, complete_day; /* set by desk_open: survey_days; DAY_NONE without documents */
};

must_check enum status desk_open(struct job *job, struct desk *ret, struct error *error);
void desk_close(struct desk *desk); /* also one that was not opened completely */
#define desk_cleanup __attribute__((cleanup(desk_close)))

/* The version the arguments name: "program", and `argument` for its number. */
must_check enum status desk_version(struct job *job, const char *argument, struct version *ret, struct error *error);
/* Cut-off and rule of the evaluation, by the arguments "cutoff" and "evaluation"; its version is set. */
must_check enum status desk_moment(struct desk *desk, struct evaluation *evaluation, struct error *error);
/* An argument as a string, NULL when it is not there or empty. */
const char *desk_word(const struct job *job, const char *argument);

#endif
