/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * together.h: with whom a customer was evaluated as one (facts/units.h), for explanations.
 */
#ifndef TREUE_PROGRAM_TOGETHER_H
#define TREUE_PROGRAM_TOGETHER_H

#include "facts/snapshot.h"

struct together_member {
        int64_t customer_id;
        struct text number, name;     /* the name is the number while nobody gave one */
        struct text into;             /* number of the customer it was merged into; none */
        int32_t since_day;            /* of the merge; DAY_NONE */
        bool size_class_counts;       /* its size class is that of all; nobody's where it is unknown */
};

struct together {
        size_t count;                 /* members who exist at the cut-off; 0: evaluated alone */
        struct together_member *members;
};

/* May a customer be evaluated with others by this concept? False spares the snapshot. */
must_check enum status together_possible(struct connection *connection, const struct concept *concept,
                                         int64_t customer_id, bool *ret, struct error *error);

/* The members of the customer's unit at a cut-off, by the facts of the snapshot. Lives in the arena. */
must_check enum status together_load(struct snapshot *snapshot, struct connection *connection,
                                     const struct concept *concept, int32_t cutoff_day, int64_t customer_id,
                                     struct arena *arena, struct together *ret, struct error *error);

#endif
