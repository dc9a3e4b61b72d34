/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ladder.h: from what a customer fulfils to the decision (concept-format.md, "From criteria to a decision"). Rungs are
 * positions among the segments of its kind, the best is 0.
 */
#ifndef TREUE_ENGINE_LADDER_H
#define TREUE_ENGINE_LADDER_H

#include "engine/evaluate.h"

/* The same for everybody in a run. */
struct ladder_rules {
        int32_t cutoff_day;
        uint8_t moves;                  /* MOVE_ bits */
        enum grace_kind grace;
        int32_t grace_end_day;          /* of a grace that starts now; DAY_NONE unless in months */
        unsigned promotion_max_steps, demotion_max_steps;
};

struct ladder_outcome {
        uint8_t rung;
        uint8_t decision;               /* enum decision */
        bool at_risk;
        bool grace;
        int32_t grace_end_day;
};

struct ladder_rules ladder_rules_for(const struct mechanics *mechanics, size_t evaluation, int32_t cutoff_day);

/* A member's next step. `kept_rungs`: bit r set when a path of rung r is fulfilled at keep thresholds (the rest segment
 * always is); bits better than `current` are not looked at. `guarded`: merged in this program year, so not lowered
 * before its end: what would be a demotion is `stay`, at risk, and a grace goes on. */
struct ladder_outcome ladder_step(const struct ladder_rules *rules, uint8_t qualified, uint8_t current,
                                  uint32_t kept_rungs, const struct standing *standing, bool guarded);

#endif
