/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate_output.c: an evaluation for programs: JSON (concept-format.md, Command line) and CSV.
 */
#include "cli/evaluate_output.h"

#include <stdlib.h>

#include "base/bits.h"
#include "db/setting.h"
#include "render/csv.h"
#include "render/json.h"

#define OUTPUT_BYTES_MAX ((size_t)4 << 30)

enum status evaluate_format_parse(const char *name, enum evaluate_format *ret, struct error *error)
{
        static const char *const names[] = {"table", "json", "csv"};
        for (size_t i = 0; i < 3; i++)
                if (!name || strcmp(name, names[i]) == 0) {
                        *ret = (enum evaluate_format)i;
                        return STATUS_OK;
                }
        return error_set(error, STATUS_USAGE, "cli.bad_format", "value", name, "formats", "table, json, csv", NULL);
}

/* ---- customers by number ---------------------------------------------------------------------------------------- */

struct numbered {
        const struct customer_number *number;
        size_t index;
};

static int compare_numbered(const void *a, const void *b)
{
        const struct numbered *x = a, *y = b;
        int order = text_compare(x->number->number, y->number->number);
        return order ? order : text_compare(x->number->source, y->number->source);
}

/* The evaluated customers in the order of their numbers. */
static enum status order_customers(struct connection *connection, const struct evaluation *evaluation,
                                   struct arena *arena, struct numbered **ret, size_t *ret_count, struct error *error)
{
        struct customer_number *numbers;
        enum status status = snapshot_numbers(evaluation->snapshot, connection, arena, &numbers, error);
        if (status != STATUS_OK)
                return status;
        size_t count = 0;
        struct numbered *ordered = arena_array(arena, struct numbered, evaluation->tally.evaluated + 1);
        if (!ordered)
                return error_memory(error);
        for (size_t i = 0; i < evaluation->measures.customer_count; i++)
                if (bits_get(evaluation->measures.exists, i))
                        ordered[count++] = (struct numbered){&numbers[i], i};
        qsort(ordered, count, sizeof(*ordered), compare_numbered);
        *ret = ordered;
        *ret_count = count;
        return STATUS_OK;
}

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

static void add_customer(struct json *json, const struct evaluation *evaluation, const struct numbered *customer)
{
        const struct decisions *d = &evaluation->decisions;
        size_t i = customer->index;
        json_begin_object(json);
        json_key(json, "number");
        json_text(json, customer->number->number);
        json_key(json, "before");
        if (d->before[i] == SEGMENT_NONE)
                json_null(json);
        else
                json_text(json, segment_id(evaluation, d->before[i]));
        json_key(json, "qualified");
        json_text(json, segment_id(evaluation, d->qualified[i]));
        json_key(json, "segment");
        json_text(json, segment_id(evaluation, d->segment[i]));
        json_key(json, "decision");
        json_string(json, decision_names[d->decision[i]]);
        json_key(json, "flags");
        json_begin_array(json);
        for (unsigned f = 0; f < FLAG_COUNT; f++)
                if (d->flags[i] >> f & 1)
                        json_string(json, flag_names[f]);
        json_end_array(json);
        json_end_object(json);
}

static enum status output_json(struct connection *connection, const struct evaluation *evaluation,
                               const struct run *run, struct arena *arena, struct error *error)
{
        struct numbered *customers;
        size_t count;
        enum status status = order_customers(connection, evaluation, arena, &customers, &count, error);
        if (status != STATUS_OK)
                return status;
        struct buffer out buffer_cleanup;
        struct json json;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        json_init(&json, &out, false);
        json_begin_object(&json);
        add_head(&json, evaluation, run);
        json_key(&json, "customers");
        json_begin_array(&json);
        for (size_t i = 0; i < count; i++)
                add_customer(&json, evaluation, &customers[i]);
        json_end_array(&json);
        json_end_object(&json);
        if (out.failed)
                return error_memory(error);
        cli_write(stdout, &out);
        return STATUS_OK;
}

/* ---- CSV -------------------------------------------------------------------------------------------------------- */

static void add_row(struct csv_writer *csv, struct buffer *cell, const struct evaluation *evaluation,
                    const struct numbered *customer)
{
        const struct decisions *d = &evaluation->decisions;
        size_t i = customer->index;
        csv_field(csv, customer->number->source);
        csv_field(csv, customer->number->number);
        csv_field(csv, d->before[i] == SEGMENT_NONE ? (struct text){0} : segment_id(evaluation, d->before[i]));
        csv_field(csv, segment_id(evaluation, d->qualified[i]));
        csv_field(csv, segment_id(evaluation, d->segment[i]));
        csv_field_string(csv, decision_names[d->decision[i]]);
        buffer_clear(cell);
        for (unsigned f = 0; f < FLAG_COUNT; f++)
                if (d->flags[i] >> f & 1)
                        buffer_addf(cell, "%s%s", cell->length ? " " : "", flag_names[f]);
        csv_field(csv, (struct text){cell->data, cell->length});
        buffer_clear(cell);
        decimal_add_plain(cell, evaluation->measures.revenue_12m_minor[i], evaluation->version->concept->minor_digits);
        csv_field(csv, (struct text){cell->data, cell->length});
        csv_end_row(csv);
}

static enum status output_csv(struct connection *connection, const struct evaluation *evaluation, struct arena *arena,
                              struct error *error)
{
        static const char *const titles[] = {"source",   "number", "before", "qualified", "segment",
                                             "decision", "flags",  "revenue_12m"};
        struct numbered *customers;
        size_t count;
        enum status status = order_customers(connection, evaluation, arena, &customers, &count, error);
        if (status != STATUS_OK)
                return status;
        struct buffer out buffer_cleanup;
        struct buffer cell buffer_cleanup;
        struct csv_writer csv;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        buffer_init(&cell, 4096);
        csv_writer_init(&csv, &out, ',');
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                csv_field_string(&csv, titles[i]);
        csv_end_row(&csv);
        for (size_t i = 0; i < count; i++)
                add_row(&csv, &cell, evaluation, &customers[i]);
        if (out.failed)
                return error_memory(error);
        cli_write(stdout, &out);
        return STATUS_OK;
}

enum status evaluate_output(struct cli_context *context, struct connection *connection,
                            const struct evaluation *evaluation, const struct run *run, enum evaluate_format format,
                            size_t near_count, bool dry_run, struct arena *arena, struct error *error)
{
        switch (format) {
        case EVALUATE_JSON:
                return output_json(connection, evaluation, run, arena, error);
        case EVALUATE_CSV:
                return output_csv(connection, evaluation, arena, error);
        default:
                return evaluate_table(context, connection, evaluation, run, near_count, dry_run, arena, error);
        }
}
