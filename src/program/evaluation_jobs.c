/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluation_jobs.c: the jobs that evaluate: a proposal, a first program, its ladder; and the index they read.
 */
#include "facts/rebuild.h"
#include "platform/clock.h"
#include "program/desk.h"
#include "program/first_ladder.h"
#include "program/program_jobs.h"
#include "program/run_list.h"
#include "program/runs.h"
#include "program/verdicts.h"
#include "queries.h"
#include "render/json.h"

#define DOCUMENT_BYTES_MAX ((size_t)4 << 20)
enum { RESULT_BYTES_MAX = 1 << 20, NUMBER_BYTES = 24, TRIES_MAX = 5, A_PERCENT = 10, B_PERCENT = 30,
       TOGETHER_MAX = 99 };

/* ---- a proposal ------------------------------------------------------------------------------------------------- */

/* The run and the job's outcome stand or fall together: begun again, the job finds what it has done. */
static enum status keep_run(struct connection *connection, void *context, int64_t run_id, struct error *error)
{
        char text[64];
        int length = snprintf(text, sizeof(text), "{\"run\":\"%lld\"}", (long long)run_id);
        return job_keep_result(connection, context, (struct text){text, (size_t)length}, error);
}

static enum status set_run_result(struct job *job, const struct run *run, struct error *error)
{
        char text[128];
        int length = snprintf(text, sizeof(text), "{\"run\":\"%lld\",\"evaluated\":%llu}", (long long)run->id,
                              (unsigned long long)run->customers_evaluated);
        return job_set_result(job, (struct text){text, (size_t)length}) ? STATUS_OK : error_memory(error);
}

/* Evaluates and stores. */
static enum status propose(struct desk *desk, const struct version *version, struct run *run, struct error *error)
{
        struct job *job = desk->job;
        struct evaluation *evaluation = arena_zero(desk->arena, 1, sizeof(*evaluation));
        if (!evaluation)
                return error_memory(error);
        *evaluation = (struct evaluation){.version = version, .snapshot = desk->snapshot};
        enum status status = desk_moment(desk, evaluation, error);
        job_progress(job, 1, 3, "job.words.evaluating");
        if (status == STATUS_OK)
                status = evaluation_run(evaluation, desk->connection, &desk->parallel, desk->arena, error);
        if (status == STATUS_OK)
                status = job_check(job, error);
        if (status != STATUS_OK)
                return status;
        job_progress(job, 2, 3, "job.words.storing");
        run_of(evaluation, run);
        run->actor = job_actor(job);
        run->storing = keep_run;
        run->storing_context = job;
        return run_store(job_database(job), desk->connection, run, error);
}

static enum status evaluate(struct job *job, struct error *error)
{
        struct desk desk desk_cleanup = {0};
        struct version version;
        struct run run;
        struct text kept = job_kept_result(job);
        if (kept.data)
                return job_set_result(job, kept) ? STATUS_OK : error_memory(error);
        job_progress(job, 0, 3, "job.words.reading");
        enum status status = desk_version(job, "version", &version, error);
        if (status == STATUS_OK)
                status = desk_open(job, &desk, error);
        if (status == STATUS_OK)
                status = propose(&desk, &version, &run, error);
        return status == STATUS_OK ? set_run_result(job, &run, error) : status;
}

/* ---- what the schedule asks for --------------------------------------------------------------------------------- */

/* The latest cut-off of a program's schedule that has gone by since it came into force; DAY_NONE: none, or it was
 * evaluated. Its day has to be over, since what is bought on it counts. */
static enum status due_cutoff(struct job_due *due, int64_t program_id, const struct version *version,
                              int32_t *ret_cutoff, size_t *ret_rule, struct error *error)
{
        struct connection *connection = job_due_connection(due);
        struct q_concept_version_first_released_row first = {0};
        struct q_run_since_row since = {0};
        bool found;
        *ret_cutoff = DAY_NONE;
        enum status status = q_concept_version_first_released(
                connection, &(struct q_concept_version_first_released_args){program_id}, &first, &found, error);
        if (status || !first.has_released_ms)
                return status;
        int32_t begin = clock_local_day(first.released_ms), today = job_due_today(due), cutoff = DAY_NONE;
        for (int32_t day = begin - 1; (day = evaluation_next(version->concept, day, UINT8_MAX, ret_rule)) < today &&
                                      day != DAY_NONE;)
                cutoff = day;
        if (cutoff == DAY_NONE)
                return STATUS_OK;
        (void)evaluation_next(version->concept, cutoff - 1, UINT8_MAX, ret_rule);
        status = q_run_since(connection, &(struct q_run_since_args){program_id, cutoff}, &since, &found, error);
        if (!status && !since.is_there)
                *ret_cutoff = cutoff;
        return status;
}

static enum status add_due(struct job_due *due, const char *program, const struct version *version, int32_t cutoff,
                           size_t rule, struct error *error)
{
        struct buffer arguments buffer_cleanup;
        struct buffer key buffer_cleanup;
        struct json json;
        buffer_init(&arguments, RESULT_BYTES_MAX);
        buffer_init(&key, RESULT_BYTES_MAX);
        json_init(&json, &arguments, false);
        json_begin_object(&json);
        json_key(&json, "program");
        json_string(&json, program);
        json_key(&json, "cutoff");
        json_day(&json, cutoff);
        json_key(&json, "evaluation");
        json_text(&json, version->concept->mechanics.evaluations[rule].id);
        json_end_object(&json);
        buffer_addf(&key, "%s:", program);
        day_add_iso(&key, cutoff);
        if (arguments.failed || key.failed)
                return error_memory(error);
        return job_due_add(due, key.data, (struct text){arguments.data, arguments.length}, error);
}

/* Proposes only; somebody approves it. */
static enum status evaluation_due(struct job_due *due, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        bool more = true;
        enum status status = q_program_list_open(job_due_connection(due), NULL, &rows, error);
        while (!status && more) {
                struct q_program_list_row row;
                struct version version;
                int32_t cutoff;
                size_t rule;
                status = q_program_list_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                const char *program = arena_copy(job_due_arena(due), row.code.data, row.code.length);
                status = program ? version_find(job_due_connection(due), row.id, program, NULL, job_due_arena(due),
                                                &version, error)
                                 : error_memory(error);
                if (status == STATUS_NOT_FOUND) {
                        status = STATUS_OK;
                        continue;
                }
                if (!status)
                        status = due_cutoff(due, row.id, &version, &cutoff, &rule, error);
                if (!status && cutoff != DAY_NONE)
                        status = add_due(due, program, &version, cutoff, rule, error);
        }
        return status;
}

const struct job_kind evaluation_kind = {.name = "evaluation", .run = evaluate, .lock = "evaluation",
                                         .resumable = true, .tries_max = TRIES_MAX, .due = evaluation_due};

/* ---- a first program -------------------------------------------------------------------------------------------- */

static unsigned percent(const struct job *job, const char *name, unsigned usual, unsigned most)
{
        int64_t value = job_argument_integer(job, name);
        return value >= 1 && value <= most ? (unsigned)value : usual < most ? usual : most;
}

static enum status take_arguments(const struct desk *desk, struct first_concept *first, struct error *error)
{
        const struct job *job = desk->job;
        int64_t month = job_argument_integer(job, "year_month");
        struct text currency = job_argument(job, "currency");
        struct text name = text_trim(job_argument(job, "name"));
        unsigned digits;
        *first = (struct first_concept){
                .name = name.length ? name : text_of(message_raw(job_language(job), "concept.new.standard_name")),
                .language = job_language(job),
                .year_month = month >= 1 && month <= 12 ? (unsigned)month : 1,
                .a_percent = percent(job, "a_percent", A_PERCENT, TOGETHER_MAX - 1),
        };
        first->b_percent = percent(job, "b_percent", B_PERCENT, TOGETHER_MAX - first->a_percent);
        if (first->name.length > FIRST_NAME_BYTES_MAX)
                return error_set(error, STATUS_INVALID, "concept.new.bad_name", NULL);
        enum status status = setting_currency(desk->connection, &first->currency, error);
        if (status != STATUS_OK || first->currency.code[0])
                return status;
        if (!currency.length)
                currency = text_of("EUR");
        status = currency_minor_digits(currency, &digits, error);
        if (status != STATUS_OK)
                return status;
        if (digits != first->currency.minor_digits && snapshot_document_count(desk->snapshot))
                return error_set(error, STATUS_CONFLICT, "setting.currency_digits", "currency", currency.data, NULL);
        memcpy(first->currency.code, currency.data, 3);
        first->currency.minor_digits = digits;
        return STATUS_OK;
}

static enum status set_first_result(struct job *job, const struct version *version,
                                    const struct evaluation *evaluation, struct error *error)
{
        struct buffer out buffer_cleanup;
        struct json json;
        buffer_init(&out, RESULT_BYTES_MAX);
        json_init(&json, &out, false);
        json_begin_object(&json);
        json_key(&json, "program");
        json_string(&json, version->program);
        json_key(&json, "version");
        json_int(&json, version->number);
        json_key(&json, "cutoff");
        json_day(&json, evaluation->cutoff_day);
        json_key(&json, "evaluated");
        json_int(&json, (int64_t)evaluation->tally.evaluated);
        json_key(&json, "segments");
        json_begin_array(&json);
        for (size_t i = 0; i < version->concept->segment_count; i++) {
                json_begin_object(&json);
                json_key(&json, "segment");
                json_text(&json, version->concept->segments[i].id);
                json_key(&json, "customers");
                json_int(&json, (int64_t)evaluation->tally.segment[i]);
                json_key(&json, "revenue");
                json_int(&json, evaluation->tally.revenue_minor[i]);
                json_end_object(&json);
        }
        json_end_array(&json);
        json_end_object(&json);
        return !out.failed && job_set_result(job, (struct text){out.data, out.length}) ? STATUS_OK
                                                                                      : error_memory(error);
}

static enum status make_first(struct job *job, struct error *error)
{
        struct desk desk desk_cleanup = {0};
        struct first_concept first;
        struct evaluation evaluation;
        struct version looked_up, stored;
        bool existed;
        struct buffer document buffer_cleanup;
        buffer_init(&document, DOCUMENT_BYTES_MAX);
        job_progress(job, 0, 2, "job.words.reading");
        enum status status = desk_open(job, &desk, error);
        if (status == STATUS_OK && desk.complete_day == DAY_NONE)
                status = error_set(error, STATUS_CONFLICT, "evaluate.no_documents", NULL);
        if (status == STATUS_OK)
                status = take_arguments(&desk, &first, error);
        job_progress(job, 1, 2, "job.words.evaluating");
        if (status == STATUS_OK)
                status = first_ladder_compose(&first, desk.first_day, desk.complete_day, desk.snapshot,
                                              desk.connection, &desk.parallel, desk.arena, &document, &evaluation,
                                              &looked_up, error);
        if (status == STATUS_OK)
                status = job_check(job, error);
        /* The same document is stored once, however often it comes. */
        if (status == STATUS_OK)
                status = version_load(job_database(job), desk.connection, looked_up.concept,
                                      (struct text){document.data, document.length}, job_actor(job), desk.arena,
                                      &stored, &existed, error);
        return status == STATUS_OK ? set_first_result(job, &stored, &evaluation, error) : status;
}

const struct job_kind first_concept_kind = {.name = "first_concept", .run = make_first, .lock = "evaluation",
                                            .resumable = true, .tries_max = TRIES_MAX};

/* ---- into force ------------------------------------------------------------------------------------------------- */

/* Of a first ladder that was interrupted: the run it stored. */
static enum status approve_run(struct desk *desk, const char *run_id, const struct version *version,
                               struct error *error)
{
        struct job *job = desk->job;
        struct run_summary summary;
        char text[128];
        int32_t effective_day;
        enum status status = run_find_typed(desk->connection, version->program_id, version->program, run_id,
                                            desk->arena, &summary, error);
        if (status != STATUS_OK)
                return status;
        effective_day = summary.effective_day;
        if (summary.state == RUN_PROPOSED)
                status = verdict_approve_run(job_database(job), desk->connection, &summary, job_actor(job), NULL,
                                             desk->arena, &effective_day, error);
        if (status != STATUS_OK)
                return status;
        int length = snprintf(text, sizeof(text), "{\"run\":\"%s\",\"effective\":%d}", run_id, (int)effective_day);
        return job_set_result(job, (struct text){text, (size_t)length}) ? STATUS_OK : error_memory(error);
}

static enum status put_into_force(struct job *job, struct error *error)
{
        struct desk desk desk_cleanup = {0};
        struct version version;
        struct run run = {.id = 0};
        char run_id[NUMBER_BYTES] = "";
        struct text kept = job_kept_result(job);
        job_progress(job, 0, 3, "job.words.reading");
        enum status status = desk_version(job, "version", &version, error);
        if (status == STATUS_OK && !version.released)
                status = version_release(job_database(job), &version, job_actor(job), error);
        if (status == STATUS_OK)
                status = desk_open(job, &desk, error);
        if (status == STATUS_OK && !kept.data)
                status = propose(&desk, &version, &run, error);
        if (status != STATUS_OK)
                return status;
        snprintf(run_id, sizeof(run_id), "%lld", (long long)run.id);
        /* {"run":"123"} */
        for (size_t i = 0, n = 0; kept.data && i < kept.length && n + 1 < sizeof(run_id); i++)
                if (kept.data[i] >= '0' && kept.data[i] <= '9') {
                        run_id[n++] = kept.data[i];
                        run_id[n] = '\0';
                }
        return approve_run(&desk, run_id, &version, error);
}

const struct job_kind first_ladder_kind = {.name = "first_ladder", .run = put_into_force, .lock = "evaluation",
                                           .resumable = true, .tries_max = TRIES_MAX};

/* ---- the index -------------------------------------------------------------------------------------------------- */

static enum status rebuild(struct job *job, struct error *error)
{
        return index_rebuild(job_database(job), job_connection(job), error);
}

const struct job_kind index_kind = {.name = "index", .run = rebuild, .lock = "import", .resumable = true,
                                    .tries_max = TRIES_MAX};
