/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulate.c: `treue simulate`: what another concept would do to everybody's segment. Stores nothing.
 */
#include <stdlib.h>

#include "base/bits.h"
#include "cli/commands.h"
#include "cli/evaluate_output.h"
#include "cli/near_misses.h"
#include "cli/options.h"
#include "cli/simulate_output.h"
#include "platform/file.h"

#define OUTPUT_BYTES_MAX ((size_t)4 << 30)
#define SCRATCH_BYTES_MAX ((size_t)64 << 20)

struct request {
        const char *concept, *against, *cutoff, *evaluation, *format, *moves, *near;
        int32_t cutoff_day;
        size_t near_count;
        enum form form;
};

static enum status read_request(struct cli_context *context, int argc, char **argv, struct request *request,
                                struct error *error)
{
        const struct option_info options[] = {
                {"--concept", OPTION_VALUE, "FILE|VERSION", "cli.option.simulate_concept", NULL, &request->concept,
                 NULL},
                {"--against", OPTION_VALUE, "FILE|VERSION", "cli.option.against", NULL, &request->against, NULL},
                {"--cutoff", OPTION_VALUE, "DATE", "cli.option.cutoff", NULL, &request->cutoff, NULL},
                {"--evaluation", OPTION_VALUE, "ID", "cli.option.evaluation", NULL, &request->evaluation, NULL},
                {"--near", OPTION_VALUE, "N", "cli.option.near", NULL, &request->near, NULL},
                {"--moves", OPTION_VALUE, "FILE", "cli.option.moves", NULL, &request->moves, NULL},
                OPTION_FORMAT(request->format),
        };
        struct words none;
        enum status status = options_parse_words(context, options, sizeof(options) / sizeof(options[0]), 0, argc, argv,
                                                 &none, error);
        if (status != STATUS_OK)
                return status;
        if (!request->concept)
                return error_set(error, STATUS_USAGE, "simulate.concept_missing", NULL);
        if (!request->cutoff)
                return error_set(error, STATUS_USAGE, "evaluate.cutoff_missing", NULL);
        status = options_day(request->cutoff, &request->cutoff_day, error);
        if (status != STATUS_OK)
                return status;
        status = near_misses_limit(request->near, &request->near_count, error);
        if (status != STATUS_OK)
                return status;
        return options_form(context, request->format, FORMS_ALL, &request->form, error);
}

/* ---- revenue at stake ------------------------------------------------------------------------------------------- */

static int compare_stakes(const void *a, const void *b)
{
        const struct stake *x = a, *y = b;
        int64_t mine = x->up_minor + x->down_minor, theirs = y->up_minor + y->down_minor;
        if (mine != theirs)
                return mine > theirs ? -1 : 1;
        return text_compare(x->responsible, y->responsible);
}

static int compare_responsible(const void *a, const void *b, void *context)
{
        const struct customer_labels *labels = context;
        size_t x = *(const size_t *)a, y = *(const size_t *)b;
        int order = text_compare(customer_label_responsible(labels, x), customer_label_responsible(labels, y));
        return order ? order : (x > y) - (x < y);
}

static bool add_to_stake(struct stake *stake, int direction, int64_t revenue_minor)
{
        stake->up_count += direction > 0;
        stake->down_count += direction < 0;
        int64_t *sum = direction > 0 ? &stake->up_minor : &stake->down_minor;
        return direction == 0 || !__builtin_add_overflow(*sum, revenue_minor, sum);
}

static enum status sum_stakes(struct simulation_page *page, struct arena *arena, struct error *error)
{
        const struct simulation *simulation = page->simulation;
        const int64_t *revenue_minor = simulation->sides[SIDE_CHANGED].measures.revenue_12m_minor;
        size_t count = simulation->move_count;
        size_t *moves = arena_array(arena, size_t, count + 1);
        page->stakes = arena_array(arena, struct stake, count + 1);
        if (!moves || !page->stakes)
                return error_memory(error);
        memcpy(moves, simulation->moves, count * sizeof(*moves));
        if (count > 1)
                qsort_r(moves, count, sizeof(*moves), compare_responsible, &page->labels);
        for (size_t m = 0; m < count; m++) {
                struct text responsible = customer_label_responsible(&page->labels, moves[m]);
                struct stake *stake = page->stake_count ? &page->stakes[page->stake_count - 1] : NULL;
                if (!stake || !text_equal(stake->responsible, responsible)) {
                        stake = &page->stakes[page->stake_count++];
                        stake->responsible = responsible;
                }
                if (!add_to_stake(stake, simulation_direction(simulation, moves[m]), revenue_minor[moves[m]]))
                        return error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
        }
        if (page->stake_count > 1)
                qsort(page->stakes, page->stake_count, sizeof(*page->stakes), compare_stakes);
        return STATUS_OK;
}

/* ---- the command ------------------------------------------------------------------------------------------------ */

static enum status prepare_page(struct simulation_page *page, struct error *error)
{
        struct session *session = page->session;
        const struct simulation *simulation = page->simulation;
        const uint64_t *exists = simulation->sides[SIDE_CHANGED].measures.exists;
        size_t count = snapshot_customer_count(session->snapshot);
        page->by_number = arena_array(session->arena, size_t, count + 1);
        page->moves = arena_array(session->arena, size_t, simulation->move_count + 1);
        page->scratch = arena_new(SCRATCH_BYTES_MAX);
        if (!page->by_number || !page->moves || !page->scratch)
                return error_memory(error);
        enum status status = customer_labels_load(session->snapshot, session->connection,
                                                  simulation->sides[SIDE_CHANGED].cutoff_day, session->arena,
                                                  &page->labels, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                if (bits_get(exists, i))
                        page->by_number[page->count++] = i;
        memcpy(page->moves, simulation->moves, simulation->move_count * sizeof(*page->moves));
        customers_sort(page->labels.numbers, page->moves, simulation->move_count);
        return sum_stakes(page, session->arena, error);
}

/* The file of --moves: a workbook when it is called one. */
static enum status write_moves(struct simulation_page *page, const char *path, struct error *error)
{
        struct cli_context context = *page->session->context;
        struct buffer moves buffer_cleanup;
        buffer_init(&moves, OUTPUT_BYTES_MAX);
        enum form form = options_has_ending(path, form_names[FORM_XLSX]) ? FORM_XLSX : FORM_CSV;
        enum status status = answer_file_open(path, false, &context.answer, error);
        if (status != STATUS_OK)
                return status;
        struct sheet_style style = cli_style(&context, form, &moves);
        status = simulate_moves(page, &style, error);
        if (status == STATUS_OK && form == FORM_CSV)
                status = file_write(style.path, moves.data, moves.length, false, error);
        if (status == STATUS_OK)
                return answer_file_finish(context.answer, error);
        answer_file_discard(context.answer);
        return status;
}

static enum status print(struct simulation_page *page, const struct request *request, struct error *error)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = request->moves ? write_moves(page, request->moves, error) : STATUS_OK;
        if (status != STATUS_OK)
                return status;
        struct sheet_style style = cli_style(page->session->context, request->form, &out);
        if (request->form == FORM_JSON) {
                customers_sort(page->labels.numbers, page->by_number, page->count);
                status = simulate_json(page, &out, error);
        } else if (form_is_rows(request->form)) {
                status = simulate_moves(page, &style, error);
        } else {
                status = simulate_table(page, request->near_count, &out, error);
        }
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

/* A file comes first: it says of which program the other side is to be. */
static enum status choose_versions(struct session *session, const struct request *request, struct version *versions,
                                   struct error *error)
{
        const char *const names[SIDE_COUNT] = {[SIDE_AGAINST] = request->against, [SIDE_CHANGED] = request->concept};
        bool against_first = request->against && file_exists(request->against) && !file_exists(request->concept);
        enum simulation_side first = against_first ? SIDE_AGAINST : SIDE_CHANGED;
        enum simulation_side second = against_first ? SIDE_CHANGED : SIDE_AGAINST;
        enum status status = session_version(session, names[first], &versions[first], error);
        if (status == STATUS_OK)
                status = session_version(session, names[second], &versions[second], error);
        if (status != STATUS_OK)
                return status;
        if (!text_equal(versions[SIDE_AGAINST].concept->program_id, versions[SIDE_CHANGED].concept->program_id))
                return error_set(error, STATUS_USAGE, "simulate.other_program", "program",
                                 versions[SIDE_CHANGED].program, "against", versions[SIDE_AGAINST].program, NULL);
        return STATUS_OK;
}

static enum status simulate(struct session *session, const struct request *request, struct error *error)
{
        struct version versions[SIDE_COUNT];
        struct simulation simulation = {0};
        enum status status = choose_versions(session, request, versions, error);
        if (status == STATUS_OK)
                status = session_open_snapshot(session, GENERATION_LATEST, false, error);
        for (size_t i = 0; i < SIDE_COUNT && status == STATUS_OK; i++) {
                struct evaluation *side = &simulation.sides[i];
                side->version = &versions[i];
                side->cutoff_day = request->cutoff_day;
                side->snapshot = session->snapshot;
                status = evaluation_choose(versions[i].concept, request->evaluation, request->cutoff_day, &side->rule,
                                           error);
        }
        if (status == STATUS_OK)
                status = simulation_run(&simulation, session->connection, &session->parallel, session->arena, error);
        if (status != STATUS_OK)
                return status;
        struct simulation_page page = {.session = session, .simulation = &simulation};
        status = prepare_page(&page, error);
        if (status == STATUS_OK)
                status = print(&page, request, error);
        arena_free(page.scratch);
        return status;
}

int cmd_simulate(struct cli_context *context, int argc, char **argv)
{
        struct request request = {0};
        struct error error;
        struct session session session_cleanup = {0};
        enum status status = read_request(context, argc, argv, &request, &error);
        if (status == STATUS_OK)
                status = session_open(&session, context, CLI_READ, &error);
        if (status == STATUS_OK)
                status = simulate(&session, &request, &error);
        return status == STATUS_OK ? CLI_DONE : cli_fail(context, status, &error);
}
