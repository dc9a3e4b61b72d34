/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * person_registry.h: the people an import knows: by their key at the source, and as contacts of customers. Loaded when
 * it is made; new people get their ids inside the transaction that first writes them. A person is spoken of by a
 * number that means something to this registry only.
 *
 * Keys of people, as those of customers, outlive an import that is undone; a person is a contact of a customer where a
 * visible import says so.
 */
#ifndef TREUE_IMPORTER_PERSON_REGISTRY_H
#define TREUE_IMPORTER_PERSON_REGISTRY_H

#include "importer/rows.h"

struct person_registry;
enum { PERSON_NONE = UINT32_MAX };

must_check enum status person_registry_new(struct import_run *run, struct person_registry **ret, struct error *error);
void person_registry_free(struct person_registry *people); /* accepts NULL */

/* The person with this key at the run's source. When nobody has it: the customer's contact of that name, if that person
 * has no key yet (a file of certificates may come before that of contacts) and gets it now; else a new person.
 * PERSON_NONE without memory. */
uint32_t person_by_key(struct person_registry *people, struct text code, int64_t customer_id, struct text name);
/* As person_by_key, for those without a key of their own: the customer's contact of that name (of several the one
 * recorded first), else somebody whose key is customer and name. */
uint32_t person_by_name(struct person_registry *people, int64_t customer_id, struct text name);
/* Whom a file means by `word` at a customer: the contact with that key, else the contact with that name (of several the
 * one recorded first), else the person with that key, else a new person of that name (person_by_name). */
uint32_t person_meant(struct person_registry *people, int64_t customer_id, struct text word);
/* As person_meant, but nobody is made: the person with that key (also when the customer is 0), or the customer's
 * contact of that name. *ret is PERSON_NONE when there is none. False without memory. */
bool person_known(struct person_registry *people, int64_t customer_id, struct text word, uint32_t *ret);

/* Refuses the row when this file spoke of the same customer, person and `rest` before, by whatever word. */
must_check enum status person_seen(struct seen_keys *seen, const struct import_run *run, struct import_row *row,
                                   int64_t customer_id, uint32_t person, struct text rest, int32_t day,
                                   struct arena *arena, struct error *error);

/* 0: new, not written yet. */
int64_t person_id(const struct person_registry *people, uint32_t person);
/* Is the person a contact of the customer, by a visible import or by this one? */
bool person_is_contact(struct person_registry *people, int64_t customer_id, uint32_t person);
/* From now on the person is one, named so. False without memory. */
bool person_add_contact(struct person_registry *people, int64_t customer_id, uint32_t person, struct text name);
/* A name of the person as some customer's contact; {NULL, 0}: never heard. */
struct text person_name(const struct person_registry *people, uint32_t person);

/* For customer_kind.prepare and .written: gives new people their ids and writes them with their keys; afterwards they
 * are no longer new. */
must_check enum status person_registry_write(struct person_registry *people, struct connection *connection,
                                             struct error *error);
void person_registry_written(struct person_registry *people);

#endif
