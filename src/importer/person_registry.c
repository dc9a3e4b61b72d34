/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * person_registry.c: see person_registry.h. Dictionaries from texts to numbers, with one slot beside each number.
 */
#include "importer/person_registry.h"

#include "base/buffer.h"
#include "db/identity.h"
#include "importer/dictionary.h"
#include "platform/clock.h"
#include "queries.h"

#define KEY_BYTES_MAX ((size_t)64 << 20)
/* Between customer and name in the key of somebody without one; no file has it in a number. */
#define KEY_SEPARATOR "\x1F"

/* Texts that stand for people: a number per text, the person beside it. */
struct index {
        struct dictionary texts;
        uint32_t *people; /* by number; PERSON_NONE: none */
        size_t capacity;
};

struct person {
        int64_t id;
        bool is_new, keyed; /* keyed: has a key of the source's own */
        uint32_t name;    /* number in by_name of some name + 1; 0: none */
        size_t name_offset;
};

/* A key to write. */
struct pending_key {
        uint32_t code, person; /* code: number in by_code */
};

struct person_registry {
        struct import_run *run;
        struct index by_code, by_id, by_name, contacts; /* by_name and contacts are keyed by customer first */
        struct person *people;
        size_t count, capacity;
        struct pending_key *pending;
        size_t pending_count, pending_capacity;
        struct buffer key;
};

static uint32_t *index_slot(struct index *index, struct text text)
{
        uint32_t number = dictionary_number(&index->texts, text, NULL);
        if (number == (uint32_t)DICTIONARY_FULL)
                return NULL;
        if (number >= index->capacity) {
                size_t capacity = index->capacity ? index->capacity * 2 : 256;
                while (capacity <= number)
                        capacity *= 2;
                uint32_t *people = realloc(index->people, capacity * sizeof(*people));
                if (!people)
                        return NULL;
                memset(people + index->capacity, 0xff, (capacity - index->capacity) * sizeof(*people));
                index->people = people;
                index->capacity = capacity;
        }
        return &index->people[number];
}

static void index_release(struct index *index)
{
        dictionary_release(&index->texts);
        free(index->people);
}

/* "customer<separator>text" in the registry's buffer. */
static struct text customer_key(struct person_registry *people, int64_t customer_id, struct text text)
{
        buffer_clear(&people->key);
        buffer_add_int(&people->key, customer_id);
        buffer_add_text(&people->key, KEY_SEPARATOR);
        if (text.length)
                buffer_add(&people->key, text.data, text.length);
        return people->key.failed ? (struct text){NULL, 0} : (struct text){people->key.data, people->key.length};
}

static uint32_t add_person(struct person_registry *people, int64_t id)
{
        if (people->count == people->capacity) {
                size_t capacity = people->capacity ? people->capacity * 2 : 256;
                struct person *grown = realloc(people->people, capacity * sizeof(*grown));
                if (!grown)
                        return PERSON_NONE;
                people->people = grown;
                people->capacity = capacity;
        }
        people->people[people->count] = (struct person){.id = id, .is_new = id == 0};
        return (uint32_t)people->count++;
}

/* The person behind an id of the database. */
static uint32_t known_person(struct person_registry *people, int64_t id)
{
        uint32_t *slot = index_slot(&people->by_id, (struct text){(const char *)&id, sizeof(id)});
        if (slot && *slot == PERSON_NONE)
                *slot = add_person(people, id);
        return slot ? *slot : PERSON_NONE;
}

/* ---- loading ----------------------------------------------------------------------------------------------------- */

static enum status load_keys(struct person_registry *people, struct error *error)
{
        struct q_person_keys_of_source_args args = {people->run->source_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_person_keys_of_source_open(people->run->connection, &args, &rows, error);
        while (!status) {
                struct q_person_keys_of_source_row row;
                bool more;
                status = q_person_keys_of_source_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                uint32_t *slot = index_slot(&people->by_code, row.code);
                if (!slot || (*slot = known_person(people, row.person_id)) == PERSON_NONE)
                        return error_memory(error);
                people->people[*slot].keyed |= !memchr(row.code.data, KEY_SEPARATOR[0], row.code.length);
        }
        return status;
}

static enum status load_contacts(struct person_registry *people, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_contacts_visible_open(people->run->connection, NULL, &rows, error);
        while (!status) {
                struct q_contacts_visible_row row;
                bool more;
                status = q_contacts_visible_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                uint32_t person = known_person(people, row.person_id);
                if (person == PERSON_NONE ||
                    !person_add_contact(people, row.customer_id, person, (struct text){NULL, 0}))
                        return error_memory(error);
        }
        return status;
}

static enum status load_names(struct person_registry *people, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_contact_names_visible_open(people->run->connection, NULL, &rows, error);
        while (!status) {
                struct q_contact_names_visible_row row;
                bool more;
                status = q_contact_names_visible_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                uint32_t person = known_person(people, row.person_id);
                if (person == PERSON_NONE)
                        return error_memory(error);
                if (person_is_contact(people, row.customer_id, person) &&
                    !person_add_contact(people, row.customer_id, person, row.value))
                        return error_memory(error);
        }
        return status;
}

/* One customer's contacts, by name, and by id in place of a key of the source. */
static enum status load_customer(struct person_registry *people, struct error *error)
{
        struct q_contacts_of_number_args args = {people->run->customer_source_id, people->run->options->number};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_contacts_of_number_open(people->run->connection, &args, &rows, error);
        while (!status) {
                struct q_contacts_of_number_row row;
                bool more;
                status = q_contacts_of_number_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                char code[24];
                uint32_t person = known_person(people, row.person_id);
                int length = snprintf(code, sizeof(code), "%lld", (long long)row.person_id);
                uint32_t *slot = index_slot(&people->by_code, (struct text){code, (size_t)length});
                if (person == PERSON_NONE || !slot || !person_add_contact(people, row.customer_id, person, row.value))
                        return error_memory(error);
                *slot = person;
        }
        return status;
}

static enum status load_all(struct person_registry *people, struct error *error)
{
        enum status status = load_keys(people, error);
        if (!status)
                status = load_contacts(people, error);
        return status ? status : load_names(people, error);
}

enum status person_registry_new(struct import_run *run, struct person_registry **ret, struct error *error)
{
        struct person_registry *people = calloc(1, sizeof(*people));
        if (!people)
                return error_memory(error);
        people->run = run;
        dictionary_init(&people->by_code.texts);
        dictionary_init(&people->by_id.texts);
        dictionary_init(&people->by_name.texts);
        dictionary_init(&people->contacts.texts);
        buffer_init(&people->key, KEY_BYTES_MAX);
        enum status status = people->run->options->number.data ? load_customer(people, error)
                                                               : load_all(people, error);
        if (status)
                person_registry_free(people);
        else
                *ret = people;
        return status;
}

void person_registry_free(struct person_registry *people)
{
        if (!people)
                return;
        index_release(&people->by_code);
        index_release(&people->by_id);
        index_release(&people->by_name);
        index_release(&people->contacts);
        buffer_release(&people->key);
        free(people->people);
        free(people->pending);
        free(people);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

/* Gives the person a key that nobody has. */
static bool add_key(struct person_registry *people, uint32_t *slot, uint32_t person)
{
        if (people->pending_count == people->pending_capacity) {
                size_t capacity = people->pending_capacity ? people->pending_capacity * 2 : 256;
                struct pending_key *grown = realloc(people->pending, capacity * sizeof(*grown));
                if (!grown)
                        return false;
                people->pending = grown;
                people->pending_capacity = capacity;
        }
        people->pending[people->pending_count++] =
                (struct pending_key){(uint32_t)(slot - people->by_code.people), person};
        *slot = person;
        return true;
}

/* The contact of that name; PERSON_NONE: the customer has none, or no memory (*ret_memory false). */
static uint32_t find_named(struct person_registry *people, int64_t customer_id, struct text name, bool *ret_memory)
{
        struct text key = customer_key(people, customer_id, name);
        uint32_t *named = key.data ? index_slot(&people->by_name, key) : NULL;
        *ret_memory = named != NULL;
        return named ? *named : PERSON_NONE;
}

uint32_t person_by_key(struct person_registry *people, struct text code, int64_t customer_id, struct text name)
{
        bool memory;
        uint32_t named = find_named(people, customer_id, name, &memory);
        uint32_t *slot = index_slot(&people->by_code, code);
        if (!memory || !slot)
                return PERSON_NONE;
        if (*slot != PERSON_NONE)
                return *slot;
        bool adopt = named != PERSON_NONE && !people->people[named].keyed;
        uint32_t person = adopt ? named : add_person(people, 0);
        if (person == PERSON_NONE || !add_key(people, slot, person))
                return PERSON_NONE;
        people->people[person].keyed = true;
        return person;
}

uint32_t person_by_name(struct person_registry *people, int64_t customer_id, struct text name)
{
        bool memory;
        uint32_t named = find_named(people, customer_id, name, &memory);
        if (!memory || named != PERSON_NONE)
                return named;
        struct text code = customer_key(people, customer_id, name);
        uint32_t *slot = code.data ? index_slot(&people->by_code, code) : NULL;
        if (!slot || *slot != PERSON_NONE)
                return slot ? *slot : PERSON_NONE;
        uint32_t person = add_person(people, 0);
        return person != PERSON_NONE && add_key(people, slot, person) ? person : PERSON_NONE;
}

uint32_t person_meant(struct person_registry *people, int64_t customer_id, struct text word)
{
        bool memory;
        uint32_t *keyed = index_slot(&people->by_code, word);
        if (!keyed)
                return PERSON_NONE;
        uint32_t by_key = *keyed;
        if (by_key != PERSON_NONE && person_is_contact(people, customer_id, by_key))
                return by_key;
        uint32_t named = find_named(people, customer_id, word, &memory);
        if (!memory || named != PERSON_NONE)
                return named;
        return by_key != PERSON_NONE ? by_key : person_by_name(people, customer_id, word);
}

bool person_known(struct person_registry *people, int64_t customer_id, struct text word, uint32_t *ret)
{
        bool memory = true;
        uint32_t *keyed = index_slot(&people->by_code, word);
        if (!keyed)
                return false;
        uint32_t by_key = *keyed, named = PERSON_NONE;
        bool own = by_key != PERSON_NONE && customer_id && person_is_contact(people, customer_id, by_key);
        if (!own && customer_id)
                named = find_named(people, customer_id, word, &memory);
        *ret = !own && named != PERSON_NONE ? named : by_key;
        return memory;
}

enum status person_seen(struct seen_keys *seen, const struct import_run *run, struct import_row *row,
                        int64_t customer_id, uint32_t person, struct text rest, int32_t day, struct arena *arena,
                        struct error *error)
{
        struct {
                int64_t customer_id;
                uint32_t person;
                int32_t day;
        } who = {customer_id, person, day};
        struct text parts[] = {{(const char *)&who, sizeof(who)}, rest};
        return seen_keys_check(seen, run, row, arena, parts, 2, error);
}

int64_t person_id(const struct person_registry *people, uint32_t person) { return people->people[person].id; }

static uint32_t *contact_slot(struct person_registry *people, int64_t customer_id, uint32_t person)
{
        struct text key = customer_key(people, customer_id, (struct text){(const char *)&person, sizeof(person)});
        return key.data ? index_slot(&people->contacts, key) : NULL;
}

bool person_is_contact(struct person_registry *people, int64_t customer_id, uint32_t person)
{
        uint32_t *slot = contact_slot(people, customer_id, person);
        return slot && *slot == person;
}

bool person_add_contact(struct person_registry *people, int64_t customer_id, uint32_t person, struct text name)
{
        uint32_t *contact = contact_slot(people, customer_id, person);
        if (!contact)
                return false;
        *contact = person;
        if (name.length == 0)
                return true;
        struct text key = customer_key(people, customer_id, name);
        uint32_t *named = key.data ? index_slot(&people->by_name, key) : NULL;
        if (!named)
                return false;
        if (*named == PERSON_NONE)
                *named = person;
        people->people[person].name = (uint32_t)(named - people->by_name.people) + 1;
        people->people[person].name_offset = key.length - name.length;
        return true;
}

struct text person_name(const struct person_registry *people, uint32_t person)
{
        const struct person *known = &people->people[person];
        if (!known->name)
                return (struct text){NULL, 0};
        struct text key = dictionary_text(&people->by_name.texts, known->name - 1);
        return (struct text){key.data + known->name_offset, key.length - known->name_offset};
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Should another process have been quicker with the key of a new person, its person counts. */
static enum status write_key(struct person_registry *people, struct connection *connection,
                             const struct pending_key *pending, struct error *error)
{
        struct text code = dictionary_text(&people->by_code.texts, pending->code);
        struct person *person = &people->people[pending->person];
        bool fresh = person->id == 0; /* it stands in no row yet */
        enum status status = fresh ? identity_next(connection, &person->id, error) : STATUS_OK;
        if (status)
                return status;
        struct q_person_key_insert_args key = {people->run->source_id, code, person->id};
        int64_t changes = 0;
        status = q_person_key_insert(connection, &key, &changes, error);
        if (status || !fresh)
                return status;
        if (changes == 1) {
                struct q_person_insert_args insert = {person->id, clock_now_ms()};
                return q_person_insert(connection, &insert, NULL, error);
        }
        struct q_person_key_find_args find = {people->run->source_id, code};
        struct q_person_key_find_row row;
        bool found;
        status = q_person_key_find(connection, &find, &row, &found, error);
        if (!status && found)
                person->id = row.person_id;
        return status;
}

enum status person_registry_write(struct person_registry *people, struct connection *connection, struct error *error)
{
        enum status status = STATUS_OK;
        for (size_t i = 0; i < people->pending_count; i++)
                if (people->people[people->pending[i].person].is_new)
                        people->people[people->pending[i].person].id = 0; /* ids of an attempt that was rolled back */
        for (size_t i = 0; i < people->pending_count && !status; i++)
                status = write_key(people, connection, &people->pending[i], error);
        return status;
}

void person_registry_written(struct person_registry *people)
{
        for (size_t i = 0; i < people->pending_count; i++)
                people->people[people->pending[i].person].is_new = false;
        people->pending_count = 0;
}
