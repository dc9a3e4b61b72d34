/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * jobs.c: long work: what runs, what waits, what became of it. Everybody on the staff sees what they asked for, whoever
 * may see jobs sees all.
 */
#include "program/program_jobs.h"
#include "jobs/arguments.h"
#include "render/list.h"
#include "web/job_view.h"
#include "web/resources.h"

enum { PAGE_ROWS = 200 };

/* The job of the address; one of somebody else is none. */
static enum status load(struct request *request, struct job_record *ret, struct error *error)
{
        const struct subject *subject = request_subject(request);
        struct arena *arena = request_arena(request);
        struct connection *connection;
        int64_t id;
        if (!request_segment_id(request, "job", &id))
                return request_deny(request, error);
        enum status status = request_connection(request, &connection, error);
        if (status)
                return status;
        return subject_may(subject, PERMISSION_JOB_READ)
                       ? job_load(connection, id, arena, ret, error)
                       : job_load_own(connection, subject->account_id, id, arena, ret, error);
}

static const char *const kept[] = {"state", NULL};
static const struct list_column columns[] = {
        {.name = "id", .title = "job.column.id", .kind = SHEET_ID},
        {.name = "kind", .title = "job.column.kind", .kind = SHEET_CODE, .flags = COLUMN_SHOWN, .words = "job.kind.",
         .path = "path"},
        {.name = "state_name", .title = "job.column.state", .kind = SHEET_CODE, .flags = COLUMN_SHOWN,
         .words = "job.state."},
        {.name = "asked_by", .title = "job.column.asked_by", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "created", .title = "job.column.created", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
        {.name = "started", .title = "job.column.started", .kind = SHEET_INSTANT},
        {.name = "ended_at", .title = "job.column.ended", .kind = SHEET_INSTANT, .flags = COLUMN_SHOWN},
        {.name = "error", .title = "job.column.error", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
};
static const struct list_spec spec = {.title = "job.list.title", .path = "/jobs", .columns = columns,
                                      .column_count = sizeof(columns) / sizeof(columns[0]), .kept = kept};

/* The newest first: one page, in a file all of them. */
static enum status put_jobs(struct request *request, struct model *model, const struct list_address *address,
                            struct error *error)
{
        struct connection *connection;
        struct job_record *records;
        size_t count = PAGE_ROWS;
        struct text next = {NULL, 0};
        struct job_filter filter = {.count = PAGE_ROWS, .before_id = list_after_number(address, 0),
                                    .state = string_of(request, request_text(request, "state"))};
        bool whole = request_wants_file(request);
        struct value *rows = put_list(model, NULL, "rows");
        enum status status = request_connection(request, &connection, error);
        if (whole)
                filter.before_id = 0;
        for (bool more = true; !status && more; more = whole && count == PAGE_ROWS) {
                status = job_list(connection, &filter, request_arena(request), &records, &count, error);
                for (size_t i = 0; i < count && !status; i++)
                        put_job(request, model, list_row(model, rows, &spec, address), &records[i]);
                if (!status && count)
                        filter.before_id = records[count - 1].id;
        }
        if (status)
                return status;
        if (!whole && count == PAGE_ROWS)
                next = path_of(request, "", filter.before_id, "");
        list_put(model, &(struct list_view){.spec = &spec, .address = address, .total = -1, .next_after = next});
        return STATUS_OK;
}

static enum status jobs_list(struct request *request, struct model *model, struct error *error)
{
        struct list_address *address = arena_zero(request_arena(request), 1, sizeof(*address));
        struct list_reader reader = {.language = request_language(request), .minor_digits = 2};
        enum status status = address ? list_address_parse_query(&spec, &reader, request_query(request),
                                                                request_arena(request), address, error)
                                     : error_memory(error);
        put_word(model, NULL, "title", "job.list.title");
        return status ? status : put_jobs(request, model, address, error);
}

/* Where what came of it is to be seen, by whoever may see it. */
static struct text outcome_path(struct request *request, const struct job_record *record)
{
        struct arguments *result;
        struct text path = {NULL, 0};
        enum permission needed = text_is(record->kind, "import") ? PERMISSION_IMPORT_READ : PERMISSION_EVALUATION_READ;
        if (record->state != JOB_DONE || !subject_may(request_subject(request), needed) ||
            arguments_parse(record->result, &result, NULL) != STATUS_OK)
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
static const struct field list_fields[] = {
        LIST_FIELDS, {.name = "state", .kind = INPUT_CHOICE, .choices = states}, {0}};

static const struct route routes[] = {
        {METHOD_GET, "/jobs", PERMISSION_JOB_READ, list_fields, "jobs", jobs_list, ROUTE_LIST, "route.jobs"},
        {METHOD_GET, "/jobs/{job}", PERMISSION_START, NULL, "job", job_show, ROUTE_HIDES, "route.job"},
        {METHOD_POST, "/jobs/{job}/cancel", PERMISSION_START, NULL, NULL, job_cancel, ROUTE_HIDES, "route.job_cancel"},
        {METHOD_GET, "/jobs/{job}/events", PERMISSION_START, NULL, NULL, job_events, ROUTE_STREAM | ROUTE_HIDES,
         "route.job_events"},
};
const struct resource resource_jobs = {"jobs", routes, sizeof(routes) / sizeof(routes[0])};
