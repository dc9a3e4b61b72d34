/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export.h: takes out again what was imported, in the columns the import of that kind understands, so that an export
 * read into an empty database by the profile that belongs to it says the same.
 *
 * Exported is what is valid at the latest generation: of dated facts every value with the day it begins to hold; or,
 * as of a day, what was valid then (potentials and values: the latest that had begun and not ended) and what had
 * happened by then; of what people declared about being addressed what counts, the latest entry about each event.
 * Rows come one by one in the order of customer numbers, articles, territories; memory does not grow with purchases.
 */
#ifndef TREUE_PROGRAM_EXPORT_H
#define TREUE_PROGRAM_EXPORT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "db/db.h"

extern const char *const export_kind_names; /* "customers, contacts, ...": for messages */

/* A file has one source. The sources may be left out where only one is possible. */
struct export_request {
        const char *kind;            /* "customers", "purchases", ... */
        const char *source;          /* the rows of this source */
        const char *customer_source; /* whose numbers stand for customers */
        const char *product_source;  /* whose articles stand in purchases */
        int32_t on_day;              /* DAY_NONE: everything */
};

struct export;

/* STATUS_USAGE "export.unknown_kind" {kind} {kinds}, "export.unknown_source" {source} {sources}, or, where one has to
 * be named, "export.several_sources" {option} {sources}. Lives in the arena, as long as the connection. */
must_check enum status export_new(struct connection *connection, const struct export_request *request,
                                  struct arena *arena, struct export **ret, struct error *error);
void export_free(struct export *export); /* accepts NULL */
static inline void export_freep(struct export **export) { export_free(*export); }
#define export_cleanup __attribute__((cleanup(export_freep)))

/* Names of the columns: those of the import kind. */
const struct text *export_columns(const struct export *export, size_t *ret_count);

/* Appends the import profile that reads the columns back: CSV with commas, decimal points, UTF-8, neutralised
 * (render/csv.h), or a workbook. */
void export_add_profile(const struct export *export, struct buffer *out);

/* Calls `row` with the cells of each row; unknown ones are empty. Borrowed until the next call. STATUS_CONFLICT
 * "export.foreign_article" {document} {source}: a document names an article of another source. */
typedef enum status (*export_row)(void *context, const struct text *cells, size_t count, struct error *error);
must_check enum status export_run(struct export *export, export_row row, void *context, struct error *error);

#endif
