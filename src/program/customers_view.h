/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * customers_view.h: lists of customers: all, prospects, whoever a filter leaves; and search.
 *
 *   program, day, today   reader.h
 *   rows                  one entry per column of the spec, under its name: number, name, city, ... segment (code),
 *                         since, revenue, ...; besides id and path
 *   sums                  of amounts, over all rows that fit
 *   segments              code and name, for choices and badges
 *   total, next           how many fit, and the key of the next page
 *   stages, converted     of prospects: stage (none: not given), prospects, potential; and how many bought for the
 *                         first time within a year
 *
 *   search: q, total, and rows: id, number, name, path, city, segment, kind
 */
#ifndef TREUE_PROGRAM_CUSTOMERS_VIEW_H
#define TREUE_PROGRAM_CUSTOMERS_VIEW_H

#include "program/reader.h"
#include "render/list.h"

enum { CUSTOMERS_PAGE = 50, SEARCH_MAX = 8 };

extern const struct list_spec customers_spec; /* /customers */
extern const struct list_spec prospects_spec; /* /prospects: the same columns, only prospects */

/* `whole`: all rows instead of a page, for files. `address` must live as long as the model. */
must_check enum status customers_model(const struct reader *reader, const struct list_spec *spec,
                                       const struct list_address *address, bool whole, struct model *model,
                                       struct error *error);

must_check enum status search_model(const struct reader *reader, struct text typed, struct model *model,
                                    struct error *error);

#endif
