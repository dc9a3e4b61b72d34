/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * failure.h: why a job failed, as it lies in the database: the key of the message beside a JSON object of the rest:
 * {"status": 5, "line": 0, "column": 0, "arguments": {"path": "a.csv"}}.
 */
#ifndef TREUE_JOBS_FAILURE_H
#define TREUE_JOBS_FAILURE_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

/* Of a key that is none of the catalogues, or with a detail that cannot be read: without arguments. The names live in
 * the arena. An empty key gives an error without one. */
must_check enum status failure_read(struct text key, struct text detail, struct arena *arena, struct error *ret,
                                    struct error *error);

#endif
