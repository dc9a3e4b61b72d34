/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate_table.c: an evaluation for people: the ladder, what was decided, what to look at, what to do next.
 */
#include "cli/evaluate_output.h"

#include "cli/near_misses.h"
#include "platform/clock.h"
#include "program/amounts.h"
#include "render/cells.h"

enum { LINE_COLUMNS = 79 };

/* What the parts of the page share. */
struct page {
        struct cli_context *context;
        const struct evaluation *evaluation;
        const struct run *run;
        struct buffer *out;
};

static const char *count_text(const struct page *page, struct buffer *scratch, uint64_t count)
{
        buffer_clear(scratch);
        format_add_count(scratch, page->context->language, (int64_t)count);
        return scratch->data;
}

static const char *day_text(const struct page *page, struct buffer *scratch, int32_t day)
{
        buffer_clear(scratch);
        format_add_day(scratch, page->context->language, day);
        return scratch->data;
}

static void add_head(struct page *page)
{
        const struct version *version = page->evaluation->version;
        struct text name = bilingual_text(&version->concept->program_name, page->context->language);
        struct text rule = version->concept->mechanics.evaluations[page->evaluation->rule].id;
        struct buffer day buffer_cleanup;
        struct buffer count buffer_cleanup;
        char program[256], evaluation[64], number[16];
        buffer_init(&day, 64);
        buffer_init(&count, 64);
        snprintf(program, sizeof(program), "%.*s", (int)name.length, name.data);
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)rule.length, rule.data);
        snprintf(number, sizeof(number), "%d", version->number);
        message_add(page->out, page->context->language,
                    version->number ? "evaluate.head" : "evaluate.head_not_loaded", "program", program, "evaluation",
                    evaluation, "cutoff", day_text(page, &day, page->evaluation->cutoff_day), "version", number,
                    "customers", count_text(page, &count, page->evaluation->tally.evaluated), NULL);
        buffer_add_text(page->out, "\n\n");
}

/* How many came up into or down to a segment. */
static void count_moves(const struct evaluation *evaluation, uint64_t *ups, uint64_t *downs)
{
        for (size_t i = 0; i < evaluation->decisions.customer_count; i++) {
                uint8_t segment = evaluation->decisions.segment[i];
                ups[segment == SEGMENT_NONE ? 0 : segment] += evaluation->decisions.decision[i] == DECISION_PROMOTE;
                downs[segment == SEGMENT_NONE ? 0 : segment] += evaluation->decisions.decision[i] == DECISION_DEMOTE;
        }
}

static void add_ladder_rows(const struct evaluation *evaluation, struct cells *cells)
{
        const struct concept *concept = evaluation->version->concept;
        uint64_t ups[CONCEPT_SEGMENTS_MAX] = {0}, downs[CONCEPT_SEGMENTS_MAX] = {0};
        int64_t revenue = 0;
        count_moves(evaluation, ups, downs);
        for (size_t s = 0; s < concept->segment_count; s++)
                revenue += evaluation->tally.revenue_minor[s];
        for (size_t s = 0; s < concept->segment_count; s++) {
                cells_text(cells, concept->segments[s].id);
                cells_text(cells, bilingual_text(&concept->segments[s].name, cells->language));
                cells_count(cells, evaluation->tally.segment[s]);
                cells_percent(cells, (int64_t)evaluation->tally.segment[s], (int64_t)evaluation->tally.evaluated);
                cells_count(cells, evaluation->tally.qualified[s]);
                cells_count_or_blank(cells, ups[s]);
                cells_count_or_blank(cells, downs[s]);
                cells_money(cells, evaluation->tally.revenue_minor[s]);
                cells_percent(cells, evaluation->tally.revenue_minor[s], revenue);
        }
        table_rule(cells->table);
        table_cell_string(cells->table, "");
        cells_key(cells, "evaluate.column.total");
        cells_count(cells, evaluation->tally.evaluated);
        for (unsigned i = 0; i < 4; i++)
                table_cell_string(cells->table, "");
        cells_money(cells, revenue);
        table_cell_string(cells->table, "");
}

static enum status add_ladder(struct page *page, struct error *error)
{
        const struct concept *concept = page->evaluation->version->concept;
        struct cells cells cells_cleanup;
        char title[96];
        cells_init(&cells, page->context->language, concept->minor_digits);
        enum status status = cells_begin(&cells, error);
        if (status != STATUS_OK)
                return status;
        cells_column(&cells, "evaluate.column.segment", TABLE_LEFT);
        cells_column(&cells, "evaluate.column.name", TABLE_LEFT);
        cells_column(&cells, "evaluate.column.customers", TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.share", TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.qualified", TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.up", TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.down", TABLE_RIGHT);
        snprintf(title, sizeof(title), "%s %.*s", message_raw(cells.language, "evaluate.column.revenue"),
                 (int)concept->currency.length, concept->currency.data);
        cells_column_text(&cells, text_of(title), TABLE_RIGHT);
        cells_column(&cells, "evaluate.column.share", TABLE_RIGHT);
        add_ladder_rows(page->evaluation, &cells);
        return table_add_to(cells.table, 0, page->out) ? STATUS_OK : error_memory(error);
}

static void add_decisions(struct page *page)
{
        struct buffer count buffer_cleanup;
        buffer_init(&count, 64);
        struct buffer item buffer_cleanup;
        size_t used = 0;
        buffer_init(&item, 256);
        buffer_add_byte(page->out, '\n');
        for (int d = DECISION_NEW; d < DECISION_COUNT; d++) {
                if (!page->evaluation->tally.decision[d])
                        continue;
                char key[64];
                snprintf(key, sizeof(key), "decision.%s", decision_names[d]);
                buffer_clear(&item);
                buffer_addf(&item, "%s %s", message_raw(page->context->language, key),
                            count_text(page, &count, page->evaluation->tally.decision[d]));
                size_t width = text_columns((struct text){item.data, item.length});
                if (used)
                        buffer_add_text(page->out, used + width + 3 > LINE_COLUMNS ? " \xc2\xb7\n" : " \xc2\xb7 ");
                used = used && used + width + 3 <= LINE_COLUMNS ? used + width + 3 : width;
                buffer_add(page->out, item.data, item.length);
        }
        buffer_add_byte(page->out, '\n');
}

/* What somebody should look at: flags, by how many customers carry them. */
static void add_flags(struct page *page)
{
        uint64_t counts[FLAG_COUNT] = {0};
        struct buffer count buffer_cleanup;
        buffer_init(&count, 64);
        for (size_t i = 0; i < page->evaluation->decisions.customer_count; i++)
                for (unsigned f = 0; f < FLAG_COUNT; f++)
                        counts[f] += page->evaluation->decisions.flags[i] >> f & 1;
        for (unsigned f = 0; f < FLAG_COUNT; f++) {
                if (!counts[f])
                        continue;
                char key[64];
                snprintf(key, sizeof(key), "flag.%s", flag_names[f]);
                message_add(page->out, page->context->language, key, "count", count_text(page, &count, counts[f]),
                            NULL);
                buffer_add_byte(page->out, '\n');
        }
}

static void add_outcome(struct page *page, bool dry_run)
{
        struct buffer day buffer_cleanup;
        buffer_init(&day, 64);
        const char *key = dry_run ? "evaluate.dry_run_done" : page->run->effective_day == DAY_NONE
                                                                      ? "evaluate.proposed"
                                                                      : "evaluate.approved";
        buffer_add_byte(page->out, '\n');
        if (page->evaluation->cutoff_day > clock_local_day(clock_now_ms())) {
                message_add(page->out, page->context->language, "evaluate.in_future", NULL);
                buffer_add_byte(page->out, '\n');
        }
        message_add(page->out, page->context->language, key, "effective",
                    page->run->effective_day == DAY_NONE ? "" : day_text(page, &day, page->run->effective_day), NULL);
        buffer_add_byte(page->out, '\n');
}

enum status evaluate_table(struct cli_context *context, struct connection *connection,
                           const struct evaluation *evaluation, const struct run *run, size_t near_count, bool dry_run,
                           struct arena *arena, struct error *error)
{
        struct buffer out buffer_cleanup;
        buffer_init(&out, (size_t)256 << 20);
        struct page page = {context, evaluation, run, &out};
        if (evaluation->tally.evaluated == 0) {
                cli_print(context, stdout, "evaluate.nobody");
                return STATUS_OK;
        }
        add_head(&page);
        enum status status = add_ladder(&page, error);
        if (status != STATUS_OK)
                return status;
        add_decisions(&page);
        add_flags(&page);
        if (near_count)
                status = near_misses_add(context->language, connection, evaluation, near_count, arena, &out, error);
        if (status != STATUS_OK)
                return status;
        add_outcome(&page, dry_run);
        if (out.failed)
                return error_memory(error);
        cli_write(stdout, &out);
        return STATUS_OK;
}
