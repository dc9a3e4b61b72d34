/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluations.c: runs of a program: proposing for a scheduled day, the proposals by kind with reasons, approving and
 * rejecting them one by one, by kind or as a whole.
 */
#include "base/calendar.h"
#include "jobs/arguments.h"
#include "program/evaluation.h"
#include "program/program_jobs.h"
#include "program/reader.h"
#include "program/run_list.h"
#include "program/verdicts.h"
#include "render/json.h"
#include "render/list.h"
#include "web/job_view.h"
#include "web/program_view.h"
#include "web/resources.h"

/* A page holds as many proposals as can be ticked at once. */
enum { DAYS_AROUND = 400, CHOSEN_MAX = 100, NUMBER_BYTES = 24, PAGE_ROWS = CHOSEN_MAX };

static const char *const decision_choices[] = {"new", "unclassified", "suspended", "override", "promote", "stay",
                                               "recovered", "kept", "grace", "demote", NULL};

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static void put_run(struct request *request, struct model *model, struct value *map, const struct run_summary *run)
{
        char state[48];
        snprintf(state, sizeof(state), "run.state.%s", run_state_names[run->state]);
        put_ordinal(model, map, "number", run->number);
        put_id(model, map, "id", run->id);
        put_code(model, map, "evaluation", request_language(request), NULL, run->evaluation);
        put_day(model, map, "cutoff", run->cutoff_day);
        put_ordinal(model, map, "version", run->version);
        put_word(model, map, "state", arena_copy(request_arena(request), state, strlen(state)));
        put_string(model, map, "state_name", run_state_names[run->state]);
        put_yes_no(model, map, "is_proposed", run->state == RUN_PROPOSED);
        put_instant(model, map, "created", run->created_ms);
        put_day(model, map, "decided", run->decided_day);
        put_day(model, map, "effective", run->effective_day);
        put_count(model, map, "customers", run->customers_evaluated);
        put_count(model, map, "approved", run->approved);
        put_count(model, map, "rejected", run->rejected);
        put_yes_no(model, map, "beneath_undone", run->beneath_undone);
        put_text(model, map, "path", path_of(request, "/evaluations/", run->id, ""));
}

/* The days the program evaluates, around today: those gone by are offered, those to come are announced. */
static void put_days(struct request *request, struct model *model, const struct concept *concept)
{
        int32_t today = request_today(request);
        struct value *past = put_list(model, NULL, "days_past"), *coming = put_list(model, NULL, "days_coming");
        for (int32_t offset = -DAYS_AROUND; offset <= DAYS_AROUND; offset++) {
                /* The latest first. */
                int32_t day = offset <= 0 ? today - DAYS_AROUND - offset : today + offset;
                size_t rule;
                if (evaluation_choose(concept, NULL, day, &rule, NULL) != STATUS_OK)
                        continue;
                struct value *map = add_map(model, day <= today ? past : coming);
                put_day(model, map, "day", day);
                put_code(model, map, "evaluation", request_language(request), NULL,
                         concept->mechanics.evaluations[rule].id);
                put_day(model, map, "effective",
                        engine_effective_day(&concept->mechanics.evaluations[rule], day));
        }
}

static enum status evaluations_list(struct request *request, struct model *model, struct error *error)
{
        struct connection *connection;
        struct run_summary *runs;
        struct version version;
        size_t count = 0;
        int64_t program_id;
        const char *program;
        enum status status = program_of(request, &program_id, &program, error);
        put_word(model, NULL, "title", "page.evaluations");
        if (!status)
                status = request_connection(request, &connection, error);
        if (status)
                return status;
        struct value *list = put_list(model, NULL, "runs");
        put_yes_no(model, NULL, "has_program", program_id != 0);
        put_yes_no(model, NULL, "may_run", subject_may(request_subject(request), PERMISSION_EVALUATION_RUN));
        if (!program_id)
                return STATUS_OK;
        put_string(model, NULL, "program", program);
        status = run_list_load(connection, program_id, request_arena(request), &runs, &count, error);
        for (size_t i = count; i > 0 && !status; i--)
                put_run(request, model, add_map(model, list), &runs[i - 1]);
        if (!status)
                status = version_find(connection, program_id, program, NULL, request_arena(request), &version, error);
        if (status == STATUS_NOT_FOUND) {
                put_yes_no(model, NULL, "has_released", false);
                return STATUS_OK;
        }
        if (status)
                return status;
        put_yes_no(model, NULL, "has_released", true);
        put_days(request, model, version.concept);
        return STATUS_OK;
}

/* Where a finished evaluation is to be seen; else the page of the job. */
static void go_on(struct request *request, const struct job_record *job)
{
        struct arguments *result;
        if (job->state != JOB_DONE || arguments_parse(job->result, &result, NULL) != STATUS_OK) {
                job_go_to(request, job->id);
                return;
        }
        struct text run = arguments_text(result, "run");
        struct buffer path buffer_cleanup;
        buffer_init(&path, 256);
        buffer_addf(&path, "/evaluations/%.*s", (int)run.length, run.data);
        const char *kept = arena_copy(request_arena(request), path.data, path.length);
        arguments_free(result);
        request_go_to(request, text_of(kept), true);
}

static enum status evaluations_run(struct request *request, struct model *model, struct error *error)
{
        struct buffer arguments buffer_cleanup;
        struct json json;
        struct job_record job;
        int64_t program_id;
        const char *program;
        buffer_init(&arguments, 4096);
        enum status status = program_of(request, &program_id, &program, error);
        if (status)
                return status;
        json_init(&json, &arguments, false);
        json_begin_object(&json);
        json_key(&json, "program");
        json_string(&json, program);
        if (request_has(request, "cutoff")) {
                json_key(&json, "cutoff");
                json_day(&json, (int32_t)request_integer(request, "cutoff"));
        }
        json_end_object(&json);
        struct job_order order = job_order_of(request, evaluation_kind.name,
                                              (struct text){arguments.data, arguments.length});
        status = job_ask(request, &order, &job, error);
        if (status)
                return status;
        put_job(request, model, put_map(model, NULL, "job"), &job);
        go_on(request, &job);
        return STATUS_OK;
}

/* ---- the proposals of a run -------------------------------------------------------------------------------------- */

static const struct list_column columns[] = {
        {.name = "number", .title = "evaluate.column.number", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "name", .title = "evaluate.column.name", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN, .path = "path"},
        {.name = "responsible", .title = "evaluation.column.responsible", .kind = SHEET_TEXT},
        {.name = "decision", .title = "run.column.decision", .kind = SHEET_CODE,
         .flags = COLUMN_SHOWN | COLUMN_FILTERS, .words = "decision."},
        {.name = "before", .title = "run.column.before", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN | COLUMN_FILTERS},
        {.name = "segment", .title = "run.column.segment", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN | COLUMN_FILTERS},
        {.name = "qualified", .title = "run.column.qualified", .kind = SHEET_TEXT, .flags = COLUMN_SHOWN},
        {.name = "grace_end", .title = "evaluation.column.grace_end", .kind = SHEET_DAY},
        {.name = "state", .title = "run.column.state", .kind = SHEET_CODE, .flags = COLUMN_SHOWN | COLUMN_FILTERS,
         .words = "run.state."},
        {.name = "effective", .title = "run.column.effective", .kind = SHEET_DAY},
        {.name = "actor", .title = "evaluation.column.actor", .kind = SHEET_TEXT},
        {.name = "reason", .title = "evaluation.column.reason", .kind = SHEET_TEXT},
};
enum { COLUMN_DECISION = 3, COLUMN_BEFORE, COLUMN_SEGMENT, COLUMN_STATE = 8 };

static struct text filtered_text(const struct run_decision *decision, size_t column)
{
        switch (column) {
        case COLUMN_DECISION: return text_of(decision_names[decision->decision]);
        case COLUMN_BEFORE: return decision->before;
        case COLUMN_SEGMENT: return decision->segment;
        default: return text_of(run_state_names[decision->state]);
        }
}

/* Of several filters of one column any fits, of several columns all. */
static bool fits(const struct run_decision *decision, const struct list_address *address)
{
        for (size_t i = 0; i < address->filter_count; i++) {
                bool fit = false;
                for (size_t k = 0; k < address->filter_count && !fit; k++) {
                        const struct list_filter *filter = &address->filters[k];
                        struct text value = filtered_text(decision, filter->column);
                        if (filter->column != address->filters[i].column)
                                continue;
                        fit = filter->compare == LIST_UNKNOWN ? value.length == 0
                              : filter->compare == LIST_KNOWN ? value.length > 0
                              : filter->compare == LIST_IS    ? text_equal(value, filter->word)
                                                              : !text_equal(value, filter->word);
                }
                if (!fit)
                        return false;
        }
        return true;
}

static void put_flags(struct model *model, struct value *map, const struct run_decision *decision)
{
        struct value *flags = put_list(model, map, "flags");
        for (unsigned i = 0; i < FLAG_COUNT; i++)
                if (decision->flags >> i & 1)
                        add_text(model, flags, text_of(flag_names[i]));
}

static const char *decision_key(struct request *request, enum decision decision)
{
        char key[48];
        snprintf(key, sizeof(key), "evaluation.why.%s", decision_names[decision]);
        return arena_copy(request_arena(request), key, strlen(key));
}

static void put_decision(struct request *request, struct model *model, struct value *map,
                         const struct people_view *people, const struct run_decision *decision)
{
        char id[NUMBER_BYTES];
        snprintf(id, sizeof(id), "%lld", (long long)decision->customer_id);
        (void)put_customer_named(request, model, map, people, decision->customer_id);
        put_string(model, map, "decision", decision_names[decision->decision]);
        put_word(model, map, "why", decision_key(request, decision->decision));
        put_text(model, map, "before", decision->before);
        put_text(model, map, "segment", decision->segment);
        put_text(model, map, "qualified", decision->qualified);
        put_yes_no(model, map, "grace", decision->grace);
        put_day(model, map, "grace_end", decision->grace ? decision->grace_end_day : DAY_NONE);
        put_string(model, map, "state", run_state_names[decision->state]);
        put_yes_no(model, map, "is_open", decision->state == RUN_PROPOSED);
        put_day(model, map, "effective", decision->effective_day);
        put_actor(request, model, map, "actor", decision->actor);
        put_text(model, map, "reason", decision->reason);
        put_flags(model, map, decision);
        put_yes_no(model, map, "chosen", request_was_chosen(request, "customer", text_of(id)));
}

static enum status find_run(struct request *request, struct run_summary *ret, struct error *error)
{
        struct connection *connection;
        int64_t program_id;
        const char *program;
        struct text typed = request_segment(request, "run");
        enum status status = program_of(request, &program_id, &program, error);
        if (!status)
                status = request_connection(request, &connection, error);
        if (status)
                return status;
        if (!program_id)
                return not_there(error);
        return run_find_typed(connection, program_id, program, string_of(request, typed), request_arena(request), ret,
                              error);
}

struct shown {
        const struct list_address *address;
        const struct people_view *people;
        int64_t after;
        size_t rows_max;          /* of a page; a file has all rows */
        size_t total;             /* rows that fit */
        size_t kinds[DECISION_COUNT], open[DECISION_COUNT]; /* of those the asker may see */
        int64_t last;             /* of this page */
        bool more;
};

/* In the order of customer ids, which is that of the run. */
static void put_decisions(struct request *request, struct model *model, const struct list_spec *spec,
                          const struct run_decision *decisions, size_t count, struct shown *shown)
{
        struct value *rows = put_list(model, NULL, "rows");
        size_t put = 0;
        for (size_t i = 0; i < count; i++) {
                const struct run_decision *decision = &decisions[i];
                if (!people_may_see(shown->people, decision->customer_id))
                        continue;
                shown->kinds[decision->decision]++;
                shown->open[decision->decision] += decision->state == RUN_PROPOSED;
                if (!fits(decision, shown->address))
                        continue;
                shown->total++;
                if (decision->customer_id <= shown->after || shown->more)
                        continue;
                if (put == shown->rows_max) {
                        shown->more = true;
                        continue;
                }
                put++;
                shown->last = decision->customer_id;
                put_decision(request, model, list_row(model, rows, spec, shown->address), shown->people, decision);
        }
}

static void put_kinds_of(struct request *request, struct model *model, const struct shown *shown,
                         const struct run_summary *run)
{
        struct value *list = put_list(model, NULL, "kinds");
        bool any_open = run->state == RUN_PROPOSED;
        for (size_t i = 1; i < DECISION_COUNT; i++) {
                char word[48], path[96];
                any_open = any_open || shown->open[i];
                if (!shown->kinds[i])
                        continue;
                struct value *map = add_map(model, list);
                snprintf(word, sizeof(word), "decision.%s", decision_names[i]);
                snprintf(path, sizeof(path), "/evaluations/%lld?filter=decision:%s", (long long)run->id,
                         decision_names[i]);
                put_string(model, map, "decision", decision_names[i]);
                put_word(model, map, "name", arena_copy(request_arena(request), word, strlen(word)));
                put_count(model, map, "count", (int64_t)shown->kinds[i]);
                put_count(model, map, "open", (int64_t)shown->open[i]);
                put_string(model, map, "path", path);
                put_yes_no(model, map, "chosen",
                           request_was_chosen(request, "decision", text_of(decision_names[i])));
        }
        /* Where everything is decided there is nothing to do. */
        put_yes_no(model, NULL, "may_decide",
                   any_open && subject_may(request_subject(request), PERMISSION_EVALUATION_DECIDE));
}

static enum status put_run_page(struct request *request, struct model *model, const struct run_summary *run,
                                struct list_spec *spec, struct error *error)
{
        struct people_view people people_cleanup = {0};
        struct connection *connection;
        struct run_decision *decisions;
        struct list_address *address = arena_zero(request_arena(request), 1, sizeof(*address));
        struct list_reader reader = {.language = request_language(request), .minor_digits = 2};
        size_t count;
        char last[NUMBER_BYTES] = "";
        enum status status = address ? request_connection(request, &connection, error) : error_memory(error);
        if (!status)
                status = people_open(request, &people, error);
        if (!status)
                status = list_address_parse_query(spec, &reader, request_query(request), request_arena(request),
                                                  address, error);
        if (!status)
                status = run_decisions_load(connection, run->id, request_arena(request), &decisions, &count, error);
        if (status)
                return status;
        bool whole = request_wants_file(request);
        struct shown shown = {.address = address, .people = &people, .rows_max = whole ? count : PAGE_ROWS,
                              .after = whole ? 0 : list_after_number(address, 0)};
        put_decisions(request, model, spec, decisions, count, &shown);
        if (shown.more)
                snprintf(last, sizeof(last), "%lld", (long long)shown.last);
        struct text next = shown.more ? text_of(arena_copy(request_arena(request), last, strlen(last)))
                                      : (struct text){NULL, 0};
        list_put(model, &(struct list_view){.spec = spec, .address = address, .total = (int64_t)shown.total,
                                            .next_after = next});
        put_kinds_of(request, model, &shown, run);
        return STATUS_OK;
}

static enum status evaluation_show(struct request *request, struct model *model, struct error *error)
{
        struct run_summary run;
        struct list_spec *spec = arena_zero(request_arena(request), 1, sizeof(*spec));
        enum status status = spec ? find_run(request, &run, error) : error_memory(error);
        if (status)
                return status;
        *spec = (struct list_spec){.title = "page.evaluation",
                                   .path = path_of(request, "/evaluations/", run.id, "").data,
                                   .columns = columns, .column_count = sizeof(columns) / sizeof(columns[0])};
        put_word(model, NULL, "title", "page.evaluation");
        put_run(request, model, put_map(model, NULL, "run"), &run);
        put_text(model, NULL, "verdict_path", path_of(request, "/evaluations/", run.id, ""));
        return put_run_page(request, model, &run, spec, error);
}

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */

static enum status decide_whole(struct request *request, const struct run_summary *run, bool approve,
                                const char *reason, int32_t *ret_effective_day, struct error *error)
{
        struct application *application = application_of(request);
        struct connection *connection;
        enum status status = request_connection(request, &connection, error);
        if (status)
                return status;
        if (!approve)
                return verdict_reject_run(application->database, run, actor_of(request), reason, error);
        return verdict_approve_run(application->database, connection, run, actor_of(request), reason,
                                   request_arena(request), ret_effective_day, error);
}

static enum status decide_some(struct request *request, const struct run_summary *run, bool approve,
                               const char *reason, struct verdict_result *result, struct error *error)
{
        int64_t ids[CHOSEN_MAX];
        const char *names[CHOSEN_MAX];
        struct verdict_request verdict = {.run = run, .approve = approve, .actor = actor_of(request), .reason = reason,
                                          .customer_ids = ids, .customer_names = names};
        for (size_t i = 0; i < request_repeats(request, "customer") && i < CHOSEN_MAX; i++) {
                names[i] = string_of(request, request_text_at(request, "customer", i));
                ids[i] = 0;
                for (const char *digit = names[i]; digit && *digit >= '0' && *digit <= '9'; digit++)
                        ids[i] = ids[i] < INT64_MAX / 10 - 9 ? ids[i] * 10 + (*digit - '0') : 0;
                verdict.customer_count++;
        }
        for (size_t i = 0; i < request_repeats(request, "decision"); i++)
                for (size_t k = 0; k < DECISION_COUNT; k++)
                        if (text_is(request_text_at(request, "decision", i), decision_names[k]))
                                verdict.kinds |= UINT32_C(1) << k;
        return verdicts_give(application_of(request)->database, &verdict, result, error);
}

static enum status evaluation_verdict(struct request *request, struct model *model, struct error *error)
{
        struct run_summary run;
        struct verdict_result result = {.effective_day = DAY_NONE};
        bool approve = text_is(request_text(request, "verdict"), "approve");
        bool whole = request_yes(request, "whole");
        bool some = request_has(request, "customer") || request_has(request, "decision");
        struct text reason_text = request_text(request, "reason");
        const char *reason = reason_text.length ? string_of(request, reason_text) : NULL;
        enum status status = find_run(request, &run, error);
        if (status)
                return status;
        if (whole == some)
                return request_refuse_field(request, error, "decision", whole ? "evaluation.both_chosen"
                                                                              : "evaluation.nothing_chosen", NULL);
        if (!approve && !reason)
                return request_refuse_field(request, error, "reason", "run.reason_missing", NULL);
        if (whole) {
                status = decide_whole(request, &run, approve, reason, &result.effective_day, error);
                result.count = (size_t)run.customers_evaluated;
        } else {
                status = decide_some(request, &run, approve, reason, &result, error);
        }
        if (status)
                return status;
        char count[NUMBER_BYTES];
        snprintf(count, sizeof(count), "%zu", result.count);
        put_count(model, NULL, "decided", (int64_t)result.count);
        put_day(model, NULL, "effective", approve ? result.effective_day : DAY_NONE);
        request_notice(request, NULL, approve ? "evaluation.approved_notice" : "evaluation.rejected_notice", "count",
                       count, NULL);
        request_go_to(request, path_of(request, "/evaluations/", run.id, ""), false);
        return STATUS_OK;
}

static const char *const verdicts[] = {"approve", "reject", NULL};
static const struct field program_fields[] = {{.name = "program", .kind = INPUT_ID}, {0}};
static const struct field run_fields[] = {
        {.name = "program", .kind = INPUT_ID}, {.name = "cutoff", .kind = INPUT_DAY}, {0}};
static const struct field show_fields[] = {LIST_FIELDS, {.name = "program", .kind = INPUT_ID}, {0}};
static const struct field verdict_fields[] = {
        {.name = "verdict", .kind = INPUT_CHOICE, .required = true, .choices = verdicts},
        {.name = "customer", .kind = INPUT_ID, .repeated = true},
        {.name = "decision", .kind = INPUT_CHOICE, .repeated = true, .choices = decision_choices},
        {.name = "whole", .kind = INPUT_YES_NO},
        {.name = "reason", .kind = INPUT_TEXT, .max = 500},
        {.name = "program", .kind = INPUT_ID},
        {0}};

static const struct route routes[] = {
        {METHOD_GET, "/evaluations", PERMISSION_EVALUATION_READ, program_fields, "evaluations", evaluations_list, 0,
         "route.evaluations"},
        {METHOD_POST, "/evaluations", PERMISSION_EVALUATION_RUN, run_fields, NULL, evaluations_run, 0,
         "route.evaluations_run"},
        {METHOD_GET, "/evaluations/{run}", PERMISSION_EVALUATION_READ, show_fields, "evaluation", evaluation_show,
         ROUTE_LIST, "route.evaluation"},
        {METHOD_POST, "/evaluations/{run}", PERMISSION_EVALUATION_DECIDE, verdict_fields, NULL,
         evaluation_verdict, 0, "route.evaluation_verdict"},
};
const struct resource resource_evaluations = {"evaluations", routes, sizeof(routes) / sizeof(routes[0])};
