/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate.c: `treue evaluate`: who belongs where at a cut-off date, as a proposal, approved, or only looked at.
 */
#include "cli/evaluate_output.h"

#include "cli/commands.h"
#include "cli/concept_file.h"
#include "cli/near_misses.h"
#include "cli/options.h"
#include "cli/session.h"
#include "facts/survey.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "program/runs.h"

struct request {
        const char *cutoff, *evaluation, *concept, *format, *near, *metrics;
        bool dry_run, approve, metrics_by_sql;
        int32_t cutoff_day;
        size_t near_count;
        enum form form;
};

static enum status read_request(struct cli_context *context, int argc, char **argv, struct request *request,
                                struct error *error)
{
        const struct option_info options[] = {
                {"--cutoff", OPTION_VALUE, "DATE", "cli.option.cutoff", NULL, &request->cutoff, NULL},
                {"--evaluation", OPTION_VALUE, "ID", "cli.option.evaluation", NULL, &request->evaluation, NULL},
                {"--concept", OPTION_VALUE, "FILE|VERSION", "cli.option.concept", NULL, &request->concept, NULL},
                {"--dry-run", OPTION_FLAG, NULL, "cli.option.evaluate_dry_run", &request->dry_run, NULL, NULL},
                {"--approve", OPTION_FLAG, NULL, "cli.option.approve", &request->approve, NULL, NULL},
                {"--near", OPTION_VALUE, "N", "cli.option.near", NULL, &request->near, NULL},
                {"--metrics", OPTION_VALUE, "index|sql", "cli.option.metrics", NULL, &request->metrics, NULL},
                OPTION_FORMAT(request->format),
        };
        struct words none;
        enum status status = options_parse_words(context, options, sizeof(options) / sizeof(options[0]), 0, argc, argv,
                                                 &none, error);
        if (status != STATUS_OK)
                return status;
        if (!request->cutoff && (request->evaluation || request->approve))
                return error_set(error, STATUS_USAGE, "evaluate.cutoff_missing", NULL);
        request->cutoff_day = DAY_NONE;
        if (request->cutoff)
                status = options_day(request->cutoff, &request->cutoff_day, error);
        if (status != STATUS_OK)
                return status;
        if (request->dry_run && request->approve)
                return error_set(error, STATUS_USAGE, "evaluate.dry_run_and_approve", NULL);
        request->metrics_by_sql = request->metrics && strcmp(request->metrics, "sql") == 0;
        if (request->metrics && !request->metrics_by_sql && strcmp(request->metrics, "index") != 0)
                return error_set(error, STATUS_USAGE, "evaluate.bad_metrics", "value", request->metrics, NULL);
        status = near_misses_limit(request->near, &request->near_count, error);
        if (status != STATUS_OK)
                return status;
        return options_form(context, request->format, FORMS_ALL, &request->form, error);
}

/* The version to evaluate: a file (loaded as a draft when it is new), a version by name, or the latest released one. */
static enum status find_version(struct session *session, const struct request *request, struct version *ret,
                                struct error *error)
{
        if (request->concept && file_exists(request->concept)) {
                if (request->dry_run)
                        return concept_file_look_up(session->context, session->connection, request->concept,
                                                    session->arena, ret, error);
                bool existed;
                return concept_file_load(session->context, session->database, session->connection, request->concept,
                                         session->arena, ret, &existed, error);
        }
        return session_version(session, request->concept, ret, error);
}

static enum status store(struct session *session, const struct request *request, struct evaluation *evaluation,
                         struct run *run, struct error *error)
{
        run_of(evaluation, run);
        if (request->dry_run)
                return STATUS_OK;
        enum status status = run_store(session->database, session->connection, run, error);
        if (status == STATUS_OK && request->approve)
                status = run_approve(session->database, run, error);
        return status;
}

/* Which evaluation, at which cut-off: the latest one the data is complete for, unless that was said. */
static enum status choose(struct session *session, const struct request *request, struct evaluation *evaluation,
                          struct error *error)
{
        int32_t first_day, last_day, complete_day;
        if (request->cutoff)
                return evaluation_choose(evaluation->version->concept, request->evaluation, request->cutoff_day,
                                         &evaluation->rule, error);
        if (!survey_days(session->snapshot, clock_local_day(clock_now_ms()), &first_day, &last_day, &complete_day))
                return error_set(error, STATUS_CONFLICT, "evaluate.no_documents", NULL);
        evaluation_latest(evaluation->version->concept, first_day, complete_day, &evaluation->cutoff_day,
                          &evaluation->rule);
        return STATUS_OK;
}

static enum status evaluate(struct session *session, const struct request *request, struct error *error)
{
        struct version version;
        struct evaluation evaluation = {.version = &version, .cutoff_day = request->cutoff_day,
                                       .metrics_by_sql = request->metrics_by_sql};
        struct run run;
        enum status status = find_version(session, request, &version, error);
        if (status == STATUS_OK && request->cutoff)
                status = choose(session, request, &evaluation, error);
        if (status == STATUS_OK && request->approve)
                status = run_check_approval(session->connection, &version, request->cutoff_day, error);
        if (status == STATUS_OK)
                status = session_open_snapshot(session, GENERATION_LATEST, !request->dry_run, error);
        if (status == STATUS_OK && !request->cutoff)
                status = choose(session, request, &evaluation, error);
        if (status != STATUS_OK)
                return status;
        evaluation.snapshot = session->snapshot;
        status = evaluation_run(&evaluation, session->connection, &session->parallel, session->arena, error);
        if (status == STATUS_OK)
                status = store(session, request, &evaluation, &run, error);
        if (status == STATUS_OK)
                status = evaluate_output(session->context, session->connection, &evaluation, &run, request->form,
                                         request->near_count, request->dry_run, session->arena, error);
        return status;
}

int cmd_evaluate(struct cli_context *context, int argc, char **argv)
{
        struct request request = {0};
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = read_request(context, argc, argv, &request, &error);
        if (status == STATUS_OK)
                status = session_open(&session, context, request.dry_run ? CLI_READ : CLI_WRITE, &error);
        if (status == STATUS_OK)
                status = evaluate(&session, &request, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
