/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * monitor.h: a lock with one condition, for state that several threads share and wait on.
 */
#ifndef TREUE_PLATFORM_MONITOR_H
#define TREUE_PLATFORM_MONITOR_H

#include "base/status.h"

struct monitor;
must_check enum status monitor_new(struct monitor **ret, struct error *error);
void monitor_free(struct monitor *monitor); /* accepts NULL; nobody may be inside or waiting */

void monitor_enter(struct monitor *monitor);
void monitor_leave(struct monitor *monitor);
/* Leaves, waits for monitor_wake_all and enters again. May return without reason: test the state in a loop. */
void monitor_wait(struct monitor *monitor);
/* The same, at most so long. */
void monitor_wait_ms(struct monitor *monitor, unsigned most_ms);
void monitor_wake_all(struct monitor *monitor); /* from inside */

#endif
