/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * criterion_words.h: an explained criterion in the reader's words: name, value, threshold, what would close it. The
 * command line and the pages say the same.
 */
#ifndef TREUE_PROGRAM_CRITERION_WORDS_H
#define TREUE_PROGRAM_CRITERION_WORDS_H

#include "base/buffer.h"
#include "engine/evaluate.h"
#include "program/amounts.h"

/* The value counts: known, and measured where the criterion asks for it. */
bool criterion_has_value(const struct explained_criterion *criterion);
/* Not met, or unknown where that does not count as met. */
bool criterion_is_open(const struct explained_criterion *criterion);

/* "Umsatz", "Umsatz HP". */
void criterion_add_name(struct buffer *out, enum language language, enum medium medium,
                        const struct criterion *criterion);
/* "96.420,00 EUR", with "(geschätzt)" where it is; "unknown". */
void criterion_add_value(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                         const struct explained_criterion *criterion);
/* " (01.01.2025 - 31.12.2025)"; nothing without a window. */
void criterion_add_window(struct buffer *out, enum language language, const struct explained_criterion *criterion);
/* "mindestens 120.000,00 EUR x 0,6 Betriebsgröße = 72.000,00 EUR, Halteschwelle ...". */
void criterion_add_threshold(struct buffer *out, enum language language, enum medium medium,
                             const struct concept *concept, const struct explained_criterion *criterion);
/* A criterion as the concept has it, nobody's in particular: "Umsatz (12 Monate) mindestens 120.000,00 EUR". */
void criterion_add_rule(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                        const struct criterion *criterion);
/* What would close a criterion that is not met, in a few words: "noch 2 Warengruppen". */
void criterion_add_step(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                        const struct explained_criterion *criterion);

/* The path to the next segment that misses least; NULL: there is no next one. */
const struct explained_path *explanation_next_path(const struct explanation *explanation);
/* The criteria of the next step that are open: those of `all`, and those of `some` when some are lacking. Calls
 * visit. */
void explanation_open_criteria(const struct explanation *explanation,
                               void (*visit)(void *context, const struct explained_criterion *criterion),
                               void *context);

#endif
