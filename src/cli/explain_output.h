/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain_output.h: an explained decision as words and as JSON (tests/road/explain-format.md describes the JSON).
 */
#ifndef TREUE_CLI_EXPLAIN_OUTPUT_H
#define TREUE_CLI_EXPLAIN_OUTPUT_H

#include "cli/cli.h"
#include "program/amounts.h"
#include "program/concept_keys.h"
#include "program/explained.h"

/* The value counts: known, and measured where the criterion asks for it. */
bool criterion_has_value(const struct explained_criterion *criterion);

/* What would close a criterion that is not met, in a few words: "noch 2 Warengruppen". */
void explain_add_step(enum language language, const struct concept *concept,
                      const struct explained_criterion *criterion,
                      struct buffer *out);
/* The criteria of the next step that are open: those of `all`, and those of `some` when some are lacking. Calls
 * visit. */
void explain_open_criteria(const struct explanation *explanation,
                           void (*visit)(void *context, const struct explained_criterion *criterion), void *context);

/* A criterion judged by two versions of a concept: value, both thresholds, both states. Either may be NULL: the version
 * does not have the criterion. */
struct judged_criterion {
        const struct concept *concept;
        const struct explained_criterion *criterion;
};
/* `line_start` begins the line of either side; NULL: all in one line. */
void explain_add_change(enum language language, struct judged_criterion before, struct judged_criterion after,
                        const char *line_start, struct buffer *out);

void explain_json(const struct explained *explained, struct buffer *out);
void explain_text(struct cli_context *context, const struct explained *explained, struct buffer *out);

#endif
