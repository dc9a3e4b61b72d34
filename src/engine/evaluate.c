/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * evaluate.c: names and dates around an evaluation.
 */
#include "engine/evaluate.h"

#include "base/calendar.h"

const char *const decision_names[DECISION_COUNT] = {
        [DECISION_NOT_EVALUATED] = "not_evaluated", [DECISION_NEW] = "new", [DECISION_UNCLASSIFIED] = "unclassified",
        [DECISION_SUSPENDED] = "suspended", [DECISION_OVERRIDE] = "override", [DECISION_PROMOTE] = "promote",
        [DECISION_STAY] = "stay", [DECISION_RECOVERED] = "recovered", [DECISION_KEPT] = "kept",
        [DECISION_GRACE] = "grace", [DECISION_DEMOTE] = "demote",
};

const char *const flag_names[FLAG_COUNT] = {
        "at_risk", "capped", "cost_missing", "newcomer", "no_group", "no_size_class", "unknown",
};

void engine_window_days(const struct engine_plan *plan, const struct measures *measures, const struct metric_column *c,
                        size_t index, int32_t *ret_from, int32_t *ret_to)
{
        (void)plan;
        *ret_from = c->from_day;
        *ret_to = c->to_day;
        if (c->window.kind == WINDOW_SINCE_JOINED)
                *ret_from = measures->joined_day[index] != DAY_NONE ? measures->joined_day[index]
                                                                    : measures->since_day[index];
}

int32_t engine_effective_day(const struct evaluation_rule *rule, int32_t cutoff_day)
{
        struct date date = {.year = date_from_day(cutoff_day).year, .month = rule->effective.month,
                            .day = rule->effective.day};
        int32_t day = day_from_date(date);
        date.year++;
        return day > cutoff_day ? day : day_from_date(date);
}

int engine_evaluation_for(const struct concept *concept, int32_t cutoff_day)
{
        struct date date = date_from_day(cutoff_day);
        for (size_t i = 0; i < concept->mechanics.evaluation_count; i++) {
                struct month_day cutoff = concept->mechanics.evaluations[i].cutoff;
                if (cutoff.month == date.month && cutoff.day == date.day)
                        return (int)i;
        }
        return -1;
}
