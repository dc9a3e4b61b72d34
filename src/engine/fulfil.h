/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fulfil.h: who fulfils a segment's paths. Only those are looked at who are asked for, and for them only as many
 * criteria as it takes: who misses the first criterion of a path is not compared with the second. Most columns are so
 * read for a part of the customers only.
 */
#ifndef TREUE_ENGINE_FULFIL_H
#define TREUE_ENGINE_FULFIL_H

#include "engine/criteria.h"

/* The judges of a plan, in the order of its criteria, but within the `all` and the `some` of a path those that read
 * least come first. */
struct judges {
        const struct engine_plan *plan;
        struct judge *list;
        bool any_scaled;
};

/* STATUS_LIMIT when an effective threshold does not fit. */
must_check enum status judges_init(const struct engine_plan *plan, const struct measures *measures,
                                   struct arena *arena, struct judges *ret, struct error *error);

/* Up to LOOP_CUSTOMERS_MAX customers from `first`, a multiple of 64. */
struct span {
        size_t first, count;
        const uint32_t *classes; /* factor class by customer of the span; NULL when no judge is scaled */
};

/* Those of `who` who fulfil at least one path of the segment (everybody fulfils a rest segment), at keep thresholds
 * when `keep`. `ret` is not `who`. */
void fulfilled_words(const struct judges *judges, const struct plan_segment *segment, bool keep,
                     const struct span *span, const uint64_t *who, uint64_t *ret);

#endif
