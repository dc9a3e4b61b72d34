/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulate_data.c: a simulation as JSON, and those who move as CSV. Customers stand in the order of their numbers.
 */
#include "cli/simulate_output.h"

static const struct concept *concept_of(const struct simulation_page *page, enum simulation_side side)
{
        return page->simulation->sides[side].version->concept;
}

/* None where there is no segment. */
static struct text segment_id(const struct concept *concept, size_t segment)
{
        return segment >= concept->segment_count ? (struct text){NULL, 0} : concept->segments[segment].id;
}

/* ---- moves ------------------------------------------------------------------------------------------------------- */

static const struct sheet_column move_columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"number", "evaluate.column.number", .kind = SHEET_TEXT},
        {"name", "evaluate.column.name", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"territory", "dossier.column.territory", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"rep", "dossier.column.rep", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"membership", "run.column.before", .kind = SHEET_TEXT, .forms = IN_CSV},
        {"from", "simulate.column.from", .kind = SHEET_TEXT},
        {"to", "simulate.column.to", .kind = SHEET_TEXT},
        {"direction", "dossier.column.direction", .kind = SHEET_TEXT},
        {"decision_against", "simulate.column.decision_against", .kind = SHEET_CODE, .forms = IN_CSV,
         .words = "decision."},
        {"decision", "run.column.decision", .kind = SHEET_CODE, .forms = IN_CSV, .words = "decision."},
        {"revenue_12m", "evaluate.column.revenue", .kind = SHEET_MONEY, .forms = IN_CSV},
        {"why", "simulate.column.why", .kind = SHEET_TEXT},
};

static enum status put_move(struct sheet *sheet, enum form form, struct buffer *why,
                            const struct simulation_page *page, size_t i, struct error *error)
{
        const struct evaluation *against = &page->simulation->sides[SIDE_AGAINST];
        const struct evaluation *changed = &page->simulation->sides[SIDE_CHANGED];
        const struct concept *concept = changed->version->concept;
        struct text name = {NULL, 0};
        enum status status = STATUS_OK;
        arena_reset(page->scratch);
        if (form_is_rows(form)) /* a query, and JSON shows no names */
                status = customer_label_name(&page->labels, page->session->snapshot, page->session->connection, i,
                                             page->scratch, &name, error);
        if (status != STATUS_OK)
                return status;
        sheet_text(sheet, page->labels.numbers[i].source);
        sheet_text(sheet, page->labels.numbers[i].number);
        sheet_text(sheet, name);
        sheet_text(sheet, customer_label_territory(&page->labels, i));
        sheet_text(sheet, page->labels.reps[i]);
        sheet_text(sheet, segment_id(concept, changed->decisions.before[i]));
        sheet_text(sheet, segment_id(against->version->concept, against->decisions.segment[i]));
        sheet_text(sheet, segment_id(concept, changed->decisions.segment[i]));
        sheet_string(sheet, simulate_direction_name(page->simulation, i));
        sheet_code(sheet, text_of(decision_names[against->decisions.decision[i]]));
        sheet_code(sheet, text_of(decision_names[changed->decisions.decision[i]]));
        sheet_money(sheet, changed->measures.revenue_12m_minor[i]);
        buffer_clear(why);
        status = simulate_add_why(page, i, SIMULATE_WHY_ONE_LINE, why, error); /* empties the arena of the name */
        sheet_text(sheet, (struct text){why->data, why->length});
        return status;
}

static enum status put_moves(const struct simulation_page *page, const struct sheet_style *style, struct error *error)
{
        struct sheet *sheet sheet_cleanup = NULL;
        struct buffer why buffer_cleanup;
        buffer_init(&why, (size_t)1 << 20);
        enum status status = sheet_new(move_columns, sizeof(move_columns) / sizeof(move_columns[0]), style, &sheet,
                                       error);
        for (size_t m = 0; m < page->simulation->move_count && status == STATUS_OK; m++)
                status = put_move(sheet, style->form, &why, page, page->moves[m], error);
        return status == STATUS_OK ? sheet_finish(sheet, error) : status;
}

enum status simulate_moves(const struct simulation_page *page, const struct sheet_style *style, struct error *error)
{
        struct sheet_style with_money = *style;
        with_money.minor_digits = concept_of(page, SIDE_CHANGED)->minor_digits;
        return put_moves(page, &with_money, error);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

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
        struct sheet_style style = cli_style(page->session->context, FORM_JSON, out);
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
        json_key(&json, "moves");
        style.json = &json;
        enum status status = put_moves(page, &style, error);
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
