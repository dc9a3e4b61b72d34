/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run_compare.c: `treue run repeat` and `treue run compare`: is a stored run still what its values or facts give, and
 * what would later corrections or another run change.
 */
#include "cli/run_parts.h"

#include "base/bits.h"
#include "program/amounts.h"
#include "program/run_sides.h"

#define OUTPUT_BYTES_MAX ((size_t)4 << 30)

struct comparison {
        struct run_command *command;
        const char *basis;            /* of the new side: "stored", "facts", "today", "run" */
        const char *head_key;
        const struct run_summary *run, *other; /* other: with basis "run" */
        struct run_side old_side, new_side;
        struct run_difference *differences;
        size_t count, compared;
};

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* A value of a customer for programs; false: not known. */
static bool add_plain(struct buffer *out, const struct run_side *side, const struct value_change *change,
                      size_t column, size_t index)
{
        const struct measures *measures = &side->measures;
        const struct mechanics *mechanics = &side->version->concept->mechanics;
        switch (change->kind) {
        case VALUE_COLUMN:
                return amount_add_plain(out, &measures->columns[column], index);
        case VALUE_KIND:
                return buffer_add_text(out, measures->kind[index] == KIND_PROSPECT ? "prospect" : "customer");
        case VALUE_SIZE_CLASS:
                return measures->size_class[index] < mechanics->size_class_count &&
                       buffer_add(out, mechanics->size_factors[measures->size_class[index]].code.data,
                                  mechanics->size_factors[measures->size_class[index]].code.length);
        default:
                return measures->joined_day[index] != DAY_NONE && day_add_iso(out, measures->joined_day[index]);
        }
}

static void add_words(struct buffer *out, enum language language, const struct run_side *side,
                      const struct value_change *change, size_t column, size_t index)
{
        if (change->kind == VALUE_COLUMN)
                amount_add_cell(out, language, side->version->concept, &side->measures.columns[column], index);
        else if (change->kind == VALUE_JOINED && side->measures.joined_day[index] != DAY_NONE)
                format_add_day(out, language, side->measures.joined_day[index]);
        else if (change->kind == VALUE_KIND)
                buffer_add_text(out, message_raw(language, side->measures.kind[index] == KIND_PROSPECT
                                                                   ? "run.kind_prospect"
                                                                   : "run.kind_customer"));
        else if (!add_plain(out, side, change, column, index))
                buffer_add_text(out, message_raw(language, "run.value_none"));
}

static const char *const value_names[] = {[VALUE_KIND] = "kind", [VALUE_SIZE_CLASS] = "size_class",
                                          [VALUE_JOINED] = "joined"};

static void add_value_name(struct buffer *out, enum language language, const struct metric_column *column,
                           const struct value_change *change)
{
        if (change->kind == VALUE_COLUMN) {
                amount_add_metric(out, language, MEDIUM_TERMINAL, column->metric, column->of);
                if (column->window.kind == WINDOW_NONE)
                        return;
                buffer_add_text(out, " (");
                amount_add_window_words(out, language, column->window);
                buffer_add_byte(out, ')');
                return;
        }
        static const char *const keys[] = {[VALUE_KIND] = "run.value_kind", [VALUE_SIZE_CLASS] = "run.value_size_class",
                                           [VALUE_JOINED] = "run.value_joined"};
        buffer_add_text(out, message_raw(language, keys[change->kind]));
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void put_buffer(struct json *json, const char *key, const struct buffer *text, bool known)
{
        json_key(json, key);
        if (known)
                json_text(json, (struct text){text->data ? text->data : "", text->length});
        else
                json_null(json);
}

static void put_segment(struct json *json, const char *key, const struct run_side *side, uint8_t segment)
{
        json_key(json, key);
        if (segment == SEGMENT_NONE)
                json_null(json);
        else
                json_text(json, side->version->concept->segments[segment].id);
}

static void put_side(struct json *json, const char *key, const struct run_side *side, uint32_t index)
{
        json_key(json, key);
        if (index == SIDE_MISSING) {
                json_null(json);
                return;
        }
        const struct decisions *d = &side->decisions;
        json_begin_object(json);
        put_segment(json, "before", side, d->before[index]);
        put_segment(json, "qualified", side, d->qualified[index]);
        put_segment(json, "segment", side, d->segment[index]);
        json_key(json, "decision");
        json_string(json, decision_names[d->decision[index]]);
        json_key(json, "flags");
        json_begin_array(json);
        for (unsigned f = 0; f < FLAG_COUNT; f++)
                if (d->flags[index] >> f & 1)
                        json_string(json, flag_names[f]);
        json_end_array(json);
        json_key(json, "grace");
        json_bool(json, d->grace[index]);
        json_end_object(json);
}

static void put_value(struct json *json, const struct comparison *comparison, const struct run_difference *difference,
                      const struct value_change *change)
{
        const struct metric_column *column = &comparison->old_side.measures.columns[change->old_column];
        struct buffer text buffer_cleanup;
        buffer_init(&text, CLI_TEXT_MAX);
        bool is_column = change->kind == VALUE_COLUMN;
        json_begin_object(json);
        json_key(json, "metric");
        json_string(json, is_column ? metric_infos[column->metric].name : value_names[change->kind]);
        put_buffer(json, "of", &(struct buffer){.data = (char *)column->of.data, .length = column->of.length},
                   is_column && column->of.length);
        if (is_column)
                amount_add_window(&text, column->window);
        put_buffer(json, "window", &text, text.length > 0);
        buffer_clear(&text);
        bool known = add_plain(&text, &comparison->old_side, change, change->old_column, difference->old_index);
        put_buffer(json, "old", &text, known);
        buffer_clear(&text);
        known = add_plain(&text, &comparison->new_side, change, change->new_column, difference->new_index);
        put_buffer(json, "new", &text, known);
        json_end_object(json);
}

static void put_difference(struct json *json, const struct comparison *comparison,
                           const struct run_difference *difference)
{
        json_begin_object(json);
        json_key(json, "source");
        json_text(json, difference->source);
        json_key(json, "number");
        json_text(json, difference->number);
        json_key(json, "decision_differs");
        json_bool(json, difference->decision_differs);
        put_side(json, "old", &comparison->old_side, difference->old_index);
        put_side(json, "new", &comparison->new_side, difference->new_index);
        json_key(json, "values");
        json_begin_array(json);
        for (size_t c = 0; c < difference->change_count; c++)
                put_value(json, comparison, difference, &difference->changes[c]);
        json_end_array(json);
        json_end_object(json);
}

static void output_json(const struct comparison *comparison, struct buffer *out)
{
        struct json json;
        json_init(&json, out, false);
        json_begin_object(&json);
        json_key(&json, "run");
        json_int(&json, comparison->run->number);
        json_key(&json, "cutoff");
        json_day(&json, comparison->run->cutoff_day);
        json_key(&json, "generation");
        json_int(&json, comparison->old_side.generation);
        json_key(&json, "basis");
        json_string(&json, comparison->basis);
        json_key(&json, "other_run");
        if (comparison->other)
                json_int(&json, comparison->other->number);
        else
                json_null(&json);
        json_key(&json, "other_generation");
        json_int(&json, comparison->new_side.generation);
        json_key(&json, "beneath_undone");
        json_bool(&json, comparison->run->beneath_undone);
        json_key(&json, "customers_compared");
        json_int(&json, (int64_t)comparison->compared);
        json_key(&json, "identical");
        json_bool(&json, comparison->count == 0);
        json_key(&json, "differences");
        json_begin_array(&json);
        for (size_t i = 0; i < comparison->count; i++)
                put_difference(&json, comparison, &comparison->differences[i]);
        json_end_array(&json);
        json_end_object(&json);
}

/* ---- CSV: a row per changed thing -------------------------------------------------------------------------------- */

static const struct sheet_column change_columns[] = {
        {"source", "list.column.source", .kind = SHEET_TEXT}, {"number", "run.column.customer", .kind = SHEET_TEXT},
        {"what", "list.column.what", .kind = SHEET_TEXT},     {"of", "list.column.of", .kind = SHEET_TEXT},
        {"window", "list.column.window", .kind = SHEET_TEXT}, {"old", "list.column.old", .kind = SHEET_TEXT},
        {"new", "list.column.new", .kind = SHEET_TEXT},
};

struct change_page {
        struct sheet *sheet;
        const struct comparison *comparison;
        const struct run_difference *difference;
};

static void put_change(struct change_page *page, const char *what, struct text of, struct text window,
                       struct text old, struct text new)
{
        sheet_text(page->sheet, page->difference->source);
        sheet_text(page->sheet, page->difference->number);
        sheet_string(page->sheet, what);
        sheet_text(page->sheet, of);
        sheet_text(page->sheet, window);
        sheet_text(page->sheet, old);
        sheet_text(page->sheet, new);
}

static struct text segment_text(const struct run_side *side, const uint8_t *segments, uint32_t index)
{
        if (index == SIDE_MISSING || segments[index] == SEGMENT_NONE)
                return (struct text){0};
        return side->version->concept->segments[segments[index]].id;
}

static void put_changed(struct change_page *page, const char *what, struct text old, struct text new)
{
        if (!text_equal(old, new))
                put_change(page, what, (struct text){0}, (struct text){0}, old, new);
}

static struct text decision_text(const struct run_side *side, uint32_t index)
{
        return index == SIDE_MISSING ? (struct text){0} : text_of(decision_names[side->decisions.decision[index]]);
}

static void put_value_change(struct change_page *page, const struct value_change *change)
{
        const struct metric_column *column = &page->comparison->old_side.measures.columns[change->old_column];
        struct buffer window buffer_cleanup;
        struct buffer old buffer_cleanup;
        struct buffer new buffer_cleanup;
        buffer_init(&window, 64);
        buffer_init(&old, CLI_TEXT_MAX);
        buffer_init(&new, CLI_TEXT_MAX);
        bool is_column = change->kind == VALUE_COLUMN;
        if (is_column)
                amount_add_window(&window, column->window);
        (void)add_plain(&old, &page->comparison->old_side, change, change->old_column, page->difference->old_index);
        (void)add_plain(&new, &page->comparison->new_side, change, change->new_column, page->difference->new_index);
        put_change(page, is_column ? metric_infos[column->metric].name : value_names[change->kind],
                is_column ? column->of : (struct text){0}, (struct text){window.data, window.length},
                (struct text){old.data, old.length}, (struct text){new.data, new.length});
}

static enum status output_changes(const struct comparison *comparison, struct buffer *out, struct error *error)
{
        const struct run_side *old = &comparison->old_side, *new = &comparison->new_side;
        struct sheet_style style = cli_style(comparison->command->session.context, comparison->command->call.form, out);
        struct sheet *sheet sheet_cleanup = NULL;
        enum status status = sheet_new(change_columns, sizeof(change_columns) / sizeof(change_columns[0]), &style,
                                       &sheet, error);
        if (status != STATUS_OK)
                return status;
        struct change_page page = {.sheet = sheet, .comparison = comparison};
        for (size_t i = 0; i < comparison->count; i++) {
                const struct run_difference *d = &comparison->differences[i];
                page.difference = d;
                put_changed(&page, "before", segment_text(old, old->decisions.before, d->old_index),
                            segment_text(new, new->decisions.before, d->new_index));
                put_changed(&page, "qualified", segment_text(old, old->decisions.qualified, d->old_index),
                            segment_text(new, new->decisions.qualified, d->new_index));
                put_changed(&page, "segment", segment_text(old, old->decisions.segment, d->old_index),
                            segment_text(new, new->decisions.segment, d->new_index));
                put_changed(&page, "decision", decision_text(old, d->old_index), decision_text(new, d->new_index));
                for (size_t c = 0; c < d->change_count; c++)
                        put_value_change(&page, &d->changes[c]);
        }
        return sheet_finish(sheet, error);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void add_side_words(struct buffer *out, enum language language, const struct run_side *side, uint32_t index)
{
        if (index == SIDE_MISSING) {
                buffer_add_text(out, message_raw(language, "run.not_evaluated"));
                return;
        }
        char key[64];
        struct text segment = segment_text(side, side->decisions.segment, index);
        snprintf(key, sizeof(key), "decision.%s", decision_names[side->decisions.decision[index]]);
        buffer_addf(out, "%.*s (%s)", (int)segment.length, segment.data, message_raw(language, key));
}

/* What both say and yet differ in: flags, grace, the segment before or the one qualified for. */
static bool looks_alike(const struct comparison *comparison, const struct run_difference *d)
{
        const struct run_side *old = &comparison->old_side, *new = &comparison->new_side;
        return text_equal(decision_text(old, d->old_index), decision_text(new, d->new_index)) &&
               text_equal(segment_text(old, old->decisions.segment, d->old_index),
                          segment_text(new, new->decisions.segment, d->new_index));
}

static void add_difference_words(struct buffer *out, const struct comparison *comparison,
                                 const struct run_difference *d)
{
        enum language language = comparison->command->session.context->language;
        buffer_addf(out, "\n%.*s  ", (int)d->number.length, d->number.data ? d->number.data : "");
        add_side_words(out, language, &comparison->old_side, d->old_index);
        if (d->decision_differs && looks_alike(comparison, d)) {
                buffer_addf(out, ", %s", message_raw(language, "run.side_facts_differ"));
        } else if (d->decision_differs) {
                buffer_add_text(out, " -> ");
                add_side_words(out, language, &comparison->new_side, d->new_index);
        } else {
                buffer_addf(out, ", %s", message_raw(language, "run.decision_same"));
        }
        buffer_add_byte(out, '\n');
        for (size_t c = 0; c < d->change_count; c++) {
                const struct value_change *change = &d->changes[c];
                buffer_add_text(out, "    ");
                add_value_name(out, language, &comparison->old_side.measures.columns[change->old_column], change);
                buffer_add_text(out, ": ");
                add_words(out, language, &comparison->old_side, change, change->old_column, d->old_index);
                buffer_add_text(out, " -> ");
                add_words(out, language, &comparison->new_side, change, change->new_column, d->new_index);
                buffer_add_byte(out, '\n');
        }
}

static void output_words(const struct comparison *comparison, struct buffer *out)
{
        enum language language = comparison->command->session.context->language;
        struct buffer compared buffer_cleanup;
        struct buffer differing buffer_cleanup;
        char run[16], other[16], generation[24], other_generation[24];
        buffer_init(&compared, 64);
        buffer_init(&differing, 64);
        format_add_count(&compared, language, (int64_t)comparison->compared);
        format_add_count(&differing, language, (int64_t)comparison->count);
        snprintf(run, sizeof(run), "%d", comparison->run->number);
        snprintf(other, sizeof(other), "%d", comparison->other ? comparison->other->number : 0);
        snprintf(generation, sizeof(generation), "%lld", (long long)comparison->old_side.generation);
        snprintf(other_generation, sizeof(other_generation), "%lld", (long long)comparison->new_side.generation);
        message_add(out, language, comparison->head_key, "run", run, "other", other, "generation", generation, "today",
                    other_generation, NULL);
        buffer_add_byte(out, '\n');
        if (comparison->run->beneath_undone) {
                message_add(out, language, "run.beneath_undone_short", NULL);
                buffer_add_byte(out, '\n');
        }
        message_add(out, language, comparison->count ? "run.differences" : "run.identical", "count", differing.data,
                    "customers", compared.data, NULL);
        buffer_add_byte(out, '\n');
        for (size_t i = 0; i < comparison->count; i++)
                add_difference_words(out, comparison, &comparison->differences[i]);
}

/* ---- conducting -------------------------------------------------------------------------------------------------- */

static enum status output(const struct comparison *comparison, struct error *error)
{
        struct buffer out buffer_cleanup;
        enum status status = STATUS_OK;
        buffer_init(&out, OUTPUT_BYTES_MAX);
        if (comparison->command->call.form == FORM_JSON)
                output_json(comparison, &out);
        else if (form_is_rows(comparison->command->call.form))
                status = output_changes(comparison, &out, error);
        else
                output_words(comparison, &out);
        return status == STATUS_OK ? cli_answer(&out, error) : status;
}

static enum status find_differences(struct comparison *comparison, struct error *error)
{
        struct run_command *command = comparison->command;
        enum status status = run_differences(command->session.connection, &comparison->old_side, &comparison->new_side,
                                             command->session.arena, &comparison->differences, &comparison->count,
                                             &comparison->compared, error);
        return status == STATUS_OK ? output(comparison, error) : status;
}

/* The new side from a snapshot: of the run's generation, or the latest. */
static enum status compute(struct comparison *comparison, bool from_facts, struct error *error)
{
        struct session *session = &comparison->command->session;
        int64_t generation = from_facts ? comparison->run->generation : GENERATION_LATEST;
        enum status status = session_open_snapshot(session, generation, false, error);
        if (status == STATUS_OK && from_facts)
                status = run_side_from_facts(&comparison->old_side, session->snapshot, session->connection,
                                             &session->parallel, session->arena, &comparison->new_side, error);
        else if (status == STATUS_OK)
                status = run_side_afresh(&comparison->old_side, session->snapshot, session->connection,
                                         &session->parallel, session->arena, &comparison->new_side, error);
        return status == STATUS_OK ? find_differences(comparison, error) : status;
}

static enum status load(struct comparison *comparison, const struct run_summary *run, struct run_side *ret,
                        struct error *error)
{
        const struct session *session = &comparison->command->session;
        return run_side_stored(session->connection, run, session->arena, ret, error);
}

enum status run_repeat(struct run_command *command, const struct run_summary *run, struct error *error)
{
        struct session *session = &command->session;
        struct comparison comparison = {.command = command, .run = run,
                                        .basis = command->from_facts ? "facts" : "stored",
                                        .head_key = command->from_facts ? "run.repeat_facts" : "run.repeat_stored"};
        enum status status = load(&comparison, run, &comparison.old_side, error);
        if (status == STATUS_OK && command->from_facts) {
                status = compute(&comparison, true, error);
        } else if (status == STATUS_OK) {
                status = session_start_threads(session, error);
                if (status == STATUS_OK)
                        status = run_side_again(&comparison.old_side, &session->parallel, session->arena,
                                                &comparison.new_side, error);
                if (status == STATUS_OK)
                        status = find_differences(&comparison, error);
        }
        if (status == STATUS_OK && comparison.count)
                command->exit_status = CLI_FAILED;
        return status;
}

enum status run_compare(struct run_command *command, const struct run_summary *run, const struct run_summary *other,
                        struct error *error)
{
        struct comparison comparison = {.command = command, .run = run, .other = other,
                                        .basis = other ? "run" : "today",
                                        .head_key = other ? "run.compare_run" : "run.compare_today"};
        enum status status = load(&comparison, run, &comparison.old_side, error);
        if (status == STATUS_OK && other)
                status = load(&comparison, other, &comparison.new_side, error);
        if (status != STATUS_OK)
                return status;
        return other ? find_differences(&comparison, error) : compute(&comparison, false, error);
}
