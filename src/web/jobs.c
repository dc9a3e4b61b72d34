/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * jobs.c: long work: what runs, what waits, what became of it. Everybody on the staff sees what they asked for, whoever
 * may see jobs sees all.
 */
#include "program/program_jobs.h"
#include "jobs/arguments.h"
#include "web/job_view.h"
#include "web/resources.h"

enum { SHOWN = 200 };

static bool may_see(struct request *request, const struct job_record *record)
{
        const struct subject *subject = request_subject(request);
        return subject_may(subject, PERMISSION_JOB_READ) ||
               (subject->account_id && record->account_id == subject->account_id);
}

/* The job of the address; one of somebody else is none. */
static enum status load(struct request *request, struct job_record *ret, struct error *error)
{
        struct connection *connection;
        int64_t id;
        struct job_record record;
        if (!request_segment_id(request, "job", &id))
                return request_deny(request, error);
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = job_load(connection, id, request_arena(request), &record, error);
        if (status)
                return status;
        if (!may_see(request, &record))
                return request_deny(request, error);
        *ret = record;
        return STATUS_OK;
}

static enum status jobs_list(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct job_record *records;
        size_t count;
        struct job_filter filter = {.count = SHOWN, .state = string_of(request, request_text(request, "state"))};
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = job_list(connection, &filter, request_arena(request), &records, &count, error);
        if (status)
                return status;
        put_word(model, NULL, "title", "job.list.title");
        struct value *rows = put_list(model, NULL, "jobs");
        for (size_t i = 0; i < count; i++)
                put_job(request, model, add_map(model, rows), &records[i]);
        put_count(model, NULL, "count", (int64_t)count);
        return STATUS_OK;
}

/* Where what came of it is to be seen. */
static struct text outcome_path(struct request *request, const struct job_record *record)
{
        struct arguments *result;
        struct text path = {NULL, 0};
        if (record->state != JOB_DONE || arguments_parse(record->result, &result, NULL) != STATUS_OK)
                return path;
        if (text_is(record->kind, evaluation_kind.name) || text_is(record->kind, first_ladder_kind.name)) {
                struct text run = arguments_text(result, "run");
                struct buffer out buffer_cleanup;
                buffer_init(&out, 256);
                buffer_addf(&out, "/evaluations/%.*s", (int)run.length, run.data);
                arena_keep_text(request_arena(request), (struct text){out.data, out.length}, &path);
        } else if (text_is(record->kind, simulation_kind.name)) {
                path = path_of(request, "/simulations/", record->id, "");
        } else if (text_is(record->kind, "import")) {
                path = path_of(request, "/imports/", arguments_integer(result, "import"), "");
        }
        arguments_free(result);
        return path;
}

static enum status job_show(struct request *request, struct model *model, struct error *error)
{
        struct job_record record;
        enum status status = load(request, &record, error);
        if (status)
                return status;
        put_word(model, NULL, "title", "job.list.title");
        put_job(request, model, put_map(model, NULL, "job"), &record);
        put_text(model, NULL, "outcome", outcome_path(request, &record));
        return STATUS_OK;
}

static enum status job_cancel(struct request *request, struct model *model, struct error *error)
{
        struct job_record record;
        enum status status = load(request, &record, error);
        if (!status)
                status = jobs_cancel(application_of(request)->jobs, record.id, actor_of(request), error);
        if (status)
                return status;
        put_id(model, NULL, "id", record.id);
        request_notice(request, NULL, "job.cancel_asked", NULL);
        request_go_to(request, path_of(request, "/jobs/", record.id, ""), false);
        return STATUS_OK;
}

static enum status job_events(struct request *request, struct model *model, struct error *error)
{
        struct job_record record;
        char topic[48];
        (void)model;
        enum status status = load(request, &record, error);
        if (status)
                return status;
        int length = snprintf(topic, sizeof(topic), "job.%lld", (long long)record.id);
        request_listen(request, (struct text){arena_copy(request_arena(request), topic, (size_t)length),
                                              (size_t)length});
        return STATUS_OK;
}

static const char *const states[] = {"waiting", "running", "done", "failed", "cancelled", NULL};
static const struct field list_fields[] = {{.name = "state", .kind = INPUT_CHOICE, .choices = states}, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/jobs", PERMISSION_JOB_READ, list_fields, "jobs", jobs_list, 0, "route.jobs"},
        {METHOD_GET, "/jobs/{job}", PERMISSION_START, NULL, "job", job_show, ROUTE_HIDES, "route.job"},
        {METHOD_POST, "/jobs/{job}/cancel", PERMISSION_START, NULL, NULL, job_cancel, ROUTE_HIDES, "route.job_cancel"},
        {METHOD_GET, "/jobs/{job}/events", PERMISSION_START, NULL, NULL, job_events, ROUTE_STREAM | ROUTE_HIDES,
         "route.job_events"},
};
const struct resource resource_jobs = {"jobs", routes, sizeof(routes) / sizeof(routes[0])};
