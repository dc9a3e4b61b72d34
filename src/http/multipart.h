/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * multipart.h: a form with files (multipart/form-data, RFC 7578), read as it comes. Files go to the spool piece by
 * piece, so memory does not grow with them; their names are kept as text and never used as paths.
 *
 * Strict: CRLF line ends, a name for each part, no transfer encodings, nothing before the first or after the last
 * boundary but what the standard allows. Mistakes are STATUS_USAGE "request.bad_multipart".
 */
#ifndef TREUE_HTTP_MULTIPART_H
#define TREUE_HTTP_MULTIPART_H

#include "http/form.h"

enum { MULTIPART_BOUNDARY_BYTES_MAX = 70, MULTIPART_HEADER_BYTES_MAX = 2048, MULTIPART_PARTS_MAX = 200 };

/* How the caller takes parts. */
struct multipart_sink {
        void *self;
        uint64_t text_bytes_max;  /* of all texts together: STATUS_LIMIT "request.body_too_large" {limit} */
        /* A file begins: where its bytes go. `ret_bytes_max`: longer is STATUS_LIMIT "request.file_too_large" {limit}.
         * Refusing is an error. */
        enum status (*begin_file)(void *self, struct text field, struct text file_name, uint64_t *ret_bytes_max,
                                  struct error *error);
        enum status (*add_bytes)(void *self, const void *data, size_t length, struct error *error);
        /* It is complete; *ret_path lives as long as the items' arena. */
        enum status (*end_file)(void *self, const char **ret_path, struct error *error);
};

struct multipart;

/* `content_type`: the whole header. `items` get a text for each plain part, a file for each other. A file without name
 * and content is a field nobody chose a file for: left out. */
must_check enum status multipart_new(struct text content_type, const struct multipart_sink *sink, struct items *items,
                                     struct multipart **ret, struct error *error);
must_check enum status multipart_feed(struct multipart *multipart, const char *data, size_t length,
                                      struct error *error);
must_check enum status multipart_finish(struct multipart *multipart, struct error *error); /* all has come */
void multipart_free(struct multipart *multipart); /* accepts NULL */

#endif
