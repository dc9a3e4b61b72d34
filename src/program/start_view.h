/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * start_view.h: the first page of the day, by role: what is to be done, the most urgent first, and a few figures. The
 * names of the model are those of the template (docs/internals/components.md, page `start`); besides
 *
 *   program, day, today       reader.h
 *   tasks                     kind: a word ("visits", "grace", "risk", "near", "overrides", "proposals"); rows at most
 *                             START_ROWS; what is done is no longer there
 *
 * Reps and sales heads see tasks of their own customers; whoever decides about overrides and evaluations sees those
 * that wait.
 */
#ifndef TREUE_PROGRAM_START_VIEW_H
#define TREUE_PROGRAM_START_VIEW_H

#include "program/reader.h"

enum { START_ROWS = 6 };

must_check enum status start_model(const struct reader *reader, struct model *model, struct error *error);

#endif
