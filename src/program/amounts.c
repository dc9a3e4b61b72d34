/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * amounts.c: numbers of metrics in words.
 */
#include "program/amounts.h"

#include "base/bits.h"
#include "base/checked.h"
#include "i18n/format.h"
#include "i18n/words.h"

struct text bilingual_text(const struct bilingual *name, enum language language)
{
        return language == LANGUAGE_ENGLISH && name->english.length ? name->english : name->german;
}

enum { PERCENT_DECIMALS = 1, RATIO_DECIMALS = 6 };

/* Without places where there are none. */
static void add_page_money(struct buffer *out, enum language language, int64_t minor, unsigned minor_digits,
                           const char *currency)
{
        if (minor % (int64_t)power_of_ten(minor_digits))
                format_add_amount(out, language, minor, minor_digits, currency);
        else
                format_add_amount_whole(out, language, minor, minor_digits, currency);
}

void amount_add(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                enum metric metric, struct rational value)
{
        enum metric_unit unit = metric_infos[metric].unit;
        char currency[16];
        int128 scaled = value.numerator;
        unsigned decimals = 0;
        if (unit == UNIT_MONEY)
                decimals = concept->minor_digits;
        else if (unit == UNIT_RATIO)
                decimals = PERCENT_DECIMALS + 2;
        else if (value.denominator != 1)
                decimals = 2;
        for (unsigned i = 0; i < decimals; i++)
                scaled *= 10;
        int64_t units;
        if (!narrow_i64(divide_half_away(scaled, value.denominator), &units))
                return;
        snprintf(currency, sizeof(currency), "%.*s", (int)concept->currency.length, concept->currency.data);
        if (unit == UNIT_MONEY && medium == MEDIUM_PAGE) {
                add_page_money(out, language, units, decimals, currency);
        } else if (unit == UNIT_MONEY) {
                format_add_money(out, language, units, decimals, currency);
        } else if (unit == UNIT_RATIO) {
                format_add_decimal(out, language, units, PERCENT_DECIMALS);
                buffer_add_text(out, language == LANGUAGE_GERMAN ? " %" : "%");
        } else {
                format_add_decimal(out, language, units, decimals);
                if (unit == UNIT_DAYS || unit == UNIT_MONTHS)
                        buffer_addf(out, " %s", message_raw(language, unit == UNIT_DAYS ? "unit.days" : "unit.months"));
        }
}

void amount_add_gap(struct buffer *out, enum language language, enum medium medium, const struct concept *concept,
                    enum metric metric, struct rational value)
{
        if (metric_infos[metric].unit == UNIT_MONEY && medium == MEDIUM_PAGE)
                value = (struct rational){ceil_divide(value.numerator, value.denominator), 1};
        if (metric_infos[metric].unit != UNIT_RATIO) {
                amount_add(out, language, medium, concept, metric, value);
                return;
        }
        struct buffer percent buffer_cleanup;
        buffer_init(&percent, 256);
        amount_add(&percent, language, medium, concept, metric, value);
        /* "8,0 %" without its sign */
        buffer_add(out, percent.data, percent.length ? strcspn(percent.data, " %") : 0);
        buffer_addf(out, " %s", message_raw(language, "unit.points"));
}

/* Numerator and denominator as shown: the share of wallet is capped. */
static int128 shown_numerator(const struct metric_column *column, size_t index, int128 *ret_denominator)
{
        int128 numerator = column->value[index];
        *ret_denominator = column->denominator ? column->denominator[index] : power_of_ten(column->scale);
        return column->metric == METRIC_SHARE_OF_WALLET && numerator > *ret_denominator ? *ret_denominator : numerator;
}

void amount_add_cell(struct buffer *out, enum language language, const struct concept *concept,
                     const struct metric_column *column, size_t index)
{
        struct rational value;
        if (!bits_get(column->known, index)) {
                buffer_add_text(out, message_raw(language, "explain.unknown"));
                return;
        }
        if (column->attribute) {
                const struct text text = column->attribute->values[index].text;
                buffer_add(out, text.data, text.length);
                return;
        }
        int128 denominator, numerator = shown_numerator(column, index, &denominator);
        if (rational_make(numerator, denominator, &value))
                amount_add(out, language, MEDIUM_TERMINAL, concept, column->metric, value);
        if (column->estimated && bits_get(column->estimated, index))
                buffer_addf(out, " (%s)", message_raw(language, "explain.estimated"));
}

bool amount_add_plain(struct buffer *out, const struct metric_column *column, size_t index)
{
        if (!bits_get(column->known, index))
                return false;
        if (column->attribute) {
                const struct text text = column->attribute->values[index].text;
                return buffer_add(out, text.data, text.length);
        }
        if (!column->denominator)
                return decimal_add_plain(out, column->value[index], column->scale);
        int128 denominator, numerator = shown_numerator(column, index, &denominator);
        int64_t units;
        return narrow_i64(divide_half_away(numerator * power_of_ten(RATIO_DECIMALS), denominator), &units) &&
               decimal_add_plain(out, units, RATIO_DECIMALS);
}

/* What an attribute, a value or a kind of activity is called. */
static void add_of(struct buffer *out, enum language language, enum medium medium, struct text of)
{
        if (medium == MEDIUM_PAGE)
                words_add_code(out, language, of);
        else
                buffer_add(out, of.data, of.length);
}

void amount_add_metric(struct buffer *out, enum language language, enum medium medium, enum metric metric,
                       struct text of)
{
        char key[96];
        if (metric == METRIC_ATTRIBUTE || metric == METRIC_VALUE) {
                add_of(out, language, medium, of);
                return;
        }
        snprintf(key, sizeof(key), "metric.%s", metric_infos[metric].name);
        buffer_add_text(out, message_raw(language, key));
        if (of.length) {
                buffer_add_text(out, medium == MEDIUM_PAGE && metric == METRIC_ACTIVITIES ? ": " : " ");
                add_of(out, language, medium, of);
        }
}

void amount_add_window(struct buffer *out, struct window window)
{
        static const char *const names[] = {[WINDOW_YEAR] = "year", [WINDOW_LAST_YEAR] = "last_year",
                                            [WINDOW_SINCE_JOINED] = "since_joined", [WINDOW_ALL] = "all"};
        switch (window.kind) {
        case WINDOW_NONE:
                break;
        case WINDOW_MONTHS:
                buffer_addf(out, "%um", window.count);
                break;
        case WINDOW_DAYS:
                buffer_addf(out, "%ud", window.count);
                break;
        case WINDOW_QUARTERS:
                buffer_addf(out, "%uq", window.count);
                break;
        default:
                buffer_add_text(out, names[window.kind]);
        }
}

void amount_add_window_words(struct buffer *out, enum language language, struct window window)
{
        static const char *const keys[] = {
                [WINDOW_MONTHS] = "window.months",     [WINDOW_DAYS] = "window.days",
                [WINDOW_QUARTERS] = "window.quarters", [WINDOW_YEAR] = "window.year",
                [WINDOW_LAST_YEAR] = "window.last_year", [WINDOW_SINCE_JOINED] = "window.since_joined",
                [WINDOW_ALL] = "window.all",
        };
        char count[16];
        if (window.kind == WINDOW_NONE)
                return;
        snprintf(count, sizeof(count), "%u", window.count);
        message_add(out, language, keys[window.kind], "count", count, NULL);
}
