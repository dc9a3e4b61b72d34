/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * clock.h: the only source of time. Tests inject it.
 */
#ifndef TREUE_PLATFORM_CLOCK_H
#define TREUE_PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* UTC milliseconds since 1970. With TREUE_CLOCK set in the environment ("2026-01-02T03:04:05Z"), that instant plus one
 * millisecond per call, so that runs are repeatable. */
int64_t clock_now_ms(void);
/* For durations and progress: monotonic nanoseconds; not injected. */
int64_t clock_monotonic_ns(void);
/* Fix the clock at an instant (each call then adds 1 ms); negative: back to the real one. */
void clock_inject_ms(int64_t now_ms);
/* True and set for "2026-01-02T03:04:05Z". */
bool clock_parse_instant(const char *text, int64_t *ret_ms);

/* The company's time zone (IANA name, e.g. "Europe/Berlin"): process-wide, set once when a database is opened.
 * STATUS_INVALID "clock.unknown_zone" with {zone}. */
must_check enum status clock_set_zone(const char *zone, struct error *error);
/* The local business day of an instant, as days since 1970-01-01. */
int32_t clock_local_day(int64_t instant_ms);

#endif
