/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_facts.c: what is known of every customer, measured by the engine in one pass like anything it evaluates.
 */
#include <stdlib.h>

#include "base/checked.h"
#include "facts/snapshot_parts.h"
#include "program/directory_parts.h"
#include "program/joint.h"
#include "queries.h"

#define FACTS_BYTES_MAX ((size_t)8 << 30)
#define SCRATCH_BYTES_MAX ((size_t)16 << 30)

enum asked {
        ASKED_CERTIFIED, ASKED_VISITS, ASKED_ACTIVITIES,
        ASKED_YEAR, ASKED_TWO_YEARS, ASKED_QUARTER, ASKED_FIVE_QUARTERS, ASKED_POTENTIAL, ASKED_OPEN, ASKED_DIGITAL,
        ASKED_CITY, ASKED_COUNTRY, ASKED_TRADE, ASKED_SIZE_CLASS, ASKED_TERRITORY, ASKED_STAGE,
        ASKED,
        ASKED_EVENTS = ASKED_YEAR, /* in front: what does not come from purchases and potentials, */
        ASKED_FIGURES = ASKED_CITY /* and what does not say who a customer is */
};

/* Attributes in the order of enum directory_word. */
static const struct criterion asked[ASKED] = {
        [ASKED_CERTIFIED] = {.metric = METRIC_CERTIFIED_PEOPLE},
        [ASKED_VISITS] = {.metric = METRIC_VISITS, .window = {WINDOW_MONTHS, 12}},
        [ASKED_ACTIVITIES] = {.metric = METRIC_ACTIVITIES, .window = {WINDOW_MONTHS, 12}},
        [ASKED_YEAR] = {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 12}},
        [ASKED_TWO_YEARS] = {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 24}},
        [ASKED_QUARTER] = {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 3}},
        [ASKED_FIVE_QUARTERS] = {.metric = METRIC_REVENUE, .window = {WINDOW_MONTHS, 15}},
        [ASKED_POTENTIAL] = {.metric = METRIC_POTENTIAL},
        [ASKED_OPEN] = {.metric = METRIC_OPEN_POTENTIAL},
        [ASKED_DIGITAL] = {.metric = METRIC_DIGITAL_SHARE, .window = {WINDOW_MONTHS, 12}},
        [ASKED_CITY] = {.metric = METRIC_ATTRIBUTE, .of = {"city", 4}},
        [ASKED_COUNTRY] = {.metric = METRIC_ATTRIBUTE, .of = {"country", 7}},
        [ASKED_TRADE] = {.metric = METRIC_ATTRIBUTE, .of = {"trade", 5}},
        [ASKED_SIZE_CLASS] = {.metric = METRIC_ATTRIBUTE, .of = {"size_class", 10}},
        [ASKED_TERRITORY] = {.metric = METRIC_ATTRIBUTE, .of = {"territory", 9}},
        [ASKED_STAGE] = {.metric = METRIC_ATTRIBUTE, .of = {"stage", 5}},
};

struct building {
        struct directory_facts *facts;
        struct connection *connection;
        struct arena *scratch;       /* of what is measured */
        struct joint joint;
};

static void who_unref(struct directory_who *who)
{
        if (!who || __atomic_sub_fetch(&who->references, 1, __ATOMIC_ACQ_REL))
                return;
        word_book_release(&who->words);
        word_book_release(&who->people);
        buffer_release(&who->names);
        buffer_release(&who->folded);
        arena_free(who->arena);
        free(who);
}

static struct directory_who *who_new(void)
{
        struct directory_who *who = calloc(1, sizeof(*who));
        if (!who)
                return NULL;
        *who = (struct directory_who){.references = 1, .arena = arena_new(FACTS_BYTES_MAX)};
        word_book_init(&who->words);
        word_book_init(&who->people);
        buffer_init(&who->names, UINT32_MAX - 1);
        buffer_init(&who->folded, UINT32_MAX - 1);
        if (!who->arena) {
                who_unref(who);
                return NULL;
        }
        return who;
}

/* What grew while it was filled belongs to `who`. */
static void give_to_who(const struct directory_facts *facts)
{
        facts->who->words = facts->words;
        facts->who->people = facts->people;
        facts->who->names = facts->names;
        facts->who->folded = facts->folded;
}

static void borrow_who(struct directory_facts *facts, const struct directory_facts *from)
{
        __atomic_add_fetch(&from->who->references, 1, __ATOMIC_RELAXED);
        facts->who = from->who;
        facts->words = from->words;
        memcpy(facts->word, from->word, sizeof(facts->word));
        facts->names = from->names;
        facts->folded = from->folded;
        facts->number_at = from->number_at;
        facts->name_at = from->name_at;
        facts->folded_at = from->folded_at;
        facts->rank = from->rank;
        facts->responsible_at = from->responsible_at;
        facts->responsibles = from->responsibles;
        facts->people = from->people;
        facts->territory_folded = from->territory_folded;
        facts->contacts = from->contacts;
        facts->levels = from->levels;
}

struct directory_facts *directory_facts_ref(struct directory_facts *facts)
{
        __atomic_add_fetch(&facts->references, 1, __ATOMIC_RELAXED);
        return facts;
}

void directory_facts_unref(struct directory_facts *facts)
{
        if (!facts || __atomic_sub_fetch(&facts->references, 1, __ATOMIC_ACQ_REL))
                return;
        who_unref(facts->who);
        snapshot_unref(facts->snapshot);
        arena_free(facts->arena);
        free(facts);
}

bool directory_facts_same_rows(const struct directory_facts *a, const struct directory_facts *b)
{
        return a->count == b->count && (!a->count || memcmp(a->ids, b->ids, a->count * sizeof(*a->ids)) == 0);
}

static enum status allocate(struct directory_facts *facts, struct error *error)
{
        struct arena *arena = facts->arena;
        size_t count = facts->count + 1;
        facts->exists = arena_array(arena, uint64_t, bits_words(facts->count) + 1);
        facts->potential_known = arena_array(arena, uint64_t, bits_words(facts->count) + 1);
        facts->potential_estimated = arena_array(arena, uint64_t, bits_words(facts->count) + 1);
        facts->digital = arena_array(arena, uint64_t, bits_words(facts->count) + 1);
        facts->kind = arena_array(arena, uint8_t, count);
        facts->revenue = arena_array(arena, int64_t, count);
        facts->previous = arena_array(arena, int64_t, count);
        facts->months = arena_array(arena, int64_t, count);
        facts->months_before = arena_array(arena, int64_t, count);
        facts->potential = arena_array(arena, int64_t, count);
        facts->open = arena_array(arena, int64_t, count);
        facts->since = arena_array(arena, int32_t, count);
        facts->last_order = arena_array(arena, int32_t, count);
        facts->last_visit = arena_array(arena, int32_t, count);
        facts->certified = arena_array(arena, uint16_t, count);
        facts->areas = arena_array(arena, uint8_t, count);
        bool fine = facts->exists && facts->potential_known && facts->potential_estimated && facts->digital &&
                    facts->kind && facts->revenue && facts->previous && facts->months && facts->months_before &&
                    facts->potential && facts->open && facts->since && facts->last_order && facts->last_visit &&
                    facts->certified && facts->areas;
        return fine ? STATUS_OK : error_memory(error);
}

static enum status allocate_who(struct directory_facts *facts, struct error *error)
{
        struct arena *arena = facts->who->arena;
        size_t count = facts->count + 1;
        bool fine = true;
        for (int w = 0; w < DIRECTORY_WORDS; w++)
                fine &= (facts->word[w] = arena_array(arena, uint32_t, count)) != NULL;
        facts->contacts = arena_array(arena, uint16_t, count);
        facts->levels = arena_array(arena, uint8_t, count);
        return fine && facts->contacts && facts->levels ? STATUS_OK : error_memory(error);
}

static const struct metric_column *column_of(const struct building *building, enum asked which)
{
        return joint_column(&building->joint.measures, &asked[which]);
}

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static enum status take_amounts(struct building *building, struct error *error)
{
        struct directory_facts *facts = building->facts;
        const int64_t *two_years = column_of(building, ASKED_TWO_YEARS)->value;
        const int64_t *quarter = column_of(building, ASKED_QUARTER)->value;
        const int64_t *five_quarters = column_of(building, ASKED_FIVE_QUARTERS)->value;
        const struct metric_column *potential = column_of(building, ASKED_POTENTIAL);
        const struct metric_column *open = column_of(building, ASKED_OPEN);
        const struct metric_column *digital = column_of(building, ASKED_DIGITAL);
        const int64_t *year = column_of(building, ASKED_YEAR)->value;
        bool fits = true;
        for (size_t i = 0; i < facts->count; i++) {
                if (bits_get(digital->known, i) && digital->value[i] > 0)
                        bits_set(facts->digital, i);
                facts->revenue[i] = year[i];
                fits &= sub_i64(two_years[i], year[i], &facts->previous[i]);
                facts->months[i] = quarter[i];
                fits &= sub_i64(five_quarters[i], year[i], &facts->months_before[i]);
                if (!bits_get(potential->known, i))
                        continue;
                bits_set(facts->potential_known, i);
                facts->potential[i] = potential->value[i];
                facts->open[i] = bits_get(open->known, i) ? open->value[i] : 0;
                if (potential->estimated && bits_get(potential->estimated, i))
                        bits_set(facts->potential_estimated, i);
        }
        return fits ? STATUS_OK : error_set(error, STATUS_LIMIT, "engine.amount_too_large", NULL);
}

/* Documents of a customer lie by day. */
static void take_last_orders(const struct building *building)
{
        struct directory_facts *facts = building->facts;
        const struct engine_input *input = &building->joint.input;
        for (size_t i = 0; i < facts->count; i++)
                facts->last_order[i] = DAY_NONE;
        for (size_t s = 0; s < input->segment_count; s++) {
                const struct purchase_segment *segment = &input->segments[s];
                for (size_t i = 0; i < facts->count; i++) {
                        uint32_t first = segment->customer_document[i], at = segment->customer_document[i + 1];
                        while (at > first && (segment->document_day[at - 1] > facts->day ||
                                              segment->document_total[at - 1] <= 0))
                                at--;
                        if (at > first && segment->document_day[at - 1] > facts->last_order[i])
                                facts->last_order[i] = segment->document_day[at - 1];
                }
        }
}

/* What purchases and potentials say, of the same rows as of the same day. */
static void copy_amounts(struct directory_facts *facts, const struct directory_facts *from)
{
        const size_t amounts = facts->count * sizeof(int64_t), bits = bits_words(facts->count) * sizeof(uint64_t);
        memcpy(facts->revenue, from->revenue, amounts);
        memcpy(facts->previous, from->previous, amounts);
        memcpy(facts->months, from->months, amounts);
        memcpy(facts->months_before, from->months_before, amounts);
        memcpy(facts->potential, from->potential, amounts);
        memcpy(facts->open, from->open, amounts);
        memcpy(facts->potential_known, from->potential_known, bits);
        memcpy(facts->potential_estimated, from->potential_estimated, bits);
        memcpy(facts->digital, from->digital, bits);
        memcpy(facts->last_order, from->last_order, facts->count * sizeof(*facts->last_order));
}

static void take_last_visits(const struct building *building)
{
        struct directory_facts *facts = building->facts;
        const struct event_column *visits = NULL;
        for (size_t e = 0; e < building->joint.input.event_count; e++)
                if (building->joint.input.events[e].metric == METRIC_VISITS)
                        visits = &building->joint.input.events[e];
        for (size_t i = 0; i < facts->count; i++) {
                bool any = visits && visits->offset[i + 1] > visits->offset[i];
                facts->last_visit[i] = any ? visits->day[visits->offset[i + 1] - 1] : DAY_NONE;
        }
}

static void take_areas(const struct building *building)
{
        struct directory_facts *facts = building->facts;
        const int32_t year_ago = day_add_months(facts->day, -12);
        const int64_t *certified = column_of(building, ASKED_CERTIFIED)->value;
        const int64_t *visits = column_of(building, ASKED_VISITS)->value;
        const int64_t *activities = column_of(building, ASKED_ACTIVITIES)->value;
        for (size_t i = 0; i < facts->count; i++) {
                facts->certified[i] = (uint16_t)(certified[i] < UINT16_MAX ? certified[i] : UINT16_MAX);
                facts->areas[i] = (uint8_t)((facts->last_order[i] > year_ago ? AREA_SUPPLY : 0) |
                                            (certified[i] > 0 ? AREA_KNOWLEDGE : 0) |
                                            (activities[i] > 0 ? AREA_MARKETING : 0) |
                                            (bits_get(facts->digital, i) ? AREA_TECHNOLOGY : 0) |
                                            (visits[i] > 0 && facts->levels[i] > 1 ? AREA_PEOPLE : 0));
        }
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static enum status take_words(struct building *building, struct error *error)
{
        struct directory_facts *facts = building->facts;
        for (int w = 0; w <= ASKED_STAGE - ASKED_CITY; w++) {
                const struct attribute_value *values = column_of(building, ASKED_CITY + w)->attribute->values;
                for (size_t i = 0; i < facts->count; i++) {
                        if (!values[i].known)
                                continue;
                        facts->word[WORD_CITY + w][i] = word_book_add(&facts->words, values[i].text);
                        if (facts->word[WORD_CITY + w][i] == UINT32_MAX)
                                return error_memory(error);
                }
        }
        return STATUS_OK;
}

/* ---- what a single customer is measured from --------------------------------------------------------------------- */

static const uint32_t *keep_numbers(struct arena *arena, const uint32_t *from, size_t count)
{
        uint32_t *copy = arena_array(arena, uint32_t, count + 1);
        if (copy && count)
                memcpy(copy, from, count * sizeof(*copy));
        return copy;
}

static const struct engine_units *keep_units(struct arena *arena, const struct engine_units *units, size_t count)
{
        struct engine_units *kept = arena_array(arena, struct engine_units, 1);
        if (!kept)
                return NULL;
        size_t members = units->first[units->unit_count];
        *kept = (struct engine_units){
                .unit_count = units->unit_count,
                .first = keep_numbers(arena, units->first, units->unit_count + 1),
                .members = keep_numbers(arena, units->members, members),
                .counts_as = keep_numbers(arena, units->counts_as, members),
                .head = units->head ? keep_numbers(arena, units->head, units->unit_count) : NULL,
                .merged_into = units->merged_into ? keep_numbers(arena, units->merged_into, count) : NULL,
        };
        return kept->first && kept->members && kept->counts_as ? kept : NULL;
}

static enum status keep_input(struct building *building, struct error *error)
{
        struct directory_facts *facts = building->facts;
        const struct engine_input *input = &building->joint.input;
        facts->input = (struct engine_input){
                .cutoff_day = facts->day,
                .customer_count = facts->count,
                .segment_count = input->segment_count,
                .segments = input->segments, /* the snapshot's */
                .article_count = input->article_count,
                .group_count = input->group_count,
                .group_codes = input->group_codes,
                .article_group = keep_numbers(facts->arena, input->article_group, input->article_count),
        };
        if (input->units)
                facts->input.units = keep_units(facts->arena, input->units, facts->count);
        bool fine = facts->input.article_group && (!input->units || facts->input.units);
        return fine ? STATUS_OK : error_memory(error);
}

static enum status load_group_names(struct building *building, struct error *error)
{
        struct directory_facts *facts = building->facts;
        struct q_directory_group_names_args args = {facts->generation};
        rows_cleanup struct rows *rows = NULL;
        facts->group_names = arena_zero(facts->arena, facts->input.group_count + 1, sizeof(*facts->group_names));
        if (!facts->group_names)
                return error_memory(error);
        enum status status = q_directory_group_names_open(building->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_directory_group_names_row row;
                status = q_directory_group_names_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (row.group_id >= 0 && (size_t)row.group_id < facts->input.group_count &&
                    !arena_keep_text(facts->arena, row.name, &facts->group_names[row.group_id]))
                        return error_memory(error);
        }
        return status;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static enum status measure(struct building *building, size_t metric_count, const struct parallel *parallel,
                           struct error *error)
{
        struct directory_facts *facts = building->facts;
        struct concept *like = arena_array(building->scratch, struct concept, 1);
        if (!like)
                return error_memory(error);
        *like = (struct concept){.minor_digits = facts->currency.minor_digits, .year_starts = {1, 1}};
        struct joint_question question = {.like = like, .metrics = asked, .metric_count = metric_count,
                                          .cutoff_day = facts->day};
        enum status status = joint_measure(&question, facts->snapshot, building->connection, parallel,
                                           building->scratch, &building->joint, error);
        if (status)
                return status;
        const struct measures *measures = &building->joint.measures;
        memcpy(facts->exists, measures->exists, bits_words(facts->count) * sizeof(*facts->exists));
        memcpy(facts->kind, measures->kind, facts->count);
        memcpy(facts->since, measures->since_day, facts->count * sizeof(*facts->since));
        return STATUS_OK;
}

/* Measured are the words, too, where nobody knows yet who the customers are. */
static enum status fill_who(struct building *building, struct error *error)
{
        struct directory_facts *facts = building->facts;
        facts->words = facts->who->words;
        facts->people = facts->who->people;
        facts->names = facts->who->names;
        facts->folded = facts->who->folded;
        enum status status = allocate_who(facts, error);
        if (!status)
                status = take_words(building, error);
        if (!status)
                status = directory_load_names(facts, building->connection, error);
        if (!status)
                status = directory_load_people(facts, building->connection, error);
        give_to_who(facts);
        return status;
}

static enum status fill_amounts(struct building *building, struct error *error)
{
        take_last_orders(building);
        return take_amounts(building, error);
}

static enum status fill(struct building *building, const struct directory_same *same, const struct parallel *parallel,
                        struct error *error)
{
        struct directory_facts *facts = building->facts;
        const struct directory_facts *from = same->facts;
        bool who = from && directory_facts_same_rows(facts, from), amounts = who && same->amounts;
        enum status status = allocate(facts, error);
        if (!status)
                status = measure(building, amounts ? ASKED_EVENTS : who ? ASKED_FIGURES : ASKED, parallel, error);
        if (!status && !who && !(facts->who = who_new()))
                status = error_memory(error);
        if (status)
                return status;
        if (amounts)
                copy_amounts(facts, from);
        else
                status = fill_amounts(building, error);
        if (!status && who)
                borrow_who(facts, from);
        else if (!status)
                status = fill_who(building, error);
        if (status)
                return status;
        take_last_visits(building);
        take_areas(building);
        status = keep_input(building, error);
        return status ? status : load_group_names(building, error);
}

enum status directory_facts_build(struct database *database, struct connection *connection,
                                  const struct parallel *parallel, int64_t generation, int32_t day,
                                  const struct directory_same *same, struct directory_facts **ret,
                                  struct error *error)
{
        struct directory_facts *facts = calloc(1, sizeof(*facts));
        struct snapshot_note note;
        if (!facts)
                return error_memory(error);
        *facts = (struct directory_facts){.references = 1, .generation = generation, .day = day,
                                          .arena = arena_new(FACTS_BYTES_MAX)};
        struct arena *scratch arena_cleanup = arena_new(SCRATCH_BYTES_MAX);
        struct building building = {.facts = facts, .connection = connection, .scratch = scratch};
        enum status status = facts->arena && scratch ? STATUS_OK : error_memory(error);
        if (!status)
                status = setting_currency(connection, &facts->currency, error);
        if (!status)
                status = snapshot_open(database, connection, generation, false, parallel, &facts->snapshot, &note,
                                       error);
        if (!status) {
                facts->count = snapshot_customer_count(facts->snapshot);
                facts->ids = snapshot_customer_ids(facts->snapshot);
                status = fill(&building, same, parallel, error);
        }
        if (status)
                directory_facts_unref(facts);
        else
                *ret = facts;
        return status;
}
