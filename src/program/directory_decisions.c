/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_decisions.c: the segments in effect, since when, announced ones, and what the latest evaluations say is
 * missing for the next.
 */
#include <stdlib.h>

#include "program/directory_parts.h"
#include "program/evaluation.h"
#include "program/run_sides.h"
#include "program/standing.h"
#include "queries.h"

#define DECISIONS_BYTES_MAX ((size_t)4 << 30)
#define SCRATCH_BYTES_MAX ((size_t)16 << 30)
enum { EXPLAIN_GRAIN = 512, EXPLAIN_BYTES_MAX = 64 << 20, SETTING_NAME_MAX = 256, VISITS_MAX = 366 };

struct building {
        struct directory_decisions *decisions;
        struct directory_facts *facts;
        struct connection *connection;
        const struct parallel *parallel;
        struct directory_program *program;
};

/* ---- standing ---------------------------------------------------------------------------------------------------- */

static enum status take_standings(struct building *building, struct arena *scratch, struct error *error)
{
        struct directory_facts *facts = building->facts;
        struct directory_program *program = building->program;
        const struct concept *concept = program->version.concept;
        struct standing *now, *before;
        enum status status = standing_in_effect(building->connection, program->id, facts->day, concept, facts->ids,
                                                facts->count, scratch, &now, error);
        if (!status)
                status = standing_in_effect(building->connection, program->id, day_add_months(facts->day, -12), concept,
                                            facts->ids, facts->count, scratch, &before, error);
        for (size_t i = 0; i < facts->count && !status; i++) {
                program->segment[i] = now[i].segment;
                program->year_before[i] = before[i].segment;
                program->grace_end[i] = DAY_NONE;
                if (now[i].granted)
                        bits_set(program->granted, i);
                if (!now[i].grace)
                        continue;
                bits_set(program->grace, i);
                program->grace_end[i] = now[i].grace_ends_next ? DAY_OPEN_END : now[i].grace_end_day;
        }
        return status;
}

/* ---- since when, and what is announced --------------------------------------------------------------------------- */

struct past {
        int32_t cutoff_day, approval_number, effective_day;
        uint8_t segment;
};

static int latest_first(const void *a, const void *b)
{
        const struct past *x = a, *y = b;
        if (x->cutoff_day != y->cutoff_day)
                return x->cutoff_day > y->cutoff_day ? -1 : 1;
        return (x->approval_number < y->approval_number) - (x->approval_number > y->approval_number);
}

static void take_past(struct building *building, int64_t customer_id, struct buffer *list)
{
        struct directory_program *program = building->program;
        int32_t day = building->facts->day;
        struct past *past = (struct past *)(void *)list->data;
        size_t count = list->length / sizeof(*past), at = 0;
        int64_t row = snapshot_find_customer(building->facts->snapshot, customer_id);
        if (row < 0 || !count)
                return;
        if (count > 1)
                qsort(past, count, sizeof(*past), latest_first);
        if (past[0].effective_day > day && past[0].segment != program->segment[row]) {
                program->announced[row] = past[0].segment;
                program->announced_day[row] = past[0].effective_day;
        }
        while (at < count && past[at].effective_day > day)
                at++;
        if (at < count && program->grace_end[row] == DAY_OPEN_END) /* it ends with the next evaluation that lowers */
                program->grace_end[row] = evaluation_next(program->version.concept, past[at].cutoff_day,
                                                          MOVE_DOWN | MOVE_GRACE, NULL);
        while (at < count && past[at].segment != program->segment[row])
                at++;
        for (; at < count && past[at].segment == program->segment[row]; at++)
                program->since[row] = past[at].effective_day;
}

static enum status take_pasts(struct building *building, struct error *error)
{
        struct q_directory_decisions_args args = {building->program->id};
        const struct concept *concept = building->program->version.concept;
        struct buffer list buffer_cleanup;
        int64_t customer_id = 0;
        buffer_init(&list, 1 << 24);
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_directory_decisions_open(building->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_decisions_row row = {0};
                status = q_directory_decisions_next(rows, &row, &more, error);
                if (status)
                        break;
                if (!more || row.customer_id != customer_id) {
                        take_past(building, customer_id, &list);
                        buffer_clear(&list);
                }
                if (!more)
                        break;
                customer_id = row.customer_id;
                struct past past = {row.cutoff_day, row.approval_number, row.effective_day,
                                    standing_segment(concept, row.segment)};
                if (!buffer_add(&list, &past, sizeof(past)))
                        return error_memory(error);
        }
        return status;
}

/* ---- what is missing --------------------------------------------------------------------------------------------- */

struct explaining {
        struct directory_facts *facts;
        struct directory_program *program;
        const struct run_side *side;
        const uint64_t *rejected;    /* by place in the side; NULL: nobody */
        uint8_t run;
        enum status status;          /* of the first failure */
        struct error error;
};

/* The decision explained is the one the dossier explains: of the latest cut-off. */
static enum status explain_one(struct explaining *explaining, size_t at, size_t row, struct arena *scratch,
                               struct error *error)
{
        struct directory_program *program = explaining->program;
        const struct run_side *side = explaining->side;
        struct explanation explanation;
        enum status status = engine_explain(side->plan, &side->measures, at, side->decisions.segment[at], scratch,
                                            &explanation, error);
        if (status)
                return status;
        program->run[row] = explaining->run;
        if (!explanation.has_next)
                return STATUS_OK;
        struct text id = side->version->concept->segments[explanation.next_segment].id;
        program->next[row] = standing_segment(program->version.concept, id);
        program->missing[row] = (uint8_t)(explanation.next_missing_count < MISSING_UNKNOWN
                                                  ? explanation.next_missing_count : MISSING_UNKNOWN - 1);
        return STATUS_OK;
}

static void explain_range(void *context, size_t begin, size_t end)
{
        struct explaining *explaining = context;
        const struct directory_facts *facts = explaining->facts;
        struct arena *scratch arena_cleanup = arena_new(EXPLAIN_BYTES_MAX);
        struct error error;
        enum status status = scratch ? STATUS_OK : error_memory(&error);
        for (size_t at = begin; at < end && !status; at++) {
                int64_t row = snapshot_find_customer(facts->snapshot, explaining->side->customer_ids[at]);
                if (row < 0 || explaining->program->run[row] != DIRECTORY_RUN_NONE ||
                    (explaining->rejected && bits_get(explaining->rejected, at)))
                        continue;
                arena_reset(scratch);
                status = explain_one(explaining, at, (size_t)row, scratch, &error);
        }
        enum status fine = STATUS_OK;
        if (status && __atomic_compare_exchange_n(&explaining->status, &fine, status, false, __ATOMIC_SEQ_CST,
                                                  __ATOMIC_SEQ_CST))
                explaining->error = error;
}

static enum status find_rejected(struct connection *connection, const struct directory_run *run,
                                 const struct run_side *side, struct arena *scratch, const uint64_t **ret,
                                 struct error *error)
{
        struct q_directory_rejected_args args = {run->summary.id};
        uint64_t *rejected = arena_array(scratch, uint64_t, bits_words(side->count) + 1);
        rows_cleanup struct rows *rows = NULL;
        size_t at = 0;
        if (!rejected)
                return error_memory(error);
        enum status status = q_directory_rejected_open(connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_rejected_row row;
                status = q_directory_rejected_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                while (at < side->count && side->customer_ids[at] < row.customer_id)
                        at++;
                if (at < side->count && side->customer_ids[at] == row.customer_id)
                        bits_set(rejected, at);
        }
        *ret = rejected;
        return status;
}

static enum status explain_run(struct building *building, uint8_t place, struct error *error)
{
        struct directory_program *program = building->program;
        struct directory_run *run = &program->runs[place];
        struct arena *scratch arena_cleanup = arena_new(SCRATCH_BYTES_MAX);
        struct run_side side;
        struct explaining explaining = {.facts = building->facts, .program = program, .side = &side, .run = place};
        if (!scratch)
                return error_memory(error);
        enum status status = run_side_stored(building->connection, &run->summary, scratch, &side, error);
        if (!status && run->summary.rejected)
                status = find_rejected(building->connection, run, &side, scratch, &explaining.rejected, error);
        if (status)
                return status;
        parallel_for(building->parallel, side.count, EXPLAIN_GRAIN, explain_range, &explaining);
        if (explaining.status)
                *error = explaining.error;
        return explaining.status;
}

static int newest_run_first(const void *a, const void *b)
{
        const struct run_summary *x = a, *y = b;
        if (x->cutoff_day != y->cutoff_day)
                return x->cutoff_day > y->cutoff_day ? -1 : 1;
        if ((x->state == RUN_APPROVED) != (y->state == RUN_APPROVED))
                return x->state == RUN_APPROVED ? -1 : 1;
        return (x->id < y->id) - (x->id > y->id);
}

static enum status keep_run(struct building *building, const struct run_summary *summary, struct error *error)
{
        struct directory_program *program = building->program;
        struct directory_run *run = &program->runs[program->run_count];
        run->summary = *summary;
        struct arena *arena = building->decisions->arena;
        enum status status = version_by_id(building->connection, summary->concept_version_id, arena, &run->version,
                                           error);
        if (!status)
                status = engine_plan_new(arena, run->version.concept, summary->cutoff_day, &run->plan, error);
        return status ? status : explain_run(building, (uint8_t)program->run_count++, error);
}

static bool all_explained(const struct building *building)
{
        for (size_t i = 0; i < building->facts->count; i++)
                if (building->program->run[i] == DIRECTORY_RUN_NONE && bits_get(building->facts->exists, i))
                        return false;
        return true;
}

/* From the latest run that reaches back to the view's day backwards, until everybody is explained. */
static enum status explain_all(struct building *building, struct error *error)
{
        struct run_summary *runs;
        size_t count;
        enum status status = run_list_load(building->connection, building->program->id, building->decisions->arena,
                                           &runs, &count, error);
        if (status)
                return status;
        if (count > 1)
                qsort(runs, count, sizeof(*runs), newest_run_first);
        for (size_t i = 0; i < count && !status && building->program->run_count < DIRECTORY_RUNS_MAX; i++)
                if (runs[i].cutoff_day <= building->facts->day && (runs[i].state != RUN_REJECTED || runs[i].approved) &&
                    !all_explained(building))
                        status = keep_run(building, &runs[i], error);
        return status;
}

/* ---- programs ---------------------------------------------------------------------------------------------------- */

/* Settings visits.PROGRAM.SEGMENT: how often a year. */
static enum status take_visit_frequency(struct building *building, struct error *error)
{
        struct directory_program *program = building->program;
        const struct concept *concept = program->version.concept;
        char low[SETTING_NAME_MAX], high[SETTING_NAME_MAX];
        snprintf(low, sizeof(low), "visits.%s.", program->code);
        snprintf(high, sizeof(high), "visits.%s/", program->code); /* '/' follows '.' */
        struct q_directory_settings_args args = {text_of(low), text_of(high)};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_directory_settings_open(building->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_settings_row row;
                int64_t visits;
                status = q_directory_settings_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct text id = {row.name.data + strlen(low), row.name.length - strlen(low)};
                uint8_t segment = standing_segment(concept, id);
                if (segment != SEGMENT_NONE &&
                    decimal_parse_scaled(row.value, DECIMAL_POINT, 0, false, &visits) == DECIMAL_OK && visits > 0 &&
                    visits <= VISITS_MAX)
                        program->visits_per_year[segment] = (uint16_t)visits;
        }
        return status;
}

static enum status allocate(struct building *building, struct error *error)
{
        struct directory_program *program = building->program;
        struct arena *arena = building->decisions->arena;
        size_t count = building->facts->count;
        program->segment = arena_array(arena, uint8_t, count + 1);
        program->year_before = arena_array(arena, uint8_t, count + 1);
        program->announced = arena_array(arena, uint8_t, count + 1);
        program->since = arena_array(arena, int32_t, count + 1);
        program->announced_day = arena_array(arena, int32_t, count + 1);
        program->grace_end = arena_array(arena, int32_t, count + 1);
        program->grace = arena_array(arena, uint64_t, bits_words(count) + 1);
        program->granted = arena_array(arena, uint64_t, bits_words(count) + 1);
        program->next = arena_array(arena, uint8_t, count + 1);
        program->missing = arena_array(arena, uint8_t, count + 1);
        program->run = arena_array(arena, uint8_t, count + 1);
        if (!program->segment || !program->year_before || !program->announced || !program->since ||
            !program->announced_day || !program->grace_end || !program->grace || !program->granted || !program->next ||
            !program->missing || !program->run)
                return error_memory(error);
        memset(program->announced, SEGMENT_NONE, count);
        memset(program->next, SEGMENT_NONE, count);
        memset(program->missing, MISSING_UNKNOWN, count);
        memset(program->run, DIRECTORY_RUN_NONE, count);
        for (size_t i = 0; i < count; i++)
                program->since[i] = program->announced_day[i] = DAY_NONE;
        return STATUS_OK;
}

static enum status fill_program(struct building *building, struct error *error)
{
        struct arena *scratch arena_cleanup = arena_new(SCRATCH_BYTES_MAX);
        enum status status = scratch ? allocate(building, error) : error_memory(error);
        if (!status)
                status = take_standings(building, scratch, error);
        if (!status)
                status = take_pasts(building, error);
        if (!status)
                status = explain_all(building, error);
        return status ? status : take_visit_frequency(building, error);
}

struct listed_program {
        int64_t id;
        const char *code;
};

static enum status list_programs(struct building *building, struct buffer *ret, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_program_list_open(building->connection, NULL, &rows, error);
        for (bool more = true; !status;) {
                struct q_program_list_row row;
                status = q_program_list_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct listed_program listed = {row.id, arena_copy(building->decisions->arena, row.code.data,
                                                                   row.code.length)};
                if (!listed.code || !buffer_add(ret, &listed, sizeof(listed)))
                        return error_memory(error);
        }
        return status;
}

static enum status fill_programs(struct building *building, struct error *error)
{
        struct directory_decisions *decisions = building->decisions;
        struct buffer list buffer_cleanup;
        buffer_init(&list, 1 << 20);
        enum status status = list_programs(building, &list, error);
        size_t count = list.length / sizeof(struct listed_program);
        const struct listed_program *listed = (const struct listed_program *)(const void *)list.data;
        decisions->programs = arena_array(decisions->arena, struct directory_program, count + 1);
        if (!status && !decisions->programs)
                status = error_memory(error);
        for (size_t p = 0; p < count && !status; p++) {
                building->program = &decisions->programs[decisions->program_count];
                building->program->id = listed[p].id;
                building->program->code = listed[p].code;
                status = version_find(building->connection, listed[p].id, listed[p].code, NULL, decisions->arena,
                                      &building->program->version, error);
                if (status == STATUS_NOT_FOUND) {
                        status = STATUS_OK; /* only drafts */
                        continue;
                }
                if (!status)
                        status = fill_program(building, error);
                decisions->program_count++;
        }
        return status;
}

void directory_decisions_unref(struct directory_decisions *decisions)
{
        if (!decisions || __atomic_sub_fetch(&decisions->references, 1, __ATOMIC_ACQ_REL))
                return;
        arena_free(decisions->arena);
        free(decisions);
}

static enum status decide(struct directory_facts *facts, struct connection *connection,
                          const struct parallel *parallel, struct directory_decisions **ret, struct error *error)
{
        struct directory_decisions *decisions = calloc(1, sizeof(*decisions));
        if (!decisions)
                return error_memory(error);
        *decisions = (struct directory_decisions){.references = 1, .arena = arena_new(DECISIONS_BYTES_MAX)};
        struct building building = {.decisions = decisions, .facts = facts, .connection = connection,
                                    .parallel = parallel};
        enum status status = decisions->arena ? fill_programs(&building, error) : error_memory(error);
        if (status)
                directory_decisions_unref(decisions);
        else
                *ret = decisions;
        return status;
}

/* The rows are the same, and whoever did not exist is still nobody that an evaluation could be looked for. */
static bool still_hold(const struct directory_facts *facts, const struct directory_view *same)
{
        return same && directory_facts_same_rows(facts, same->facts) &&
               memcmp(facts->exists, same->facts->exists, bits_words(facts->count) * sizeof(*facts->exists)) == 0;
}

enum status directory_decisions_build(struct directory_facts *facts, struct connection *connection,
                                      const struct parallel *parallel, const struct directory_view *same,
                                      struct directory_view **ret, struct error *error)
{
        struct directory_view *view = calloc(1, sizeof(*view));
        if (!view)
                return error_memory(error);
        *view = (struct directory_view){.references = 1, .facts = directory_facts_ref(facts)};
        enum status status = STATUS_OK;
        if (still_hold(facts, same)) {
                __atomic_add_fetch(&same->decisions->references, 1, __ATOMIC_RELAXED);
                view->decisions = same->decisions;
        } else {
                status = decide(facts, connection, parallel, &view->decisions, error);
        }
        if (status) {
                directory_view_unref(view);
                return status;
        }
        view->program_count = view->decisions->program_count;
        view->programs = view->decisions->programs;
        *ret = view;
        return STATUS_OK;
}
