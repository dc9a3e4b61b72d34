/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulate_data.c: a simulation as JSON, and those who move as CSV. Customers stand in the order of their numbers.
 */
#include "cli/simulate_output.h"
#include "render/csv.h"
#include "render/json.h"

static const struct concept *concept_of(const struct simulation_page *page, enum simulation_side side)
{
        return page->simulation->sides[side].version->concept;
}

/* None where there is no segment. */
static struct text segment_id(const struct concept *concept, size_t segment)
{
        return segment >= concept->segment_count ? (struct text){NULL, 0} : concept->segments[segment].id;
}

static void json_text_or_null(struct json *json, struct text text)
{
        if (text.data)
                json_text(json, text);
        else
                json_null(json);
}

static void key_of(struct json *json, struct text id)
{
        char name[64];
        snprintf(name, sizeof(name), "%.*s", (int)id.length, id.length ? id.data : "");
        json_key(json, name);
}

static void add_label(struct json *json, const char *key, const struct version *version)
{
        struct buffer label buffer_cleanup;
        buffer_init(&label, 256);
        version_label(version, &label);
        json_key(json, key);
        json_string(json, label.data);
}

static void add_sums(struct json *json, const char *key, const struct simulation_page *page, enum simulation_side side)
{
        const struct concept *concept = concept_of(page, side);
        const struct segment_sums *sums = &page->simulation->sums[side];
        json_key(json, key);
        json_begin_object(json);
        for (size_t s = 0; s < concept->segment_count; s++) {
                key_of(json, concept->segments[s].id);
                json_begin_object(json);
                json_key(json, "customers");
                json_int(json, (int64_t)sums->customers[s]);
                json_key(json, "revenue");
                json_decimal_text(json, sums->revenue_minor[s], concept->minor_digits);
                json_key(json, "margin");
                if (sums->margin_known[s])
                        json_decimal_text(json, sums->margin_minor[s], concept->minor_digits);
                else
                        json_null(json);
                json_end_object(json);
        }
        json_end_object(json);
}

static void add_matrix(struct json *json, const char *key, const struct simulation_page *page,
                       const uint64_t (*matrix)[MOVEMENT_ROWS], const struct concept *from)
{
        const struct concept *to = concept_of(page, SIDE_CHANGED);
        json_key(json, key);
        json_begin_array(json);
        for (size_t row = 0; row < MOVEMENT_ROWS; row++)
                for (size_t column = 0; column < MOVEMENT_ROWS; column++) {
                        if (!matrix[row][column])
                                continue;
                        json_begin_object(json);
                        json_key(json, "from");
                        json_text_or_null(json, segment_id(from, row));
                        json_key(json, "to");
                        json_text_or_null(json, segment_id(to, column));
                        json_key(json, "customers");
                        json_int(json, (int64_t)matrix[row][column]);
                        json_end_object(json);
                }
        json_end_array(json);
}

static enum status add_moves(struct json *json, const struct simulation_page *page, struct error *error)
{
        const struct simulation *simulation = page->simulation;
        struct buffer why buffer_cleanup;
        buffer_init(&why, (size_t)1 << 20);
        json_key(json, "moves");
        json_begin_array(json);
        for (size_t m = 0; m < simulation->move_count; m++) {
                size_t i = page->moves[m];
                buffer_clear(&why);
                enum status status = simulate_add_why(page, i, SIMULATE_WHY_ONE_LINE, &why, error);
                if (status != STATUS_OK)
                        return status;
                json_begin_object(json);
                json_key(json, "number");
                json_text(json, page->labels.numbers[i].number);
                json_key(json, "from");
                json_text_or_null(json, segment_id(concept_of(page, SIDE_AGAINST),
                                                   simulation->sides[SIDE_AGAINST].decisions.segment[i]));
                json_key(json, "to");
                json_text_or_null(json, segment_id(concept_of(page, SIDE_CHANGED),
                                                   simulation->sides[SIDE_CHANGED].decisions.segment[i]));
                json_key(json, "direction");
                json_string(json, simulate_direction_name(simulation, i));
                json_key(json, "why");
                json_text(json, (struct text){why.data, why.length});
                json_end_object(json);
        }
        json_end_array(json);
        return STATUS_OK;
}

static void add_stakes(struct json *json, const struct simulation_page *page)
{
        unsigned digits = concept_of(page, SIDE_CHANGED)->minor_digits;
        json_key(json, "at_stake");
        json_begin_array(json);
        for (size_t i = 0; i < page->stake_count; i++) {
                const struct stake *stake = &page->stakes[i];
                json_begin_object(json);
                json_key(json, "responsible");
                json_text_or_null(json, stake->responsible);
                json_key(json, "up");
                json_int(json, (int64_t)stake->up_count);
                json_key(json, "up_revenue");
                json_decimal_text(json, stake->up_minor, digits);
                json_key(json, "down");
                json_int(json, (int64_t)stake->down_count);
                json_key(json, "down_revenue");
                json_decimal_text(json, stake->down_minor, digits);
                json_end_object(json);
        }
        json_end_array(json);
}

/* As in the JSON of an evaluation by the changed concept, with the decision of the other version beside it. */
static void add_customer(struct json *json, const struct simulation_page *page, size_t i)
{
        const struct decisions *against = &page->simulation->sides[SIDE_AGAINST].decisions;
        const struct decisions *d = &page->simulation->sides[SIDE_CHANGED].decisions;
        const struct concept *concept = concept_of(page, SIDE_CHANGED);
        json_begin_object(json);
        json_key(json, "number");
        json_text(json, page->labels.numbers[i].number);
        json_key(json, "against");
        json_text_or_null(json, segment_id(concept_of(page, SIDE_AGAINST), against->segment[i]));
        json_key(json, "against_decision");
        json_string(json, decision_names[against->decision[i]]);
        json_key(json, "before");
        json_text_or_null(json, segment_id(concept, d->before[i]));
        json_key(json, "qualified");
        json_text_or_null(json, segment_id(concept, d->qualified[i]));
        json_key(json, "segment");
        json_text_or_null(json, segment_id(concept, d->segment[i]));
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

static void add_head(struct json *json, const struct simulation_page *page)
{
        const struct evaluation *changed = &page->simulation->sides[SIDE_CHANGED];
        json_key(json, "cutoff");
        json_day(json, changed->cutoff_day);
        json_key(json, "evaluation");
        json_text(json, changed->version->concept->mechanics.evaluations[changed->rule].id);
        json_key(json, "program");
        json_string(json, changed->version->program);
        add_label(json, "concept", changed->version);
        add_label(json, "against", page->simulation->sides[SIDE_AGAINST].version);
        json_key(json, "generation");
        json_int(json, snapshot_generation(page->session->snapshot));
        json_key(json, "customers_evaluated");
        json_int(json, (int64_t)changed->tally.evaluated);
}

enum status simulate_json(const struct simulation_page *page, struct buffer *out, struct error *error)
{
        const struct simulation *simulation = page->simulation;
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        add_head(&json, page);
        add_sums(&json, "segments_against", page, SIDE_AGAINST);
        add_sums(&json, "segments", page, SIDE_CHANGED);
        add_matrix(&json, "matrix", page, simulation->from_against, concept_of(page, SIDE_AGAINST));
        add_matrix(&json, "matrix_from_membership", page, simulation->from_membership, concept_of(page, SIDE_CHANGED));
        json_key(&json, "other_decisions");
        json_int(&json, (int64_t)simulation->other_decision_count);
        add_stakes(&json, page);
        enum status status = add_moves(&json, page, error);
        if (status != STATUS_OK)
                return status;
        json_key(&json, "customers");
        json_begin_array(&json);
        for (size_t i = 0; i < page->count; i++)
                add_customer(&json, page, page->by_number[i]);
        json_end_array(&json);
        json_end_object(&json);
        return out->failed ? error_memory(error) : STATUS_OK;
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

static enum status add_move(struct csv_writer *csv, struct buffer *cell, const struct simulation_page *page, size_t i,
                            struct error *error)
{
        const struct evaluation *against = &page->simulation->sides[SIDE_AGAINST];
        const struct evaluation *changed = &page->simulation->sides[SIDE_CHANGED];
        const struct concept *concept = changed->version->concept;
        struct text name;
        arena_reset(page->scratch);
        enum status status = customer_label_name(&page->labels, page->session->snapshot, page->session->connection, i,
                                                 page->scratch, &name, error);
        if (status != STATUS_OK)
                return status;
        csv_field(csv, page->labels.numbers[i].source);
        csv_field(csv, page->labels.numbers[i].number);
        csv_field(csv, name);
        csv_field(csv, customer_label_territory(&page->labels, i));
        csv_field(csv, page->labels.reps[i]);
        csv_field(csv, segment_id(concept, changed->decisions.before[i]));
        csv_field(csv, segment_id(against->version->concept, against->decisions.segment[i]));
        csv_field(csv, segment_id(concept, changed->decisions.segment[i]));
        csv_field_string(csv, simulate_direction_name(page->simulation, i));
        csv_field_string(csv, decision_names[against->decisions.decision[i]]);
        csv_field_string(csv, decision_names[changed->decisions.decision[i]]);
        buffer_clear(cell);
        decimal_add_plain(cell, changed->measures.revenue_12m_minor[i], concept->minor_digits);
        csv_field(csv, (struct text){cell->data, cell->length});
        buffer_clear(cell);
        status = simulate_add_why(page, i, SIMULATE_WHY_ONE_LINE, cell, error);
        csv_field(csv, (struct text){cell->data, cell->length});
        csv_end_row(csv);
        return status;
}

enum status simulate_moves_csv(const struct simulation_page *page, struct buffer *out, struct error *error)
{
        static const char *const titles[] = {"source",    "number",           "name",
                                             "territory", "rep",              "membership",
                                             "from",      "to",               "direction",
                                             "decision_against", "decision",  "revenue_12m",
                                             "why"};
        struct buffer cell buffer_cleanup;
        struct csv_writer csv;
        enum status status = STATUS_OK;
        buffer_init(&cell, (size_t)1 << 20);
        csv_writer_init(&csv, out, ',');
        for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
                csv_field_string(&csv, titles[i]);
        csv_end_row(&csv);
        for (size_t m = 0; m < page->simulation->move_count && status == STATUS_OK; m++)
                status = add_move(&csv, &cell, page, page->moves[m], error);
        return status == STATUS_OK && out->failed ? error_memory(error) : status;
}
