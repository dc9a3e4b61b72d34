/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customer_labels.h: how customers are called in lists: number and sales territory as of a day by dense index, names
 * one by one; and the order of lists.
 */
#ifndef TREUE_CLI_CUSTOMER_LABELS_H
#define TREUE_CLI_CUSTOMER_LABELS_H

#include "facts/snapshot.h"

struct customer_labels {
        const struct customer_number *numbers;
        const struct attribute_value *territories; /* known only where somebody gave one */
};

must_check enum status customer_labels_load(struct snapshot *snapshot, struct connection *connection, int32_t day,
                                            struct arena *arena, struct customer_labels *ret, struct error *error);

/* The name, or the number where nobody gave one. A query: for those who are shown. */
must_check enum status customer_label_name(const struct customer_labels *labels, const struct snapshot *snapshot,
                                           struct connection *connection, size_t customer, struct arena *arena,
                                           struct text *ret, struct error *error);
/* None where nobody gave one. */
struct text customer_label_territory(const struct customer_labels *labels, size_t customer);

/* Sorts dense indexes by number, then source. */
void customers_sort(const struct customer_number *numbers, size_t *customers, size_t count);

#endif
