/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * clock.c: the kernel's clock, or an injected one that moves by a millisecond per look.
 */
#include "platform/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/calendar.h"

enum { DAY_SECONDS = 86400 };

static pthread_mutex_t clock_lock = PTHREAD_MUTEX_INITIALIZER;
static bool environment_read;
static int64_t injected_ms = -1;

static bool number_at(const char *text, size_t at, size_t digits, int *ret)
{
        int value = 0;
        for (size_t i = at; i < at + digits; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return false;
                value = value * 10 + (text[i] - '0');
        }
        *ret = value;
        return true;
}

bool clock_parse_instant(const char *text, int64_t *ret_ms)
{
        int32_t day;
        int hour, minute, second;
        if (strlen(text) != 20 || !day_parse_iso((struct text){text, 10}, &day) || text[10] != 'T' || text[13] != ':'
            || text[16] != ':' || text[19] != 'Z' || !number_at(text, 11, 2, &hour) || !number_at(text, 14, 2, &minute)
            || !number_at(text, 17, 2, &second) || hour > 23 || minute > 59 || second > 59)
                return false;
        *ret_ms = ((int64_t)day * 86400 + hour * 3600 + minute * 60 + second) * 1000;
        return true;
}

int64_t clock_now_ms(void)
{
        pthread_mutex_lock(&clock_lock);
        if (!environment_read) {
                const char *fixed = getenv("TREUE_CLOCK");
                int64_t instant;
                if (fixed && injected_ms < 0 && clock_parse_instant(fixed, &instant))
                        injected_ms = instant;
                environment_read = true;
        }
        int64_t now = injected_ms < 0 ? -1 : injected_ms++;
        pthread_mutex_unlock(&clock_lock);
        if (now >= 0)
                return now;
        struct timespec time;
        clock_gettime(CLOCK_REALTIME, &time);
        return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t clock_monotonic_ns(void)
{
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void clock_inject_ms(int64_t now_ms)
{
        pthread_mutex_lock(&clock_lock);
        environment_read = true;
        injected_ms = now_ms;
        pthread_mutex_unlock(&clock_lock);
}

/* The folder also holds lists and rules; the C library would take those for UTC without a word. */
static bool is_zone_file(const char *path)
{
        char magic[4];
        FILE *file = fopen(path, "rbe");
        bool good = file && fread(magic, 1, sizeof(magic), file) == sizeof(magic) && memcmp(magic, "TZif", 4) == 0;
        if (file)
                fclose(file);
        return good;
}

enum status clock_set_zone(const char *zone, struct error *error)
{
        char path[512];
        bool plain = zone[0] != '\0' && zone[0] != '/' && !strstr(zone, "..");
        if (!plain || (size_t)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", zone) >= sizeof(path)
            || !is_zone_file(path))
                return error_set(error, STATUS_INVALID, "clock.unknown_zone", "zone", zone, NULL);
        if (setenv("TZ", zone, 1) != 0)
                return error_memory(error);
        tzset();
        return STATUS_OK;
}

int32_t clock_local_day(int64_t instant_ms)
{
        int64_t seconds = instant_ms / 1000 - (instant_ms % 1000 < 0);
        time_t time = (time_t)seconds;
        struct tm local;
        if (!localtime_r(&time, &local))
                return (int32_t)(seconds / 86400);
        return day_from_date((struct date){local.tm_year + 1900, (unsigned)local.tm_mon + 1, (unsigned)local.tm_mday});
}

/* Seconds the zone is ahead of UTC. */
static int64_t offset_at(int64_t instant_s)
{
        time_t time = (time_t)instant_s;
        struct tm local;
        return localtime_r(&time, &local) ? (int64_t)local.tm_gmtoff : 0;
}

int64_t clock_local_instant(int32_t day, int32_t second)
{
        int64_t wall = (int64_t)day * DAY_SECONDS + second;
        int64_t before = wall - offset_at(wall - DAY_SECONDS), after = wall - offset_at(wall + DAY_SECONDS);
        bool fits_before = before + offset_at(before) == wall, fits_after = after + offset_at(after) == wall;
        return (fits_after && !fits_before ? after : before) * 1000;
}

void clock_local_time(int64_t instant_ms, int32_t *ret_day, int32_t *ret_second)
{
        int64_t seconds = instant_ms / 1000 - (instant_ms % 1000 < 0);
        int64_t wall = seconds + offset_at(seconds), day = wall / DAY_SECONDS - (wall % DAY_SECONDS < 0);
        *ret_day = (int32_t)day;
        *ret_second = (int32_t)(wall - day * DAY_SECONDS);
}

/* Cuts "Z" or "+01:00" off the end of 2026-01-31T10:15...; *ret_offset in seconds. False: none there. */
static bool cut_zone(struct text *text, int64_t *ret_offset)
{
        int hours, minutes;
        size_t length = text->length;
        if (length > 11 && text->data[length - 1] == 'Z') {
                *ret_offset = 0;
                text->length--;
                return true;
        }
        if (length < 17 || (text->data[length - 6] != '+' && text->data[length - 6] != '-') ||
            text->data[length - 3] != ':' || !number_at(text->data, length - 5, 2, &hours) ||
            !number_at(text->data, length - 2, 2, &minutes) || hours > 14 || minutes > 59)
                return false;
        *ret_offset = (text->data[length - 6] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
        text->length -= 6;
        return true;
}

bool clock_parse_moment(struct text text, const char *format, int64_t *ret_ms)
{
        static const char *const forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
                                            "%Y-%m-%dT%H:%M",    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M",
                                            "%d.%m.%Y"};
        int32_t day, second = 0;
        int64_t offset;
        text = text_trim(text);
        if (format ? moment_parse_format(text, format, &day, &second) : day_parse_iso(text, &day)) {
                *ret_ms = clock_local_instant(day, second);
                return true;
        }
        bool zoned = !format && cut_zone(&text, &offset);
        for (size_t i = 0; !format && i < (zoned ? 4 : sizeof(forms) / sizeof(forms[0])); i++) {
                if (!moment_parse_format(text, forms[i], &day, &second))
                        continue;
                *ret_ms = zoned ? ((int64_t)day * DAY_SECONDS + second - offset) * 1000
                                : clock_local_instant(day, second);
                return true;
        }
        return false;
}
