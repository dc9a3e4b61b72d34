/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * simulation.h: a what-if: two versions of a program decide about the same customers at the same cut-off date, from the
 * same standing. Nothing is stored. Where both versions can share columns, the metrics are measured once and decided
 * twice.
 */
#ifndef TREUE_PROGRAM_SIMULATION_H
#define TREUE_PROGRAM_SIMULATION_H

#include "program/evaluation.h"

enum simulation_side { SIDE_AGAINST, SIDE_CHANGED, SIDE_COUNT };

/* Rows and columns of the movement matrix: the segments of a version, and one more for "in none of them": without
 * membership, not evaluated, or in a segment the version does not know. */
enum { MOVEMENT_NONE = CONCEPT_SEGMENTS_MAX, MOVEMENT_ROWS = CONCEPT_SEGMENTS_MAX + 1 };

/* Of one version, by its segments after the decision. */
struct segment_sums {
        uint64_t customers[CONCEPT_SEGMENTS_MAX];
        int64_t revenue_minor[CONCEPT_SEGMENTS_MAX]; /* of 12 months */
        int64_t margin_minor[CONCEPT_SEGMENTS_MAX];  /* of 12 months, over the lines that carry a cost */
        bool margin_known[CONCEPT_SEGMENTS_MAX];     /* somebody there has one */
};

struct simulation {
        struct evaluation sides[SIDE_COUNT];
        bool measured_once;
        const struct metric_column *margin; /* of 12 months: each customer's own, also where the program unites them */
        struct segment_sums sums[SIDE_COUNT];
        uint64_t from_against[MOVEMENT_ROWS][MOVEMENT_ROWS]; /* by segment of `against`, by segment of the change */
        uint64_t from_membership[MOVEMENT_ROWS][MOVEMENT_ROWS]; /* both by segment of the change */
        uint8_t mapped[CONCEPT_SEGMENTS_MAX]; /* segment of `against` -> the same one of the change, or SEGMENT_NONE */
        size_t move_count;
        size_t *moves;               /* customers whose segment differs between the two, in dense order */
        size_t other_decision_count; /* same segment by another decision: grace instead of unchanged, say */
};

/* Both sides come with version, rule, cutoff_day and snapshot set (cut-off and snapshot the same). STATUS_LIMIT
 * "engine.amount_too_large". */
must_check enum status simulation_run(struct simulation *simulation, struct connection *connection,
                                      const struct parallel *parallel, struct arena *arena, struct error *error);

/* Up is 1, down -1; 0 when the ladder of the change does not know the segment the customer comes from. */
int simulation_direction(const struct simulation *simulation, size_t customer);

#endif
