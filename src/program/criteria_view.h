/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * criteria_view.h: criteria and steps as pages show them (docs/internals/components.md: criterion, step).
 *
 *   criterion    state (met, not_met, unknown, warned: only the keep threshold is met), met, name, metric, of, actual,
 *                target, target_words, bar: fill and mark (ratios), estimated, from and to (days counted), note, rule
 *   step         what, how, metric, amount
 *
 * Values are typed as their metric is: money, counts, ratios; other values are text in the reader's language.
 */
#ifndef TREUE_PROGRAM_CRITERIA_VIEW_H
#define TREUE_PROGRAM_CRITERIA_VIEW_H

#include "engine/evaluate.h"
#include "i18n/message.h"
#include "render/value.h"

/* Into `map`. `rule`: the threshold in words, factors and keep threshold included, is for staff. */
void put_criterion(struct model *model, struct value *map, enum language language, const struct concept *concept,
                   const struct explained_criterion *criterion, bool rule);
/* The same for a contact of the customer: met, name, state, actual, target, target_words, bar, and missing in words.
 * What only we know or believe (potential, shares of it, margins, scores) is judged, but not told; but for the share it
 * is not even called by its name. */
void put_goal(struct model *model, struct value *map, enum language language, const struct concept *concept,
              const struct explained_criterion *criterion);

/* The criteria of a path: "criteria" are all required, of "some" at least "least" of "of"; these three none without. */
void put_path_criteria(struct model *model, struct value *map, enum language language, const struct concept *concept,
                       const struct explained_path *path, bool rule);

/* The value a criterion was judged by, and what it is compared with. */
void put_criterion_value(struct model *model, struct value *map, const char *name, enum language language,
                         const struct concept *concept, const struct explained_criterion *criterion);
void put_criterion_amount(struct model *model, struct value *map, const char *name, enum language language,
                          const struct concept *concept, const struct criterion *criterion, struct rational amount);

/* How many criteria of a path are open: those of `all`, and those lacking of `some`. */
size_t path_missing_count(const struct explained_path *path);

#endif
