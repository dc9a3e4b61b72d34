/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audience.c: reads contacts, declarations, numbers and addresses, each by one query, and decides contact by contact.
 */
#include "customers/audience.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "facts/dated.h"
#include "platform/clock.h"
#include "queries.h"

#define LIST_BYTES_MAX ((size_t)4 << 30)
enum { ADDRESS_BYTES_MAX = 1 << 16 };

const char *const audience_reason_names[AUDIENCE_REASONS] = {"reached",  "objection",  "address_objected",
                                                             "withdrawn", "pending",   "incomplete",
                                                             "prospect",  "no_consent", "no_address"};

/* The declarations of one person on the channel, and what follows from them. */
struct declared {
        int64_t person_id;
        struct consent_standing standing;
        struct text origin;
};

/* Kind and postal address of one customer. */
struct place {
        int64_t customer_id;
        bool prospect;
        struct text street, postcode, city, country;
};

struct drawing {
        const struct audience_request *request;
        struct connection *connection;
        struct arena *arena;
        struct buffer contacts, declared, places, objected; /* arrays of audience_contact, declared, place, text */
        bool all_visible, none_replaced;                    /* of purchase documents */
};

#define ITEMS(buffer, type) ((type *)(void *)(buffer).data)
#define COUNT(buffer, type) ((buffer).length / sizeof(type))

/* Declarations, places and ids of customers asked for lie by ascending id, which comes first in each. */
static int compare_ids(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return (x > y) - (x < y);
}

static const void *find_id(const void *items, size_t count, size_t bytes, int64_t id)
{
        return count ? bsearch(&id, items, count, bytes, compare_ids) : NULL;
}

/* ---- declarations ------------------------------------------------------------------------------------------------ */

/* Entries of the person at hand, with their origins beside them. */
struct person_entries {
        int64_t person_id;
        struct buffer entries, origins; /* consent_entry, text */
};

static void entry_of(const struct q_consents_of_channel_row *row, struct consent_entry *ret)
{
        int kind = consent_word(consent_kind_names, CONSENT_KINDS, row->kind);
        int basis = consent_word(consent_basis_names, CONSENT_BASES, row->basis);
        int confirmation = consent_word(consent_confirmation_names, CONSENT_CONFIRMATIONS, row->confirmation);
        /* The schema allows no other words; should one stand there, it must not permit anything. */
        *ret = (struct consent_entry){
                .id = row->id,
                .kind = kind < 0 ? CONSENT_OBJECTION : (enum consent_kind)kind,
                .basis = basis < 0 ? CONSENT_BASIS_EXISTING : (enum consent_basis)basis,
                .conditions = (unsigned)row->conditions,
                .at_ms = row->at_ms,
                .confirmation = confirmation < 0 ? CONSENT_PENDING : (enum consent_confirmation)confirmation,
                .confirmed_ms = row->has_confirmed_ms ? row->confirmed_ms : 0,
        };
}

/* Where the person stands at the end of the day; a refusal declared since comes first. */
static bool stand(const struct drawing *drawing, const struct buffer *list, struct consent_standing *ret)
{
        size_t count = COUNT(*list, struct consent_entry);
        enum consent_channel channel = drawing->request->channel;
        struct consent_entry *entries = arena_array(drawing->arena, struct consent_entry, count);
        if (!entries)
                return false;
        memcpy(entries, list->data, list->length);
        struct consent_standing then = consent_standing_at(channel, entries, count,
                                                           clock_local_instant(drawing->request->day + 1, 0) - 1);
        memcpy(entries, list->data, list->length);
        struct consent_standing since = consent_standing_at(channel, entries, count, INT64_MAX);
        *ret = !drawing->request->as_then && consent_refuses(since.state) ? since : then;
        return true;
}

static enum status finish_person(struct drawing *drawing, struct person_entries *person, struct error *error)
{
        struct declared declared = {.person_id = person->person_id};
        size_t count = COUNT(person->entries, struct consent_entry);
        if (count == 0)
                return STATUS_OK;
        if (!stand(drawing, &person->entries, &declared.standing))
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                if (ITEMS(person->entries, struct consent_entry)[i].id == declared.standing.entry_id)
                        declared.origin = ITEMS(person->origins, struct text)[i];
        buffer_clear(&person->entries);
        buffer_clear(&person->origins);
        return buffer_add(&drawing->declared, &declared, sizeof(declared)) ? STATUS_OK : error_memory(error);
}

static enum status read_declared(struct drawing *drawing, struct person_entries *person, struct error *error)
{
        struct q_consents_of_channel_args args = {text_of(consent_channel_names[drawing->request->channel])};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_consents_of_channel_open(drawing->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_consents_of_channel_row row;
                struct consent_entry entry;
                struct text origin;
                status = q_consents_of_channel_next(rows, &row, &more, error);
                if (!status && (!more || row.person_id != person->person_id))
                        status = finish_person(drawing, person, error);
                if (status || !more)
                        break;
                person->person_id = row.person_id;
                entry_of(&row, &entry);
                if (!arena_keep_text(drawing->arena, row.origin, &origin) ||
                    !buffer_add(&person->entries, &entry, sizeof(entry)) ||
                    !buffer_add(&person->origins, &origin, sizeof(origin)))
                        status = error_memory(error);
        }
        return status;
}

static enum status load_declared(struct drawing *drawing, struct error *error)
{
        struct person_entries person = {0};
        buffer_init(&person.entries, LIST_BYTES_MAX);
        buffer_init(&person.origins, LIST_BYTES_MAX);
        enum status status = read_declared(drawing, &person, error);
        buffer_release(&person.entries);
        buffer_release(&person.origins);
        return status;
}

static const struct declared *declared_of(const struct drawing *drawing, int64_t person_id)
{
        return find_id(drawing->declared.data, COUNT(drawing->declared, struct declared), sizeof(struct declared),
                       person_id);
}

/* ---- addresses of people who objected ---------------------------------------------------------------------------- */

/* Without blanks at the ends and in small letters. */
static bool fold_address(struct arena *arena, struct text address, struct text *ret)
{
        struct text trimmed = text_trim(address);
        char *copy = arena_copy(arena, trimmed.data ? trimmed.data : "", trimmed.length);
        for (size_t i = 0; copy && i < trimmed.length; i++)
                if (copy[i] >= 'A' && copy[i] <= 'Z')
                        copy[i] = (char)(copy[i] - 'A' + 'a');
        *ret = (struct text){copy, trimmed.length};
        return copy != NULL;
}

static int compare_texts(const void *a, const void *b)
{
        return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static enum status add_addresses(struct drawing *drawing, int64_t person_id, struct error *error)
{
        struct q_consent_addresses_of_person_args args = {person_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_consent_addresses_of_person_open(drawing->connection, &args, &rows, error);
        for (bool more = true; !status;) {
                struct q_consent_addresses_of_person_row row;
                struct text folded;
                status = q_consent_addresses_of_person_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!fold_address(drawing->arena, row.value, &folded) ||
                    (folded.length && !buffer_add(&drawing->objected, &folded, sizeof(folded))))
                        status = error_memory(error);
        }
        return status;
}

static enum status load_objected(struct drawing *drawing, struct error *error)
{
        const struct declared *items = ITEMS(drawing->declared, struct declared);
        enum status status = STATUS_OK;
        if (drawing->request->channel != CONSENT_EMAIL)
                return STATUS_OK;
        for (size_t i = 0; i < COUNT(drawing->declared, struct declared) && !status; i++)
                if (items[i].standing.state == CONSENT_STATE_OBJECTED)
                        status = add_addresses(drawing, items[i].person_id, error);
        if (drawing->objected.length)
                qsort(drawing->objected.data, COUNT(drawing->objected, struct text), sizeof(struct text),
                      compare_texts);
        return status;
}

static enum status is_objected(struct drawing *drawing, struct text address, bool *ret, struct error *error)
{
        struct text folded;
        *ret = false;
        if (!drawing->objected.length)
                return STATUS_OK;
        if (!fold_address(drawing->arena, address, &folded))
                return error_memory(error);
        *ret = bsearch(&folded, drawing->objected.data, COUNT(drawing->objected, struct text), sizeof(folded),
                       compare_texts) != NULL;
        return STATUS_OK;
}

/* ---- contacts ---------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct audience_request *request, int64_t customer_id)
{
        return !request->limited ||
               find_id(request->customer_ids, request->customer_count, sizeof(int64_t), customer_id);
}

static bool put_fact(struct drawing *drawing, struct audience_contact *contact, struct text code, struct dated *facts)
{
        struct text found;
        bool dated = fact_is_dated(code), is_there;
        if (dated)
                dated_open(facts);
        is_there = dated ? dated_on(facts, drawing->request->day, &found) : dated_latest(facts, &found);
        struct text *place = text_is(code, "name")       ? &contact->name
                             : text_is(code, "role")     ? &contact->role
                             : text_is(code, "language") ? &contact->language
                             : (text_is(code, "email") && contact->channel == CONSENT_EMAIL) ||
                                             (text_is(code, "phone") && contact->channel == CONSENT_PHONE)
                                     ? &contact->address
                                     : NULL;
        bool kept = !is_there || !place || arena_keep_text(drawing->arena, found, place);
        dated_clear(facts);
        return kept;
}

/* Facts come contact by contact and fact by fact: each is put when the next begins. */
struct contact_reading {
        struct audience_contact contact;
        char code[16];
        struct dated facts;
};

static bool move_on(struct drawing *drawing, struct contact_reading *reading,
                    const struct q_consent_contacts_row *next)
{
        struct audience_contact *contact = &reading->contact;
        bool same_contact = next && next->customer_id == contact->customer_id &&
                            next->person_id == contact->person_id;
        bool kept = true;
        if (reading->facts.count && !(same_contact && text_is(next->code, reading->code)))
                kept = put_fact(drawing, contact, text_of(reading->code), &reading->facts);
        if (contact->customer_id && !same_contact && is_wanted(drawing->request, contact->customer_id))
                kept = kept && buffer_add(&drawing->contacts, contact, sizeof(*contact));
        if (next && !same_contact)
                *contact = (struct audience_contact){.customer_id = next->customer_id, .person_id = next->person_id,
                                                     .channel = drawing->request->channel};
        if (next)
                snprintf(reading->code, sizeof(reading->code), "%.*s", (int)next->code.length, next->code.data);
        return kept;
}

static enum status load_contacts(struct drawing *drawing, struct error *error)
{
        struct q_consent_contacts_args args = {drawing->request->generation};
        rows_cleanup struct rows *rows = NULL;
        struct contact_reading reading = {0};
        dated_init(&reading.facts);
        enum status status = q_consent_contacts_open(drawing->connection, &args, &rows, error);
        for (bool more = true; !status && more;) {
                struct q_consent_contacts_row row;
                status = q_consent_contacts_next(rows, &row, &more, error);
                if (status)
                        break;
                if (!move_on(drawing, &reading, more ? &row : NULL) ||
                    (more && !dated_add(&reading.facts, row.valid_from, row.generation, row.value)))
                        status = error_memory(error);
        }
        dated_release(&reading.facts);
        return status;
}

/* Contacts lie by customer and person until the end, so that rows by customer find theirs going forward. */
struct walk {
        struct audience_contact *contacts;
        size_t count, at;
};

/* The contacts of a customer, *ret_count of them; customers ascend from call to call. */
static struct audience_contact *walk_to(struct walk *walk, int64_t customer_id, size_t *ret_count)
{
        size_t end;
        while (walk->at < walk->count && walk->contacts[walk->at].customer_id < customer_id)
                walk->at++;
        for (end = walk->at; end < walk->count && walk->contacts[end].customer_id == customer_id; end++)
                ;
        *ret_count = end - walk->at;
        return &walk->contacts[walk->at];
}

/* The first number of each customer, which is its name where there is no other. */
static enum status load_numbers(struct drawing *drawing, struct error *error)
{
        struct walk walk = {ITEMS(drawing->contacts, struct audience_contact),
                            COUNT(drawing->contacts, struct audience_contact), 0};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_consent_numbers_open(drawing->connection, NULL, &rows, error);
        for (bool more = true; !status && walk.at < walk.count;) {
                struct q_consent_numbers_row row;
                size_t count;
                status = q_consent_numbers_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct audience_contact *contacts = walk_to(&walk, row.customer_id, &count);
                if (!count || contacts->number.length)
                        continue;
                if (!arena_keep_text(drawing->arena, row.source, &contacts->source) ||
                    !arena_keep_text(drawing->arena, row.number, &contacts->number))
                        return error_memory(error);
                for (size_t i = 0; i < count; i++) {
                        contacts[i].source = contacts->source;
                        contacts[i].number = contacts[i].customer = contacts->number;
                }
        }
        return status;
}

/* The valid name of a customer comes last. */
static enum status load_names(struct drawing *drawing, struct error *error)
{
        struct walk walk = {ITEMS(drawing->contacts, struct audience_contact),
                            COUNT(drawing->contacts, struct audience_contact), 0};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_customer_names_visible_open(drawing->connection, NULL, &rows, error);
        for (bool more = true; !status && walk.at < walk.count;) {
                struct q_customer_names_visible_row row;
                size_t count;
                status = q_customer_names_visible_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                struct audience_contact *contacts = walk_to(&walk, row.customer_id, &count);
                if (count && !arena_keep_text(drawing->arena, row.name, &contacts->customer))
                        return error_memory(error);
                for (size_t i = 0; i < count; i++)
                        contacts[i].customer = contacts->customer;
        }
        return status;
}

/* The key of somebody known by customer and name holds this between the two. */
#define KEY_SEPARATOR '\x1F'

static int compare_people(const void *a, const void *b)
{
        const struct audience_contact *x = *(struct audience_contact *const *)a;
        const struct audience_contact *y = *(struct audience_contact *const *)b;
        return (x->person_id > y->person_id) - (x->person_id < y->person_id);
}

static enum status load_people(struct drawing *drawing, struct error *error)
{
        struct audience_contact *contacts = ITEMS(drawing->contacts, struct audience_contact);
        size_t count = COUNT(drawing->contacts, struct audience_contact), at = 0;
        struct audience_contact **people = arena_array(drawing->arena, struct audience_contact *, count + 1);
        rows_cleanup struct rows *rows = NULL;
        if (!people)
                return error_memory(error);
        for (size_t i = 0; i < count; i++)
                people[i] = &contacts[i];
        qsort(people, count, sizeof(struct audience_contact *), compare_people);
        enum status status = q_consent_person_codes_open(drawing->connection, NULL, &rows, error);
        for (bool more = true; !status && at < count;) {
                struct q_consent_person_codes_row row;
                struct text source, code;
                status = q_consent_person_codes_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                while (at < count && people[at]->person_id < row.person_id)
                        at++;
                if (at == count || people[at]->person_id != row.person_id ||
                    (row.code.length && memchr(row.code.data, KEY_SEPARATOR, row.code.length)))
                        continue;
                if (!arena_keep_text(drawing->arena, row.source, &source) ||
                    !arena_keep_text(drawing->arena, row.code, &code))
                        status = error_memory(error);
                for (; !status && at < count && people[at]->person_id == row.person_id; at++) {
                        people[at]->person_source = source;
                        people[at]->person = code;
                }
        }
        return status;
}

/* ---- customers --------------------------------------------------------------------------------------------------- */

static bool put_place(struct drawing *drawing, struct place *place, const struct q_consent_customer_facts_row *row)
{
        struct text *field = text_is(row->code, "street")     ? &place->street
                             : text_is(row->code, "postcode") ? &place->postcode
                             : text_is(row->code, "city")     ? &place->city
                             : text_is(row->code, "country")  ? &place->country
                                                              : NULL;
        if (text_is(row->code, "kind"))
                place->prospect = text_is(row->value, "prospect");
        return !field || arena_keep_text(drawing->arena, row->value, field);
}

static enum status load_places(struct drawing *drawing, struct error *error)
{
        struct q_consent_customer_facts_args args = {drawing->request->generation, drawing->request->day};
        struct place place = {0};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_consent_customer_facts_open(drawing->connection, &args, &rows, error);
        for (bool more = true; !status && more;) {
                struct q_consent_customer_facts_row row;
                status = q_consent_customer_facts_next(rows, &row, &more, error);
                if (status)
                        break;
                if (place.customer_id && (!more || row.customer_id != place.customer_id) &&
                    !buffer_add(&drawing->places, &place, sizeof(place)))
                        status = error_memory(error);
                if (more && row.customer_id != place.customer_id)
                        place = (struct place){.customer_id = row.customer_id};
                if (more && !status && !put_place(drawing, &place, &row))
                        status = error_memory(error);
        }
        struct q_metrics_state_args asked = {drawing->request->generation};
        struct q_metrics_state_row state;
        bool found = false;
        if (!status)
                status = q_metrics_state(drawing->connection, &asked, &state, &found, error);
        drawing->all_visible = !status && found && state.all_visible;
        drawing->none_replaced = !status && found && state.none_replaced;
        return status;
}

static const struct place *place_of(const struct drawing *drawing, int64_t customer_id)
{
        static const struct place unknown;
        const struct place *found = find_id(drawing->places.data, COUNT(drawing->places, struct place),
                                            sizeof(struct place), customer_id);
        return found ? found : &unknown;
}

static enum status is_prospect(const struct drawing *drawing, int64_t customer_id, bool *ret, struct error *error)
{
        struct q_consent_has_bought_args args = {customer_id, drawing->request->generation, drawing->request->day,
                                                 drawing->all_visible, drawing->none_replaced};
        struct q_consent_has_bought_row row;
        bool found;
        *ret = place_of(drawing, customer_id)->prospect;
        if (!*ret)
                return STATUS_OK;
        enum status status = q_consent_has_bought(drawing->connection, &args, &row, &found, error);
        if (!status)
                *ret = !(found && row.bought);
        return status;
}

/* A letter needs a city at least. */
static enum status put_postal_address(struct drawing *drawing, struct audience_contact *contact, struct error *error)
{
        const struct place *place = place_of(drawing, contact->customer_id);
        struct buffer line buffer_cleanup;
        buffer_init(&line, ADDRESS_BYTES_MAX);
        if (!place->city.length)
                return STATUS_OK;
        if (place->street.length)
                buffer_addf(&line, "%s, ", place->street.data);
        if (place->postcode.length)
                buffer_addf(&line, "%s ", place->postcode.data);
        buffer_addf(&line, "%s", place->city.data);
        if (place->country.length)
                buffer_addf(&line, ", %s", place->country.data);
        return !line.failed && arena_keep_text(drawing->arena, (struct text){line.data, line.length}, &contact->address)
                       ? STATUS_OK : error_memory(error);
}

/* ---- deciding ---------------------------------------------------------------------------------------------------- */

static enum audience_reason reason_of(enum consent_state state)
{
        switch (state) {
        case CONSENT_STATE_CONSENT:
        case CONSENT_STATE_EXISTING:
                return AUDIENCE_REACHED;
        case CONSENT_STATE_PENDING:
                return AUDIENCE_PENDING;
        case CONSENT_STATE_INCOMPLETE:
                return AUDIENCE_INCOMPLETE;
        case CONSENT_STATE_WITHDRAWN:
                return AUDIENCE_WITHDRAWN;
        case CONSENT_STATE_OBJECTED:
                return AUDIENCE_OBJECTION;
        case CONSENT_STATE_NONE:
        case CONSENT_STATES:
                break;
        }
        return AUDIENCE_NO_CONSENT;
}

static enum status decide(struct drawing *drawing, struct audience_contact *contact, struct error *error)
{
        const struct declared *declared = declared_of(drawing, contact->person_id);
        bool objected = false, prospect = false;
        enum status status = STATUS_OK;
        if (declared) {
                contact->standing = declared->standing;
                contact->origin = declared->origin;
        }
        contact->reason = reason_of(contact->standing.state);
        if (contact->channel == CONSENT_POST)
                status = put_postal_address(drawing, contact, error);
        if (status || contact->reason != AUDIENCE_REACHED)
                return status;
        if (contact->channel == CONSENT_EMAIL)
                status = is_objected(drawing, contact->address, &objected, error);
        if (!status && contact->standing.state == CONSENT_STATE_EXISTING)
                status = is_prospect(drawing, contact->customer_id, &prospect, error);
        if (objected)
                contact->reason = AUDIENCE_ADDRESS_OBJECTED;
        else if (prospect)
                contact->reason = AUDIENCE_PROSPECT;
        else if (contact->channel != CONSENT_PORTAL && !contact->address.length)
                contact->reason = AUDIENCE_NO_ADDRESS;
        return status;
}

static int compare_contacts(const void *a, const void *b)
{
        const struct audience_contact *x = a, *y = b;
        int order = text_compare(x->number, y->number);
        order = order ? order : text_compare(x->source, y->source);
        order = order ? order : text_compare(x->name, y->name);
        order = order ? order : text_compare(x->person, y->person);
        return order ? order : (x->person_id > y->person_id) - (x->person_id < y->person_id);
}

static enum status draw(struct drawing *drawing, struct error *error)
{
        enum status status = load_declared(drawing, error);
        if (!status)
                status = load_objected(drawing, error);
        if (!status)
                status = load_contacts(drawing, error);
        if (!status)
                status = load_numbers(drawing, error);
        if (!status)
                status = load_names(drawing, error);
        if (!status)
                status = load_people(drawing, error);
        if (!status)
                status = load_places(drawing, error);
        struct audience_contact *contacts = ITEMS(drawing->contacts, struct audience_contact);
        size_t count = COUNT(drawing->contacts, struct audience_contact);
        for (size_t i = 0; i < count && !status; i++)
                status = decide(drawing, &contacts[i], error);
        if (!status && count)
                qsort(contacts, count, sizeof(*contacts), compare_contacts);
        return status;
}

enum status audience_load(const struct audience_request *request, struct arena *arena, struct audience_contact **ret,
                          size_t *ret_count, struct error *error)
{
        struct drawing drawing = {.request = request, .connection = request->connection, .arena = arena};
        struct buffer *lists[] = {&drawing.contacts, &drawing.declared, &drawing.places, &drawing.objected};
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                buffer_init(lists[i], LIST_BYTES_MAX);
        enum status status = draw(&drawing, error);
        size_t count = COUNT(drawing.contacts, struct audience_contact);
        struct audience_contact *contacts = arena_array(arena, struct audience_contact, count + 1);
        if (!status && !contacts)
                status = error_memory(error);
        if (!status && count)
                memcpy(contacts, drawing.contacts.data, drawing.contacts.length);
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                buffer_release(lists[i]);
        if (status)
                return status;
        *ret = contacts;
        *ret_count = count;
        return STATUS_OK;
}

/* ---- one customer ------------------------------------------------------------------------------------------------ */

static bool keep_of_person(struct audience_person *person, struct arena *arena, struct text code, struct text value)
{
        struct text *place = text_is(code, "name")       ? &person->name
                             : text_is(code, "email")    ? &person->email
                             : text_is(code, "phone")    ? &person->phone
                             : text_is(code, "role")     ? &person->role
                             : text_is(code, "level")    ? &person->level
                             : text_is(code, "language") ? &person->language : NULL;
        return !place || arena_keep_text(arena, value, place);
}

enum status audience_of_customer(struct connection *connection, int64_t generation, int64_t customer_id, int32_t day,
                                 struct arena *arena, struct audience_person **ret, size_t *ret_count,
                                 struct error *error)
{
        struct q_contact_forms_args args = {customer_id, generation, day};
        struct audience_person *people = NULL;
        size_t count = 0, capacity = 0;
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_contact_forms_open(connection, &args, &rows, error);
        while (!status) {
                struct q_contact_forms_row row;
                bool more = false;
                status = q_contact_forms_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!count || people[count - 1].person_id != row.person_id) {
                        if (count == capacity) {
                                struct audience_person *grown;
                                capacity = capacity ? capacity * 2 : 16;
                                grown = arena_array(arena, struct audience_person, capacity);
                                if (!grown)
                                        return error_memory(error);
                                if (count)
                                        memcpy(grown, people, count * sizeof(*people));
                                people = grown;
                        }
                        people[count++] = (struct audience_person){.person_id = row.person_id};
                }
                if (!keep_of_person(&people[count - 1], arena, row.fact, row.value))
                        return error_memory(error);
        }
        if (status)
                return status;
        *ret = people;
        *ret_count = count;
        return STATUS_OK;
}
