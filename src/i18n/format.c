/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * format.c: what is said where in a number or a day stands in the catalogues; here it is rounded and put together.
 */
#include "i18n/format.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/checked.h"

#define NO_BREAK "\xC2\xA0" /* U+00A0: a blank no line breaks at */

enum { SIGN_BYTES = 16, NUMBER_BYTES = 64 };

/* What stands for a currency; in English, where it stands in front, a code keeps a distance. */
static void currency_sign(enum language language, const char *currency, char ret[static SIGN_BYTES])
{
        static const char *const signs[][2] = {{"EUR", "€"}, {"USD", "$"}, {"GBP", "£"}};
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
                if (strcmp(currency, signs[i][0]) == 0) {
                        snprintf(ret, SIGN_BYTES, "%s", signs[i][1]);
                        return;
                }
        snprintf(ret, SIGN_BYTES, language == LANGUAGE_ENGLISH ? "%.8s" NO_BREAK : "%.8s", currency);
}

/* A number of units and scale in the message `key`, which says where currency and number stand. */
static bool add_amount(struct buffer *out, enum language language, int64_t units, unsigned scale, const char *currency,
                       const char *key)
{
        struct buffer number buffer_cleanup;
        char sign[SIGN_BYTES] = "";
        buffer_init(&number, NUMBER_BYTES);
        /* The minus stands in front of all. */
        bool negative = units < 0;
        format_add_decimal(&number, language, units, scale);
        if (currency)
                currency_sign(language, currency, sign);
        if (number.failed || (negative && !buffer_add_byte(out, '-')))
                return false;
        return message_add(out, language, key, "amount", number.data + negative, "currency", sign, NULL);
}

bool format_add_amount(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                       const char *currency)
{
        return currency ? add_amount(out, language, minor_units, minor_digits, currency, "format.amount")
                        : format_add_decimal(out, language, minor_units, minor_digits);
}

static int128 power_of_ten(unsigned digits)
{
        int128 power = 1;
        while (digits--)
                power *= 10;
        return power;
}

bool format_add_amount_whole(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                             const char *currency)
{
        int64_t units = (int64_t)divide_half_away(minor_units, power_of_ten(minor_digits));
        return format_add_amount(out, language, units, 0, currency);
}

/* value / unit with one place where it is below `places_below` and the place is not 0. */
static bool add_short(struct buffer *out, enum language language, int64_t value, int128 unit, int places_below,
                      const char *currency, const char *key)
{
        int64_t tenths = (int64_t)divide_half_away((int128)value * 10, unit);
        if (tenths > -places_below * 10 && tenths < places_below * 10 && tenths % 10)
                return add_amount(out, language, tenths, 1, currency, key);
        return add_amount(out, language, (int64_t)divide_half_away(value, unit), 0, currency, key);
}

bool format_add_amount_short(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                             const char *currency)
{
        static const struct {
                const char *key;
                int places_below;
        } steps[] = {{"format.thousands", 10}, {"format.millions", 100}, {"format.billions", 100}};
        int128 unit = power_of_ten(minor_digits);
        int128 size = minor_units < 0 ? -(int128)minor_units : minor_units;
        if (divide_half_away(size, unit) < 1000)
                return format_add_amount_whole(out, language, minor_units, minor_digits, currency);
        size_t step = 0;
        unit *= 1000;
        while (step + 1 < sizeof(steps) / sizeof(steps[0]) && divide_half_away(size, unit) >= 1000) {
                unit *= 1000;
                step++;
        }
        return add_short(out, language, minor_units, unit, steps[step].places_below, currency, steps[step].key);
}

bool format_add_share(struct buffer *out, enum language language, int64_t part, int64_t whole, unsigned decimals)
{
        int64_t units;
        int128 sign = whole < 0 ? -1 : 1;
        if (whole == 0 || !narrow_i64(divide_half_away((int128)part * 100 * power_of_ten(decimals) * sign,
                                                       (int128)whole * sign),
                                      &units))
                return buffer_add_text(out, "-");
        format_add_decimal(out, language, units, decimals);
        return buffer_add_text(out, language == LANGUAGE_GERMAN ? NO_BREAK "%" : "%");
}

bool format_add_day_form(struct buffer *out, enum language language, int32_t day, enum day_form form)
{
        static const char *const keys[] = {
                [DAY_MEDIUM] = "format.day",        [DAY_LONG] = "format.day",
                [DAY_AND_MONTH] = "format.day_and_month", [DAY_MONTH_YEAR] = "format.month_and_year",
        };
        char key[32], number[16], year[16];
        struct date date = date_from_day(day);
        bool brief = form == DAY_MEDIUM || form == DAY_AND_MONTH || form == DAY_MONTH_SHORT;
        snprintf(key, sizeof(key), "%s%u", brief ? "month_short." : "month.", date.month);
        const char *month = message_raw(language, key);
        if (form == DAY_YEAR)
                return buffer_addf(out, "%d", date.year);
        if (form == DAY_MONTH || form == DAY_MONTH_SHORT)
                return buffer_add_text(out, month);
        snprintf(number, sizeof(number), "%u", date.day);
        snprintf(year, sizeof(year), "%d", date.year);
        return message_add(out, language, keys[form], "day", number, "month", month, "year", year, NULL);
}
