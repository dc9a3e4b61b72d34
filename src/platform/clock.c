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
