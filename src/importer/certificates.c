/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * certificates.c: proofs of qualification, known by customer, person, qualification and valid_from. A person nobody
 * named before becomes a contact of the customer with that name, and is counted and said.
 */
#include "base/calendar.h"
#include "importer/customer_rows.h"
#include "importer/people.h"
#include "importer/person_registry.h"
#include "queries.h"

struct certificate {
        struct customer_row base;
        uint32_t person;
        struct text qualification, evidence;
        struct text introduce_name; /* {NULL, 0}: the person is a contact of the customer already */
        int32_t valid_from, valid_to;
};

struct certificates {
        struct person_registry *people;
        const struct mapped_column *valid_to;
        int32_t name_id;
        struct seen_keys *seen;
};

static enum status check(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                         struct error *error)
{
        const struct certificates *certificates = context;
        struct certificate *one = (struct certificate *)item;
        struct field_value valid_to = row_value(run, item->row, "valid_to");
        one->qualification = text_trim(row_value(run, item->row, "qualification").text);
        one->valid_from = row_value(run, item->row, "valid_from").day;
        (void)arena;
        (void)error;
        if (valid_to.known && valid_to.day < one->valid_from)
                row_reject(run, item->row, certificates->valid_to, "import.reason.period");
        return STATUS_OK;
}

/* Finds the person, or makes the word a new contact's name. */
static enum status find_person(struct import_run *run, struct certificates *certificates, struct certificate *one,
                               struct arena *arena, struct error *error)
{
        struct person_registry *people = certificates->people;
        struct text word = text_trim(row_value(run, one->base.row, "person").text);
        one->person = person_meant(people, one->base.customer_id, word);
        if (one->person == PERSON_NONE)
                return error_memory(error);
        enum status status = person_seen(certificates->seen, run, one->base.row, one->base.customer_id, one->person,
                                         one->qualification, one->valid_from, arena, error);
        if (status || one->base.row->rejection.reason || person_is_contact(people, one->base.customer_id, one->person))
                return status;
        struct text name = person_name(people, one->person);
        name = name.length ? name : word;
        run->counters.people_created += person_name(people, one->person).length == 0;
        one->introduce_name = (struct text){arena_copy(arena, name.data, name.length), name.length};
        if (!one->introduce_name.data ||
            !person_add_contact(people, one->base.customer_id, one->person, one->introduce_name))
                return error_memory(error);
        return STATUS_OK;
}

static enum status compare(struct import_run *run, void *context, struct customer_row *item, struct arena *arena,
                           struct error *error)
{
        struct certificates *certificates = context;
        struct certificate *one = (struct certificate *)item;
        struct q_certificate_visible_row known;
        struct text evidence_known = {"", 0};
        bool found = false;
        enum status status = find_person(run, certificates, one, arena, error);
        if (status || item->row->rejection.reason)
                return status;
        int64_t id = person_id(certificates->people, one->person);
        struct q_certificate_visible_args args = {item->customer_id, id, one->qualification, one->valid_from};
        if (id)
                status = q_certificate_visible(run->connection, &args, &known, &found, error);
        if (status)
                return status;
        if (found)
                evidence_known = (struct text){
                        arena_copy(arena, known.evidence.data ? known.evidence.data : "", known.evidence.length),
                        known.evidence.length};
        if (!evidence_known.data)
                return error_memory(error);
        struct field_value valid_to = row_value(run, item->row, "valid_to");
        struct field_value evidence = row_value(run, item->row, "evidence");
        one->valid_to = valid_to.known ? valid_to.day : found ? known.valid_to : DAY_OPEN_END;
        one->evidence = evidence.known ? text_trim(evidence.text) : evidence_known;
        bool same = found && one->valid_to == known.valid_to && text_equal(one->evidence, evidence_known);
        item->write = !same || one->introduce_name.data;
        run->counters.rows_new += !found;
        run->counters.rows_changed += found && !same;
        run->counters.rows_same += same;
        return STATUS_OK;
}

static enum status prepare(struct connection *connection, void *context, struct error *error)
{
        return person_registry_write(((struct certificates *)context)->people, connection, error);
}

static void written(void *context) { person_registry_written(((struct certificates *)context)->people); }

static enum status write_certificate(struct connection *connection, const struct import_run *run, void *context,
                                     const struct customer_row *item, struct error *error)
{
        const struct certificates *certificates = context;
        const struct certificate *one = (const struct certificate *)item;
        int64_t id = person_id(certificates->people, one->person);
        enum status status = STATUS_OK;
        if (one->introduce_name.data) {
                struct q_contact_insert_args contact = {item->customer_id, id, run->import_id};
                struct q_contact_fact_insert_args name = {item->customer_id, id, certificates->name_id,
                                                          run->import_day, run->import_id, one->introduce_name};
                status = q_contact_insert(connection, &contact, NULL, error);
                if (!status)
                        status = q_contact_fact_insert(connection, &name, NULL, error);
        }
        struct q_certificate_insert_args args = {item->customer_id, id, one->qualification, one->valid_from,
                                                 run->import_id, one->valid_to, one->evidence};
        return status ? status : q_certificate_insert(connection, &args, NULL, error);
}

enum status import_certificates(struct import_run *run, struct error *error)
{
        static const struct customer_kind kind = {.item_bytes = sizeof(struct certificate), .key_field = "person",
                                                  .check = check, .compare = compare, .prepare = prepare,
                                                  .write = write_certificate, .written = written};
        struct certificates certificates = {.valid_to = column_mapping_find(&run->mapping, "valid_to")};
        enum status status = seen_keys_new(&certificates.seen, error);
        if (!status)
                status = registry_fact_resolve(run, text_of("name"), &certificates.name_id, error);
        if (!status)
                status = person_registry_new(run, &certificates.people, error);
        if (!status)
                status = customer_rows_import(run, &kind, &certificates, error);
        person_registry_free(certificates.people);
        seen_keys_free(certificates.seen);
        return status;
}
