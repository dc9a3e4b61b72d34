/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * doctor_parts.h: what the two halves of the data doctor share: purchases (doctor.c) and customers
 * (doctor_customers.c).
 */
#ifndef TREUE_PROGRAM_DOCTOR_PARTS_H
#define TREUE_PROGRAM_DOCTOR_PARTS_H

#include "program/doctor.h"

struct examination {
        struct snapshot *snapshot;
        struct connection *connection;
        struct arena *arena;
        int32_t today;
        struct engine_input input;       /* as of today, with the attributes doctor_customers_load asked for */
        size_t vat_first, vat_end;       /* which of its attributes are VAT numbers */
        size_t currency_first, currency_end;
        bool *has_contact;               /* by customer */
        struct doctor_report *report;
};

/* The finding of a kind, appended; the caller fills its examples. NULL when `count` is 0: there is nothing to say. */
struct doctor_finding *doctor_add(struct examination *examination, enum doctor_kind kind, enum doctor_severity severity,
                                  uint64_t count, uint64_t whole);
/* An empty example of it; NULL when there are enough, or no finding. */
struct doctor_example *doctor_example(struct doctor_finding *finding);

/* Numbers, names, contact data and what else is needed of customers. */
must_check enum status doctor_customers_load(struct examination *examination, struct error *error);
must_check enum status doctor_currencies(struct examination *examination, struct error *error);
must_check enum status doctor_duplicates(struct examination *examination, struct error *error);
void doctor_negative_customers(struct examination *examination);
void doctor_potentials(struct examination *examination);
void doctor_no_contact(struct examination *examination);
void doctor_prospects(struct examination *examination);
void doctor_no_documents(struct examination *examination);

#endif
