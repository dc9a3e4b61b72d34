/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * window.h: which days a window counts (concept-format.md, Windows). Days before 1900-01-01 do not exist: a window that
 * would begin earlier begins there. A window whose first day lies after its last is empty.
 */
#ifndef TREUE_ENGINE_WINDOW_H
#define TREUE_ENGINE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/concept.h"

/* First and last day counted at the cut-off. `all` and `since_joined` begin at DAY_OPEN_START here; the latter is
 * narrowed per customer. WINDOW_NONE: both DAY_NONE. */
void window_days(struct window window, int32_t cutoff_day, struct month_day year_starts, int32_t *ret_from,
                 int32_t *ret_to);

/* The previous window, false where there is none. That of `Nm` is counted back from the cut-off like the window itself
 * (2N months back to N months back), so that both share one border without overlap or gap. */
bool window_previous_days(struct window window, int32_t cutoff_day, struct month_day year_starts, int32_t *ret_from,
                          int32_t *ret_to);

/* The months a pro-rata newcomer factor divides by: n of `Nm`, the calendar months of `year` up to the cut-off; 0 for
 * windows that are not scaled pro rata. */
unsigned window_pro_rata_months(struct window window, int32_t cutoff_day, struct month_day year_starts);

/* Calendar months touched from one day to a later one, both counted in full: 2010-09-15 to 2010-11-30: 3. */
int calendar_months_touched(int32_t from_day, int32_t to_day);

#endif
