/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * snapshot_input.c: the engine's input for one cut-off. One query reads the facts of customers that the concept needs;
 * each fact is resolved as it passes and goes to the columns that want it.
 */
#include <stdlib.h>

#include "base/bits.h"
#include "base/calendar.h"
#include "facts/counted.h"
#include "facts/dated.h"
#include "facts/figures.h"
#include "facts/product_facts.h"
#include "facts/snapshot_parts.h"
#include "facts/units.h"
#include "queries.h"

enum { SIZE_CLASS_NONE = 255, FACT_BITS = 62, PLAIN_SLOTS = 7 };

enum slot_kind {
        SLOT_KIND, SLOT_SINCE, SLOT_JOINED, SLOT_SIZE, SLOT_SUSPENDED_FROM, SLOT_SUSPENDED_TO, SLOT_UNIT,
        SLOT_ATTRIBUTE, SLOT_ATTRIBUTE_OTHERWISE
};

/* A column that wants a fact. */
struct slot {
        enum slot_kind kind;
        int32_t fact_id;
        struct text code;
        bool dated;
        struct attribute_value *values; /* of attributes */
};

struct filling {
        const struct concept *concept;
        const struct snapshot *snapshot;
        int32_t day;
        struct arena *arena;
        struct slot *slots;
        size_t slot_count;
        uint8_t *kind, *size_class;
        int32_t *since, *joined, *suspended_from, *suspended_to;
        struct text *unit_codes; /* account_group or site_of; NULL: everybody is evaluated alone */
        bool any_suspended;
};

/* ---- what the concept names -------------------------------------------------------------------------------------- */

struct names {
        struct text *attributes, *values, *qualifications, *activities;
        size_t attribute_count, value_count, qualification_count, activity_count;
        bool potential, visits;
};

static void add_name(struct text *names, size_t *count, struct text name)
{
        for (size_t i = 0; i < *count; i++)
                if (text_equal(names[i], name))
                        return;
        names[(*count)++] = name;
}

static void note_criteria(struct names *names, const struct criterion *criteria, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                enum metric metric = criteria[i].metric;
                if (metric == METRIC_ATTRIBUTE)
                        add_name(names->attributes, &names->attribute_count, criteria[i].of);
                else if (metric == METRIC_VALUE)
                        add_name(names->values, &names->value_count, criteria[i].of);
                else if (metric == METRIC_CERTIFIED_PEOPLE)
                        add_name(names->qualifications, &names->qualification_count, criteria[i].of);
                else if (metric == METRIC_ACTIVITIES)
                        add_name(names->activities, &names->activity_count, criteria[i].of);
                names->visits |= metric == METRIC_VISITS;
                names->potential |= metric == METRIC_POTENTIAL || metric == METRIC_SHARE_OF_WALLET ||
                                    metric == METRIC_OPEN_POTENTIAL;
        }
}

static bool note_names(struct names *names, const struct concept *concept, struct arena *arena)
{
        size_t count = 1;
        for (size_t s = 0; s < concept->segment_count; s++) {
                const struct segment *segment = &concept->segments[s];
                count += segment->expects_count;
                for (size_t p = 0; p < segment->path_count; p++)
                        count += segment->paths[p].all_count + segment->paths[p].some_count;
        }
        names->attributes = arena_array(arena, struct text, count);
        names->values = arena_array(arena, struct text, count);
        names->qualifications = arena_array(arena, struct text, count);
        names->activities = arena_array(arena, struct text, count);
        if (!names->attributes || !names->values || !names->qualifications || !names->activities)
                return false;
        for (size_t s = 0; s < concept->segment_count; s++) {
                const struct segment *segment = &concept->segments[s];
                note_criteria(names, segment->expects, segment->expects_count);
                for (size_t p = 0; p < segment->path_count; p++) {
                        note_criteria(names, segment->paths[p].all, segment->paths[p].all_count);
                        note_criteria(names, segment->paths[p].some, segment->paths[p].some_count);
                }
        }
        return true;
}

/* ---- facts of customers ------------------------------------------------------------------------------------------ */

/* true/false, yes/no, ja/nein in any case. */
static bool boolean_of(struct text text, bool *ret)
{
        static const struct { const char *word; bool value; } words[] = {
                {"true", true}, {"false", false}, {"yes", true}, {"no", false}, {"ja", true}, {"nein", false}};
        char lower[8];
        if (text.length >= sizeof(lower))
                return false;
        for (size_t i = 0; i < text.length; i++)
                lower[i] = text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] + 32) : text.data[i];
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
                if (!text_equal((struct text){lower, text.length}, text_of(words[i].word)))
                        continue;
                *ret = words[i].value;
                return true;
        }
        return false;
}

/* Digits with at most one point between them and a minus in front: no thousands marks, no blanks. */
static bool plain_number(struct text text, struct decimal *ret)
{
        size_t i = text.length && text.data[0] == '-', digits = 0, points = 0;
        for (; i < text.length; i++) {
                if (text.data[i] >= '0' && text.data[i] <= '9')
                        digits++;
                else if (text.data[i] == '.' && digits && i + 1 < text.length)
                        points++;
                else
                        return false;
        }
        return digits && points <= 1 && decimal_parse(text, DECIMAL_POINT, ret) == DECIMAL_OK;
}

bool attribute_set(struct arena *arena, struct text text, struct attribute_value *value)
{
        char *copy = arena_copy(arena, text.data, text.length);
        if (!copy)
                return false;
        *value = (struct attribute_value){.known = true, .kind = OPERAND_TEXT, .text = {copy, text.length}};
        if (plain_number(value->text, &value->number))
                value->kind = OPERAND_NUMBER;
        else if (boolean_of(value->text, &value->boolean))
                value->kind = OPERAND_BOOL;
        return true;
}

static uint8_t size_class_of(const struct concept *concept, struct text code)
{
        for (size_t i = 0; i < concept->mechanics.size_class_count; i++)
                if (text_equal(concept->mechanics.size_factors[i].code, code))
                        return (uint8_t)i;
        return SIZE_CLASS_NONE;
}

/* Hands one customer's resolved fact to a column. */
static bool set_slot(struct filling *filling, const struct slot *slot, size_t customer, struct text text)
{
        int32_t day;
        if (text.length == 0)
                return true;
        switch (slot->kind) {
        case SLOT_KIND:
                filling->kind[customer] = text_is(text, "prospect") ? KIND_PROSPECT : KIND_CUSTOMER;
                return true;
        case SLOT_SINCE:
        case SLOT_JOINED:
                if (day_parse_iso(text, &day))
                        (slot->kind == SLOT_SINCE ? filling->since : filling->joined)[customer] = day;
                return true;
        case SLOT_SUSPENDED_FROM:
                filling->any_suspended |= day_parse_iso(text, &filling->suspended_from[customer]);
                return true;
        case SLOT_SUSPENDED_TO:
                return day_parse_iso(text, &filling->suspended_to[customer]) || true;
        case SLOT_UNIT:
                filling->unit_codes[customer] = (struct text){arena_copy(filling->arena, text.data, text.length),
                                                              text.length};
                return filling->unit_codes[customer].data != NULL;
        case SLOT_SIZE:
                filling->size_class[customer] = size_class_of(filling->concept, text);
                return true;
        case SLOT_ATTRIBUTE_OTHERWISE:
                return slot->values[customer].known || attribute_set(filling->arena, text, &slot->values[customer]);
        case SLOT_ATTRIBUTE:
                return attribute_set(filling->arena, text, &slot->values[customer]);
        }
        return true;
}

static bool resolve(struct filling *filling, struct dated *dated, int32_t fact_id, int64_t customer)
{
        if (customer < 0)
                return true;
        dated_open(dated);
        for (size_t i = 0; i < filling->slot_count; i++) {
                const struct slot *slot = &filling->slots[i];
                struct text text;
                if (slot->fact_id != fact_id)
                        continue;
                if (!(slot->dated ? dated_on(dated, filling->day, &text) : dated_latest(dated, &text)))
                        continue;
                if (!set_slot(filling, slot, (size_t)customer, text))
                        return false;
        }
        return true;
}

/* Rows of one fact of one customer follow each other. */
struct passing {
        struct filling *filling;
        struct customer_cursor cursor;
        struct dated dated;
        int64_t customer_id;
        int32_t fact_id;
};

/* The next visible row, or NULL after the last. */
static bool pass(struct passing *passing, const struct kept_fact *row)
{
        struct dated *dated = &passing->dated;
        if (dated->count && (!row || row->customer_id != passing->customer_id || row->fact_id != passing->fact_id)) {
                int64_t customer = customer_cursor_find(&passing->cursor, passing->customer_id);
                if (!resolve(passing->filling, dated, passing->fact_id, customer))
                        return false;
                dated_clear(dated);
        }
        if (!row)
                return true;
        passing->customer_id = row->customer_id;
        passing->fact_id = row->fact_id;
        return dated_add(dated, row->valid_from, row->generation, row->value);
}

static enum status pass_stored(struct passing *passing, struct connection *connection, int64_t facts,
                               struct error *error)
{
        const struct visibility *visibility = &passing->filling->snapshot->visibility;
        bool fine = true;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_of_customers_open(connection, &(struct q_facts_of_customers_args){.facts = facts},
                                                       &rows, error);
        for (bool more = true; status == STATUS_OK && more && fine;) {
                struct q_facts_of_customers_row row;
                status = q_facts_of_customers_next(rows, &row, &more, error);
                int64_t generation = status == STATUS_OK && more ? visibility_of(visibility, row.import_id) : 0;
                if (generation)
                        fine = pass(passing, &(struct kept_fact){row.customer_id, generation, row.value, row.fact_id,
                                                                 row.valid_from});
        }
        return status != STATUS_OK || fine ? status : error_memory(error);
}

static enum status pass_kept(struct passing *passing, struct connection *connection, int64_t facts,
                             struct error *error)
{
        const struct snapshot *snapshot = passing->filling->snapshot;
        enum status status = kept_facts_need(snapshot->kept, connection, &snapshot->visibility, facts, error);
        bool fine = true;
        for (size_t i = 0; status == STATUS_OK && fine && i < snapshot->kept->count; i++)
                fine = pass(passing, &snapshot->kept->rows[i]);
        return status != STATUS_OK || fine ? status : error_memory(error);
}

static enum status read_facts(struct filling *filling, struct connection *connection, int64_t facts,
                              struct error *error)
{
        const struct snapshot *snapshot = filling->snapshot;
        struct passing passing = {.filling = filling, .cursor = {snapshot->ids, snapshot->customer_count, 0}};
        dated_init(&passing.dated);
        enum status status = snapshot->kept ? pass_kept(&passing, connection, facts, error)
                                            : pass_stored(&passing, connection, facts, error);
        if (status == STATUS_OK && !pass(&passing, NULL))
                status = error_memory(error);
        dated_release(&passing.dated);
        return status;
}

static void add_slot(struct filling *filling, enum slot_kind kind, struct text code, struct attribute_value *values)
{
        filling->slots[filling->slot_count++] =
                (struct slot){.kind = kind, .fact_id = -1, .code = code, .dated = fact_is_dated(code),
                              .values = values};
}

/* Attribute columns; `of: NAME` means attribute:NAME, else the fact NAME. */
static enum status add_attributes(struct filling *filling, const struct names *names, struct engine_input *ret,
                                  struct error *error)
{
        struct attribute_column *columns = arena_array(filling->arena, struct attribute_column,
                                                       names->attribute_count + 1);
        if (!columns)
                return error_memory(error);
        for (size_t i = 0; i < names->attribute_count; i++) {
                struct text name = names->attributes[i];
                static const char prefix[] = "attribute:";
                size_t length = sizeof(prefix) - 1;
                char *code = arena_alloc(filling->arena, length + name.length + 1);
                struct attribute_value *values = arena_array(filling->arena, struct attribute_value,
                                                             filling->snapshot->customer_count + 1);
                if (!code || !values)
                        return error_memory(error);
                memcpy(code, prefix, length);
                memcpy(code + length, name.data, name.length);
                add_slot(filling, SLOT_ATTRIBUTE, (struct text){code, length + name.length}, values);
                add_slot(filling, SLOT_ATTRIBUTE_OTHERWISE, name, values);
                columns[i] = (struct attribute_column){name, values};
        }
        ret->attribute_count = names->attribute_count;
        ret->attributes = columns;
        return STATUS_OK;
}

/* Gives the slots their fact ids; *ret_facts: the bits of those ids, *ret_any: at least one exists. */
static enum status find_facts(struct filling *filling, struct connection *connection, int64_t *ret_facts, bool *ret_any,
                              struct error *error)
{
        uint64_t facts = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_facts_codes_open(connection, NULL, &rows, error);
        while (status == STATUS_OK) {
                struct q_facts_codes_row row;
                bool more = false;
                status = q_facts_codes_next(rows, &row, &more, error);
                if (status != STATUS_OK || !more)
                        break;
                for (size_t i = 0; i < filling->slot_count; i++) {
                        if (!text_equal(filling->slots[i].code, row.code))
                                continue;
                        filling->slots[i].fact_id = row.id;
                        *ret_any = true;
                        if (row.id >= 0 && row.id < FACT_BITS)
                                facts |= (uint64_t)1 << row.id;
                }
        }
        *ret_facts = (int64_t)facts;
        return status;
}

static enum status fill_customers(struct filling *filling, struct connection *connection, const struct names *names,
                                  struct engine_input *ret, struct error *error)
{
        size_t count = filling->snapshot->customer_count;
        int32_t *recorded = arena_array(filling->arena, int32_t, count + 1);
        filling->kind = arena_array(filling->arena, uint8_t, count + 1);
        filling->size_class = arena_array(filling->arena, uint8_t, count + 1);
        filling->since = arena_array(filling->arena, int32_t, count + 1);
        filling->joined = arena_array(filling->arena, int32_t, count + 1);
        filling->suspended_from = arena_array(filling->arena, int32_t, count + 1);
        filling->suspended_to = arena_array(filling->arena, int32_t, count + 1);
        filling->slots = arena_array(filling->arena, struct slot, PLAIN_SLOTS + 2 * names->attribute_count);
        if (!recorded || !filling->kind || !filling->size_class || !filling->since || !filling->joined ||
            !filling->suspended_from || !filling->suspended_to || !filling->slots)
                return error_memory(error);
        memset(filling->kind, KIND_CUSTOMER, count);
        memset(filling->size_class, SIZE_CLASS_NONE, count);
        for (size_t i = 0; i < count; i++)
                filling->since[i] = filling->joined[i] = DAY_NONE;
        for (size_t i = 0; i < count; i++)
                filling->suspended_from[i] = filling->suspended_to[i] = DAY_NONE;
        add_slot(filling, SLOT_KIND, text_of("kind"), NULL);
        add_slot(filling, SLOT_SINCE, text_of("since"), NULL);
        add_slot(filling, SLOT_JOINED, text_of("joined"), NULL);
        add_slot(filling, SLOT_SUSPENDED_FROM, text_of("suspended_from"), NULL);
        add_slot(filling, SLOT_SUSPENDED_TO, text_of("suspended_to"), NULL);
        if (filling->concept->mechanics.size_class_count)
                add_slot(filling, SLOT_SIZE, text_of("size_class"), NULL);
        if (filling->unit_codes)
                add_slot(filling, SLOT_UNIT, text_of(filling->concept->evaluates == EVALUATES_SITE ? "site_of"
                                                                                                   : "account_group"),
                         NULL);
        int64_t facts = 0;
        bool any = false;
        enum status status = add_attributes(filling, names, ret, error);
        if (status == STATUS_OK)
                status = find_facts(filling, connection, &facts, &any, error);
        if (status == STATUS_OK && any)
                status = read_facts(filling, connection, facts, error);
        /* A prospect is recorded on `since`, else the import day. */
        for (size_t i = 0; i < count; i++)
                recorded[i] = filling->kind[i] == KIND_PROSPECT && filling->since[i] != DAY_NONE
                                      ? filling->since[i] : filling->snapshot->recorded_day[i];
        ret->kind = filling->kind;
        ret->since_day = filling->since;
        ret->joined_day = filling->joined;
        ret->recorded_day = recorded;
        ret->size_class = filling->size_class;
        return status;
}

/* Who is suspended at the cut-off. The first and the last day count; an end before the beginning belongs to an earlier
 * suspension. */
static bool fill_suspended(const struct filling *filling, struct engine_input *ret)
{
        size_t count = filling->snapshot->customer_count;
        if (!filling->any_suspended)
                return true;
        uint64_t *suspended = arena_array(filling->arena, uint64_t, bits_words(count) + 1);
        if (!suspended)
                return false;
        for (size_t i = 0; i < count; i++) {
                int32_t from = filling->suspended_from[i], to = filling->suspended_to[i];
                if (from != DAY_NONE && from <= filling->day && (to == DAY_NONE || to < from || filling->day <= to))
                        bits_set(suspended, i);
        }
        ret->suspended = suspended;
        return true;
}

/* ---- groups of articles ------------------------------------------------------------------------------------------ */

struct group_filling {
        const struct snapshot *snapshot;
        uint32_t *article_group;
        uint32_t *by_code; /* group ids in the order of their codes */
        size_t code_count;
};

static int code_compare(const void *left, const void *right, void *context)
{
        const struct text *codes = context;
        return text_compare(codes[*(const uint32_t *)left], codes[*(const uint32_t *)right]);
}

static void set_group(void *context, int64_t product_id, struct text group)
{
        struct group_filling *filling = context;
        const struct text *codes = filling->snapshot->group_codes;
        if (product_id < 0 || (uint64_t)product_id >= filling->snapshot->article_count)
                return;
        size_t low = 0, high = filling->code_count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (text_compare(codes[filling->by_code[middle]], group) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low < filling->code_count && text_equal(codes[filling->by_code[low]], group))
                filling->article_group[product_id] = filling->by_code[low];
}

/* The products import decides, else the earliest mention on or before the cut-off. */
static enum status fill_groups(const struct snapshot *snapshot, struct connection *connection, int32_t cutoff_day,
                               struct arena *arena, struct engine_input *ret, struct error *error)
{
        struct group_filling filling = {
                .snapshot = snapshot,
                .article_group = arena_array(arena, uint32_t, snapshot->article_count + 1),
                .by_code = arena_array(arena, uint32_t, snapshot->group_count + 1),
        };
        if (!filling.article_group || !filling.by_code)
                return error_memory(error);
        for (size_t a = 0; a < snapshot->article_count; a++) {
                const struct article_mention *mention = &snapshot->mentions[a];
                filling.article_group[a] = mention->day <= cutoff_day ? mention->group : GROUP_NONE;
        }
        for (size_t g = 0; g < snapshot->group_count; g++)
                if (snapshot->group_codes[g].length)
                        filling.by_code[filling.code_count++] = (uint32_t)g;
        if (filling.code_count > 1)
                qsort_r(filling.by_code, filling.code_count, sizeof(*filling.by_code), code_compare,
                        snapshot->group_codes);
        enum status status = product_groups_visit(connection, &snapshot->visibility, cutoff_day, set_group, &filling,
                                                  error);
        ret->article_count = snapshot->article_count;
        ret->article_group = filling.article_group;
        ret->group_count = snapshot->group_count;
        ret->group_codes = snapshot->group_codes;
        return status;
}

enum status snapshot_input(struct snapshot *snapshot, struct connection *connection, const struct concept *concept,
                           int32_t cutoff_day, struct arena *arena, struct engine_input *ret, struct error *error)
{
        struct filling filling = {.concept = concept, .snapshot = snapshot, .day = cutoff_day, .arena = arena};
        struct engine_input input = {
                .cutoff_day = cutoff_day,
                .customer_count = snapshot->customer_count,
                .segment_count = snapshot->segment_count,
                .segments = snapshot->segments,
        };
        struct names names = {0};
        if (!note_names(&names, concept, arena))
                return error_memory(error);
        if (concept->evaluates != EVALUATES_CUSTOMER) {
                filling.unit_codes = arena_array(arena, struct text, snapshot->customer_count + 1);
                if (!filling.unit_codes)
                        return error_memory(error);
        }
        enum status status = fill_customers(&filling, connection, &names, &input, error);
        if (status == STATUS_OK && !fill_suspended(&filling, &input))
                status = error_memory(error);
        if (status == STATUS_OK)
                status = units_load(snapshot, connection, concept, cutoff_day, filling.unit_codes, arena, &input,
                                    error);
        if (status == STATUS_OK)
                status = fill_groups(snapshot, connection, cutoff_day, arena, &input, error);
        if (status == STATUS_OK && names.potential)
                status = potentials_load(snapshot, connection, cutoff_day, arena, &input, error);
        if (status == STATUS_OK)
                status = certified_load(snapshot, connection, names.qualifications, names.qualification_count,
                                        cutoff_day, arena, &input, error);
        if (status == STATUS_OK)
                status = events_load(snapshot, connection, names.activities, names.activity_count, names.visits,
                                     cutoff_day, arena, &input, error);
        struct value_column *values = arena_array(arena, struct value_column, names.value_count + 1);
        if (status == STATUS_OK && !values)
                status = error_memory(error);
        for (size_t i = 0; i < names.value_count && status == STATUS_OK; i++)
                status = values_load(snapshot, connection, names.values[i], cutoff_day, arena, &values[i], error);
        if (status != STATUS_OK)
                return status;
        input.value_count = names.value_count;
        input.values = values;
        *ret = input;
        return STATUS_OK;
}
