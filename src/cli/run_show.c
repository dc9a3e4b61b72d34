/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_show.c: `treue run list` and `treue run show`: tables, JSON and CSV.
 */
#include "cli/run_parts.h"

#include <stdlib.h>

#include "base/calendar.h"
#include "platform/clock.h"
#include "render/csv.h"
#include "render/json.h"
#include "render/table.h"

#define OUTPUT_BYTES_MAX ((size_t)4 << 30)

/* ---- cells ------------------------------------------------------------------------------------------------------- */

static void cell_count(enum language language, struct table *table, int64_t count)
{
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        format_add_count(&cell, language, count);
        table_cell(table, (struct text){cell.data, cell.length});
}

static void cell_day(enum language language, struct table *table, int32_t day)
{
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        if (day != DAY_NONE)
                format_add_day(&cell, language, day);
        table_cell(table, (struct text){cell.data, cell.length});
}

static const char *state_text(enum language language, enum run_state state)
{
        char key[64];
        snprintf(key, sizeof(key), "run.state.%s", run_state_names[state]);
        return message_raw(language, key);
}

static void put_day(struct json *json, const char *key, int32_t day)
{
        json_key(json, key);
        json_day(json, day);
}

static void put_int(struct json *json, const char *key, int64_t value)
{
        json_key(json, key);
        json_int(json, value);
}

static void put_text(struct json *json, const char *key, struct text text)
{
        json_key(json, key);
        if (text.data)
                json_text(json, text);
        else
                json_null(json);
}

static enum status finish(struct buffer *out, struct error *error)
{
        if (out->failed)
                return error_memory(error);
        cli_write(stdout, out);
        return STATUS_OK;
}

/* ---- list -------------------------------------------------------------------------------------------------------- */

static void put_run(struct json *json, const struct run_summary *run)
{
        put_int(json, "run", run->number);
        json_key(json, "id");
        json_id_text(json, run->id);
        put_text(json, "evaluation", run->evaluation);
        put_day(json, "cutoff", run->cutoff_day);
        put_int(json, "version", run->version);
        put_int(json, "generation", run->generation);
        json_key(json, "state");
        json_string(json, run_state_names[run->state]);
        put_day(json, "created", clock_local_day(run->created_ms));
        put_day(json, "decided", run->decided_day);
        put_day(json, "effective", run->effective_day);
        put_int(json, "customers", run->customers_evaluated);
        put_int(json, "approved", run->approved);
        put_int(json, "rejected", run->rejected);
        json_key(json, "beneath_undone");
        json_bool(json, run->beneath_undone);
}

static void list_row(enum language language, struct table *table, const struct run_summary *run)
{
        char text[24];
        snprintf(text, sizeof(text), "%d", run->number);
        table_cell_string(table, text);
        table_cell(table, run->evaluation);
        cell_day(language, table, run->cutoff_day);
        snprintf(text, sizeof(text), "v%d", run->version);
        table_cell_string(table, text);
        cell_count(language, table, run->customers_evaluated);
        table_cell_string(table, state_text(language, run->state));
        cell_day(language, table, run->decided_day);
        cell_day(language, table, run->effective_day);
        if (run->approved)
                cell_count(language, table, run->approved);
        else
                table_cell_string(table, "");
        if (run->rejected)
                cell_count(language, table, run->rejected);
        else
                table_cell_string(table, "");
        table_cell_string(table, run->beneath_undone ? message_raw(language, "run.list.undone") : "");
}

static enum status list_table(struct run_session *session, const struct run_summary *runs, size_t count,
                              struct buffer *out, struct error *error)
{
        static const char *const left[] = {"run.column.number", "run.column.evaluation", "run.column.cutoff",
                                           "run.column.version"};
        static const char *const state[] = {"run.column.state", "run.column.decided", "run.column.effective"};
        enum language language = session->context->language;
        struct table *table table_cleanup = NULL;
        if (count == 0) {
                message_add(out, language, "run.list_empty", "program", session->program, NULL);
                return STATUS_OK;
        }
        enum status status = table_new(&table, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
                table_column(table, message_raw(language, left[i]), TABLE_LEFT);
        table_column(table, message_raw(language, "run.column.customers"), TABLE_RIGHT);
        for (size_t i = 0; i < sizeof(state) / sizeof(state[0]); i++)
                table_column(table, message_raw(language, state[i]), TABLE_LEFT);
        table_column(table, message_raw(language, "run.column.approved"), TABLE_RIGHT);
        table_column(table, message_raw(language, "run.column.rejected"), TABLE_RIGHT);
        table_column(table, message_raw(language, "run.column.note"), TABLE_LEFT);
        for (size_t i = 0; i < count; i++)
                list_row(language, table, &runs[i]);
        return table_add_to(table, 0, out) ? STATUS_OK : error_memory(error);
}

static void list_csv(const struct run_summary *runs, size_t count, struct buffer *out)
{
        static const char *const titles[] = {"run", "evaluation", "cutoff", "version", "generation", "state",
                                             "effective", "customers", "approved", "rejected", "beneath_undone"};
        struct csv_writer csv;
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        csv_writer_init(&csv, out, ',');
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                csv_field_string(&csv, titles[i]);
        csv_end_row(&csv);
        for (size_t i = 0; i < count; i++) {
                const struct run_summary *run = &runs[i];
                const int64_t numbers[] = {run->number, run->version, run->generation, run->customers_evaluated,
                                           run->approved, run->rejected, run->beneath_undone};
                char texts[7][24];
                for (size_t n = 0; n < 7; n++)
                        snprintf(texts[n], sizeof(texts[n]), "%lld", (long long)numbers[n]);
                csv_field_string(&csv, texts[0]);
                csv_field(&csv, run->evaluation);
                buffer_clear(&cell);
                day_add_iso(&cell, run->cutoff_day);
                csv_field(&csv, (struct text){cell.data, cell.length});
                csv_field_string(&csv, texts[1]);
                csv_field_string(&csv, texts[2]);
                csv_field_string(&csv, run_state_names[run->state]);
                buffer_clear(&cell);
                day_add_iso(&cell, run->effective_day);
                csv_field(&csv, (struct text){cell.data, cell.length});
                for (size_t n = 3; n < 7; n++)
                        csv_field_string(&csv, texts[n]);
                csv_end_row(&csv);
        }
}

enum status run_list(struct run_session *session, struct error *error)
{
        struct run_summary *runs;
        size_t count;
        struct buffer out buffer_cleanup;
        struct json json;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = run_list_load(session->connection, session->program_id, session->arena, &runs, &count,
                                           error);
        if (status != STATUS_OK)
                return status;
        if (session->format == EVALUATE_CSV) {
                list_csv(runs, count, &out);
        } else if (session->format == EVALUATE_JSON) {
                json_init(&json, &out, false);
                json_begin_array(&json);
                for (size_t i = 0; i < count; i++) {
                        json_begin_object(&json);
                        put_run(&json, &runs[i]);
                        json_end_object(&json);
                }
                json_end_array(&json);
        } else {
                status = list_table(session, runs, count, &out, error);
        }
        return status == STATUS_OK ? finish(&out, error) : status;
}

/* ---- show -------------------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
        const struct run_decision *x = a, *y = b;
        int order = text_compare(x->number, y->number);
        return order ? order : text_compare(x->source, y->source);
}

/* The decisions of the kinds asked for, by number. */
static enum status load_shown(struct run_session *session, const struct run_summary *run, struct run_decision **ret,
                              size_t *ret_count, struct error *error)
{
        struct run_decision *decisions;
        size_t count, kept = 0;
        uint32_t kinds = 0;
        enum status status = session->kinds ? decision_kinds_parse(session->kinds, &kinds, error) : STATUS_OK;
        if (status == STATUS_OK)
                status = run_decisions_load(session->connection, run->id, session->arena, &decisions, &count, error);
        if (status == STATUS_OK)
                status = run_decisions_name(session->connection, run->id, decisions, count, session->arena, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < count; i++)
                if (!kinds || kinds >> decisions[i].decision & 1)
                        decisions[kept++] = decisions[i];
        qsort(decisions, kept, sizeof(*decisions), compare_numbers);
        *ret = decisions;
        *ret_count = kept;
        return STATUS_OK;
}

static void put_decision(struct json *json, const struct run_decision *decision)
{
        json_begin_object(json);
        put_text(json, "source", decision->source);
        put_text(json, "number", decision->number);
        put_text(json, "before", decision->before);
        put_text(json, "qualified", decision->qualified);
        put_text(json, "segment", decision->segment);
        json_key(json, "decision");
        json_string(json, decision_names[decision->decision]);
        json_key(json, "flags");
        json_begin_array(json);
        for (unsigned f = 0; f < FLAG_COUNT; f++)
                if (decision->flags >> f & 1)
                        json_string(json, flag_names[f]);
        json_end_array(json);
        json_key(json, "state");
        json_string(json, run_state_names[decision->state]);
        put_day(json, "effective", decision->effective_day);
        put_text(json, "reason", decision->reason);
        put_text(json, "actor", decision->actor);
        json_end_object(json);
}

static void show_json(const struct run_summary *run, const struct run_decision *decisions, size_t count,
                      struct buffer *out)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        put_run(&json, run);
        json_key(&json, "decisions");
        json_begin_array(&json);
        for (size_t i = 0; i < count; i++)
                put_decision(&json, &decisions[i]);
        json_end_array(&json);
        json_end_object(&json);
}

static void show_csv(const struct run_decision *decisions, size_t count, struct buffer *out)
{
        static const char *const titles[] = {"source",   "number", "before",    "qualified", "segment",
                                             "decision", "state",  "effective", "reason",    "actor"};
        struct csv_writer csv;
        struct buffer cell buffer_cleanup;
        buffer_init(&cell, 64);
        csv_writer_init(&csv, out, ',');
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                csv_field_string(&csv, titles[i]);
        csv_end_row(&csv);
        for (size_t i = 0; i < count; i++) {
                const struct run_decision *decision = &decisions[i];
                csv_field(&csv, decision->source);
                csv_field(&csv, decision->number);
                csv_field(&csv, decision->before);
                csv_field(&csv, decision->qualified);
                csv_field(&csv, decision->segment);
                csv_field_string(&csv, decision_names[decision->decision]);
                csv_field_string(&csv, run_state_names[decision->state]);
                buffer_clear(&cell);
                day_add_iso(&cell, decision->effective_day);
                csv_field(&csv, (struct text){cell.data, cell.length});
                csv_field(&csv, decision->reason);
                csv_field(&csv, decision->actor);
                csv_end_row(&csv);
        }
}

static void show_head(const struct run_session *session, const struct run_summary *run, struct buffer *out)
{
        enum language language = session->context->language;
        struct buffer day buffer_cleanup;
        char number[16], version[16], evaluation[64];
        buffer_init(&day, 64);
        format_add_day(&day, language, run->cutoff_day);
        snprintf(number, sizeof(number), "%d", run->number);
        snprintf(version, sizeof(version), "%d", run->version);
        snprintf(evaluation, sizeof(evaluation), "%.*s", (int)run->evaluation.length, run->evaluation.data);
        message_add(out, language, "run.head", "run", number, "program", session->program, "version", version,
                    "evaluation", evaluation, "cutoff", day.data, "state", state_text(language, run->state), NULL);
        buffer_add_byte(out, '\n');
        if (run->beneath_undone) {
                message_add(out, language, "run.beneath_undone", NULL);
                buffer_add_byte(out, '\n');
        }
        buffer_add_byte(out, '\n');
}

static enum status show_table(struct run_session *session, const struct run_summary *run,
                              const struct run_decision *decisions, size_t count, struct buffer *out,
                              struct error *error)
{
        static const char *const titles[] = {"run.column.customer", "run.column.before",    "run.column.qualified",
                                             "run.column.segment",  "run.column.decision",  "run.column.state",
                                             "run.column.effective", "run.column.reason"};
        enum language language = session->context->language;
        struct table *table table_cleanup = NULL;
        enum status status = table_new(&table, error);
        if (status != STATUS_OK)
                return status;
        show_head(session, run, out);
        if (count == 0) {
                message_add(out, language, "run.show_empty", NULL);
                return STATUS_OK;
        }
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                table_column(table, message_raw(language, titles[i]), TABLE_LEFT);
        for (size_t i = 0; i < count; i++) {
                const struct run_decision *decision = &decisions[i];
                char key[64];
                snprintf(key, sizeof(key), "decision.%s", decision_names[decision->decision]);
                table_cell(table, decision->number);
                table_cell(table, decision->before);
                table_cell(table, decision->qualified);
                table_cell(table, decision->segment);
                table_cell_string(table, message_raw(language, key));
                table_cell_string(table, state_text(language, decision->state));
                cell_day(language, table, decision->effective_day);
                table_cell(table, decision->reason);
        }
        return table_add_to(table, 0, out) ? STATUS_OK : error_memory(error);
}

enum status run_show(struct run_session *session, const struct run_summary *run, struct error *error)
{
        struct run_decision *decisions;
        size_t count;
        struct buffer out buffer_cleanup;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        enum status status = load_shown(session, run, &decisions, &count, error);
        if (status != STATUS_OK)
                return status;
        if (session->format == EVALUATE_JSON)
                show_json(run, decisions, count, &out);
        else if (session->format == EVALUATE_CSV)
                show_csv(decisions, count, &out);
        else
                status = show_table(session, run, decisions, count, &out, error);
        return status == STATUS_OK ? finish(&out, error) : status;
}
