/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * job_view.c: jobs on pages, and the runner.
 */
#include "web/job_view.h"

#include <inttypes.h>

#include "http/log.h"
#include "importer/import.h"
#include "importer/upload.h"
#include "platform/clock.h"
#include "program/program_jobs.h"
#include "program/reader.h"
#include "render/json.h"

/* How long an answer waits for a job that was just asked for. */
enum { WAIT_MS = 1500, TOPIC_BYTES = 48, WORD_BYTES = 96, TEXT_BYTES_MAX = 1 << 16 };

static const struct job_kind *const job_kinds[] = {
        &import_look_kind, &import_kind_of_job, &upload_clean_kind, &evaluation_kind, &simulation_kind,
        &first_concept_kind, &first_ladder_kind, &index_kind, NULL,
};

/* ---- the runner -------------------------------------------------------------------------------------------------- */

static void failed(void *context, int64_t job_id, const struct error *error)
{
        struct application *application = context;
        char number[24] = "-";
        if (job_id)
                snprintf(number, sizeof(number), "%" PRId64, job_id);
        if (application->log)
                log_error(application->log, clock_now_ms(), number, "jobs", error);
}

static void changed(void *context, const struct job_event *event)
{
        struct application *application = context;
        char topic[TOPIC_BYTES], data[160];
        snprintf(topic, sizeof(topic), "job.%lld", (long long)event->id);
        snprintf(data, sizeof(data), "{\"state\":\"%s\",\"ended\":%s,\"done\":%lld,\"total\":%lld}",
                 job_state_names[event->state], job_state_ended(event->state) ? "true" : "false",
                 (long long)event->done, (long long)event->total);
        /* A first concept sets the currency pages write amounts in. */
        struct error error;
        if (event->state == JOB_DONE && strcmp(event->kind, first_concept_kind.name) == 0 &&
            application_read_currency(application, &error) != STATUS_OK)
                failed(application, event->id, &error);
        events_post(application->events, text_of(topic), text_of(data));
}

/* Nothing is imported yet: what is unfinished was left by a crash, and a job may go on from it. */
static enum status clean_up(struct application *application, struct error *error)
{
        connection_cleanup struct connection *connection = NULL;
        size_t removed;
        enum status status = db_connect(application->database, &connection, error);
        return status ? status : import_clean_up(application->database, connection, &removed, error);
}

enum status job_runner_start(struct application *application, struct error *error)
{
        enum status status = clean_up(application, error);
        struct jobs_options options = {.database = application->database, .kinds = job_kinds, .changed = changed,
                                       .failed = failed, .context = application};
        return status ? status : jobs_start(&options, &application->jobs, error);
}

/* ---- small helps ------------------------------------------------------------------------------------------------- */

enum status not_there(struct error *error)
{
        return error_set(error, STATUS_NOT_FOUND, "request.not_found", NULL);
}

struct text path_of(struct request *request, const char *before, int64_t id, const char *behind)
{
        struct buffer path buffer_cleanup;
        buffer_init(&path, 4096);
        buffer_addf(&path, "%s%lld%s", before, (long long)id, behind);
        char *copy = arena_copy(request_arena(request), path.data, path.length);
        return (struct text){copy, copy ? path.length : 0};
}

const char *string_of(struct request *request, struct text text)
{
        return text.data ? arena_copy(request_arena(request), text.data, text.length) : NULL;
}

const char *actor_of(struct request *request)
{
        const struct subject *subject = request_subject(request);
        return subject->actor[0] ? subject->actor : "nobody";
}

void put_actor(struct request *request, struct model *model, struct value *map, const char *name, struct text actor)
{
        struct connection *connection;
        struct error unsaid;
        if (request_connection(request, &connection, &unsaid) == STATUS_OK)
                put_doer(connection, request_language(request), model, map, name, actor);
        else
                put_text(model, map, name, actor);
}

/* ---- what a page says of a job ----------------------------------------------------------------------------------- */

static const char *word(struct request *request, const char *family, struct text name)
{
        char key[WORD_BYTES];
        int length = snprintf(key, sizeof(key), "%s%.*s", family, (int)name.length, name.data);
        bool known = length > 0 && (size_t)length < sizeof(key) && message_exists(key);
        return known ? arena_copy(request_arena(request), key, (size_t)length) : NULL;
}

static void put_times(struct model *model, struct value *map, const struct job_record *record)
{
        const struct { const char *name; int64_t instant_ms; } times[] = {
                {"created", record->created_ms}, {"started", record->started_ms}, {"ended_at", record->ended_ms},
        };
        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
                if (times[i].instant_ms)
                        put_instant(model, map, times[i].name, times[i].instant_ms);
                else
                        put_none(model, map, times[i].name);
        }
}

static void put_error(struct request *request, struct model *model, struct value *map,
                      const struct job_record *record)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, TEXT_BYTES_MAX);
        if (record->error.key && error_is_internal(&record->error)) {
                char number[24];
                snprintf(number, sizeof(number), "%" PRId64, record->id);
                message_add(&text, request_language(request), "request.failed", "request", number, NULL);
        } else if (record->error.key) {
                message_add_error(&text, request_language(request), &record->error);
        }
        put_text(model, map, "error", text.length ? (struct text){text.data, text.length} : (struct text){NULL, 0});
}

void put_job(struct request *request, struct model *model, struct value *map, const struct job_record *record)
{
        bool ended = job_state_ended(record->state);
        char topic[TOPIC_BYTES];
        const char *kind = word(request, "job.kind.", record->kind);
        put_id(model, map, "id", record->id);
        put_text(model, map, "kind", record->kind);
        put_word(model, map, "name", kind ? kind : "job.kind.other");
        put_word(model, map, "state", word(request, "job.state.", text_of(job_state_names[record->state])));
        put_string(model, map, "state_name", job_state_names[record->state]);
        put_yes_no(model, map, "running", !ended);
        put_yes_no(model, map, "ended", ended);
        put_yes_no(model, map, "failed", record->state == JOB_FAILED);
        if (record->total > 0 && !ended)
                put_ratio(model, map, "progress", record->done < record->total ? record->done : record->total,
                          record->total);
        else
                put_none(model, map, "progress");
        const char *words = ended ? NULL : word(request, "", record->words);
        if (words)
                put_word(model, map, "words", words);
        else
                put_none(model, map, "words");
        put_error(request, model, map, record);
        put_actor(request, model, map, "asked_by", record->actor);
        put_yes_no(model, map, "cancelling", record->cancelling && !ended);
        put_times(model, map, record);
        put_text(model, map, "path", path_of(request, "/jobs/", record->id, ""));
        put_yes_no(model, map, "may_cancel", !ended && !record->cancelling);
        if (ended)
                return;
        snprintf(topic, sizeof(topic), "job.%lld", (long long)record->id);
        put_text(model, map, "follow", path_of(request, "/jobs/", record->id, "/events"));
        put_text(model, map, "part", path_of(request, "/jobs/", record->id, ""));
        put_string(model, map, "topic", topic);
}

enum status put_job_by_id(struct request *request, struct model *model, const char *name, int64_t id,
                          struct job_record *ret, struct error *error)
{
        struct connection *connection;
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = job_load(connection, id, request_arena(request), ret, error);
        if (!status)
                put_job(request, model, put_map(model, NULL, name), ret);
        return status;
}

/* ---- asking for one ---------------------------------------------------------------------------------------------- */

struct job_order job_order_of(struct request *request, const char *kind, struct text arguments)
{
        const struct subject *subject = request_subject(request);
        return (struct job_order){.kind = kind, .arguments = arguments, .account_id = subject->account_id,
                                  .actor = actor_of(request), .language = request_language(request)};
}

enum status job_ask(struct request *request, const struct job_order *order, struct job_record *ret,
                    struct error *error)
{
        struct jobs *jobs = application_of(request)->jobs;
        struct connection *connection;
        int64_t id;
        enum status status = request_connection(request, &connection, error);
        if (!status)
                status = jobs_add(jobs, order, &id, error);
        if (status)
                return status;
        (void)jobs_wait(jobs, connection, id, WAIT_MS);
        return job_load(connection, id, request_arena(request), ret, error);
}

void job_go_to(struct request *request, int64_t id)
{
        request_go_to(request, path_of(request, "/jobs/", id, ""), true);
}
