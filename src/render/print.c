/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * print.c: which kinds have which forms stands in one table; each kind is written at one place.
 */
#include "render/print.h"

#include <assert.h>
#include <strings.h>

#include "base/calendar.h"
#include "base/checked.h"
#include "base/decimal.h"
#include "i18n/format.h"
#include "platform/clock.h"
#include "render/chart.h"
#include "render/value_json.h"

enum { SENTENCE_ARGUMENTS_MAX = 16, SCRATCH_BYTES_MAX = 1 << 20 };

#define KIND(name) (1U << VALUE_##name)
#define DATED (KIND(DAY) | KIND(INSTANT))
#define NAMED (KIND(TEXT) | KIND(NAMED) | KIND(WORD) | KIND(ID) | KIND(ORDINAL))
#define SIGNED (KIND(COUNT) | KIND(MONEY) | KIND(DECIMAL) | KIND(RATIO))
#define MANY (KIND(LIST) | KIND(MAP) | KIND(SENTENCE))

static const struct {
        const char *name;
        unsigned kinds;
} forms[PRINT_FORM_COUNT] = {
        [PRINT_USUAL] = {"usual", ~KIND(MAP)},
        [PRINT_EXACT] = {"exact", KIND(MONEY)},
        [PRINT_WHOLE] = {"whole", KIND(MONEY) | KIND(DECIMAL) | KIND(RATIO)},
        [PRINT_SHORT] = {"short", SIGNED},
        [PRINT_MEDIUM] = {"medium", DATED},
        [PRINT_LONG] = {"long", DATED},
        [PRINT_DAY_MONTH] = {"day_month", DATED},
        [PRINT_MONTH_YEAR] = {"month_year", DATED},
        [PRINT_MONTH] = {"month", DATED},
        [PRINT_MONTH_SHORT] = {"month_short", DATED},
        [PRINT_YEAR] = {"year", DATED},
        [PRINT_DAY] = {"day", DATED},
        [PRINT_TIME] = {"time", KIND(INSTANT)},
        [PRINT_AND] = {"and", KIND(LIST)},
        [PRINT_OR] = {"or", KIND(LIST)},
        [PRINT_RAW] = {"raw", ~MANY},
        [PRINT_INPUT] = {"input", SIGNED | NAMED | KIND(DAY)},
        [PRINT_BAR] = {"bar", KIND(RATIO)},
        [PRINT_URI] = {"uri", NAMED},
        [PRINT_LINK] = {"link", KIND(TEXT)},
        [PRINT_CHART_MONTHS] = {"chart_months", KIND(MAP)},
        [PRINT_CHART_HISTOGRAM] = {"chart_histogram", KIND(MAP)},
        [PRINT_CHART_FLOW] = {"chart_flow", KIND(MAP)},
};

bool print_how_parse(struct text name, struct print_how *how)
{
        if (text_is(name, "signed")) {
                bool first = !how->is_signed;
                how->is_signed = true;
                return first;
        }
        for (int form = PRINT_USUAL + 1; form < PRINT_FORM_COUNT; form++)
                if (how->form == PRINT_USUAL && text_is(name, forms[form].name)) {
                        how->form = (enum print_form)form;
                        return true;
                }
        return false;
}

bool print_fits(enum value_kind kind, struct print_how how)
{
        if (kind == VALUE_NONE)
                return true;
        if (how.is_signed && (!(SIGNED >> kind & 1) || how.form > PRINT_SHORT))
                return false;
        return forms[how.form].kinds >> kind & 1;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* In the reader's marks, but not grouped, as one types it. */
static void add_typed(struct buffer *out, int64_t units, unsigned scale, enum language language)
{
        size_t start = out->length;
        decimal_add_plain(out, units, scale);
        char *point = out->failed ? NULL : strchr(out->data + start, '.');
        if (point && language == LANGUAGE_GERMAN)
                *point = ',';
}

static void print_money(struct buffer *out, int64_t minor, enum print_form form, const struct print_style *style)
{
        int64_t unit = 1;
        for (unsigned i = 0; i < style->minor_digits; i++)
                unit *= 10;
        switch (form) {
        case PRINT_RAW:
                decimal_add_plain(out, minor, style->minor_digits);
                break;
        case PRINT_INPUT:
                add_typed(out, minor, style->minor_digits, style->language);
                break;
        case PRINT_SHORT:
                format_add_amount_short(out, style->language, minor, style->minor_digits, style->currency);
                break;
        case PRINT_EXACT:
                format_add_amount(out, style->language, minor, style->minor_digits, style->currency);
                break;
        default:
                if (form == PRINT_WHOLE || minor % unit == 0)
                        format_add_amount_whole(out, style->language, minor, style->minor_digits, style->currency);
                else
                        format_add_amount(out, style->language, minor, style->minor_digits, style->currency);
        }
}

static void print_decimal(struct buffer *out, int64_t units, unsigned scale, enum print_form form,
                          enum language language)
{
        int64_t unit = 1;
        for (unsigned i = 0; i < scale; i++)
                unit *= 10;
        if (form == PRINT_RAW)
                decimal_add_plain(out, units, scale);
        else if (form == PRINT_INPUT)
                add_typed(out, units, scale, language);
        else if (form == PRINT_WHOLE)
                format_add_decimal(out, language, (int64_t)divide_half_away(units, unit), 0);
        else
                format_add_decimal(out, language, units, scale);
}

/* How many thousandths part is of whole, at most `limit` and at least 0. */
static int64_t thousandths(int64_t part, int64_t whole, int64_t limit)
{
        int128 sign = whole < 0 ? -1 : 1;
        int128 result = divide_half_away((int128)part * 1000 * sign, (int128)whole * sign);
        return result < 0 ? 0 : result > limit ? limit : (int64_t)result;
}

static void print_ratio(struct buffer *out, const struct value *value, enum print_form form, enum language language)
{
        int64_t part = value_integer(value), whole = value_whole(value), tenths;
        int128 sign = whole < 0 ? -1 : 1;
        switch (form) {
        case PRINT_RAW:
                ratio_add_plain(out, part, whole);
                break;
        case PRINT_INPUT:
                if (narrow_i64(divide_half_away((int128)part * 1000 * sign, (int128)whole * sign), &tenths))
                        add_typed(out, tenths % 10 ? tenths : tenths / 10, tenths % 10 != 0, language);
                break;
        case PRINT_BAR:
                decimal_add_plain(out, thousandths(part, whole, 1000), 1);
                break;
        default:
                format_add_share(out, language, part, whole, form == PRINT_WHOLE ? 0 : 1);
        }
}

/* ---- days -------------------------------------------------------------------------------------------------------- */

static void print_day(struct buffer *out, int32_t day, enum print_form form, enum language language)
{
        static const enum day_form day_forms[PRINT_FORM_COUNT] = {
                [PRINT_MEDIUM] = DAY_MEDIUM,         [PRINT_LONG] = DAY_LONG,
                [PRINT_DAY_MONTH] = DAY_AND_MONTH,   [PRINT_MONTH_YEAR] = DAY_MONTH_YEAR,
                [PRINT_MONTH] = DAY_MONTH,           [PRINT_MONTH_SHORT] = DAY_MONTH_SHORT,
                [PRINT_YEAR] = DAY_YEAR,
        };
        if (form == PRINT_RAW || form == PRINT_INPUT)
                day_add_iso(out, day);
        else if (form == PRINT_USUAL || form == PRINT_DAY)
                format_add_day(out, language, day);
        else
                format_add_day_form(out, language, day, day_forms[form]);
}

static void print_instant(struct buffer *out, int64_t instant_ms, enum print_form form, enum language language)
{
        int32_t day, second;
        if (form == PRINT_RAW) {
                instant_add_iso(out, instant_ms);
                return;
        }
        clock_local_time(instant_ms, &day, &second);
        if (form == PRINT_TIME)
                buffer_addf(out, "%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60));
        else if (form == PRINT_USUAL)
                format_add_moment(out, language, day, second);
        else
                print_day(out, day, form, language);
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void add_encoded(struct buffer *out, struct text text)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        for (size_t i = 0; i < text.length; i++) {
                unsigned char c = (unsigned char)text.data[i];
                if (c && strchr(plain, c))
                        buffer_add_byte(out, (char)c);
                else
                        buffer_addf(out, "%%%02X", c);
        }
}

/* What a browser would do with any other address (run a script, open a file) nobody may cause by typing it. */
static bool is_safe_link(struct text text)
{
        static const char *const begins[] = {"https://", "http://", "mailto:", "tel:"};
        for (size_t i = 0; i < text.length; i++)
                if ((unsigned char)text.data[i] <= ' ' || text.data[i] == '\\')
                        return false;
        for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
                if (text.length > strlen(begins[i]) && strncasecmp(text.data, begins[i], strlen(begins[i])) == 0)
                        return true;
        return text.length > 0 && text.data[0] == '/' && !(text.length > 1 && text.data[1] == '/');
}

static void print_text(struct buffer *out, struct text text, enum print_form form)
{
        if (form == PRINT_URI)
                add_encoded(out, text);
        else if (form != PRINT_LINK || is_safe_link(text))
                buffer_add(out, text.data, text.length);
}

static void print_word(struct buffer *out, const struct value *value, enum print_form form, enum language language)
{
        if (form == PRINT_USUAL) /* values keep their text with a NUL behind it */
                buffer_add_text(out, message_raw(language, value_text(value).data));
        else
                print_text(out, word_of_key(value_text(value)), form);
}

static void print_sentence(struct buffer *out, const struct value *sentence, const struct print_style *style)
{
        struct message_argument arguments[SENTENCE_ARGUMENTS_MAX];
        size_t offsets[SENTENCE_ARGUMENTS_MAX], count = 0;
        struct buffer scratch buffer_cleanup;
        buffer_init(&scratch, SCRATCH_BYTES_MAX);
        for (const struct value *entry = value_first(sentence); entry && count < SENTENCE_ARGUMENTS_MAX;
             entry = value_next(entry)) {
                offsets[count] = scratch.length;
                arguments[count++].name = value_name(entry);
                if (value_kind(entry) != VALUE_MAP)
                        print_value(&scratch, entry, (struct print_how){PRINT_USUAL, false}, style);
                buffer_add_byte(&scratch, '\0');
        }
        for (size_t i = 0; i < count; i++)
                arguments[i].value = scratch.data + offsets[i];
        if (scratch.failed)
                out->failed = true;
        else
                message_add_arguments(out, style->language, value_text(sentence).data, arguments, count);
}

static void print_list(struct buffer *out, const struct value *list, enum print_form form,
                       const struct print_style *style)
{
        const struct value *pending = NULL;
        bool any = false;
        for (const struct value *item = value_first(list); item; item = value_next(item)) {
                if (value_kind(item) == VALUE_NONE || value_kind(item) == VALUE_MAP)
                        continue;
                if (pending) {
                        buffer_add_text(out, any ? ", " : "");
                        print_value(out, pending, (struct print_how){PRINT_USUAL, false}, style);
                        any = true;
                }
                pending = item;
        }
        if (any && form == PRINT_USUAL)
                buffer_add_text(out, ", ");
        else if (any)
                buffer_addf(out, " %s ", message_raw(style->language, form == PRINT_AND ? "word.and" : "word.or"));
        if (pending)
                print_value(out, pending, (struct print_how){PRINT_USUAL, false}, style);
}

static void print_integer(struct buffer *out, const struct value *value, enum print_form form, enum language language)
{
        if (value_kind(value) == VALUE_COUNT && form != PRINT_RAW && form != PRINT_INPUT)
                format_add_count(out, language, value_integer(value));
        else
                buffer_add_int(out, value_integer(value));
}

static void print_chart(struct buffer *out, const struct value *map, enum print_form form,
                        const struct print_style *style)
{
        if (form == PRINT_CHART_MONTHS)
                chart_months(out, map, style);
        else if (form == PRINT_CHART_HISTOGRAM)
                chart_histogram(out, map, style);
        else
                chart_flow(out, map, style);
}

void print_value(struct buffer *out, const struct value *value, struct print_how how, const struct print_style *style)
{
        enum print_form form = how.form;
        assert(print_fits(value_kind(value), how));
        if (how.is_signed && value_integer(value) != 0 && (value_integer(value) > 0) != (value_whole(value) < 0))
                buffer_add_byte(out, '+');
        switch (value_kind(value)) {
        case VALUE_NONE:
                if (form < PRINT_RAW)
                        buffer_add_text(out, message_raw(style->language, "format.unknown"));
                break;
        case VALUE_YES_NO:
                buffer_add_text(out, form == PRINT_RAW ? (value_integer(value) ? "true" : "false")
                                     : message_raw(style->language, value_integer(value) ? "word.yes" : "word.no"));
                break;
        case VALUE_COUNT:
        case VALUE_ORDINAL:
        case VALUE_ID:
                print_integer(out, value, form, style->language);
                break;
        case VALUE_TEXT:
                print_text(out, value_text(value), form);
                break;
        case VALUE_NAMED:
                print_text(out, form == PRINT_USUAL ? value_shown(value) : value_text(value), form);
                break;
        case VALUE_WORD:
                print_word(out, value, form, style->language);
                break;
        case VALUE_SENTENCE:
                print_sentence(out, value, style);
                break;
        case VALUE_MONEY:
                print_money(out, value_integer(value), form, style);
                break;
        case VALUE_DECIMAL:
                print_decimal(out, value_integer(value), value_scale(value), form, style->language);
                break;
        case VALUE_RATIO:
                print_ratio(out, value, form, style->language);
                break;
        case VALUE_DAY:
                print_day(out, (int32_t)value_integer(value), form, style->language);
                break;
        case VALUE_INSTANT:
                print_instant(out, value_integer(value), form, style->language);
                break;
        case VALUE_LIST:
                print_list(out, value, form, style);
                break;
        case VALUE_MAP:
                print_chart(out, value, form, style);
                break;
        }
}
