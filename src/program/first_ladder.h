/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * first_ladder.h: a first program (first_concept.h) and the ladder it gives: the document, parsed, with everybody
 * decided by it. Nothing is stored.
 */
#ifndef TREUE_PROGRAM_FIRST_LADDER_H
#define TREUE_PROGRAM_FIRST_LADDER_H

#include "program/evaluation.h"
#include "program/first_concept.h"

/* `first` comes with all but what first_concept_choose sets, and gets it; its goals say where they start. `first_day`
 * and `complete_day`: survey_days. The document is appended to `document`; the rest lives in the arena. STATUS_CONFLICT
 * "concept.new.too_few". */
must_check enum status first_ladder_compose(struct first_concept *first, int32_t first_day, int32_t complete_day,
                                            struct snapshot *snapshot, struct connection *connection,
                                            const struct parallel *parallel, struct arena *arena,
                                            struct buffer *document, struct evaluation *evaluation,
                                            struct version *version, struct error *error);

#endif
