/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * reading.h: what every page about customers begins with: the directory as of the day asked for, and who reads it.
 */
#ifndef TREUE_WEB_READING_H
#define TREUE_WEB_READING_H

#include "http/route.h"
#include "program/reader.h"
#include "render/list.h"

/* Fields of such pages. Without a day it is today, without a program the first one. */
#define READING_FIELDS {.name = "day", .kind = INPUT_DAY}, {.name = "program", .kind = INPUT_ID}

struct reading {
        struct directory_view *view; /* held until the handler returns */
        struct reader reader;
};
static inline void reading_end(struct reading *reading) { directory_view_unref(reading->view); }
#define reading_cleanup __attribute__((cleanup(reading_end)))

/* A day in the future is STATUS_USAGE "reading.future". */
must_check enum status reading_begin(struct request *request, struct reading *ret, struct error *error);
/* What the list's address says, in the request's arena. */
must_check enum status reading_address(struct request *request, const struct reading *reading,
                                       const struct list_spec *spec, struct list_address **ret, struct error *error);

#endif
