/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * near_misses.h: customers who miss exactly one criterion of the next better segment, the highest revenue first within
 * the segment they nearly reach.
 */
#ifndef TREUE_CLI_NEAR_MISSES_H
#define TREUE_CLI_NEAR_MISSES_H

#include "i18n/message.h"
#include "program/evaluation.h"

/* What --near says, 1..100000; nothing (NULL) leaves *ret as it is. STATUS_USAGE "evaluate.bad_near" {value}. */
must_check enum status near_misses_limit(const char *value, size_t *ret, struct error *error);

/* Appends how many there are and a table of at most `shown_max`. */
must_check enum status near_misses_add(enum language language, struct connection *connection,
                                       const struct evaluation *evaluation, size_t shown_max, struct arena *arena,
                                       struct buffer *out, struct error *error);

#endif
