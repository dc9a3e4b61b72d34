/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * xlsx_part.h: one XML part of a workbook, read as a stream of elements by expat within limits: depth, bytes of a tag,
 * memory of the parser. A document type is refused where it begins, so there are no entities of its own and nothing
 * outside is ever looked up.
 *
 * Problems carry {file} and {part}: workbook.damaged, workbook.doctype, workbook.too_deep,
 * workbook.part_too_complex.
 */
#ifndef TREUE_IMPORTER_XLSX_PART_H
#define TREUE_IMPORTER_XLSX_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "platform/archive.h"

enum {
        XLSX_DEPTH_MAX = 64,                  /* the deepest element Treue looks at lies at 7 */
        XLSX_TAG_BYTES_MAX = 1 << 20,         /* a tag with all its attributes; the longest of real files has some KB */
        XLSX_PARSER_BYTES_MAX = 8 << 20,      /* what expat may hold at a time */
};

struct xlsx_part;

/* Names come without their prefix ("x:row" is "row"). */
struct xlsx_handler {
        void (*start)(void *context, unsigned depth, const char *name, const char **attributes); /* depth from 1 */
        void (*end)(void *context, unsigned depth, const char *name);
        void (*text)(void *context, const char *data, size_t length); /* in pieces; may be NULL */
};

must_check enum status xlsx_part_open(struct archive *archive, size_t entry, const char *file_name,
                                      const char *part_name, const struct xlsx_handler *handler, void *context,
                                      struct xlsx_part **ret, struct error *error);
/* Parses some more; *ret_more false when the part is at its end. */
must_check enum status xlsx_part_step(struct xlsx_part *part, bool *ret_more, struct error *error);
void xlsx_part_close(struct xlsx_part *part); /* accepts NULL */

/* From within a handler. `fail`: the step returns the failure, which the caller has described in this error. */
struct error *xlsx_part_error(struct xlsx_part *part);
void xlsx_part_fail(struct xlsx_part *part, enum status status);
void xlsx_part_damaged(struct xlsx_part *part);
bool xlsx_part_failed(const struct xlsx_part *part);
/* The step ends here; the next one goes on. */
void xlsx_part_pause(struct xlsx_part *part);

uint64_t xlsx_part_bytes_read(const struct xlsx_part *part);

/* Opens, reads to the end and closes. `ret_part` (may be NULL) is set before the first handler is called. */
must_check enum status xlsx_part_read(struct archive *archive, size_t entry, const char *file_name,
                                      const char *part_name, const struct xlsx_handler *handler, void *context,
                                      struct xlsx_part **ret_part, struct error *error);

/* The value of an attribute, with or without prefix; NULL when there is none. */
const char *xlsx_attribute(const char **attributes, const char *name);

#endif
