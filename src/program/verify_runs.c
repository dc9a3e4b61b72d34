/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_runs.c: every stored run: complete, of a known concept and generation, its values readable.
 */
#include <stdlib.h>

#include "engine/evaluate.h"
#include "program/verify_parts.h"
#include "program/versions.h"
#include "queries.h"

enum { VALUES_AT_ONCE = 512 };
#define RUN_BYTES_MAX ((size_t)256 << 20)

struct one_run {
        int64_t id, concept_version_id, generation, customers_evaluated, decisions;
        int32_t cutoff_day;
        bool approved, has_approval;
};

static bool is_segment(const struct concept *concept, struct text id)
{
        for (size_t s = 0; s < concept->segment_count; s++)
                if (text_equal(concept->segments[s].id, id))
                        return true;
        return false;
}

static bool is_decision(struct text name)
{
        for (int d = 0; d < DECISION_COUNT; d++)
                if (text_is(name, decision_names[d]))
                        return true;
        return false;
}

static void complain(struct verifying *verifying, const struct one_run *run, int64_t customer_id, const char *key)
{
        char number[VERIFY_NUMBER_BYTES], customer[VERIFY_NUMBER_BYTES];
        verify_found(verifying, key, "run", verify_number(number, run->id), "customer",
                     verify_number(customer, customer_id), NULL);
}

/* One decision after the other: the values of each are unpacked as explaining would. */
static enum status check_decisions(struct verifying *verifying, const struct one_run *run,
                                   const struct engine_plan *plan, const struct concept *concept, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        struct q_verify_decisions_args args = {run->id};
        arena_cleanup struct arena *arena = arena_new(RUN_BYTES_MAX);
        if (!arena)
                return error_memory(error);
        enum status status = q_verify_decisions_open(verifying->connection, &args, &rows, error);
        while (!status) {
                struct q_verify_decisions_row row;
                bool more = false;
                struct measures measures;
                status = q_verify_decisions_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                verifying->result.decisions++;
                if (!is_segment(concept, row.segment) || !is_segment(concept, row.qualified) ||
                    !is_decision(row.decision))
                        complain(verifying, run, row.customer_id, "verify.decision_words");
                status = engine_values_unpack(plan, &row.metric_values, 1, arena, &measures, error);
                if (status == STATUS_CORRUPT) {
                        complain(verifying, run, row.customer_id, "verify.decision_values");
                        status = STATUS_OK;
                }
                if (verifying->result.decisions % VALUES_AT_ONCE == 0)
                        arena_reset(arena);
        }
        return status;
}

static enum status check_run(struct verifying *verifying, const struct one_run *run, struct error *error)
{
        char number[VERIFY_NUMBER_BYTES], stored[VERIFY_NUMBER_BYTES], told[VERIFY_NUMBER_BYTES];
        verify_number(number, run->id);
        if (run->decisions != run->customers_evaluated)
                verify_found(verifying, "verify.run_incomplete", "run", number, "stored",
                             verify_number(stored, run->decisions), "told",
                             verify_number(told, run->customers_evaluated), NULL);
        if (run->approved && !run->has_approval)
                verify_found(verifying, "verify.run_approval", "run", number, NULL);
        if (run->generation < 0 || run->generation > verifying->result.generation)
                verify_found(verifying, "verify.run_generation", "run", number, "generation",
                             verify_number(stored, run->generation), NULL);
        arena_cleanup struct arena *arena = arena_new(RUN_BYTES_MAX);
        struct version version;
        struct engine_plan *plan;
        if (!arena)
                return error_memory(error);
        enum status status = version_by_id(verifying->connection, run->concept_version_id, arena, &version, error);
        if (!status)
                status = engine_plan_new(arena, version.concept, run->cutoff_day, &plan, error);
        if (status == STATUS_MEMORY || status == STATUS_SYSTEM)
                return status;
        if (status) {
                verify_found(verifying, "verify.run_concept", "run", number, NULL);
                return STATUS_OK;
        }
        return check_decisions(verifying, run, plan, version.concept, error);
}

static enum status load_runs(struct verifying *verifying, struct one_run **ret, size_t *ret_count,
                             struct error *error)
{
        struct one_run *runs = NULL;
        size_t count = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_runs_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_runs_row row;
                bool more = false;
                status = q_verify_runs_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct one_run *wider = realloc(runs, (count + 1) * sizeof(*runs));
                if (!wider) {
                        status = error_memory(error);
                        break;
                }
                runs = wider;
                runs[count++] = (struct one_run){
                        .id = row.id,
                        .concept_version_id = row.concept_version_id,
                        .generation = row.generation,
                        .customers_evaluated = row.customers_evaluated,
                        .decisions = row.decisions,
                        .cutoff_day = row.cutoff_day,
                        .approved = text_is(row.state, "approved"),
                        .has_approval = row.has_approval,
                };
        }
        *ret = runs;
        *ret_count = count;
        return status;
}

static enum status check_verdicts(struct verifying *verifying, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_verify_verdicts_open(verifying->connection, NULL, &rows, error);
        while (!status) {
                struct q_verify_verdicts_row row;
                bool more = false;
                struct one_run run = {0};
                status = q_verify_verdicts_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                run.id = row.run_id;
                complain(verifying, &run, row.customer_id, "verify.verdict");
        }
        return status;
}

enum status verify_runs(struct verifying *verifying, struct error *error)
{
        struct one_run *runs = NULL;
        size_t count = 0;
        enum status status = load_runs(verifying, &runs, &count, error);
        for (size_t i = 0; i < count && !status; i++)
                status = check_run(verifying, &runs[i], error);
        verifying->result.runs = count;
        free(runs);
        return status ? status : check_verdicts(verifying, error);
}
