/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backtest_output.c: rows of a backtest: how large the segments are, what was decided, who came back.
 */
#include "cli/backtest_output.h"

#include "render/cells.h"
#include "cli/customer_labels.h"
#include "program/amounts.h"

enum { BAR_COLUMNS = 24, SEGMENTS_SHOWN = 6 };

/* ---- table ------------------------------------------------------------------------------------------------------- */

static void add_head(const struct session *session, const struct backtest *backtest, struct buffer *out)
{
        enum language language = session->context->language;
        struct text name = bilingual_text(&backtest->version->concept->program_name, language);
        struct buffer from buffer_cleanup, to buffer_cleanup, label buffer_cleanup;
        char program[256], steps[24];
        buffer_init(&from, 64);
        buffer_init(&to, 64);
        buffer_init(&label, 256);
        format_add_day(&from, language, backtest->steps[0].cutoff_day);
        format_add_day(&to, language, backtest->steps[backtest->step_count - 1].cutoff_day);
        if (backtest->version->number)
                version_label(backtest->version, &label);
        else
                buffer_add_text(&label, message_raw(language, "simulate.not_loaded"));
        snprintf(program, sizeof(program), "%.*s", (int)name.length, name.data);
        snprintf(steps, sizeof(steps), "%zu", backtest->step_count);
        message_add(out, language, "backtest.head", "program", program, "concept", label.data, "count", steps, "from",
                    from.data, "to", to.data, NULL);
        buffer_add_text(out, "\n\n");
}

static const enum decision shown_decisions[] = {DECISION_NEW,  DECISION_PROMOTE, DECISION_DEMOTE,
                                                DECISION_KEPT, DECISION_GRACE,   DECISION_RECOVERED};
enum { SHOWN_DECISIONS = sizeof(shown_decisions) / sizeof(shown_decisions[0]) };

static void add_columns(struct cells *cells, const struct concept *concept, size_t segments)
{
        cells_column(cells, "backtest.column.cutoff", TABLE_LEFT);
        for (size_t s = 0; s < segments; s++)
                cells_column_text(cells, concept->segments[s].id, TABLE_RIGHT);
        for (size_t d = 0; d < SHOWN_DECISIONS; d++) {
                char key[64];
                snprintf(key, sizeof(key), "backtest.decision.%s", decision_names[shown_decisions[d]]);
                cells_column(cells, key, TABLE_RIGHT);
        }
        cells_column(cells, "backtest.column.flapping", TABLE_RIGHT);
        cells_column_text(cells, concept->segments[0].id, TABLE_LEFT);
}

static uint64_t largest_best(const struct backtest *backtest)
{
        uint64_t largest = 0;
        for (size_t i = 0; i < backtest->step_count; i++)
                if (backtest->steps[i].tally.segment[0] > largest)
                        largest = backtest->steps[i].tally.segment[0];
        return largest;
}

enum status backtest_table(const struct session *session, const struct backtest *backtest, struct buffer *out,
                           struct error *error)
{
        const struct concept *concept = backtest->version->concept;
        struct cells cells cells_cleanup;
        uint64_t totals[SHOWN_DECISIONS] = {0}, flapping = 0, largest = largest_best(backtest);
        size_t segments = concept->segment_count < SEGMENTS_SHOWN ? concept->segment_count : SEGMENTS_SHOWN;
        cells_init(&cells, session->context->language, concept->minor_digits);
        add_head(session, backtest, out);
        enum status status = cells_begin(&cells, error);
        if (status != STATUS_OK)
                return status;
        add_columns(&cells, concept, segments);
        for (size_t i = 0; i < backtest->step_count; i++) {
                const struct backtest_step *step = &backtest->steps[i];
                cells_day(&cells, step->cutoff_day);
                for (size_t s = 0; s < segments; s++)
                        cells_count(&cells, step->tally.segment[s]);
                for (size_t d = 0; d < SHOWN_DECISIONS; d++) {
                        cells_count_or_blank(&cells, step->tally.decision[shown_decisions[d]]);
                        totals[d] += step->tally.decision[shown_decisions[d]];
                }
                cells_count_or_blank(&cells, step->flapping);
                flapping += step->flapping;
                cells_bar(&cells, step->tally.segment[0], largest, BAR_COLUMNS);
        }
        table_rule(cells.table);
        cells_key(&cells, "evaluate.column.total");
        for (size_t s = 0; s < segments; s++)
                table_cell_string(cells.table, "");
        for (size_t d = 0; d < SHOWN_DECISIONS; d++)
                cells_count(&cells, totals[d]);
        cells_count(&cells, flapping);
        table_cell_string(cells.table, "");
        if (!table_add_to(cells.table, 0, out))
                return error_memory(error);
        buffer_clear(&cells.scratch);
        format_add_count(&cells.scratch, cells.language, (int64_t)backtest->flapping_customers);
        buffer_add_byte(out, '\n');
        message_add(out, cells.language, "backtest.flapping", "count", cells.scratch.data, NULL);
        buffer_add_byte(out, '\n');
        return out->failed ? error_memory(error) : STATUS_OK;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void key_of(struct json *json, struct text id)
{
        char name[64];
        snprintf(name, sizeof(name), "%.*s", (int)id.length, id.data);
        json_key(json, name);
}

static void add_step(struct json *json, const struct concept *concept, const struct backtest_step *step)
{
        json_begin_object(json);
        json_key(json, "cutoff");
        json_day(json, step->cutoff_day);
        json_key(json, "evaluation");
        json_text(json, concept->mechanics.evaluations[step->rule].id);
        json_key(json, "customers_evaluated");
        json_int(json, (int64_t)step->tally.evaluated);
        json_key(json, "qualified");
        json_begin_object(json);
        for (size_t s = 0; s < concept->segment_count; s++) {
                key_of(json, concept->segments[s].id);
                json_int(json, (int64_t)step->tally.qualified[s]);
        }
        json_end_object(json);
        json_key(json, "counts");
        json_begin_object(json);
        for (size_t s = 0; s < concept->segment_count; s++) {
                key_of(json, concept->segments[s].id);
                json_int(json, (int64_t)step->tally.segment[s]);
        }
        json_end_object(json);
        json_key(json, "revenue");
        json_begin_object(json);
        for (size_t s = 0; s < concept->segment_count; s++) {
                key_of(json, concept->segments[s].id);
                json_decimal_text(json, step->tally.revenue_minor[s], concept->minor_digits);
        }
        json_end_object(json);
        json_key(json, "decisions");
        json_begin_object(json);
        for (int d = DECISION_NEW; d < DECISION_COUNT; d++) {
                if (!step->tally.decision[d])
                        continue;
                json_key(json, decision_names[d]);
                json_int(json, (int64_t)step->tally.decision[d]);
        }
        json_end_object(json);
        json_key(json, "at_risk");
        json_int(json, (int64_t)step->at_risk);
        json_key(json, "flapping");
        json_int(json, (int64_t)step->flapping);
        json_end_object(json);
}

static void add_customer(struct json *json, const struct backtest *backtest, struct text number, size_t i)
{
        const struct segment *segments = backtest->version->concept->segments;
        json_begin_object(json);
        json_key(json, "number");
        json_text(json, number);
        json_key(json, "before");
        if (backtest->last.before[i] == SEGMENT_NONE)
                json_null(json);
        else
                json_text(json, segments[backtest->last.before[i]].id);
        json_key(json, "qualified");
        json_text(json, segments[backtest->last.qualified[i]].id);
        json_key(json, "segment");
        json_text(json, segments[backtest->last.segment[i]].id);
        json_key(json, "decision");
        json_string(json, decision_names[backtest->last.decision[i]]);
        json_end_object(json);
}

enum status backtest_json(struct session *session, const struct backtest *backtest, struct buffer *out,
                          struct error *error)
{
        struct buffer label buffer_cleanup;
        struct customer_number *numbers;
        struct json json;
        size_t count = 0, *customers = arena_array(session->arena, size_t, backtest->last.customer_count + 1);
        buffer_init(&label, 256);
        if (!customers)
                return error_memory(error);
        enum status status = snapshot_numbers(session->snapshot, session->connection, session->arena, &numbers, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < backtest->last.customer_count; i++)
                if (backtest->last.decision[i] != DECISION_NOT_EVALUATED)
                        customers[count++] = i;
        customers_sort(numbers, customers, count);
        version_label(backtest->version, &label);
        json_init(&json, out, false);
        json_begin_object(&json);
        json_key(&json, "concept");
        json_string(&json, label.data);
        json_key(&json, "generation");
        json_int(&json, snapshot_generation(session->snapshot));
        json_key(&json, "steps");
        json_begin_array(&json);
        for (size_t i = 0; i < backtest->step_count; i++)
                add_step(&json, backtest->version->concept, &backtest->steps[i]);
        json_end_array(&json);
        json_key(&json, "flapping_customers");
        json_int(&json, (int64_t)backtest->flapping_customers);
        json_key(&json, "customers");
        json_begin_array(&json);
        for (size_t i = 0; i < count; i++)
                add_customer(&json, backtest, numbers[customers[i]].number, customers[i]);
        json_end_array(&json);
        json_end_object(&json);
        return out->failed ? error_memory(error) : STATUS_OK;
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

enum { STEP_COLUMNS = 5, COLUMNS_MAX = STEP_COLUMNS + CONCEPT_SEGMENTS_MAX + DECISION_COUNT };

/* The steps' columns: one per segment and per decision among them. Returns how many; 0 without memory. */
static size_t step_columns(const struct concept *concept, struct arena *arena, struct sheet_column *columns)
{
        size_t count = 0;
        columns[count++] = (struct sheet_column){"cutoff", "backtest.column.cutoff", .kind = SHEET_DAY};
        columns[count++] = (struct sheet_column){"evaluation", "run.column.evaluation", .kind = SHEET_TEXT};
        columns[count++] = (struct sheet_column){"customers", "evaluate.column.customers", .kind = SHEET_COUNT};
        for (size_t s = 0; s < concept->segment_count; s++) {
                const char *name = arena_copy(arena, concept->segments[s].id.data, concept->segments[s].id.length);
                if (!name)
                        return 0;
                columns[count++] = (struct sheet_column){name, NULL, .kind = SHEET_COUNT};
        }
        for (int d = DECISION_NEW; d < DECISION_COUNT; d++)
                columns[count++] = (struct sheet_column){decision_names[d], NULL, .kind = SHEET_COUNT};
        columns[count++] = (struct sheet_column){"at_risk", NULL, .kind = SHEET_COUNT};
        columns[count++] = (struct sheet_column){"flapping", "backtest.column.flapping", .kind = SHEET_COUNT};
        return count;
}

enum status backtest_rows(const struct session *session, const struct backtest *backtest, enum form form,
                          struct buffer *out, struct error *error)
{
        const struct concept *concept = backtest->version->concept;
        struct sheet_column columns[COLUMNS_MAX];
        struct sheet *sheet sheet_cleanup = NULL;
        struct sheet_style style = cli_style(session->context, form, out);
        size_t count = step_columns(concept, session->arena, columns);
        enum status status = count ? sheet_new(columns, count, &style, &sheet, error) : error_memory(error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < backtest->step_count; i++) {
                const struct backtest_step *step = &backtest->steps[i];
                sheet_day(sheet, step->cutoff_day);
                sheet_text(sheet, concept->mechanics.evaluations[step->rule].id);
                sheet_integer(sheet, (int64_t)step->tally.evaluated);
                for (size_t s = 0; s < concept->segment_count; s++)
                        sheet_integer(sheet, (int64_t)step->tally.segment[s]);
                for (int d = DECISION_NEW; d < DECISION_COUNT; d++)
                        sheet_integer(sheet, (int64_t)step->tally.decision[d]);
                sheet_integer(sheet, (int64_t)step->at_risk);
                sheet_integer(sheet, (int64_t)step->flapping);
        }
        return sheet_finish(sheet, error);
}
