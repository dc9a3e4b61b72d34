/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_report.c: what treue import says: the progress bar, the preview of a dry run, the summary.
 */
#include "cli/import_parts.h"
#include "importer/encoding.h"
#include "importer/workbook.h"
#include "platform/clock.h"
#include "render/cells.h"

enum { BAR_WIDTH = 30, BAR_INTERVAL_MS = 100, CELL_WIDTH_MAX = 40 };

void import_bar_show(void *context, const struct import_progress *progress)
{
        struct import_bar *bar = context;
        int64_t now_ns = clock_monotonic_ns();
        if (!bar->visible || (bar->shown_ns && now_ns - bar->shown_ns < BAR_INTERVAL_MS * INT64_C(1000000) &&
                              !progress->publishing))
                return;
        bar->shown_ns = now_ns;
        unsigned filled = progress->bytes_total
                                  ? (unsigned)((unsigned __int128)progress->bytes_done * BAR_WIDTH /
                                               progress->bytes_total)
                                  : 0;
        if (filled > BAR_WIDTH)
                filled = BAR_WIDTH;
        struct buffer line __attribute__((cleanup(buffer_release)));
        buffer_init(&line, 4096);
        buffer_add_text(&line, "\r[");
        for (unsigned i = 0; i < BAR_WIDTH; i++)
                buffer_add_byte(&line, i < filled ? '#' : '.');
        buffer_add_text(&line, "] ");
        if (progress->publishing) {
                message_add(&line, bar->context->language, "import.progress.publishing", NULL);
        } else if (progress->bytes_total == 0) {
                message_add(&line, bar->context->language, "import.progress.pipe", NULL); /* nobody knows how much */
        } else if (progress->bytes_done >= progress->bytes_total) {
                message_add(&line, bar->context->language, "import.progress.storing", NULL);
        } else {
                format_add_percent(&line, bar->context->language, (int64_t)progress->bytes_done,
                                   progress->bytes_total ? (int64_t)progress->bytes_total : 1);
        }
        buffer_add_text(&line, "\x1B[K");
        fwrite(line.data, 1, line.length, stderr);
        fflush(stderr);
}

void import_bar_clear(struct import_bar *bar)
{
        if (!bar->visible || !bar->shown_ns)
                return;
        fputs("\r\x1B[K", stderr);
        fflush(stderr);
        bar->shown_ns = 0;
}

/* One line of the summary with a number, in singular or plural. */
static void say_count(struct cli_context *context, const char *key, uint64_t count)
{
        struct buffer number __attribute__((cleanup(buffer_release)));
        buffer_init(&number, 64);
        format_add_count(&number, context->language, (int64_t)count);
        cli_print(context, stdout, key, "count", number.data);
}

static const char *delimiter_name(char delimiter)
{
        return delimiter == '\t' ? "tab" : delimiter == ';' ? ";" : delimiter == '|' ? "|" : ",";
}

static void say_detected(struct cli_context *context, const struct import_result *result)
{
        char count[24];
        for (size_t i = 0; i < result->note_count; i++) {
                const struct sheet_note *note = &result->notes[i];
                snprintf(count, sizeof(count), "%llu", (unsigned long long)note->count);
                cli_print(context, stdout, note->key, "count", count, "sheet", note->sheet, "columns", note->detail);
        }
        if (*result->sheets) {
                cli_print(context, stdout, "workbook.note.read", "sheets", result->sheets);
                return;
        }
        cli_print(context, stdout, "import.summary.detected", "encoding", encoding_name(result->encoding), "delimiter",
                  delimiter_name(result->delimiter), "decimal", result->decimal == DECIMAL_COMMA ? "," : ".");
        if (result->packing)
                cli_print(context, stdout, "import.summary.packed", "format", packing_name(result->packing));
}

struct count_line {
        const char *documents_key, *rows_key;
        uint64_t count;
        bool always;
};

void import_print_summary(struct cli_context *context, const struct import_options *options,
                          const struct import_result *result)
{
        const struct import_counters *counters = &result->counters;
        const struct left_out *left_out = &result->left_out;
        const struct count_line lines[] = {
                {"import.summary.above_header", "import.summary.above_header", left_out->above_header, false},
                {"import.summary.headers", "import.summary.headers", left_out->headers, false},
                {"import.summary.totals", "import.summary.totals", left_out->totals, false},
                {"import.summary.documents_new", "import.summary.rows_new", counters->rows_new, true},
                {"import.summary.documents_changed", "import.summary.rows_changed", counters->rows_changed, false},
                {"import.summary.documents_same", "import.summary.rows_same", counters->rows_same, false},
                {"import.summary.customers_created", "import.summary.customers_created", counters->customers_created,
                 false},
                {"import.summary.products_created", "import.summary.products_created", counters->products_created,
                 false},
                {"import.summary.people_created", "import.summary.people_created", counters->people_created, false},
                {"import.summary.several_dates", "import.summary.several_dates", counters->documents_several_dates,
                 false},
                {"import.summary.several_groups", "import.summary.several_groups", counters->articles_several_groups,
                 false},
                {"import.summary.documents_rejected", "import.summary.rows_rejected", counters->rows_rejected, false},
        };
        bool documents = options->profile->kind == IMPORT_PURCHASES;
        char number[16], generation[24];
        snprintf(number, sizeof(number), "%d", (int)result->import_id);
        snprintf(generation, sizeof(generation), "%lld", (long long)result->generation);
        if (options->dry_run)
                cli_print(context, stdout, "import.summary.dry", "file", options->file);
        else
                cli_print(context, stdout, "import.summary.published", "file", options->file, "import", number,
                          "generation", generation);
        if (result->superseded)
                say_count(context, "import.summary.superseded", result->superseded);
        if (result->rows_resumed)
                say_count(context, "import.summary.resumed", result->rows_resumed);
        say_count(context, "import.summary.read", counters->lines_read);
        if (!options->dry_run)
                say_detected(context, result);
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
                if (lines[i].always || lines[i].count)
                        say_count(context, documents ? lines[i].documents_key : lines[i].rows_key, lines[i].count);
        if (documents && counters->lines_rejected)
                say_count(context, "import.summary.lines_rejected", counters->lines_rejected);
        if (result->error_path[0])
                cli_print(context, stdout, "import.summary.error_file", "path", result->error_path, "reasons",
                          result->reasons_path);
        if (result->index_stale)
                import_print_stale(context, &result->index_error);
}

void import_print_stale(struct cli_context *context, const struct error *reason)
{
        struct buffer text buffer_cleanup;
        buffer_init(&text, CLI_TEXT_MAX);
        message_add_error(&text, context->language, reason);
        if (!text.failed)
                cli_print(context, stdout, "import.summary.index_stale", "reason", text.data);
}

static void cut_column(struct cells *cells, const char *key, size_t width_max)
{
        cells_column(cells, key, TABLE_LEFT);
        table_cut_column(cells->table, width_max);
}

static void add_mapping(const struct import_preview *preview, struct cells *cells)
{
        cut_column(cells, "import.preview.field", CELL_WIDTH_MAX);
        cut_column(cells, "import.preview.place", CELL_WIDTH_MAX);
        for (size_t i = 0; i < preview->column_count; i++) {
                const struct preview_column *column = &preview->columns[i];
                struct buffer place buffer_cleanup;
                buffer_init(&place, 1 << 16);
                buffer_add_text(&place, column->is_constant ? "= " : "");
                buffer_add(&place, column->place.data, column->place.length);
                if (column->prefix)
                        buffer_addf(&place, " [1-%u]", column->prefix);
                if (column->format.length)
                        buffer_addf(&place, " (%.*s)", (int)column->format.length, column->format.data);
                cells_text(cells, column->field);
                cells_text(cells, (struct text){place.data, place.length});
        }
}

/* As many columns as a table takes. */
static void add_rows(const struct import_preview *preview, struct cells *cells)
{
        size_t count = preview->column_count < TABLE_COLUMNS_MAX ? preview->column_count : TABLE_COLUMNS_MAX - 1;
        cells_column(cells, "import.reasons.line", TABLE_RIGHT);
        for (size_t i = 0; i < count; i++) {
                cells_column_text(cells, preview->columns[i].field, TABLE_LEFT);
                table_cut_column(cells->table, CELL_WIDTH_MAX / 2);
        }
        for (size_t r = 0; r < preview->row_count; r++) {
                const struct preview_row *row = &preview->rows[r];
                struct buffer place buffer_cleanup;
                buffer_init(&place, 1 << 16);
                buffer_addf(&place, "%s:%llu", row->sheet, (unsigned long long)row->line);
                if (*row->sheet)
                        cells_text(cells, (struct text){place.data, place.length});
                else
                        cells_count(cells, row->line);
                for (size_t i = 0; i < count; i++) {
                        struct buffer cell buffer_cleanup;
                        buffer_init(&cell, (size_t)32 << 20);
                        buffer_add_text(&cell, row->refused[i] ? "! " : "");
                        buffer_add(&cell, row->cells[i].data, row->cells[i].length);
                        cells_text(cells, (struct text){cell.data, cell.length});
                }
        }
}

static enum status print_preview_table(struct cli_context *context, const struct import_preview *preview,
                                       void (*fill)(const struct import_preview *, struct cells *),
                                       struct error *error)
{
        struct cells cells cells_cleanup;
        struct buffer out buffer_cleanup;
        buffer_init(&out, CLI_TEXT_MAX);
        cells_init(&cells, context->language, 0);
        enum status status = cells_begin(&cells, error);
        if (status)
                return status;
        fill(preview, &cells);
        return table_add_to(cells.table, 2, &out) ? cli_answer(&out, error) : error_memory(error);
}

enum status import_print_preview(struct cli_context *context, const struct import_result *result, struct error *error)
{
        const struct import_preview *preview = result->preview;
        say_detected(context, result);
        cli_print(context, stdout, "import.preview.columns");
        enum status status = print_preview_table(context, preview, add_mapping, error);
        if (status)
                return status;
        cli_print(context, stdout, "import.preview.rows");
        status = print_preview_table(context, preview, add_rows, error);
        if (!status && preview->rejected.length) {
                cli_print(context, stdout, "import.preview.rejected");
                fwrite(preview->rejected.data, 1, preview->rejected.length, stdout);
        }
        return status;
}
