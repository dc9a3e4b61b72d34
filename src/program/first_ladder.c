/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * first_ladder.c: composes a first program and decides everybody by it.
 */
#include "program/first_ladder.h"

#include "program/concept_parse.h"

struct composing {
        struct snapshot *snapshot;
        struct connection *connection;
        const struct parallel *parallel;
        struct arena *arena;
        int32_t first_day, complete_day;
};

/* Decides everybody by the document as it is now. */
static enum status decide(const struct composing *composing, const struct buffer *document,
                          struct evaluation *evaluation, struct version *version, struct error *error)
{
        struct problem_list problems;
        const struct concept *concept;
        const char *copy = arena_copy(composing->arena, document->data, document->length);
        if (!copy)
                return error_memory(error);
        problems_init(&problems, composing->arena);
        struct text content = {copy, document->length};
        enum status status = concept_parse(composing->arena, content, &concept, &problems, error);
        if (status == STATUS_OK)
                status = version_look_up(composing->connection, concept, content, composing->arena, version, error);
        if (status != STATUS_OK)
                return status;
        *evaluation = (struct evaluation){.version = version, .snapshot = composing->snapshot};
        evaluation_latest(version->concept, composing->first_day, composing->complete_day, &evaluation->cutoff_day,
                          &evaluation->rule);
        return evaluation_run(evaluation, composing->connection, composing->parallel, composing->arena, error);
}

/* Written twice: what segment A brings is known once everybody was decided by the thresholds. */
enum status first_ladder_compose(struct first_concept *first, int32_t first_day, int32_t complete_day,
                                 struct snapshot *snapshot, struct connection *connection,
                                 const struct parallel *parallel, struct arena *arena, struct buffer *document,
                                 struct evaluation *evaluation, struct version *version, struct error *error)
{
        struct composing composing = {snapshot, connection, parallel, arena, first_day, complete_day};
        first->cutoff_day = first_concept_cutoff(first->year_month, first_day, complete_day);
        enum status status = first_concept_choose(first, snapshot, connection, parallel, arena, error);
        for (unsigned round = 0; round < 2 && status == STATUS_OK; round++) {
                buffer_clear(document);
                if (!first_concept_write(first, document))
                        return error_memory(error);
                status = decide(&composing, document, evaluation, version, error);
                first->a_revenue_minor = status == STATUS_OK ? evaluation->tally.revenue_minor[0] : 0;
                first->has_baseline = first->a_revenue_minor > 0;
        }
        return status;
}
