/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * target.h: the target of a request taken apart: segments, wanted form, query. Pure.
 *
 * Only the form that begins with '/' is taken. Refused is what means different things to different programs: bytes that
 * must be encoded, wrong or overlong encodings, encoded separators and zeros, "." and ".." as segments, also encoded.
 */
#ifndef TREUE_HTTP_TARGET_H
#define TREUE_HTTP_TARGET_H

#include "base/arena.h"
#include "base/status.h"

enum { TARGET_SEGMENTS_MAX = 12 };

enum target_form {
        TARGET_PAGE, /* HTML */
        TARGET_JSON, /* under /api/v1 */
        TARGET_CSV,
        TARGET_XLSX,
};

struct target {
        enum target_form form;
        struct text path;   /* as it stood, without /api/v1, ending and query: "/customers/12" */
        struct text query;  /* as it stood, without '?' */
        size_t segment_count; /* of "/": 0 */
        struct text segments[TARGET_SEGMENTS_MAX]; /* decoded; the last one with its ending */
        struct text stem;   /* the last segment without ".csv" or ".xlsx", where it has one of them; else none */
        enum target_form stem_form; /* of that ending */
};

/* Everything lives in the arena or in `raw`. STATUS_USAGE "request.bad_address". */
must_check enum status target_parse(struct text raw, struct arena *arena, struct target *ret, struct error *error);

/* Decodes %XX (and '+' as a blank where `plus`) into the arena: false for a wrong encoding, a zero byte or what is no
 * UTF-8. */
bool target_decode(struct text encoded, bool plus, struct arena *arena, struct text *ret);

/* Appends text as a query holds it: everything but letters, digits and -._~ encoded. */
bool target_add_encoded(struct buffer *out, struct text text);

#endif
