/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * clock.h: the only source of time. Tests inject it.
 */
#ifndef TREUE_PLATFORM_CLOCK_H
#define TREUE_PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

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

/* The instant of a time of day (seconds since midnight) in the company's zone. Of an hour that comes twice when clocks
 * go back the first; in one that is left out, as if clocks had not been put forward. */
int64_t clock_local_instant(int32_t day, int32_t second);
/* Day and time of day of an instant in the company's zone. */
void clock_local_time(int64_t instant_ms, int32_t *ret_day, int32_t *ret_second);
/* An instant as people and files write it: by a pattern (moment_parse_format), or for NULL 2026-01-31 or 31.01.2026,
 * each also with a time of day (10:15 or 10:15:30, a blank or T in front). In the company's zone, unless "Z" or an
 * offset (+01:00) ends a text of the first form. A day alone begins at midnight. */
bool clock_parse_moment(struct text text, const char *format, int64_t *ret_ms);

#endif
