/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * value_json.c: each kind of value in its raw form.
 */
#include "render/value_json.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/decimal.h"

enum { RATIO_DECIMALS = 6, RATIO_UNITS = 1000000, SCRATCH_BYTES = 64 };

struct text word_of_key(struct text key)
{
        for (size_t i = key.length; i > 0; i--)
                if (key.data[i - 1] == '.')
                        return (struct text){key.data + i, key.length - i};
        return key;
}

bool ratio_add_plain(struct buffer *out, int64_t part, int64_t whole)
{
        int128 sign = whole < 0 ? -1 : 1;
        int64_t units;
        return whole && narrow_i64(divide_half_away((int128)part * RATIO_UNITS * sign, (int128)whole * sign), &units) &&
               decimal_add_plain(out, units, RATIO_DECIMALS);
}

static void json_ratio(struct json *json, const struct value *value)
{
        struct buffer scratch buffer_cleanup;
        buffer_init(&scratch, SCRATCH_BYTES);
        if (ratio_add_plain(&scratch, value_integer(value), value_whole(value)))
                json_text(json, (struct text){scratch.data, scratch.length});
        else if (scratch.failed)
                json->out->failed = true;
        else
                json_null(json);
}

static void json_instant(struct json *json, int64_t instant_ms)
{
        struct buffer scratch buffer_cleanup;
        buffer_init(&scratch, SCRATCH_BYTES);
        if (!instant_add_iso(&scratch, instant_ms))
                json->out->failed = true;
        json_text(json, (struct text){scratch.data, scratch.length});
}

static void json_children(struct json *json, const struct value *value, unsigned minor_digits)
{
        for (const struct value *child = value_first(value); child; child = value_next(child)) {
                if (value_is_page_only(child))
                        continue;
                if (value_name(child))
                        json_key(json, value_name(child));
                json_value(json, child, minor_digits);
        }
}

static void json_many(struct json *json, const struct value *value, unsigned minor_digits)
{
        if (value_kind(value) == VALUE_LIST) {
                json_begin_array(json);
                json_children(json, value, minor_digits);
                json_end_array(json);
                return;
        }
        json_begin_object(json);
        if (value_kind(value) == VALUE_SENTENCE) {
                json_key(json, "key");
                json_text(json, value_text(value));
        }
        json_children(json, value, minor_digits);
        json_end_object(json);
}

void json_value(struct json *json, const struct value *value, unsigned minor_digits)
{
        switch (value_kind(value)) {
        case VALUE_NONE:
                json_null(json);
                break;
        case VALUE_YES_NO:
                json_bool(json, value_integer(value) != 0);
                break;
        case VALUE_COUNT:
        case VALUE_ORDINAL:
                json_int(json, value_integer(value));
                break;
        case VALUE_ID:
                json_id_text(json, value_integer(value));
                break;
        case VALUE_TEXT:
        case VALUE_NAMED:
                json_text(json, value_text(value));
                break;
        case VALUE_WORD:
                json_text(json, word_of_key(value_text(value)));
                break;
        case VALUE_MONEY:
                json_decimal_text(json, value_integer(value), minor_digits);
                break;
        case VALUE_DECIMAL:
                json_decimal_text(json, value_integer(value), value_scale(value));
                break;
        case VALUE_RATIO:
                json_ratio(json, value);
                break;
        case VALUE_DAY:
                json_day(json, (int32_t)value_integer(value));
                break;
        case VALUE_INSTANT:
                json_instant(json, value_integer(value));
                break;
        case VALUE_SENTENCE:
        case VALUE_LIST:
        case VALUE_MAP:
                json_many(json, value, minor_digits);
                break;
        }
}
