/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_labels.h: how customers are called in lists: number, sales territory and who is responsible as of a day by
 * dense index, names one by one; and the order of lists.
 */
#ifndef TREUE_CLI_CUSTOMER_LABELS_H
#define TREUE_CLI_CUSTOMER_LABELS_H

#include "facts/snapshot.h"

struct customer_labels {
        const struct customer_number *numbers;
        const struct attribute_value *territories; /* known only where somebody gave one */
        const struct text *reps;                   /* none: nobody */
        const struct text *names;                  /* of customer_labels_load_names; NULL before */
};

must_check enum status customer_labels_load(struct snapshot *snapshot, struct connection *connection, int32_t day,
                                            struct arena *arena, struct customer_labels *ret, struct error *error);

/* The names of all customers by one query, for lists that look at everybody. */
must_check enum status customer_labels_load_names(struct customer_labels *labels, const struct snapshot *snapshot,
                                                  struct connection *connection, struct arena *arena,
                                                  struct error *error);

/* The name, or the number where nobody gave one. A query, unless all names were loaded: for those who are shown. */
must_check enum status customer_label_name(const struct customer_labels *labels, const struct snapshot *snapshot,
                                           struct connection *connection, size_t customer, struct arena *arena,
                                           struct text *ret, struct error *error);
/* None where nobody gave one. */
struct text customer_label_territory(const struct customer_labels *labels, size_t customer);

/* The rep who looks after the customer, else the territory; none where neither is known. */
struct text customer_label_responsible(const struct customer_labels *labels, size_t customer);

/* Sorts dense indexes by number, then source. */
void customers_sort(const struct customer_number *numbers, size_t *customers, size_t count);

#endif
