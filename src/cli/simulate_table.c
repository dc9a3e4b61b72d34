/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulate_table.c: a simulation for people: segments before and after, the movement matrix as a picture, revenue at
 * stake by who is responsible, the largest moves with their reasons.
 */
#include <stdlib.h>

#include "render/cells.h"
#include "cli/near_misses.h"
#include "cli/simulate_output.h"
#include "i18n/words.h"
#include "program/amounts.h"

enum { MOVES_SHOWN = 10, STAKES_SHOWN = 10 };

struct sheet {
        const struct simulation_page *page;
        const struct simulation *simulation;
        const struct concept *against, *changed;
        struct cells cells;
        struct buffer *out;
};

static enum status close_table(struct sheet *sheet, struct error *error)
{
        return table_add_to(sheet->cells.table, 0, sheet->out) ? STATUS_OK : error_memory(error);
}

static void say(struct sheet *sheet, const char *key)
{
        buffer_add_byte(sheet->out, '\n');
        message_add(sheet->out, sheet->cells.language, key, NULL);
        buffer_add_byte(sheet->out, '\n');
}

static void add_head(struct sheet *sheet)
{
        const struct evaluation *changed = &sheet->simulation->sides[SIDE_CHANGED];
        const struct evaluation *against = &sheet->simulation->sides[SIDE_AGAINST];
        struct text rule = sheet->changed->mechanics.evaluations[changed->rule].id;
        struct text name = bilingual_text(&sheet->changed->program_name, sheet->cells.language);
        struct buffer day buffer_cleanup, count buffer_cleanup, new buffer_cleanup, old buffer_cleanup;
        char evaluation[64], program[256];
        buffer_init(&day, 64);
        buffer_init(&count, 64);
        buffer_init(&new, 256);
        buffer_init(&old, 256);
        format_add_day(&day, sheet->cells.language, changed->cutoff_day);
        format_add_count(&count, sheet->cells.language, (int64_t)changed->tally.evaluated);
        version_label(against->version, &old);
        if (changed->version->number)
                version_label(changed->version, &new);
        else
                buffer_add_text(&new, message_raw(sheet->cells.language, "simulate.not_loaded"));
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)rule.length, rule.data);
        snprintf(program, sizeof(program), "%.*s", (int)name.length, name.data);
        message_add(sheet->out, sheet->cells.language, "simulate.head", "program", program, "evaluation", evaluation,
                    "cutoff", day.data, "changed", new.data, "against", old.data, "customers", count.data, NULL);
        buffer_add_text(sheet->out, "\n\n");
}

/* ---- segments before and after ---------------------------------------------------------------------------------- */

/* Position of the segment in the other version; SEGMENT_NONE. */
static uint8_t in_against(const struct sheet *sheet, size_t segment)
{
        for (size_t s = 0; s < sheet->against->segment_count; s++)
                if (sheet->simulation->mapped[s] == segment)
                        return (uint8_t)s;
        return SEGMENT_NONE;
}

static void add_segment(struct sheet *sheet, struct text id, uint8_t old, uint8_t new, bool margins)
{
        const struct segment_sums *before = &sheet->simulation->sums[SIDE_AGAINST];
        const struct segment_sums *after = &sheet->simulation->sums[SIDE_CHANGED];
        struct cells *cells = &sheet->cells;
        uint64_t was = old == SEGMENT_NONE ? 0 : before->customers[old];
        uint64_t is = new == SEGMENT_NONE ? 0 : after->customers[new];
        int64_t was_minor = old == SEGMENT_NONE ? 0 : before->revenue_minor[old];
        int64_t is_minor = new == SEGMENT_NONE ? 0 : after->revenue_minor[new];
        cells_text(cells, id);
        cells_count(cells, was);
        cells_count(cells, is);
        cells_change(cells, (int64_t)is - (int64_t)was, false);
        cells_money(cells, was_minor);
        cells_money(cells, is_minor);
        cells_change(cells, is_minor - was_minor, true);
        if (margins) {
                cells_money(cells, old == SEGMENT_NONE ? 0 : before->margin_minor[old]);
                cells_money(cells, new == SEGMENT_NONE ? 0 : after->margin_minor[new]);
        }
}

static enum status add_segments(struct sheet *sheet, struct error *error)
{
        struct cells *cells = &sheet->cells;
        bool margins = false;
        for (size_t s = 0; s < CONCEPT_SEGMENTS_MAX; s++)
                margins |= sheet->simulation->sums[SIDE_AGAINST].margin_known[s] ||
                           sheet->simulation->sums[SIDE_CHANGED].margin_known[s];
        enum status status = cells_begin(cells, error);
        if (status != STATUS_OK)
                return status;
        cells_column(cells, "evaluate.column.segment", TABLE_LEFT);
        cells_column(cells, "simulate.column.customers_before", TABLE_RIGHT);
        cells_column(cells, "simulate.column.after", TABLE_RIGHT);
        cells_column(cells, "simulate.column.change", TABLE_RIGHT);
        cells_column(cells, "simulate.column.revenue_before", TABLE_RIGHT);
        cells_column(cells, "simulate.column.after", TABLE_RIGHT);
        cells_column(cells, "simulate.column.change", TABLE_RIGHT);
        if (margins) {
                cells_column(cells, "simulate.column.margin_before", TABLE_RIGHT);
                cells_column(cells, "simulate.column.after", TABLE_RIGHT);
        }
        for (size_t s = 0; s < sheet->changed->segment_count; s++)
                add_segment(sheet, sheet->changed->segments[s].id, in_against(sheet, s), (uint8_t)s, margins);
        for (size_t s = 0; s < sheet->against->segment_count; s++)
                if (sheet->simulation->mapped[s] == SEGMENT_NONE)
                        add_segment(sheet, sheet->against->segments[s].id, (uint8_t)s, SEGMENT_NONE, margins);
        return close_table(sheet, error);
}

/* ---- movement matrix -------------------------------------------------------------------------------------------- */

static uint64_t row_sum(const uint64_t *row)
{
        uint64_t sum = 0;
        for (size_t column = 0; column < MOVEMENT_ROWS; column++)
                sum += row[column];
        return sum;
}

static void add_matrix_row(struct sheet *sheet, const uint64_t *row, struct text from, const bool *columns)
{
        struct cells *cells = &sheet->cells;
        uint64_t all = row_sum(row);
        cells_text(cells, from);
        for (size_t column = 0; column < MOVEMENT_ROWS; column++) {
                if (!columns[column])
                        continue;
                buffer_clear(&cells->scratch);
                if (row[column]) {
                        shade_add(&cells->scratch, row[column], all);
                        buffer_add_byte(&cells->scratch, ' ');
                        format_add_count(&cells->scratch, cells->language, (int64_t)row[column]);
                }
                table_cell(cells->table, (struct text){cells->scratch.data, cells->scratch.length});
        }
        cells_count(cells, all);
}

/* Rows: where customers come from; columns: the segments of the change, and nowhere when somebody ends there. */
static enum status add_matrix(struct sheet *sheet, const char *title, const uint64_t (*matrix)[MOVEMENT_ROWS],
                              const struct concept *from, const char *nowhere, struct error *error)
{
        struct cells *cells = &sheet->cells;
        bool columns[MOVEMENT_ROWS] = {false};
        for (size_t column = 0; column < MOVEMENT_ROWS; column++)
                for (size_t row = 0; row < MOVEMENT_ROWS; row++)
                        columns[column] |= matrix[row][column] > 0;
        for (size_t s = 0; s < sheet->changed->segment_count; s++)
                columns[s] = true;
        say(sheet, title);
        enum status status = cells_begin(cells, error);
        if (status != STATUS_OK)
                return status;
        size_t shown = 0;
        cells_column(cells, "simulate.column.from", TABLE_LEFT);
        for (size_t column = 0; column < MOVEMENT_ROWS; column++) {
                /* The widest table a terminal shows; the row sums stand in the last column. */
                columns[column] &= shown < TABLE_COLUMNS_MAX - 2;
                if (!columns[column])
                        continue;
                shown++;
                if (column == MOVEMENT_NONE)
                        cells_column(cells, "simulate.nowhere", TABLE_RIGHT);
                else
                        cells_column_text(cells, sheet->changed->segments[column].id, TABLE_RIGHT);
        }
        cells_column(cells, "evaluate.column.total", TABLE_RIGHT);
        for (size_t row = 0; row < MOVEMENT_ROWS; row++)
                if (row_sum(matrix[row]))
                        add_matrix_row(sheet, matrix[row],
                                       row == MOVEMENT_NONE ? text_of(message_raw(cells->language, nowhere))
                                                            : from->segments[row].id,
                                       columns);
        return close_table(sheet, error);
}

/* ---- who is responsible, who moves ------------------------------------------------------------------------------ */

static enum status add_stakes(struct sheet *sheet, struct error *error)
{
        struct cells *cells = &sheet->cells;
        if (sheet->page->stake_count == 0)
                return STATUS_OK;
        say(sheet, "simulate.at_stake");
        enum status status = cells_begin(cells, error);
        if (status != STATUS_OK)
                return status;
        cells_column(cells, "simulate.column.responsible", TABLE_LEFT);
        cells_column(cells, "evaluate.column.up", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.revenue", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.down", TABLE_RIGHT);
        cells_column(cells, "evaluate.column.revenue", TABLE_RIGHT);
        for (size_t i = 0; i < sheet->page->stake_count && i < STAKES_SHOWN; i++) {
                const struct stake *stake = &sheet->page->stakes[i];
                if (stake->responsible.data)
                        cells_text(cells, stake->responsible);
                else
                        cells_key(cells, "simulate.nobody_responsible");
                cells_count_or_blank(cells, stake->up_count);
                cells_money(cells, stake->up_minor);
                cells_count_or_blank(cells, stake->down_count);
                cells_money(cells, stake->down_minor);
        }
        return close_table(sheet, error);
}

static int compare_revenue(const void *a, const void *b, void *context)
{
        const int64_t *revenue_minor = context;
        size_t x = *(const size_t *)a, y = *(const size_t *)b;
        if (revenue_minor[x] != revenue_minor[y])
                return revenue_minor[x] > revenue_minor[y] ? -1 : 1;
        return (x > y) - (x < y);
}

static struct text segment_or_none(const struct concept *concept, uint8_t segment)
{
        return segment == SEGMENT_NONE ? text_of("\xe2\x80\x93") : concept->segments[segment].id;
}

static enum status add_move(struct sheet *sheet, size_t customer, struct error *error)
{
        const struct simulation_page *page = sheet->page;
        struct text name;
        arena_reset(page->scratch);
        enum status status = customer_label_name(&page->labels, page->session->snapshot, page->session->connection,
                                                 customer, page->scratch, &name, error);
        if (status != STATUS_OK)
                return status;
        words_add_name(sheet->out, page->labels.numbers[customer].number);
        buffer_add_text(sheet->out, "  ");
        words_add_name(sheet->out, name);
        buffer_add_text(sheet->out, "  ");
        words_add_name(sheet->out, segment_or_none(sheet->against,
                                              sheet->simulation->sides[SIDE_AGAINST].decisions.segment[customer]));
        buffer_add_text(sheet->out, " \xe2\x86\x92 ");
        words_add_name(sheet->out, segment_or_none(sheet->changed,
                                              sheet->simulation->sides[SIDE_CHANGED].decisions.segment[customer]));
        buffer_add_byte(sheet->out, '\n');
        buffer_add_text(sheet->out, "    ");
        status = simulate_add_why(page, customer, SIMULATE_WHY_LINES, sheet->out, error);
        buffer_add_byte(sheet->out, '\n');
        return status;
}

static enum status add_moves(struct sheet *sheet, struct error *error)
{
        const struct simulation *simulation = sheet->simulation;
        struct cells *cells = &sheet->cells;
        struct buffer count buffer_cleanup, other buffer_cleanup;
        buffer_init(&count, 64);
        buffer_init(&other, 64);
        format_add_count(&count, cells->language, (int64_t)simulation->move_count);
        format_add_count(&other, cells->language, (int64_t)simulation->other_decision_count);
        buffer_add_byte(sheet->out, '\n');
        message_add(sheet->out, cells->language, "simulate.moves", "count", count.data, "other", other.data, NULL);
        buffer_add_byte(sheet->out, '\n');
        if (simulation->move_count == 0)
                return STATUS_OK;
        size_t *moves = arena_array(sheet->page->session->arena, size_t, simulation->move_count);
        if (!moves)
                return error_memory(error);
        memcpy(moves, simulation->moves, simulation->move_count * sizeof(*moves));
        qsort_r(moves, simulation->move_count, sizeof(*moves), compare_revenue,
                simulation->sides[SIDE_CHANGED].measures.columns[0].value);
        enum status status = STATUS_OK;
        for (size_t m = 0; m < simulation->move_count && m < MOVES_SHOWN && status == STATUS_OK; m++)
                status = add_move(sheet, moves[m], error);
        if (simulation->move_count > MOVES_SHOWN) {
                buffer_clear(&count);
                format_add_count(&count, cells->language, (int64_t)(simulation->move_count - MOVES_SHOWN));
                message_add(sheet->out, cells->language, "simulate.more_moves", "count", count.data, NULL);
                buffer_add_byte(sheet->out, '\n');
        }
        return status;
}

enum status simulate_table(const struct simulation_page *page, size_t near_count, struct buffer *out,
                           struct error *error)
{
        const struct simulation *simulation = page->simulation;
        struct sheet sheet = {
                .page = page, .simulation = simulation, .out = out,
                .against = simulation->sides[SIDE_AGAINST].version->concept,
                .changed = simulation->sides[SIDE_CHANGED].version->concept,
        };
        cells_init(&sheet.cells, page->session->context->language, sheet.changed->minor_digits);
        add_head(&sheet);
        enum status status = add_segments(&sheet, error);
        if (status == STATUS_OK)
                status = add_matrix(&sheet, "simulate.matrix", simulation->from_against, sheet.against,
                                    "simulate.nowhere", error);
        if (status == STATUS_OK)
                status = add_matrix(&sheet, "simulate.matrix_membership", simulation->from_membership, sheet.changed,
                                    "simulate.no_membership", error);
        if (status == STATUS_OK)
                status = add_moves(&sheet, error);
        if (status == STATUS_OK)
                status = add_stakes(&sheet, error);
        if (status == STATUS_OK && near_count)
                status = near_misses_add(sheet.cells.language, page->session->connection,
                                         &simulation->sides[SIDE_CHANGED], near_count, page->session->arena, out,
                                         error);
        say(&sheet, "simulate.nothing_stored");
        cells_release(&sheet.cells);
        return status == STATUS_OK && out->failed ? error_memory(error) : status;
}
