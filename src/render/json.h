/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * json.h: writes JSON piece by piece into a buffer. Keys and values in the order of the calls; nesting is asserted.
 * Failures (the buffer's ceiling, memory) stay in the buffer's `failed`.
 */
#ifndef TREUE_RENDER_JSON_H
#define TREUE_RENDER_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

enum { JSON_DEPTH_MAX = 64 };

struct json {
        struct buffer *out;
        bool pretty;              /* line breaks and two blanks per level */
        unsigned depth;
        bool first[JSON_DEPTH_MAX]; /* nothing written on this level yet */
        bool array[JSON_DEPTH_MAX];
        bool after_key;
};

void json_init(struct json *json, struct buffer *out, bool pretty); /* `out` stays the caller's */

void json_begin_object(struct json *json);
void json_end_object(struct json *json);
void json_begin_array(struct json *json);
void json_end_array(struct json *json);
void json_key(struct json *json, const char *key);

void json_text(struct json *json, struct text text);       /* invalid UTF-8 becomes U+FFFD */
void json_string(struct json *json, const char *string);   /* NULL: null */
void json_int(struct json *json, int64_t value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);
void json_decimal_text(struct json *json, int64_t units, unsigned scale); /* "1210586.06", quoted */
void json_id_text(struct json *json, int64_t id);          /* 63-bit ids are text */
void json_day(struct json *json, int32_t day);             /* "2010-11-30"; DAY_NONE, open ends: null */

#endif
