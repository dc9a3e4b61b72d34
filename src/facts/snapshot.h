/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * snapshot.h: everything known at one generation, immutable and reference counted: customers, the column index of
 * purchases (memory-mapped segments plus an in-memory delta for published imports the index does not cover yet),
 * products and their groups, dated facts. Any number of threads may read one.
 *
 * A damaged, missing or unreadable index, or one from before the database was restored, is rebuilt from the database
 * and said through `note`.
 */
#ifndef TREUE_FACTS_SNAPSHOT_H
#define TREUE_FACTS_SNAPSHOT_H

#include "base/arena.h"
#include "base/parallel.h"
#include "db/db.h"
#include "engine/concept.h"
#include "engine/input.h"

struct snapshot;

struct snapshot_note {
        const char *key;          /* catalogue key, e.g. "index.rebuilt_missing", "index.rebuilt_damaged"; NULL: none */
        char detail[256];
};

/* The state at `generation` (generation_latest(): the newest). Rebuilds the index when it is missing, damaged or does
 * not fit; writes it back when `may_write` (the caller owns the data directory). For an older generation than the
 * index the purchases are read from the database into memory. */
must_check enum status snapshot_open(struct database *database, struct connection *connection, int64_t generation,
                                     bool may_write, const struct parallel *parallel, struct snapshot **ret,
                                     struct snapshot_note *ret_note, struct error *error);
void snapshot_unref(struct snapshot *snapshot); /* accepts NULL */
struct snapshot *snapshot_ref(struct snapshot *snapshot);
static inline void snapshot_unrefp(struct snapshot **snapshot) { snapshot_unref(*snapshot); }
#define snapshot_cleanup __attribute__((cleanup(snapshot_unrefp)))

int64_t snapshot_generation(const struct snapshot *snapshot);
size_t snapshot_customer_count(const struct snapshot *snapshot);
const int64_t *snapshot_customer_ids(const struct snapshot *snapshot); /* ascending */
uint64_t snapshot_line_count(const struct snapshot *snapshot);
uint64_t snapshot_document_count(const struct snapshot *snapshot);
/* Dense index of a customer id; -1 when it does not exist in this snapshot. */
int64_t snapshot_find_customer(const struct snapshot *snapshot, int64_t customer_id);

/* Fills the engine's input for a cut-off: dated facts resolved, article groups as of the cut-off, potentials and values
 * valid then. Only what `concept` names is loaded. Lives in `arena` and borrows from the snapshot. */
must_check enum status snapshot_input(struct snapshot *snapshot, struct connection *connection,
                                      const struct concept *concept, int32_t cutoff_day, struct arena *arena,
                                      struct engine_input *ret, struct error *error);

/* From now on snapshot_input keeps the dated facts of customers in memory, so that many cut-offs read them once. Then
 * only one thread at a time may ask. False without memory. */
bool snapshot_keep_facts(struct snapshot *snapshot);

/* Customer numbers for output: for the customers in dense order, number and source code ("erp"); one customer may have
 * several keys: the smallest (source, number) is shown. Lives in the arena. */
struct customer_number {
        struct text source, number;
};
must_check enum status snapshot_numbers(struct snapshot *snapshot, struct connection *connection, struct arena *arena,
                                        struct customer_number **ret, struct error *error);

#endif
