/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulation_job.c: a what-if as a job, its outcome as JSON.
 */
#include <stdlib.h>

#include "program/desk.h"
#include "program/program_jobs.h"
#include "program/simulation.h"
#include "render/json.h"

#define RESULT_BYTES_MAX ((size_t)8 << 20)
enum { TRIES_MAX = 3 };

static void put_segment(struct json *json, const char *key, const struct concept *concept, size_t segment)
{
        json_key(json, key);
        if (segment < concept->segment_count)
                json_text(json, concept->segments[segment].id);
        else
                json_null(json);
}

static void put_sums(struct json *json, const char *key, const struct simulation *simulation, enum simulation_side side)
{
        const struct concept *concept = simulation->sides[side].version->concept;
        const struct segment_sums *sums = &simulation->sums[side];
        json_key(json, key);
        json_begin_array(json);
        for (size_t s = 0; s < concept->segment_count; s++) {
                json_begin_object(json);
                put_segment(json, "segment", concept, s);
                json_key(json, "customers");
                json_int(json, (int64_t)sums->customers[s]);
                json_key(json, "revenue");
                json_int(json, sums->revenue_minor[s]);
                json_key(json, "margin");
                if (sums->margin_known[s])
                        json_int(json, sums->margin_minor[s]);
                else
                        json_null(json);
                json_end_object(json);
        }
        json_end_array(json);
}

static void put_matrix(struct json *json, const struct simulation *simulation)
{
        const struct concept *from = simulation->sides[SIDE_AGAINST].version->concept;
        const struct concept *to = simulation->sides[SIDE_CHANGED].version->concept;
        json_key(json, "matrix");
        json_begin_array(json);
        for (size_t row = 0; row < MOVEMENT_ROWS; row++)
                for (size_t column = 0; column < MOVEMENT_ROWS; column++) {
                        if (!simulation->from_against[row][column])
                                continue;
                        json_begin_object(json);
                        put_segment(json, "from", from, row);
                        put_segment(json, "to", to, column);
                        json_key(json, "customers");
                        json_int(json, (int64_t)simulation->from_against[row][column]);
                        json_end_object(json);
                }
        json_end_array(json);
}

struct order {
        const int64_t *revenue_minor, *customer_ids;
};

static int by_revenue(const void *a, const void *b, void *context)
{
        const struct order *order = context;
        size_t x = *(const size_t *)a, y = *(const size_t *)b;
        int64_t mine = order->revenue_minor[x], theirs = order->revenue_minor[y];
        if (mine != theirs)
                return mine > theirs ? -1 : 1;
        return (x > y) - (x < y);
}

static void put_moves(struct json *json, const struct simulation *simulation, size_t *moves)
{
        const struct evaluation *against = &simulation->sides[SIDE_AGAINST];
        const struct evaluation *changed = &simulation->sides[SIDE_CHANGED];
        struct order order = {changed->measures.revenue_12m_minor, snapshot_customer_ids(changed->snapshot)};
        size_t count = simulation->move_count;
        if (count > 1)
                qsort_r(moves, count, sizeof(*moves), by_revenue, &order);
        json_key(json, "moves_total");
        json_int(json, (int64_t)count);
        json_key(json, "moves");
        json_begin_array(json);
        for (size_t m = 0; m < count && m < SIMULATION_MOVES_MAX; m++) {
                size_t i = moves[m];
                int direction = simulation_direction(simulation, i);
                json_begin_object(json);
                json_key(json, "customer");
                json_id_text(json, order.customer_ids[i]);
                put_segment(json, "from", against->version->concept, against->decisions.segment[i]);
                put_segment(json, "to", changed->version->concept, changed->decisions.segment[i]);
                json_key(json, "direction");
                json_string(json, direction > 0 ? "up" : direction < 0 ? "down" : "aside");
                json_key(json, "revenue");
                json_int(json, order.revenue_minor[i]);
                json_end_object(json);
        }
        json_end_array(json);
}

static enum status set_result(struct job *job, const struct simulation *simulation, struct error *error)
{
        const struct evaluation *changed = &simulation->sides[SIDE_CHANGED];
        struct buffer out buffer_cleanup;
        struct json json;
        size_t *moves = arena_array(job_arena(job), size_t, simulation->move_count + 1);
        buffer_init(&out, RESULT_BYTES_MAX);
        if (!moves)
                return error_memory(error);
        memcpy(moves, simulation->moves, simulation->move_count * sizeof(*moves));
        json_init(&json, &out, false);
        json_begin_object(&json);
        json_key(&json, "cutoff");
        json_day(&json, changed->cutoff_day);
        json_key(&json, "evaluation");
        json_text(&json, changed->version->concept->mechanics.evaluations[changed->rule].id);
        json_key(&json, "program");
        json_string(&json, changed->version->program);
        json_key(&json, "version");
        json_int(&json, changed->version->number);
        json_key(&json, "against");
        json_int(&json, simulation->sides[SIDE_AGAINST].version->number);
        json_key(&json, "evaluated");
        json_int(&json, (int64_t)changed->tally.evaluated);
        json_key(&json, "other_decisions");
        json_int(&json, (int64_t)simulation->other_decision_count);
        put_sums(&json, "segments_against", simulation, SIDE_AGAINST);
        put_sums(&json, "segments", simulation, SIDE_CHANGED);
        put_matrix(&json, simulation);
        put_moves(&json, simulation, moves);
        json_end_object(&json);
        return !out.failed && job_set_result(job, (struct text){out.data, out.length}) ? STATUS_OK
                                                                                      : error_memory(error);
}

static enum status simulate(struct job *job, struct error *error)
{
        static const char *const arguments[] = {[SIDE_AGAINST] = "against", [SIDE_CHANGED] = "version"};
        struct desk desk desk_cleanup = {0};
        struct version versions[SIDE_COUNT];
        struct simulation *simulation = arena_zero(job_arena(job), 1, sizeof(*simulation));
        enum status status = simulation ? desk_open(job, &desk, error) : error_memory(error);
        job_progress(job, 0, 2, "job.words.evaluating");
        for (size_t i = 0; i < SIDE_COUNT && status == STATUS_OK; i++) {
                struct evaluation *side = &simulation->sides[i];
                status = desk_version(job, arguments[i], &versions[i], error);
                side->version = &versions[i];
                side->snapshot = desk.snapshot;
        }
        /* The day is chosen by the change; the other version evaluates the same day. */
        if (status == STATUS_OK)
                status = desk_moment(&desk, &simulation->sides[SIDE_CHANGED], error);
        if (status != STATUS_OK)
                return status;
        struct evaluation *against = &simulation->sides[SIDE_AGAINST];
        against->cutoff_day = simulation->sides[SIDE_CHANGED].cutoff_day;
        struct text id = versions[SIDE_CHANGED].concept->mechanics.evaluations[simulation->sides[SIDE_CHANGED].rule].id;
        const char *name = arena_copy(desk.arena, id.data, id.length);
        status = name ? evaluation_choose(against->version->concept, name, against->cutoff_day, &against->rule, error)
                      : error_memory(error);
        if (status == STATUS_OK)
                status = simulation_run(simulation, desk.connection, &desk.parallel, desk.arena, error);
        return status == STATUS_OK ? set_result(job, simulation, error) : status;
}

const struct job_kind simulation_kind = {.name = "simulation", .run = simulate, .resumable = true,
                                         .tries_max = TRIES_MAX};
