/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ladder_view.h: the ladder: who stands where on a day, what that brings, and what moved within a year.
 *
 *   program, day, today       reader.h
 *   summary                   a sentence: customers, prospects
 *   customers, prospects      how many the reader sees
 *   revenue                   of 12 months, of all of them
 *   segments                  best first, then prospects: code, name, path (the list), words (what is asked for,
 *                             short), rest, customers, customers_share, revenue, revenue_share, average (of customers),
 *                             potential (of prospects), up, down, new, left, grace, near (one criterion before this
 *                             segment)
 *   without                   customers who stand in no segment yet
 *   next_evaluation           id, day (cut-off), path, label; none without program
 *   movement                  from_day, to_day; rows: segment (none: in none yet), customers then; cells: segment,
 *                             customers, and kind "up", "down", "same", ...; links: from, to, customers (not 0)
 *   near                      count, path; rows (those with the largest open potential first, at most LADDER_NEAR_MAX):
 *                             customer, from, to, step, revenue, open_potential
 *
 * Counts and sums are those of the reader's scope (requirements 7, 36).
 */
#ifndef TREUE_PROGRAM_LADDER_VIEW_H
#define TREUE_PROGRAM_LADDER_VIEW_H

#include "program/reader.h"

enum { LADDER_NEAR_MAX = 8 };

must_check enum status ladder_model(const struct reader *reader, struct model *model, struct error *error);

/* Appends what a segment asks for to a list, a sentence each, as its first path has it. */
void add_threshold_words(struct model *model, struct value *list, const struct concept *concept, uint8_t segment,
                         enum language language);

#endif
