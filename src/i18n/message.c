/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * message.c: looks messages up, fills their arguments, and writes numbers the way the reader does.
 */
#include "i18n/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/checked.h"
#include "base/decimal.h"
#include "i18n/catalogue_table.h"

enum { ARGUMENTS_MAX = 16 };
#define DAY_FORM ":day"

struct arguments {
        const struct message_argument *list;
        size_t count;
};

bool language_parse(const char *code, enum language *ret)
{
        if (!code || strlen(code) < 2 || (code[2] != '\0' && code[2] != '_' && code[2] != '-' && code[2] != '.'))
                return false;
        if (memcmp(code, "de", 2) == 0)
                *ret = LANGUAGE_GERMAN;
        else if (memcmp(code, "en", 2) == 0)
                *ret = LANGUAGE_ENGLISH;
        else
                return false;
        return true;
}

const char *language_code(enum language language)
{
        return language == LANGUAGE_GERMAN ? "de" : "en";
}

static const struct catalogue_entry *find(const char *key)
{
        size_t low = 0, high = catalogue_count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = strcmp(catalogue_entries[middle].key, key);
                if (order == 0)
                        return &catalogue_entries[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

bool message_exists(const char *key)
{
        return find(key) != NULL;
}

const char *message_raw(enum language language, const char *key)
{
        const struct catalogue_entry *entry = find(key);
        return entry ? entry->texts[language] : key;
}

static const char *value_of(const struct arguments *arguments, const char *name, size_t length)
{
        for (size_t i = 0; i < arguments->count; i++)
                if (strlen(arguments->list[i].name) == length && memcmp(arguments->list[i].name, name, length) == 0)
                        return arguments->list[i].value;
        return NULL;
}

/* The form of "one|many" that {count} asks for; messages without {count} are taken whole. */
static struct text plural_form(const char *message, const struct arguments *arguments)
{
        const char *count = value_of(arguments, "count", 5), *bar = strchr(message, '|');
        if (!count || !bar)
                return text_of(message);
        if (strcmp(count, "1") == 0)
                return (struct text){message, (size_t)(bar - message)};
        return text_of(bar + 1);
}

static bool fill(struct buffer *out, enum language language, const char *key, const struct arguments *arguments)
{
        struct text text = plural_form(message_raw(language, key), arguments);
        const char *p = text.data, *end = p + text.length;
        while (p < end) {
                const char *open = memchr(p, '{', (size_t)(end - p));
                const char *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
                if (!close)
                        break;
                size_t length = (size_t)(close - open - 1), day_form = sizeof(DAY_FORM) - 1;
                bool is_day = length > day_form && memcmp(close - day_form, DAY_FORM, day_form) == 0;
                const char *value = value_of(arguments, open + 1, length - (is_day ? day_form : 0));
                int32_t day;
                buffer_add(out, p, (size_t)(open - p));
                if (value && is_day && day_parse_iso(text_of(value), &day))
                        format_add_day(out, language, day);
                else if (value)
                        buffer_add_text(out, value);
                else
                        buffer_add(out, open, (size_t)(close + 1 - open));
                p = close + 1;
        }
        return buffer_add(out, p, (size_t)(end - p));
}

bool message_add(struct buffer *out, enum language language, const char *key, ...)
{
        struct message_argument arguments[ARGUMENTS_MAX];
        size_t count = 0;
        va_list list;
        va_start(list, key);
        for (const char *name = va_arg(list, const char *); name; name = va_arg(list, const char *)) {
                const char *value = va_arg(list, const char *);
                if (count == ARGUMENTS_MAX)
                        continue;
                arguments[count++] = (struct message_argument){name, value ? value : ""};
        }
        va_end(list);
        return message_add_arguments(out, language, key, arguments, count);
}

bool message_add_arguments(struct buffer *out, enum language language, const char *key,
                           const struct message_argument *arguments, size_t count)
{
        return fill(out, language, key, &(struct arguments){arguments, count});
}

bool message_add_error(struct buffer *out, enum language language, const struct error *error)
{
        struct message_argument arguments[ERROR_ARGUMENTS_MAX];
        for (size_t i = 0; i < error->argument_count; i++)
                arguments[i] = (struct message_argument){error->arguments[i].name,
                                                         error->text + error->arguments[i].offset};
        char line[16], column[16];
        snprintf(line, sizeof(line), "%u", error->line);
        snprintf(column, sizeof(column), "%u", error->column);
        if (error->line && error->column)
                message_add(out, language, "error.line_and_column", "line", line, "column", column, NULL);
        else if (error->line)
                message_add(out, language, "error.line", "line", line, NULL);
        return message_add_arguments(out, language, error->key ? error->key : "error.unknown", arguments,
                                     error->argument_count);
}

static enum decimal_mark mark_of(enum language language)
{
        return language == LANGUAGE_GERMAN ? DECIMAL_COMMA : DECIMAL_POINT;
}

bool format_add_count(struct buffer *out, enum language language, int64_t value)
{
        return decimal_add_grouped(out, value, 0, mark_of(language));
}

bool format_add_decimal(struct buffer *out, enum language language, int64_t units, unsigned scale)
{
        return decimal_add_grouped(out, units, scale, mark_of(language));
}

bool format_add_money(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                      const char *currency)
{
        if (language == LANGUAGE_ENGLISH) {
                buffer_add_text(out, currency);
                buffer_add_byte(out, ' ');
                return format_add_decimal(out, language, minor_units, minor_digits);
        }
        format_add_decimal(out, language, minor_units, minor_digits);
        buffer_add_byte(out, ' ');
        return buffer_add_text(out, currency);
}

bool format_add_percent(struct buffer *out, enum language language, int64_t numerator, int64_t denominator)
{
        if (denominator == 0)
                return buffer_add_text(out, "-");
        int128 sign = denominator < 0 ? -1 : 1;
        int64_t tenths;
        if (!narrow_i64(divide_half_away((int128)numerator * 1000 * sign, (int128)denominator * sign), &tenths))
                return buffer_add_text(out, "-");
        format_add_decimal(out, language, tenths, 1);
        return buffer_add_text(out, language == LANGUAGE_GERMAN ? " %" : "%");
}

bool format_add_day(struct buffer *out, enum language language, int32_t day)
{
        return language == LANGUAGE_GERMAN ? day_add_german(out, day) : day_add_english(out, day);
}

bool format_add_moment(struct buffer *out, enum language language, int32_t day, int32_t second)
{
        return format_add_day(out, language, day) &&
               buffer_addf(out, " %02d:%02d", (int)(second / 3600), (int)(second / 60 % 60));
}
