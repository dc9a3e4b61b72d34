/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_diff.h: what a concept changes against another one, in words: one sentence per change, thresholds and factors
 * in the reader's number format with the change in percent. A changed parameter names the criteria it touches.
 *
 * Segments, paths, goals, evaluations and parameters are the same when they have the same id; criteria of a path when
 * they have the same metric and `of` (the first with the first, the second with the second).
 */
#ifndef TREUE_PROGRAM_CONCEPT_DIFF_H
#define TREUE_PROGRAM_CONCEPT_DIFF_H

#include "base/arena.h"
#include "base/status.h"
#include "engine/concept.h"
#include "i18n/message.h"
#include "program/amounts.h"

enum concept_change_kind { CONCEPT_CHANGED, CONCEPT_ADDED, CONCEPT_REMOVED };

struct concept_change {
        enum concept_change_kind kind;
        const char *id;               /* where: "segment:A/path:volume/revenue.1/at_least" */
        const char *old_value, *new_value; /* as the document writes them; NULL: none */
        const char *sentence;
};

/* MEDIUM_TERMINAL calls things by the codes of the document, MEDIUM_PAGE by their names, and writes money as pages do.
 * In the order of the old document, then what is new. Lives in the arena. */
must_check enum status concept_diff(const struct concept *old_concept, const struct concept *new_concept,
                                    enum language language, enum medium medium, struct arena *arena,
                                    struct concept_change **ret, size_t *ret_count, struct error *error);

#endif
