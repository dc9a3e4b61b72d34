/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fields.h: names and values of a request, checked against the fields of its row. Pure.
 *
 * What the row does not know, and what is given twice without being repeated, is STATUS_USAGE
 * ("request.unknown_field", "request.doubled_field" {field}): the request is no use. What is known but wrong is
 * collected: a form shows all of it. / */
#ifndef TREUE_HTTP_FIELDS_H
#define TREUE_HTTP_FIELDS_H

#include "http/form.h"
#include "http/route.h"

enum { FIELD_REPEATS_MAX = 100 };
#define FIELD_FILE_BYTES_MAX (INT64_C(64) << 20)

/* What a field holds. */
struct input {
        size_t count;          /* 0: not given, or given empty */
        const struct item **items;
        struct text *texts;    /* as handlers see them */
        int64_t *integers;
        struct text typed;     /* the first as it was typed: for the form that comes again */
        const char *wrong_key; /* NULL: right; catalogue key, "hint.KEY" says what is expected */
        const char *wrong_limit; /* the message's {limit}; NULL: none */
};

struct inputs {
        const struct field *fields; /* of the row */
        size_t count;
        struct input *inputs;       /* one per field */
        size_t wrong_count;
};

struct reader_habits {
        enum language language;
        unsigned minor_digits; /* of the company's currency */
};

/* `ignored`: a name that belongs to the form itself (the token); NULL: none. */
must_check enum status fields_check(const struct field *fields, const struct items *items, const char *ignored,
                                    const struct reader_habits *habits, struct arena *arena, struct inputs *ret,
                                    struct error *error);

/* NULL: the row has no such field. */
const struct input *inputs_get(const struct inputs *inputs, const char *name);

/* The largest file a field takes; 0: it takes none. */
uint64_t field_file_bytes_max(const struct field *fields, struct text name);
/* How large a body may be that fills all fields of a row, without its files; and whether it has files. */
uint64_t fields_body_bytes_max(const struct field *fields, bool *ret_files);

extern const char *const input_kind_names[INPUT_KIND_COUNT]; /* "text", "money", ...: for the API description */

#endif
