/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain_output.h: an explained decision as words and as JSON (tests/road/explain-format.md describes the JSON).
 */
#ifndef TREUE_CLI_EXPLAIN_OUTPUT_H
#define TREUE_CLI_EXPLAIN_OUTPUT_H

#include "cli/cli.h"
#include "program/amounts.h"
#include "program/concept_keys.h"
#include "program/criterion_words.h"
#include "program/explained.h"

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
