/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fragment_order.h: the fragments of some shelves in the order the database is clustered by: customer id, document
 * number. Several threads may each sort a part of their own.
 */
#ifndef TREUE_IMPORTER_FRAGMENT_ORDER_H
#define TREUE_IMPORTER_FRAGMENT_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "importer/fragments.h"

/* References into shelves, sorted. Start with everything zero; the shelves must stay as long as fragments are taken. */
struct fragment_order {
        struct fragment_ref *refs; /* `customer` is a rank: a place in customer_ids */
        size_t ref_count, ref_next;
        int64_t *customer_ids;     /* those who have fragments here, ascending */
        const struct fragment_names *names; /* by number of the shelf; the caller's */
};
void fragment_order_release(struct fragment_order *order);

/* Takes the fragments of shelves[first], shelves[first + step], ... below shelf_count, what it held before is
 * forgotten. `names` has an entry for every shelf. */
must_check enum status fragment_order_sort(struct fragment_order *order, const struct fragment_shelf *shelves,
                                           const struct fragment_names *names, size_t shelf_count, size_t first,
                                           size_t step, struct error *error);

/* The next fragment in order; false at the end. Borrows from the shelves. */
bool fragment_order_next(struct fragment_order *order, struct fragment *ret);

/* Reads the head of a packed fragment: everything but the names. */
void fragment_view(const uint8_t *data, int64_t customer_id, struct fragment *ret);

#endif
