/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * upload_json.c: proposals and results of imports as JSON.
 */
#include "importer/upload_json.h"

#include "importer/preview.h"
#include "render/json.h"

/* What is shown of a cell. */
enum { CELL_BYTES_MAX = 300 };

static void put(struct json *json, const char *key, struct text value)
{
        json_key(json, key);
        json_text(json, value);
}

static void put_count(struct json *json, const char *key, uint64_t count)
{
        json_key(json, key);
        json_int(json, (int64_t)count);
}

static void put_cell(struct json *json, const char *key, struct text cell)
{
        if (cell.length > CELL_BYTES_MAX) {
                cell.length = CELL_BYTES_MAX;
                while (cell.length && !text_is_utf8(cell.data, cell.length))
                        cell.length--;
        }
        put(json, key, cell);
}

static void put_columns(struct json *json, const struct proposal_view *view)
{
        json_key(json, "columns");
        json_begin_array(json);
        for (size_t i = 0; i < view->column_count; i++) {
                const struct proposal_column *column = &view->columns[i];
                json_begin_object(json);
                put(json, "field", text_of(column->field));
                put_cell(json, "place", column->place);
                json_key(json, "constant");
                json_bool(json, column->is_constant);
                put(json, "format", column->format);
                put_cell(json, "example", column->example);
                put(json, "why", column->why);
                json_end_object(json);
        }
        json_end_array(json);
}

static void put_questions(struct json *json, const struct proposal_view *view)
{
        static const char *const options[] = {[PROPOSAL_COLUMN] = "column", [PROPOSAL_VALUE] = "value",
                                              [PROPOSAL_ANSWER] = "answer", [PROPOSAL_SOURCE] = "source"};
        json_key(json, "questions");
        json_begin_array(json);
        for (size_t i = 0; i < view->question_count; i++) {
                const struct proposal_question *question = &view->questions[i];
                json_begin_object(json);
                put(json, "option", text_of(options[question->option]));
                put(json, "name", text_of(question->name));
                put(json, "words", question->words);
                json_key(json, "candidates");
                json_begin_array(json);
                for (size_t k = 0; k < question->candidate_count; k++) {
                        json_begin_object(json);
                        put(json, "value", question->candidates[k].value);
                        put(json, "words", question->candidates[k].words);
                        json_end_object(json);
                }
                json_end_array(json);
                json_end_object(json);
        }
        json_end_array(json);
}

static void put_texts(struct json *json, const char *key, const struct text *texts, size_t count)
{
        json_key(json, key);
        json_begin_array(json);
        for (size_t i = 0; i < count; i++)
                json_text(json, texts[i]);
        json_end_array(json);
}

static void put_counts(struct json *json, const struct import_result *result)
{
        const struct import_counters *counters = &result->counters;
        const struct left_out *left_out = &result->left_out;
        const struct { const char *key; uint64_t count; } numbers[] = {
                {"lines_read", counters->lines_read}, {"lines_rejected", counters->lines_rejected},
                {"rows_new", counters->rows_new}, {"rows_changed", counters->rows_changed},
                {"rows_same", counters->rows_same}, {"rows_rejected", counters->rows_rejected},
                {"customers_created", counters->customers_created}, {"products_created", counters->products_created},
                {"people_created", counters->people_created}, {"several_dates", counters->documents_several_dates},
                {"several_groups", counters->articles_several_groups}, {"above_header", left_out->above_header},
                {"headers", left_out->headers}, {"totals", left_out->totals}, {"rows_resumed", result->rows_resumed},
        };
        json_key(json, "counts");
        json_begin_object(json);
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                put_count(json, numbers[i].key, numbers[i].count);
        json_end_object(json);
}

static void put_preview(struct json *json, const struct import_result *result)
{
        const struct import_preview *preview = result->preview;
        json_key(json, "preview");
        json_begin_object(json);
        json_key(json, "columns");
        json_begin_array(json);
        for (size_t i = 0; i < preview->column_count; i++)
                json_text(json, preview->columns[i].field);
        json_end_array(json);
        json_key(json, "rows");
        json_begin_array(json);
        for (size_t r = 0; r < preview->row_count; r++) {
                const struct preview_row *row = &preview->rows[r];
                json_begin_object(json);
                put(json, "sheet", text_of(row->sheet));
                put_count(json, "line", row->line);
                json_key(json, "cells");
                json_begin_array(json);
                for (size_t i = 0; i < preview->column_count; i++) {
                        json_begin_object(json);
                        put_cell(json, "text", row->cells[i]);
                        json_key(json, "refused");
                        json_bool(json, row->refused[i]);
                        json_end_object(json);
                }
                json_end_array(json);
                json_end_object(json);
        }
        json_end_array(json);
        put(json, "rejected", preview->rejected);
        put_counts(json, result);
        json_end_object(json);
}

enum status upload_look_json(const struct proposal *proposal, const struct import_result *dry, struct buffer *out,
                             struct error *error)
{
        const struct proposal_view *view = proposal_view(proposal);
        struct json json;
        size_t count;
        const struct text *header = proposal_header(proposal, &count);
        json_init(&json, out, false);
        json_begin_object(&json);
        put_count(&json, "records", view->records);
        put_columns(&json, view);
        put_texts(&json, "header", header, count);
        put_texts(&json, "notes", view->notes, view->note_count);
        put_questions(&json, view);
        if (dry) {
                put(&json, "profile", view->yaml);
                put_preview(&json, dry);
        }
        json_end_object(&json);
        return out->failed ? error_memory(error) : STATUS_OK;
}

enum status upload_result_json(const struct import_result *result, struct buffer *out, struct error *error)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        put_count(&json, "import", (uint64_t)result->import_id);
        put(&json, "error_file", text_of(result->error_path));
        json_key(&json, "index_stale");
        json_bool(&json, result->index_stale);
        put_counts(&json, result);
        json_end_object(&json);
        return out->failed ? error_memory(error) : STATUS_OK;
}
