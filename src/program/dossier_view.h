/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * dossier_view.h: one customer as a page for staff: where and why, what is missing, the evidence, the history. The
 * names of the model are those of the template (docs/internals/components.md, page `customer`); besides
 *
 *   day, today, program       reader.h
 *   missing.count, by_day     how many steps, and the cut-off of the next evaluation
 *   months                    first_year, years: year, months (twelve amounts), total: what the chart is drawn of
 *   areas                     what the customer uses of the relation: area, used, by (what counts as use);
 *                             areas_used of areas_all; only_price: nothing but delivery and price
 *   responsible               rows: name, role, territory
 *   overrides, appeals        rows
 *   single_threaded           yes when all contacts known stand on one level
 *
 * Competitors, notes and scores appear where the reader's role may see them.
 */
#ifndef TREUE_PROGRAM_DOSSIER_VIEW_H
#define TREUE_PROGRAM_DOSSIER_VIEW_H

#include "program/reader.h"

/* STATUS_NOT_FOUND "customer.unknown": there is no such customer, or not for this reader. */
must_check enum status dossier_model(const struct reader *reader, int64_t customer_id, struct model *model,
                                     struct error *error);

#endif
