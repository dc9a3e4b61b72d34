/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluation.c: conducts the engine.
 */
#include "program/evaluation.h"

#include "facts/sql_metrics.h"
#include "program/standing.h"

enum { NAMES_BYTES_MAX = 4096 };

static void add_evaluations(struct buffer *out, const struct concept *concept)
{
        for (size_t i = 0; i < concept->mechanics.evaluation_count; i++) {
                const struct evaluation_rule *rule = &concept->mechanics.evaluations[i];
                buffer_addf(out, "%s%.*s (%02u-%02u)", i ? ", " : "", (int)rule->id.length, rule->id.data,
                            rule->cutoff.month, rule->cutoff.day);
        }
}

enum status evaluation_choose(const struct concept *concept, const char *id, int32_t cutoff_day, size_t *ret_rule,
                              struct error *error)
{
        for (size_t i = 0; id && i < concept->mechanics.evaluation_count; i++)
                if (text_is(concept->mechanics.evaluations[i].id, id)) {
                        *ret_rule = i;
                        return STATUS_OK;
                }
        int matching = id ? -1 : engine_evaluation_for(concept, cutoff_day);
        if (matching >= 0) {
                *ret_rule = (size_t)matching;
                return STATUS_OK;
        }
        struct buffer evaluations buffer_cleanup;
        struct buffer cutoff buffer_cleanup;
        buffer_init(&evaluations, NAMES_BYTES_MAX);
        buffer_init(&cutoff, NAMES_BYTES_MAX);
        add_evaluations(&evaluations, concept);
        day_add_iso(&cutoff, cutoff_day);
        if (id)
                return error_set(error, STATUS_INVALID, "evaluate.unknown_evaluation", "evaluation", id, "evaluations",
                                 evaluations.data, NULL);
        return error_set(error, STATUS_INVALID, "evaluate.no_evaluation_matches", "cutoff", cutoff.data, "evaluations",
                         evaluations.data, NULL);
}

void evaluation_latest(const struct concept *concept, int32_t first_day, int32_t complete_day, int32_t *ret_cutoff,
                       size_t *ret_rule)
{
        int32_t best = DAY_NONE;
        *ret_cutoff = complete_day;
        *ret_rule = 0;
        for (size_t i = 0; i < concept->mechanics.evaluation_count; i++) {
                struct month_day cutoff = concept->mechanics.evaluations[i].cutoff;
                struct date date = {date_from_day(complete_day).year, cutoff.month, cutoff.day};
                if (day_from_date(date) > complete_day)
                        date.year--;
                int32_t day = day_from_date(date);
                if (day < first_day || day <= best)
                        continue;
                best = *ret_cutoff = day;
                *ret_rule = i;
        }
}

int32_t evaluation_next(const struct concept *concept, int32_t day, uint8_t moves, size_t *ret_rule)
{
        int32_t next = DAY_NONE;
        int year = date_from_day(day).year;
        for (size_t i = 0; i < concept->mechanics.evaluation_count; i++) {
                const struct evaluation_rule *rule = &concept->mechanics.evaluations[i];
                for (int y = year; y <= year + 1 && rule->moves & moves; y++) {
                        int32_t cutoff = day_from_date((struct date){y, rule->cutoff.month, rule->cutoff.day});
                        if (cutoff <= day || (next != DAY_NONE && cutoff >= next))
                                continue;
                        next = cutoff;
                        if (ret_rule)
                                *ret_rule = i;
                }
        }
        return next;
}

enum status evaluation_run(struct evaluation *evaluation, struct connection *connection,
                           const struct parallel *parallel, struct arena *arena, struct error *error)
{
        const struct concept *concept = evaluation->version->concept;
        struct engine_input input;
        enum status status = engine_plan_new(arena, concept, evaluation->cutoff_day, &evaluation->plan, error);
        if (status == STATUS_OK)
                status = snapshot_input(evaluation->snapshot, connection, concept, evaluation->cutoff_day, arena,
                                        &input,
                                        error);
        if (status == STATUS_OK && evaluation->metrics_by_sql)
                status = sql_metrics_count(evaluation->snapshot, connection, evaluation->plan, arena, &input, error);
        if (status == STATUS_OK)
                status = engine_measure(evaluation->plan, &input, parallel, arena, &evaluation->measures, error);
        if (status == STATUS_OK && !evaluation->standings)
                status = standing_load(connection, evaluation->version->program_id, evaluation->cutoff_day, concept,
                                       snapshot_customer_ids(evaluation->snapshot),
                                       snapshot_customer_count(evaluation->snapshot), input.units, arena,
                                       &evaluation->standings, error);
        if (status == STATUS_OK)
                status = engine_decide(evaluation->plan, &evaluation->measures, evaluation->standings, evaluation->rule,
                                       parallel, arena, &evaluation->decisions, &evaluation->tally, error);
        return status;
}
