/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * job_view.h: jobs on pages: what a model says of one, where a browser goes after asking for one, and the runner of the
 * server with all kinds of jobs there are.
 */
#ifndef TREUE_WEB_JOB_VIEW_H
#define TREUE_WEB_JOB_VIEW_H

#include "web/application.h"

/* Starts application->jobs. Each change of a job is posted to the topic "job.ID" as {"state": "running",
 * "ended": false, "done": 3, "total": 10}. */
must_check enum status job_runner_start(struct application *application, struct error *error);

/* Fills a map with id, kind, name, state (words), state_name, running, ended, failed (yes or no), progress (ratio),
 * words, error (text in the reader's language), asked_by, created, started, ended_at, path, and while it is not at its
 * end follow, part, topic and may_cancel. */
void put_job(struct request *request, struct model *model, struct value *map, const struct job_record *record);
/* Loads and puts it as the entry `name` of the root. */
must_check enum status put_job_by_id(struct request *request, struct model *model, const char *name, int64_t id,
                                     struct job_record *ret, struct error *error);

/* An order with who asks filled in; arguments as JSON. */
struct job_order job_order_of(struct request *request, const char *kind, struct text arguments);
/* Adds it and waits a moment, since most jobs are short. *ret is the job as it stands then. */
must_check enum status job_ask(struct request *request, const struct job_order *order, struct job_record *ret,
                               struct error *error);
/* The browser goes to the job's page. */
void job_go_to(struct request *request, int64_t id);

/* 404: no such thing, or an address that names none. */
enum status not_there(struct error *error);

/* A path of literals and an id, in the request's arena: path_of(request, "/jobs/", id, "/events"). */
struct text path_of(struct request *request, const char *before, int64_t id, const char *behind);
/* Who asks, as the audit chain has it. */
const char *actor_of(struct request *request);
/* The name of who did something, for people; {NULL, 0}: none. */
void put_actor(struct request *request, struct model *model, struct value *map, const char *name, struct text actor);
/* Text as a string in the request's arena; NULL for none. */
const char *string_of(struct request *request, struct text text);

#endif
