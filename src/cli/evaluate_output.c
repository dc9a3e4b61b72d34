/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate_output.c: an evaluation for programs: JSON (concept-format.md, Command line) and CSV.
 */
#include "cli/evaluate_output.h"

#include "base/bits.h"
#include "cli/customer_labels.h"

#define OUTPUT_BYTES_MAX ((size_t)4 << 30)

static struct text segment_id(const struct evaluation *evaluation, uint8_t segment)
{
        return evaluation->version->concept->segments[segment].id;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

static void add_segment_counts(struct json *json, const char *key, const struct evaluation *evaluation,
                               const uint64_t *counts)
{
        char name[64];
        json_key(json, key);
        json_begin_object(json);
        for (size_t s = 0; s < evaluation->version->concept->segment_count; s++) {
                struct text id = segment_id(evaluation, (uint8_t)s);
                snprintf(name, sizeof(name), "%.*s", (int)id.length, id.data);
                json_key(json, name);
                json_int(json, (int64_t)counts[s]);
        }
        json_end_object(json);
}

static void add_head(struct json *json, const struct evaluation *evaluation, const struct run *run)
{
        const struct version *version = evaluation->version;
        const struct concept *concept = version->concept;
        char label[96];
        snprintf(label, sizeof(label), version->number ? "%s v%d" : "%s", version->program, version->number);
        json_key(json, "cutoff");
        json_day(json, evaluation->cutoff_day);
        json_key(json, "evaluation");
        json_text(json, concept->mechanics.evaluations[evaluation->rule].id);
        json_key(json, "program");
        json_string(json, version->program);
        json_key(json, "concept");
        json_string(json, label);
        json_key(json, "generation");
        json_int(json, run->generation);
        json_key(json, "customers_evaluated");
        json_int(json, (int64_t)evaluation->tally.evaluated);
        add_segment_counts(json, "qualified", evaluation, evaluation->tally.qualified);
        add_segment_counts(json, "counts", evaluation, evaluation->tally.segment);
        json_key(json, "decisions");
        json_begin_object(json);
        for (int d = DECISION_NEW; d < DECISION_COUNT; d++) {
                if (!evaluation->tally.decision[d])
                        continue;
                json_key(json, decision_names[d]);
                json_int(json, (int64_t)evaluation->tally.decision[d]);
        }
        json_end_object(json);
        json_key(json, "revenue");
        json_begin_object(json);
        for (size_t s = 0; s < concept->segment_count; s++) {
                snprintf(label, sizeof(label), "%.*s", (int)concept->segments[s].id.length,
                         concept->segments[s].id.data);
                json_key(json, label);
                json_decimal_text(json, evaluation->tally.revenue_minor[s], concept->minor_digits);
        }
        json_end_object(json);
}

/* ---- customers --------------------------------------------------------------------------------------------------- */

/* JSON has the columns of concept-format.md (Command line). */
static const struct sheet_column customer_columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"number", "evaluate.column.number", .kind = SHEET_TEXT},
        {"before", "run.column.before", .kind = SHEET_TEXT},
        {"qualified", "run.column.qualified", .kind = SHEET_TEXT},
        {"segment", "run.column.segment", .kind = SHEET_TEXT},
        {"decision", "run.column.decision", .kind = SHEET_CODE, .words = "decision."},
        {"flags", "list.column.flags", .kind = SHEET_CODES},
        {"revenue_12m", "evaluate.column.revenue", .kind = SHEET_MONEY, .forms = IN_CSV},
};

static void put_customer(struct sheet *sheet, const struct evaluation *evaluation,
                         const struct customer_number *number, size_t i)
{
        const struct decisions *d = &evaluation->decisions;
        sheet_text(sheet, number->source);
        sheet_text(sheet, number->number);
        sheet_text(sheet, d->before[i] == SEGMENT_NONE ? (struct text){0} : segment_id(evaluation, d->before[i]));
        sheet_text(sheet, segment_id(evaluation, d->qualified[i]));
        sheet_text(sheet, segment_id(evaluation, d->segment[i]));
        sheet_code(sheet, text_of(decision_names[d->decision[i]]));
        sheet_codes(sheet, d->flags[i], flag_names, FLAG_COUNT);
        sheet_money(sheet, evaluation->measures.revenue_12m_minor[i]);
}

/* Those evaluated, in the order of their numbers. */
static enum status put_customers(struct sheet_style *style, struct connection *connection,
                                 const struct evaluation *evaluation, struct arena *arena, struct error *error)
{
        struct customer_number *numbers;
        size_t count = 0, *customers = arena_array(arena, size_t, evaluation->tally.evaluated + 1);
        struct sheet *sheet sheet_cleanup = NULL;
        style->minor_digits = evaluation->version->concept->minor_digits;
        enum status status = customers ? snapshot_numbers(evaluation->snapshot, connection, arena, &numbers, error)
                                       : error_memory(error);
        if (status == STATUS_OK)
                status = sheet_new(customer_columns, sizeof(customer_columns) / sizeof(customer_columns[0]), style,
                                   &sheet, error);
        if (status != STATUS_OK)
                return status;
        for (size_t i = 0; i < evaluation->measures.customer_count; i++)
                if (bits_get(evaluation->measures.exists, i))
                        customers[count++] = i;
        customers_sort(numbers, customers, count);
        for (size_t i = 0; i < count; i++)
                put_customer(sheet, evaluation, &numbers[customers[i]], customers[i]);
        return sheet_finish(sheet, error);
}

enum status evaluate_output(struct cli_context *context, struct connection *connection,
                            const struct evaluation *evaluation, const struct run *run, enum form form,
                            size_t near_count, bool dry_run, struct arena *arena, struct error *error)
{
        if (form == FORM_TABLE)
                return evaluate_table(context, connection, evaluation, run, near_count, dry_run, arena, error);
        struct buffer out buffer_cleanup;
        struct json json;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        struct sheet_style style = cli_style(context, form, &out);
        if (form == FORM_JSON) {
                json_init(&json, &out, false);
                style.json = &json;
                json_begin_object(&json);
                add_head(&json, evaluation, run);
                json_key(&json, "customers");
        }
        enum status status = put_customers(&style, connection, evaluation, arena, error);
        if (status == STATUS_OK && form == FORM_JSON)
                json_end_object(&json);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}
