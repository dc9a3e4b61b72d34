/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * form.h: what a request brings besides its head, as a list of names and values: from the query, from a form, from JSON
 * or from an upload. Pure; nothing is known here of what the row asks for (fields.h).
 */
#ifndef TREUE_HTTP_FORM_H
#define TREUE_HTTP_FORM_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum { FORM_ITEMS_MAX = 1000, FORM_NAME_BYTES_MAX = 64, FORM_JSON_DEPTH_MAX = 8, FORM_JSON_ARRAY_MAX = 1000 };

enum item_kind {
        ITEM_TEXT,    /* typed by somebody: numbers and days as the reader writes them */
        ITEM_JSON,    /* a JSON string or integer: numbers and days in their neutral form */
        ITEM_YES_NO,  /* JSON true, false: "yes", "no" */
        ITEM_FILE,    /* `value` is the name the file had, `path` where it lies */
};

struct item {
        enum item_kind kind;
        struct text name, value; /* UTF-8 */
        const char *path;
        uint64_t bytes;          /* of a file */
        struct item *next;
};

/* In the order they came. */
struct items {
        struct arena *arena;
        struct item *first, *last;
        size_t count;
};

/* STATUS_LIMIT "request.too_many_fields" {limit}, "request.bad_field_name". */
must_check enum status items_add(struct items *items, const struct item *item, struct error *error);

/* "a=1&b=two+words". STATUS_USAGE "request.bad_encoding". */
must_check enum status items_add_encoded(struct items *items, struct text encoded, struct error *error);

/* An object of texts, integers, true, false, null (as if absent) and lists of these. STATUS_USAGE "request.bad_json"
 * {line} {column}: also names given twice, fractions (they are text), objects inside; STATUS_LIMIT
 * "request.json_too_deep" {limit}, "request.json_too_long" {limit}. */
must_check enum status items_add_json(struct items *items, struct text body, struct error *error);

#endif
