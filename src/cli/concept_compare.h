/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_compare.h: `treue concept diff`, for concept.c.
 */
#ifndef TREUE_CLI_CONCEPT_COMPARE_H
#define TREUE_CLI_CONCEPT_COMPARE_H

#include "cli/session.h"

/* Prints what the second changes against the first, in words or as JSON; each a file or a version as people type it. */
must_check enum status concept_compare(struct session *session, const char *old_word, const char *new_word,
                                       enum form form, struct error *error);

#endif
