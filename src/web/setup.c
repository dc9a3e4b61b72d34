/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * setup.c: the guided start: an empty installation leads from a first file over a proposed first concept to the ladder.
 * What is to do next is told by what is there; nothing is remembered.
 */
#include "base/calendar.h"
#include "jobs/arguments.h"
#include "program/program_jobs.h"
#include "program/run_list.h"
#include "queries.h"
#include "render/json.h"
#include "web/job_view.h"
#include "web/json_model.h"
#include "web/program_view.h"
#include "web/resources.h"
#include "web/setup.h"
#include "web/upload_view.h"

enum { WAIT_MS = 4000 };

/* The latest job of a kind; false: there is none. */
static enum status latest_job(struct request *request, const char *kind, struct job_record *ret, bool *ret_found,
                              struct error *error)
{
        struct connection *connection;
        struct job_record *records;
        size_t count = 0;
        struct job_filter filter = {.kind = kind, .count = 1};
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = job_list(connection, &filter, request_arena(request), &records, &count, error);
        if (status)
                return status;
        *ret_found = count == 1;
        if (count == 1)
                *ret = records[0];
        return STATUS_OK;
}

static struct text entry(const struct value *map, const char *name)
{
        return value_text(value_get(map, name));
}

/* The proposed program: who would stand where. */
static enum status put_proposal(struct request *request, struct model *model, const struct job_record *job,
                                struct error *error)
{
        struct model *scratch = arena_zero(request_arena(request), 1, sizeof(*scratch));
        int32_t cutoff;
        if (!scratch)
                return error_memory(error);
        model_init(scratch, request_arena(request));
        enum status status = put_json(scratch, NULL, "result", job->result, error);
        if (status)
                return status;
        const struct value *result = value_get(scratch->root, "result");
        const struct concept *concept = NULL;
        status = concept_of_result(request, result, "version", &concept, error);
        if (status)
                return status;
        struct text program = entry(result, "program");
        struct buffer path buffer_cleanup;
        buffer_init(&path, 512);
        buffer_addf(&path, "/concepts/%.*s/%lld", (int)program.length, program.data,
                    (long long)value_integer(value_get(result, "version")));
        struct value *proposal = put_map(model, NULL, "proposal");
        put_text(model, proposal, "program", program);
        put_ordinal(model, proposal, "version", value_integer(value_get(result, "version")));
        put_day(model, proposal, "cutoff", day_parse_iso(entry(result, "cutoff"), &cutoff) ? cutoff : DAY_NONE);
        put_count(model, proposal, "evaluated", value_integer(value_get(result, "evaluated")));
        put_text(model, proposal, "path", (struct text){path.data, path.length});
        struct value *list = put_list(model, proposal, "segments");
        const struct value *segments = value_get(result, "segments");
        for (const struct value *one = value_first(segments); one; one = value_next(one)) {
                struct value *map = add_map(model, list);
                put_segment_code(request, model, map, "segment", concept, entry(one, "segment"));
                put_count(model, map, "customers", value_integer(value_get(one, "customers")));
                put_money(model, map, "revenue", value_integer(value_get(one, "revenue")));
        }
        return STATUS_OK;
}

struct progress {
        bool imported, released, approved;
};

static enum status look(struct request *request, struct progress *ret, struct error *error)
{
        struct connection *connection;
        struct q_setup_progress_row row = {0};
        bool found;
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = q_setup_progress(connection, NULL, &row, &found, error);
        if (!status)
                *ret = (struct progress){row.imports > 0, row.released > 0, row.approved > 0};
        return status;
}

enum status setup_is_due(struct request *request, bool *ret, struct error *error)
{
        struct progress progress;
        *ret = false;
        if (!subject_may(request_subject(request), PERMISSION_CONCEPT_WRITE))
                return STATUS_OK;
        enum status status = look(request, &progress, error);
        if (!status)
                *ret = !progress.released && !progress.approved;
        return status;
}

static enum status put_first_concept(struct request *request, struct model *model, struct error *error)
{
        struct job_record first;
        bool found;
        enum status status = latest_job(request, first_concept_kind.name, &first, &found, error);
        if (status || !found)
                return status;
        put_job(request, model, put_map(model, NULL, "job"), &first);
        return first.state == JOB_DONE ? put_proposal(request, model, &first, error) : STATUS_OK;
}

static enum status put_first_ladder(struct request *request, struct model *model, struct error *error)
{
        struct job_record ladder;
        bool found;
        enum status status = latest_job(request, first_ladder_kind.name, &ladder, &found, error);
        if (!status && found)
                put_job(request, model, put_map(model, NULL, "ladder_job"), &ladder);
        return status;
}

static enum status setup_show(struct request *request, struct model *model, struct error *error)
{
        struct progress progress;
        enum status status = look(request, &progress, error);
        if (status)
                return status;
        put_word(model, NULL, "title", "page.setup");
        put_yes_no(model, NULL, "imported", progress.imported);
        put_yes_no(model, NULL, "released", progress.released);
        put_yes_no(model, NULL, "finished", progress.approved);
        put_kinds(request, model, "kinds", IMPORT_PURCHASES);
        if (progress.imported && !progress.approved)
                status = put_first_concept(request, model, error);
        if (!status && !progress.approved)
                status = put_first_ladder(request, model, error);
        return status;
}

static enum status setup_propose(struct request *request, struct model *model, struct error *error)
{
        struct buffer arguments buffer_cleanup;
        struct json json;
        struct job_record job;
        struct connection *connection;
        buffer_init(&arguments, 4096);
        json_init(&json, &arguments, false);
        json_begin_object(&json);
        json_key(&json, "name");
        json_text(&json, request_text(request, "name"));
        json_key(&json, "currency");
        json_text(&json, request_text(request, "currency"));
        json_end_object(&json);
        if (arguments.failed)
                return error_memory(error);
        struct job_order order = job_order_of(request, first_concept_kind.name,
                                              (struct text){arguments.data, arguments.length});
        enum status status = job_ask(request, &order, &job, error);
        if (!status)
                status = request_connection(request, &connection, error);
        if (status)
                return status;
        if (!job_state_ended(job.state))
                (void)jobs_wait(application_of(request)->jobs, connection, job.id, WAIT_MS);
        put_job(request, model, put_map(model, NULL, "job"), &job);
        request_go_to(request, text_of("/setup"), true);
        return STATUS_OK;
}

static enum status setup_begin(struct request *request, struct model *model, struct error *error)
{
        struct buffer arguments buffer_cleanup;
        struct json json;
        struct job_record job;
        buffer_init(&arguments, 4096);
        json_init(&json, &arguments, false);
        json_begin_object(&json);
        json_key(&json, "program");
        json_text(&json, request_text(request, "program"));
        json_key(&json, "version");
        json_text(&json, request_text(request, "version"));
        json_end_object(&json);
        if (arguments.failed)
                return error_memory(error);
        struct job_order order = job_order_of(request, first_ladder_kind.name,
                                              (struct text){arguments.data, arguments.length});
        enum status status = job_ask(request, &order, &job, error);
        if (status)
                return status;
        put_job(request, model, put_map(model, NULL, "job"), &job);
        request_go_to(request, text_of(job.state == JOB_DONE ? "/ladder" : "/setup"), true);
        return STATUS_OK;
}

static const struct field propose_fields[] = {
        {.name = "name", .kind = INPUT_TEXT, .max = 100, .label = "setup.field.name"},
        {.name = "currency", .kind = INPUT_ID, .max = 3, .label = "setup.field.currency"},
        {0}};
static const struct field begin_fields[] = {
        {.name = "program", .kind = INPUT_ID, .required = true},
        {.name = "version", .kind = INPUT_ID, .required = true},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/setup", PERMISSION_CONCEPT_WRITE, NULL, "setup", setup_show, 0, "route.setup"},
        {METHOD_POST, "/setup/propose", PERMISSION_CONCEPT_WRITE, propose_fields, NULL, setup_propose, 0,
         "route.setup_propose"},
        {METHOD_POST, "/setup/begin", PERMISSION_CONCEPT_RELEASE, begin_fields, NULL, setup_begin, 0,
         "route.setup_begin"},
};
const struct resource resource_setup = {"setup", routes, sizeof(routes) / sizeof(routes[0])};
