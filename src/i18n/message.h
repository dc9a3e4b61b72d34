/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * message.h: the German and English catalogues (ui/i18n/de.json, en.json), compiled into the binary, and numbers, money
 * and dates in the reader's format.
 *
 * Keys look like "area.thing" (lower case, digits, '_' and '.'). Messages hold {name} arguments. Plural: "one|many"
 * chosen by the argument {count} (1 or "1": first form). {name:day}: the argument is an ISO day and is said in the
 * reader's format.
 */
#ifndef TREUE_I18N_MESSAGE_H
#define TREUE_I18N_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum language { LANGUAGE_GERMAN, LANGUAGE_ENGLISH, LANGUAGE_COUNT };

/* "de", "de_DE.UTF-8" -> German; "en..." -> English; else false. */
bool language_parse(const char *code, enum language *ret);
const char *language_code(enum language language); /* "de", "en" */

/* The raw message of a key; the key itself when the catalogue lacks it (a test keeps that from happening). */
const char *message_raw(enum language language, const char *key);
bool message_exists(const char *key);

/* Appends the message; the variadic part is (const char *name, const char *value) pairs ended by NULL. */
bool message_add(struct buffer *out, enum language language, const char *key, ...) __attribute__((sentinel));
struct message_argument {
        const char *name, *value;
};
/* The same with arguments gathered before. */
bool message_add_arguments(struct buffer *out, enum language language, const char *key,
                           const struct message_argument *arguments, size_t count);
/* Appends an error in words, without a line end: message, and "line L, column C: " in front where known. */
bool message_add_error(struct buffer *out, enum language language, const struct error *error);

/* Numbers, money and dates for readers. `minor_digits`: of the currency, 2 for EUR. */
bool format_add_count(struct buffer *out, enum language language, int64_t value);
bool format_add_money(struct buffer *out, enum language language, int64_t minor_units, unsigned minor_digits,
                      const char *currency); /* German "1.210.586,06 EUR", English "EUR 1,210,586.06" */
bool format_add_decimal(struct buffer *out, enum language language, int64_t units, unsigned scale);
/* numerator/denominator as percent with one decimal, half away from zero: German "12,5 %", English "12.5%". */
bool format_add_percent(struct buffer *out, enum language language, int64_t numerator, int64_t denominator);
bool format_add_day(struct buffer *out, enum language language, int32_t day);
/* The day and the time, seconds since midnight: "31.01.2026 10:15". */
bool format_add_moment(struct buffer *out, enum language language, int32_t day, int32_t second);

#endif
