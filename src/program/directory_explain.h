/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * directory_explain.h: what one customer misses, by the run the directory counted it from: for the rows of a list that
 * are shown.
 */
#ifndef TREUE_PROGRAM_DIRECTORY_EXPLAIN_H
#define TREUE_PROGRAM_DIRECTORY_EXPLAIN_H

#include "engine/evaluate.h"
#include "program/reader.h"

struct directory_explained {
        const struct concept *concept; /* of the run's version */
        struct explanation explanation;
};

/* *ret_found false: never evaluated. Lives in the arena. */
must_check enum status directory_explain(const struct reader *reader, size_t row, struct arena *arena,
                                         struct directory_explained *ret, bool *ret_found, struct error *error);

/* Puts the step of a customer who misses one criterion, in words: "noch 1 Warengruppe oder noch 4.180 EUR Umsatz". */
must_check enum status put_step(struct model *model, struct value *map, const char *name,
                                const struct reader *reader, size_t row, struct error *error);

#endif
