/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchases.h: the import of purchases, the heaviest road into Treue.
 *
 *   file -> blocks -> parsing threads -> shelves of packed fragments -> sorted by customer and document number
 *        -> documents joined and compared (one thread) -> staged in bounded transactions (the writer)
 *        -> a segment of the column index, published after the generation
 *
 * Rejected documents are written to the error file in a second pass over the file, only when there are any.
 */
#ifndef TREUE_IMPORTER_PURCHASES_H
#define TREUE_IMPORTER_PURCHASES_H

#include "importer/import.h"

/* Stages the purchases of run->file; sets run->published, which brings the column index up to date. */
must_check enum status import_purchases(struct import_run *run, struct error *error);

#endif
