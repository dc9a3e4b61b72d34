/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * pace.h: how often somebody may ask for what is costly or carries much away: so many in a row, then as many a minute.
 */
#ifndef TREUE_HTTP_PACE_H
#define TREUE_HTTP_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { PACE_PEOPLE_MAX = 1024 }; /* of more within a minute the one who has most left is forgotten */

struct pace;
must_check enum status pace_new(unsigned per_minute, struct pace **ret, struct error *error);
void pace_free(struct pace *pace); /* accepts NULL */

/* May `who` (an account's id or another number that stands for one) ask now? `now_ns`: monotonic. False: *ret_seconds
 * is when to come again; asking in vain costs nothing. Several threads. */
bool pace_take(struct pace *pace, uint64_t who, int64_t now_ns, int64_t *ret_seconds);

#endif
