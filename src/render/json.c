/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * json.c: commas, indentation and escapes.
 */
#include "render/json.h"

#include <assert.h>

#include "base/calendar.h"
#include "base/decimal.h"

void json_init(struct json *json, struct buffer *out, bool pretty)
{
        *json = (struct json){.out = out, .pretty = pretty, .first = {true}, .array = {true}};
}

static void new_line(struct json *json)
{
        if (!json->pretty || json->depth == 0)
                return;
        buffer_add_byte(json->out, '\n');
        for (unsigned i = 0; i < json->depth; i++)
                buffer_add(json->out, "  ", 2);
}

/* What comes before a key, or before a value of an array. */
static void separate(struct json *json)
{
        if (!json->first[json->depth])
                buffer_add_byte(json->out, ',');
        json->first[json->depth] = false;
        new_line(json);
}

static void before_value(struct json *json)
{
        assert(json->array[json->depth] || json->after_key);
        assert(json->depth || json->first[0]); /* one value per document */
        if (!json->after_key)
                separate(json);
        json->after_key = false;
}

static void begin(struct json *json, char open, bool array)
{
        before_value(json);
        buffer_add_byte(json->out, open);
        assert(json->depth + 1 < JSON_DEPTH_MAX);
        json->depth++;
        json->first[json->depth] = true;
        json->array[json->depth] = array;
}

static void end(struct json *json, char close, bool array)
{
        assert(json->depth > 0 && json->array[json->depth] == array && !json->after_key);
        bool empty = json->first[json->depth];
        json->depth--;
        if (!empty && json->pretty) {
                buffer_add_byte(json->out, '\n');
                for (unsigned i = 0; i < json->depth; i++)
                        buffer_add(json->out, "  ", 2);
        }
        buffer_add_byte(json->out, close);
}

void json_begin_object(struct json *json)
{
        begin(json, '{', false);
}

void json_end_object(struct json *json)
{
        end(json, '}', false);
}

void json_begin_array(struct json *json)
{
        begin(json, '[', true);
}

void json_end_array(struct json *json)
{
        end(json, ']', true);
}

static void add_escaped(struct buffer *out, unsigned char c)
{
        static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
        for (const char *p = short_forms; *p; p += 2)
                if (c == (unsigned char)*p) {
                        buffer_add_byte(out, '\\');
                        buffer_add_byte(out, p[1]);
                        return;
                }
        buffer_addf(out, "\\u%04x", c);
}

static bool must_escape(unsigned char c)
{
        return c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

/* Valid UTF-8 goes through in runs; a wrong byte becomes U+FFFD. */
static void add_quoted(struct buffer *out, struct text text)
{
        if (text.length == 0) {
                buffer_add(out, "\"\"", 2);
                return;
        }
        buffer_add_byte(out, '"');
        bool valid = text_is_utf8(text.data, text.length);
        size_t start = 0;
        for (size_t i = 0; i < text.length; i++) {
                unsigned char c = (unsigned char)text.data[i];
                bool wrong = false;
                if (!valid && c >= 0x80) {
                        size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
                        wrong = i + length > text.length || !text_is_utf8(text.data + i, length);
                        if (!wrong) {
                                i += length - 1;
                                continue;
                        }
                }
                if (!wrong && !must_escape(c))
                        continue;
                buffer_add(out, text.data + start, i - start);
                start = i + 1;
                if (wrong)
                        buffer_add_text(out, "\xef\xbf\xbd");
                else
                        add_escaped(out, c);
        }
        buffer_add(out, text.data + start, text.length - start);
        buffer_add_byte(out, '"');
}

void json_key(struct json *json, const char *key)
{
        assert(!json->array[json->depth] && !json->after_key);
        separate(json);
        add_quoted(json->out, text_of(key));
        buffer_add(json->out, ": ", json->pretty ? 2 : 1);
        json->after_key = true;
}

void json_text(struct json *json, struct text text)
{
        before_value(json);
        add_quoted(json->out, text);
}

void json_string(struct json *json, const char *string)
{
        if (string)
                json_text(json, text_of(string));
        else
                json_null(json);
}

void json_int(struct json *json, int64_t value)
{
        before_value(json);
        buffer_add_int(json->out, value);
}

void json_bool(struct json *json, bool value)
{
        before_value(json);
        buffer_add_text(json->out, value ? "true" : "false");
}

void json_null(struct json *json)
{
        before_value(json);
        buffer_add_text(json->out, "null");
}

void json_decimal_text(struct json *json, int64_t units, unsigned scale)
{
        before_value(json);
        buffer_add_byte(json->out, '"');
        decimal_add_plain(json->out, units, scale);
        buffer_add_byte(json->out, '"');
}

void json_id_text(struct json *json, int64_t id)
{
        json_decimal_text(json, id, 0);
}

void json_day(struct json *json, int32_t day)
{
        if (day == DAY_NONE || day == DAY_OPEN_START || day == DAY_OPEN_END) {
                json_null(json);
                return;
        }
        before_value(json);
        buffer_add_byte(json->out, '"');
        day_add_iso(json->out, day);
        buffer_add_byte(json->out, '"');
}
