/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate_table.c: an evaluation for people: the ladder, what was decided, what to look at, what to do next.
 */
#include "cli/evaluate_output.h"

#include "cli/near_misses.h"
#include "platform/clock.h"
#include "program/amounts.h"
#include "render/table.h"

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

static void cell_percent(const struct page *page, struct table *table, struct buffer *scratch, int64_t part,
                         int64_t all)
{
        buffer_clear(scratch);
        if (all)
                format_add_percent(scratch, page->context->language, part, all);
        table_cell(table, (struct text){scratch->data, scratch->length});
}

static void cell_money(const struct page *page, struct table *table, struct buffer *scratch, int64_t minor)
{
        buffer_clear(scratch);
        format_add_decimal(scratch, page->context->language, minor, page->evaluation->version->concept->minor_digits);
        table_cell(table, (struct text){scratch->data, scratch->length});
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

static void add_column(const struct page *page, struct table *table, const char *key, enum table_align align)
{
        table_column(table, message_raw(page->context->language, key), align);
}

static void add_ladder_rows(struct page *page, struct table *table)
{
        const struct evaluation *evaluation = page->evaluation;
        const struct concept *concept = evaluation->version->concept;
        uint64_t ups[CONCEPT_SEGMENTS_MAX] = {0}, downs[CONCEPT_SEGMENTS_MAX] = {0};
        int64_t revenue = 0;
        struct buffer scratch buffer_cleanup;
        buffer_init(&scratch, 256);
        count_moves(evaluation, ups, downs);
        for (size_t s = 0; s < concept->segment_count; s++)
                revenue += evaluation->tally.revenue_minor[s];
        for (size_t s = 0; s < concept->segment_count; s++) {
                table_cell(table, concept->segments[s].id);
                table_cell(table, bilingual_text(&concept->segments[s].name, page->context->language));
                table_cell_string(table, count_text(page, &scratch, evaluation->tally.segment[s]));
                cell_percent(page, table, &scratch, (int64_t)evaluation->tally.segment[s],
                             (int64_t)evaluation->tally.evaluated);
                table_cell_string(table, count_text(page, &scratch, evaluation->tally.qualified[s]));
                table_cell_string(table, ups[s] ? count_text(page, &scratch, ups[s]) : "");
                table_cell_string(table, downs[s] ? count_text(page, &scratch, downs[s]) : "");
                cell_money(page, table, &scratch, evaluation->tally.revenue_minor[s]);
                cell_percent(page, table, &scratch, evaluation->tally.revenue_minor[s], revenue);
        }
        table_rule(table);
        table_cell_string(table, "");
        table_cell_string(table, message_raw(page->context->language, "evaluate.column.total"));
        table_cell_string(table, count_text(page, &scratch, evaluation->tally.evaluated));
        for (unsigned i = 0; i < 4; i++)
                table_cell_string(table, "");
        cell_money(page, table, &scratch, revenue);
        table_cell_string(table, "");
}

static enum status add_ladder(struct page *page, struct error *error)
{
        struct table *table table_cleanup = NULL;
        char title[96];
        enum status status = table_new(&table, error);
        if (status != STATUS_OK)
                return status;
        add_column(page, table, "evaluate.column.segment", TABLE_LEFT);
        add_column(page, table, "evaluate.column.name", TABLE_LEFT);
        add_column(page, table, "evaluate.column.customers", TABLE_RIGHT);
        add_column(page, table, "evaluate.column.share", TABLE_RIGHT);
        add_column(page, table, "evaluate.column.qualified", TABLE_RIGHT);
        add_column(page, table, "evaluate.column.up", TABLE_RIGHT);
        add_column(page, table, "evaluate.column.down", TABLE_RIGHT);
        struct text currency = page->evaluation->version->concept->currency;
        snprintf(title, sizeof(title), "%s %.*s", message_raw(page->context->language, "evaluate.column.revenue"),
                 (int)currency.length, currency.data);
        table_column(table, title, TABLE_RIGHT);
        add_column(page, table, "evaluate.column.share", TABLE_RIGHT);
        add_ladder_rows(page, table);
        return table_add_to(table, 0, page->out) ? STATUS_OK : error_memory(error);
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
