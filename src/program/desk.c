/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * desk.c: opens what jobs about programs need.
 */
#include "program/desk.h"

#include "db/generation.h"
#include "facts/survey.h"
#include "platform/clock.h"

enum status desk_open(struct job *job, struct desk *ret, struct error *error)
{
        struct snapshot_note note = {0};
        int64_t generation;
        int32_t last_day;
        *ret = (struct desk){.job = job, .arena = job_arena(job), .connection = job_connection(job)};
        enum status status = pool_new(processor_count(), &ret->pool, error);
        if (status == STATUS_OK)
                status = generation_latest(ret->connection, &generation, error);
        if (status != STATUS_OK)
                return status;
        ret->parallel = pool_parallel(ret->pool);
        /* Imports may write the index at the same time: it is only read here. */
        status = snapshot_open(job_database(job), ret->connection, generation, false, &ret->parallel, &ret->snapshot,
                               &note, error);
        if (status == STATUS_OK && !survey_days(ret->snapshot, clock_local_day(clock_now_ms()), &ret->first_day,
                                                &last_day, &ret->complete_day))
                ret->first_day = ret->complete_day = DAY_NONE;
        return status == STATUS_OK ? job_check(job, error) : status;
}

void desk_close(struct desk *desk)
{
        snapshot_unref(desk->snapshot);
        pool_free(desk->pool);
}

const char *desk_word(const struct job *job, const char *argument)
{
        struct text text = job_argument(job, argument);
        return text.length ? text.data : NULL;
}

enum status desk_version(struct job *job, const char *argument, struct version *ret, struct error *error)
{
        int64_t program_id;
        const char *program;
        enum status status = program_choose(job_connection(job), desk_word(job, "program"), job_arena(job),
                                            &program_id, &program, error);
        if (status == STATUS_OK)
                status = version_find(job_connection(job), program_id, program, desk_word(job, argument),
                                      job_arena(job), ret, error);
        return status;
}

enum status desk_moment(struct desk *desk, struct evaluation *evaluation, struct error *error)
{
        const struct concept *concept = evaluation->version->concept;
        const char *cutoff = desk_word(desk->job, "cutoff");
        if (!cutoff) {
                if (desk->complete_day == DAY_NONE)
                        return error_set(error, STATUS_CONFLICT, "evaluate.no_documents", NULL);
                evaluation_latest(concept, desk->first_day, desk->complete_day, &evaluation->cutoff_day,
                                  &evaluation->rule);
                return STATUS_OK;
        }
        if (!day_parse_iso(text_of(cutoff), &evaluation->cutoff_day))
                return error_set(error, STATUS_INVALID, "job.arguments_invalid", NULL);
        return evaluation_choose(concept, desk_word(desk->job, "evaluation"), evaluation->cutoff_day,
                                 &evaluation->rule, error);
}
