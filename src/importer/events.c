/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * events.c: activities and visits, one row each.
 */
#include "importer/events.h"

#include "base/buffer.h"
#include "importer/customer_rows.h"
#include "importer/dictionary.h"
#include "queries.h"

enum { VISIT_NUMBER_MAX = 1000000 };

struct event {
        struct customer_row base;
        struct text kind;      /* of an activity; part of its key */
        int32_t day, number;
        const char *status;
        struct text amount, note, rep, visit_kind, met, topics, next_step;
};

/* How many of each key came by in this file. */
struct events {
        struct dictionary keys;
        int32_t *numbers;
        size_t capacity;
};

static void events_release(struct events *events)
{
        dictionary_release(&events->keys);
        free(events->numbers);
}

/* A text of a row; what a blank cell leaves as it was. */
static struct text told_or(const struct import_run *run, const struct import_row *row, const char *field,
                           struct text known)
{
        struct field_value value = row_value(run, row, field);
        return value.known ? text_trim(value.text) : known;
}

static bool copy_text(struct arena *arena, struct text text, struct text *ret)
{
        *ret = (struct text){arena_copy(arena, text.data ? text.data : "", text.length), text.length};
        return ret->data != NULL;
}

/* Numbers the row among those of its key in the file. */
static enum status count_key(struct events *events, struct event *event, struct text customer, struct error *error)
{
        struct buffer key buffer_cleanup;
        buffer_init(&key, (size_t)64 << 20);
        buffer_addf(&key, "%d", (int)event->day);
        buffer_add_byte(&key, '\0');
        buffer_add(&key, customer.data, customer.length);
        buffer_add_byte(&key, '\0');
        if (event->kind.length)
                buffer_add(&key, event->kind.data, event->kind.length);
        uint32_t slot = key.failed ? (uint32_t)DICTIONARY_FULL
                                   : dictionary_number(&events->keys, (struct text){key.data, key.length}, NULL);
        if (slot == (uint32_t)DICTIONARY_FULL)
                return error_memory(error);
        if (slot >= events->capacity) {
                size_t capacity = events->capacity ? events->capacity * 2 : 1024;
                int32_t *numbers = realloc(events->numbers, capacity * sizeof(*numbers));
                if (!numbers)
                        return error_memory(error);
                memset(numbers + events->capacity, 0, (capacity - events->capacity) * sizeof(*numbers));
                events->numbers = numbers;
                events->capacity = capacity;
        }
        event->number = ++events->numbers[slot];
        return STATUS_OK;
}

static enum status check(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                         struct error *error)
{
        struct event *event = (struct event *)item;
        (void)arena;
        event->day = row_value(run, item->row, "date").day;
        if (run->profile->kind == IMPORT_ACTIVITIES)
                event->kind = text_trim(row_value(run, item->row, "kind").text);
        struct field_value number = row_value(run, item->row, "number");
        if (run->profile->kind == IMPORT_VISITS && number.known) {
                event->number = (int32_t)number.number;
                if (number.number < 1 || number.number > VISIT_NUMBER_MAX)
                        row_reject(run, item->row, column_mapping_find(&run->mapping, "number"),
                                   "import.reason.integer");
                return STATUS_OK;
        }
        return count_key(context, event, text_trim(row_value(run, item->row, "customer").text), error);
}

static void count_row(struct import_run *run, struct event *event, bool found, bool changed)
{
        event->base.write = !found || changed;
        run->counters.rows_new += !found;
        run->counters.rows_changed += found && changed;
        run->counters.rows_same += found && !changed;
}

static enum status compare_activity(struct import_run *run, void *context, struct customer_row *item,
                                    struct arena *arena, struct error *error)
{
        struct event *event = (struct event *)item;
        struct q_activity_visible_args args = {item->customer_id, run->source_id, event->kind, event->day,
                                               event->number};
        struct q_activity_visible_row known;
        struct text amount, note, status_known;
        bool found;
        (void)context;
        enum status status = q_activity_visible(run->connection, &args, &known, &found, error);
        if (status)
                return status;
        if (!found)
                known = (struct q_activity_visible_row){{"", 0}, {"", 0}, {"", 0}};
        if (!copy_text(arena, known.amount, &amount) || !copy_text(arena, known.note, &note) ||
            !copy_text(arena, known.status, &status_known))
                return error_memory(error);
        struct field_value told = row_value(run, item->row, "status");
        event->amount = told_or(run, item->row, "value", amount);
        event->note = told_or(run, item->row, "note", note);
        event->status = told.known ? field_word(FIELD_STATUS, told.number)
                        : found    ? status_known.data
                                   : field_word(FIELD_STATUS, ACTIVITY_CONFIRMED);
        count_row(run, event, found, !text_equal(event->amount, amount) || !text_equal(event->note, note) ||
                                     !text_is(status_known, event->status));
        return STATUS_OK;
}

static enum status write_activity(struct connection *connection, const struct import_run *run, void *context,
                                  const struct customer_row *item, struct error *error)
{
        const struct event *event = (const struct event *)item;
        (void)context;
        struct q_activity_insert_args args = {
                .customer_id = item->customer_id,
                .source_id = run->source_id,
                .kind = event->kind,
                .day = event->day,
                .number = event->number,
                .import_id = run->import_id,
                .confirmed = strcmp(event->status, field_word(FIELD_STATUS, ACTIVITY_CONFIRMED)) == 0,
                .status = text_of(event->status),
                .amount = event->amount,
                .note = event->note,
        };
        return q_activity_insert(connection, &args, NULL, error);
}

/* Before this file; of a new one nothing. */
static bool copy_visit(struct arena *arena, const struct q_visit_visible_row *row, struct event *ret)
{
        return copy_text(arena, row->rep, &ret->rep) && copy_text(arena, row->kind, &ret->visit_kind) &&
               copy_text(arena, row->note, &ret->note) && copy_text(arena, row->status, &ret->kind) &&
               copy_text(arena, row->met, &ret->met) && copy_text(arena, row->topics, &ret->topics) &&
               copy_text(arena, row->next_step, &ret->next_step);
}

static enum status compare_visit(struct import_run *run, void *context, struct customer_row *item,
                                 struct arena *arena, struct error *error)
{
        struct event *event = (struct event *)item, known = {0};
        struct q_visit_visible_args args = {item->customer_id, run->source_id, event->day, event->number};
        struct q_visit_visible_row row;
        bool found;
        (void)context;
        enum status status = q_visit_visible(run->connection, &args, &row, &found, error);
        if (status)
                return status;
        if (!found)
                row = (struct q_visit_visible_row){.status = {"", 0}};
        if (!copy_visit(arena, &row, &known))
                return error_memory(error);
        struct field_value told = row_value(run, item->row, "status");
        event->status = told.known ? field_word(FIELD_STATUS, told.number)
                        : found    ? known.kind.data
                                   : field_word(FIELD_STATUS, ACTIVITY_CONFIRMED);
        event->rep = told_or(run, item->row, "rep", known.rep);
        event->visit_kind = told_or(run, item->row, "kind", known.visit_kind);
        event->note = told_or(run, item->row, "note", known.note);
        event->met = told_or(run, item->row, "met", known.met);
        event->topics = told_or(run, item->row, "topics", known.topics);
        event->next_step = told_or(run, item->row, "next_step", known.next_step);
        count_row(run, event, found,
                  !text_equal(event->rep, known.rep) || !text_equal(event->visit_kind, known.visit_kind) ||
                          !text_equal(event->note, known.note) || !text_is(known.kind, event->status) ||
                          !text_equal(event->met, known.met) || !text_equal(event->topics, known.topics) ||
                          !text_equal(event->next_step, known.next_step));
        return STATUS_OK;
}

static enum status write_visit(struct connection *connection, const struct import_run *run, void *context,
                               const struct customer_row *item, struct error *error)
{
        const struct event *event = (const struct event *)item;
        (void)context;
        struct q_visit_insert_args args = {
                .customer_id = item->customer_id,
                .source_id = run->source_id,
                .day = event->day,
                .number = event->number,
                .import_id = run->import_id,
                .rep = event->rep,
                .kind = event->visit_kind,
                .note = event->note,
                .status = text_of(event->status),
                .met = event->met,
                .topics = event->topics,
                .next_step = event->next_step,
        };
        return q_visit_insert(connection, &args, NULL, error);
}

static enum status import_events(struct import_run *run, const struct customer_kind *kind, struct error *error)
{
        struct events events = {0};
        dictionary_init(&events.keys);
        enum status status = customer_rows_import(run, kind, &events, error);
        events_release(&events);
        return status;
}

enum status import_activities(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct event), .key_field = "customer",
                                                  .check = check, .compare = compare_activity,
                                                  .write = write_activity};
        return import_events(run, &kind, error);
}

enum status import_visits(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct event), .key_field = "customer",
                                                  .check = check, .compare = compare_visit, .write = write_visit};
        return import_events(run, &kind, error);
}
