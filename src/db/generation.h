/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * generation.h: publishing. Every publish or undo locks the head row, takes the next generation and makes its rows
 * visible in one small transaction. Readers name the generation they look at.
 */
#ifndef TREUE_DB_GENERATION_H
#define TREUE_DB_GENERATION_H

#include "db/db.h"

/* The latest published generation; 0 for an empty database. */
must_check enum status generation_latest(struct connection *connection, int64_t *ret_generation, struct error *error);

/* Locks the head and returns the generation that this transaction publishes; inside a write function. */
must_check enum status generation_take(struct connection *connection, int64_t *ret_generation, struct error *error);

/* Which imports are visible at a generation: a small table, looked up by import id. */
struct visibility {
        int64_t generation;
        size_t import_count;        /* highest import id + 1 */
        int64_t *import_generation; /* by import id: generation that published it, 0 when not visible */
};
must_check enum status visibility_load(struct connection *connection, int64_t generation, struct visibility *ret,
                                       struct error *error);
void visibility_release(struct visibility *visibility);
static inline int64_t visibility_of(const struct visibility *v, int64_t import_id)
{
        return import_id >= 0 && (size_t)import_id < v->import_count ? v->import_generation[import_id] : 0;
}

#endif
