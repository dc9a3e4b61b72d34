/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * concept_parse.h: the YAML document of a program (docs: `treue concept help`) into struct concept.
 *
 * Every problem is collected with line, column and what was expected, errors and warnings apart; one pass finds them
 * all. The concept and the list live in the arena; `content` may go.
 */
#ifndef TREUE_PROGRAM_CONCEPT_PARSE_H
#define TREUE_PROGRAM_CONCEPT_PARSE_H

#include "base/arena.h"
#include "base/text.h"
#include "engine/concept.h"
#include "program/problems.h"

/* STATUS_OK: *ret is complete; ret_problems may hold warnings. STATUS_INVALID: ret_problems holds at least one error,
 * `error` is the first. ret_problems is set in both cases. STATUS_MEMORY otherwise. */
must_check enum status concept_parse(struct arena *arena, struct text content, const struct concept **ret,
                                     struct problem_list *ret_problems, struct error *error);

#endif
