/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * value_json.h: a value tree as JSON, as programs read it: independent of languages and of where somebody is.
 *
 * Unknown is null; counts and ordinals are numbers; ids, money, decimals and ratios (six places, rounded half away from
 * zero) are decimal text; days "2026-01-31"; instants "2026-01-31T09:15:00Z"; a word is the last part of its key; a
 * sentence an object of its "key" and its arguments. What is for pages only is left out.
 */
#ifndef TREUE_RENDER_VALUE_JSON_H
#define TREUE_RENDER_VALUE_JSON_H

#include "render/json.h"
#include "render/value.h"

/* `minor_digits`: of the company's currency. */
void json_value(struct json *json, const struct value *value, unsigned minor_digits);
/* A ratio with six places into `out`; false when it does not fit 63 bits. */
bool ratio_add_plain(struct buffer *out, int64_t part, int64_t whole);
/* The last part of a catalogue key: "decision.promoted" -> "promoted". */
struct text word_of_key(struct text key);

#endif
