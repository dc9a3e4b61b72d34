/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * portal_view.h: what a customer's contact sees: status in plain words, why, the way to the next segment, the people,
 * the data. Only what is approved, only the own company, nothing internal: no notes, costs, margins, scores, potentials
 * or competitors, no other customer, no other segment than the own and the next (requirements 7, 35). The names of the
 * model are those of the template (docs/internals/components.md, page `portal`); besides
 *
 *   why                       decision (a sentence), cutoff, goals (as in way)
 *   keep                      while there is grace: as way, for the own segment, by what is enough to keep it
 *   way.count, by_day         how many steps, and until when they count; cutoff: as of when
 *   data.rows                 name, value: what we know about the company
 */
#ifndef TREUE_PROGRAM_PORTAL_VIEW_H
#define TREUE_PROGRAM_PORTAL_VIEW_H

#include "program/reader.h"

/* For the company of the subject's scope. STATUS_NOT_FOUND "customer.unknown" for anybody else. */
must_check enum status portal_model(const struct reader *reader, struct model *model, struct error *error);

#endif
