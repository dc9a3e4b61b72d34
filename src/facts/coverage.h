/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * coverage.h: does a column index show the purchases of a generation?
 *
 * It does when it was made of this database as it is or was, the imports whose documents it holds are those visible at
 * the generation, none of them replaced a version held in another segment, and no cost of a product came or went since.
 * What is missing can be added when it only adds documents; else the index is made afresh.
 */
#ifndef TREUE_FACTS_COVERAGE_H
#define TREUE_FACTS_COVERAGE_H

#include "db/db.h"
#include "facts/index_format.h"

enum coverage {
        COVERAGE_FITS,
        COVERAGE_ADD,   /* the documents of *ret_missing are to be added */
        COVERAGE_AFRESH,
        COVERAGE_FOREIGN, /* to be made afresh: the database was restored to an older state since, or is another one */
};

/* *ret_missing: with COVERAGE_ADD a flag per import id below *ret_missing_count; free(). */
must_check enum status coverage_of(struct connection *connection, const struct index_manifest *manifest,
                                   int64_t generation, enum coverage *ret, bool **ret_missing,
                                   size_t *ret_missing_count, struct error *error);

#endif
