/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * contacts.c: people of customers. A contact is known by customer and person; what is said of one are dated facts, as
 * those of customers are: what is repeated changes nothing, what is not mentioned stays.
 */
#include "base/calendar.h"
#include "importer/customer_rows.h"
#include "importer/dated_facts.h"
#include "importer/people.h"
#include "importer/person_registry.h"
#include "queries.h"

static const char *const fact_fields[] = {"name", "email", "phone", "role", "level", "language"};
enum { FACTS = sizeof(fact_fields) / sizeof(fact_fields[0]) };

struct contact {
        struct customer_row base;
        int32_t valid_from;
        bool stated, introduce; /* introduce: the person was no contact of the customer */
        uint32_t person;
        struct text facts[FACTS]; /* {NULL, 0}: nothing new */
};

struct contacts {
        struct person_registry *people;
        const struct mapped_column *facts[FACTS];
        int32_t fact_ids[FACTS];
        struct seen_keys *seen;
};

static enum status check(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                         struct error *error)
{
        struct contact *contact = (struct contact *)item;
        (void)context;
        (void)arena;
        (void)error;
        contact->valid_from = row_valid_from(run, item->row, &contact->stated);
        return STATUS_OK;
}

static enum status load_facts(struct import_run *run, int64_t customer_id, int64_t person_id, struct arena *arena,
                              struct known_facts *facts, struct error *error)
{
        struct q_contact_facts_visible_args args = {customer_id, person_id};
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_contact_facts_visible_open(run->connection, &args, &rows, error);
        while (!status) {
                struct q_contact_facts_visible_row row;
                bool more;
                status = q_contact_facts_visible_next(rows, &row, &more, error);
                if (status || !more)
                        break;
                if (!known_facts_add(facts, arena, row.fact_id, row.valid_from, row.value))
                        return error_memory(error);
        }
        return status;
}

/* Something is known of the fact, or was. */
static bool is_known(const struct known_facts *known, int32_t fact_id)
{
        for (size_t i = 0; i < known->count; i++)
                if (known->items[i].fact_id == fact_id)
                        return true;
        return false;
}

/* Collects what the row says that is not known. A blank cell of a file says nothing; a field somebody emptied in the
 * form of a known person takes back what stood there: an empty fact. */
static enum status compare_facts(struct import_run *run, const struct contacts *contacts, struct contact *contact,
                                 struct arena *arena, bool *ret_changed, struct error *error)
{
        struct known_facts known = {0};
        int64_t id = person_id(contacts->people, contact->person);
        enum status status = id ? load_facts(run, contact->base.customer_id, id, arena, &known, error) : STATUS_OK;
        bool form = run->options->whole && row_value(run, contact->base.row, "person").known;
        for (size_t i = 0; i < FACTS && !status; i++) {
                const struct field_value *value = row_cell(run, contact->base.row, contacts->facts[i]);
                bool emptied = form && contacts->facts[i] && !value->known &&
                               is_known(&known, contacts->fact_ids[i]);
                if (!value->known && !emptied)
                        continue;
                /* A telephone number is no number: texts are taken as they stand. */
                struct text text = emptied ? text_of("") : fact_text(arena, FIELD_TEXT, value, DECIMAL_POINT);
                if (!text.data)
                        return error_memory(error);
                if (!known_facts_lack(&known, contacts->fact_ids[i], contact->valid_from, contact->stated, text))
                        continue;
                contact->facts[i] = text;
                *ret_changed = true;
        }
        return status;
}

static enum status compare(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                           struct error *error)
{
        struct contacts *contacts = context;
        struct contact *contact = (struct contact *)item;
        struct field_value person = row_value(run, item->row, "person");
        struct text name = text_trim(row_value(run, item->row, "name").text);
        bool changed = false;
        contact->person = person.known
                                  ? person_by_key(contacts->people, text_trim(person.text), item->customer_id, name)
                                  : person_by_name(contacts->people, item->customer_id, name);
        if (contact->person == PERSON_NONE)
                return error_memory(error);
        contact->introduce = !person_is_contact(contacts->people, item->customer_id, contact->person);
        enum status status = person_seen(contacts->seen, run, item->row, item->customer_id, contact->person,
                                         text_of(""), contact->valid_from, arena, error);
        if (!status && !item->row->rejection.reason)
                status = compare_facts(run, contacts, contact, arena, &changed, error);
        if (status || item->row->rejection.reason)
                return status;
        if (!person_add_contact(contacts->people, item->customer_id, contact->person, name))
                return error_memory(error);
        item->write = contact->introduce || changed;
        run->counters.rows_new += contact->introduce;
        run->counters.rows_changed += !contact->introduce && changed;
        run->counters.rows_same += !contact->introduce && !changed;
        return STATUS_OK;
}

static enum status prepare(struct connection *connection, void *context, struct error *error)
{
        return person_registry_write(((struct contacts *)context)->people, connection, error);
}

static void written(void *context) { person_registry_written(((struct contacts *)context)->people); }

static enum status write_contact(struct connection *connection, const struct import_run *run, void *context,
                                 const struct customer_row *item, struct error *error)
{
        const struct contacts *contacts = context;
        const struct contact *contact = (const struct contact *)item;
        int64_t id = person_id(contacts->people, contact->person);
        struct q_contact_insert_args introduce = {item->customer_id, id, run->import_id};
        enum status status = contact->introduce ? q_contact_insert(connection, &introduce, NULL, error) : STATUS_OK;
        for (size_t i = 0; i < FACTS && !status; i++) {
                struct q_contact_fact_insert_args fact = {item->customer_id, id, contacts->fact_ids[i],
                                                          contact->valid_from, run->import_id, contact->facts[i]};
                if (contact->facts[i].data)
                        status = q_contact_fact_insert(connection, &fact, NULL, error);
        }
        return status;
}

enum status import_contacts(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct contact), .key_field = "customer",
                                                  .check = check, .compare = compare, .prepare = prepare,
                                                  .write = write_contact, .written = written};
        struct contacts contacts = {0};
        enum status status = seen_keys_new(&contacts.seen, error);
        for (size_t i = 0; i < FACTS && !status; i++) {
                contacts.facts[i] = column_mapping_find(&run->mapping, fact_fields[i]);
                if (contacts.facts[i])
                        status = registry_fact_resolve(run, text_of(fact_fields[i]), &contacts.fact_ids[i], error);
        }
        if (!status)
                status = person_registry_new(run, &contacts.people, error);
        if (!status)
                status = customer_rows_import(run, &kind, &contacts, error);
        person_registry_free(contacts.people);
        seen_keys_free(contacts.seen);
        return status;
}
