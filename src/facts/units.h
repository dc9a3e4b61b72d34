/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * units.h: which customers are evaluated as one at a cut-off: those merged by then, in every program; besides, by the
 * concept's `program.evaluates`, those with the same account group, or a customer with its sites.
 *
 *   - account_group: customers with the same code; those without are alone
 *   - site: customers whose `site_of` names the same customer, together with that one. `site_of` is a number of one of
 *     the sources the site itself has a number in, or SOURCE:NUMBER; sites naming a customer nobody knows belong
 *     together too. Sites of sites belong to the same unit.
 *   - a merged customer goes where the one goes that it was merged into, whatever its own facts say
 */
#ifndef TREUE_FACTS_UNITS_H
#define TREUE_FACTS_UNITS_H

#include "facts/snapshot.h"

/* Fills input->units and input->guarded; both stay NULL when everybody is alone. `codes`: by customer, the account
 * group or `site_of` valid at the cut-off, empty for none; NULL when the concept evaluates customers. */
must_check enum status units_load(struct snapshot *snapshot, struct connection *connection,
                                  const struct concept *concept, int32_t cutoff_day, const struct text *codes,
                                  struct arena *arena, struct engine_input *input, struct error *error);

#endif
