/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * merges.h: customers that became one. A merge is published like an import (kind "merge"): it has a number and a
 * generation, `import list` shows it, `import undo` takes it back. Nothing of either customer is rewritten.
 */
#ifndef TREUE_IMPORTER_MERGES_H
#define TREUE_IMPORTER_MERGES_H

#include "base/arena.h"
#include "base/text.h"
#include "db/db.h"

struct merge_request {
        int64_t customer_id, into_customer_id;
        struct text source, number, into_number; /* as typed, for the list of imports and the audit chain */
        int32_t valid_from;
        struct text reason;
};

struct merge_result {
        int32_t import_id;
        int64_t generation;
};

/* Records that from `valid_from` on the customer counts as part of the other. Audit entry "customer.merged".
 * STATUS_CONFLICT "merge.same" {customer}, "merge.merged_already" {customer} {into}, "merge.circle" {customer} {into}:
 * the other one was merged into this one, directly or through others. */
must_check enum status merge_record(struct database *database, const struct merge_request *request,
                                    struct merge_result *ret, struct error *error);

struct merge {
        int64_t customer_id, into_customer_id;
        struct text number, into_number; /* smallest number of each */
        int32_t valid_from, import_id;
        struct text reason;
};
/* The merges in force, by day. They live in the arena. */
must_check enum status merges_list(struct connection *connection, struct arena *arena, struct merge **ret,
                                   size_t *ret_count, struct error *error);

#endif
