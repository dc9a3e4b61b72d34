/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ladder.c: rules 4 to 7. Rules 1 to 3 (who qualifies, whose segment is fixed, who has no membership yet) are applied
 * in decide.c.
 */
#include "engine/ladder.h"

struct ladder_rules ladder_rules_for(const struct mechanics *mechanics, size_t evaluation, int32_t cutoff_day)
{
        struct ladder_rules rules = {.cutoff_day = cutoff_day, .moves = mechanics->evaluations[evaluation].moves,
                                     .grace = mechanics->grace, .grace_end_day = DAY_NONE,
                                     .promotion_max_steps = mechanics->promotion_max_steps,
                                     .demotion_max_steps = mechanics->demotion_max_steps};
        if (mechanics->grace == GRACE_MONTHS)
                rules.grace_end_day = day_add_months(cutoff_day, (int)mechanics->grace_months);
        return rules;
}

/* At most max_steps rungs, and not below the best rung from the current one on that is fulfilled at keep thresholds. */
static uint8_t demotion_target(const struct ladder_rules *rules, uint8_t current, uint32_t kept_rungs)
{
        unsigned target = current;
        while (target + 1 < CONCEPT_SEGMENTS_MAX && target - current < rules->demotion_max_steps) {
                target++;
                if (kept_rungs >> target & 1)
                        break;
        }
        return (uint8_t)target;
}

static bool grace_ends(const struct ladder_rules *rules, const struct standing *standing)
{
        if (!(rules->moves & (MOVE_DOWN | MOVE_GRACE)))
                return false;
        if (standing->grace_ends_next || standing->grace_end_day == DAY_NONE)
                return true;
        return standing->grace_end_day <= rules->cutoff_day;
}

/* Rule 7. */
static struct ladder_outcome miss(const struct ladder_rules *rules, uint8_t current, uint32_t kept_rungs,
                                  const struct standing *standing, bool guarded)
{
        struct ladder_outcome outcome = {.rung = current, .decision = DECISION_STAY, .grace_end_day = DAY_NONE};
        bool starts = !standing->grace && (rules->moves & MOVE_DOWN);
        if (starts && rules->grace != GRACE_NONE) {
                outcome.decision = DECISION_GRACE;
                outcome.grace = true;
                outcome.grace_end_day = rules->grace_end_day;
                return outcome;
        }
        if (!guarded && (starts || (standing->grace && grace_ends(rules, standing)))) {
                outcome.rung = demotion_target(rules, current, kept_rungs);
                outcome.decision = outcome.rung == current ? DECISION_STAY : DECISION_DEMOTE;
                outcome.at_risk = outcome.rung == current;
                return outcome;
        }
        outcome.at_risk = true;
        outcome.grace = standing->grace;
        outcome.grace_end_day = standing->grace ? standing->grace_end_day : DAY_NONE;
        return outcome;
}

struct ladder_outcome ladder_step(const struct ladder_rules *rules, uint8_t qualified, uint8_t current,
                                  uint32_t kept_rungs, const struct standing *standing, bool guarded)
{
        struct ladder_outcome outcome = {.rung = current, .decision = DECISION_STAY, .grace_end_day = DAY_NONE};
        if (qualified == current) {
                outcome.decision = standing->grace ? DECISION_RECOVERED : DECISION_STAY;
                return outcome;
        }
        if (qualified < current) {
                unsigned steps = (unsigned)(current - qualified);
                if (!(rules->moves & MOVE_UP))
                        return outcome;
                steps = steps < rules->promotion_max_steps ? steps : rules->promotion_max_steps;
                outcome.rung = (uint8_t)(current - steps);
                outcome.decision = steps ? DECISION_PROMOTE : DECISION_STAY;
                return outcome;
        }
        if (kept_rungs >> current & 1) {
                outcome.decision = DECISION_KEPT;
                return outcome;
        }
        return miss(rules, current, kept_rungs, standing, guarded);
}
