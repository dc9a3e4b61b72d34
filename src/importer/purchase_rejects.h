/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * purchase_rejects.h: the second pass over a purchases file: all lines of rejected documents into the error file, each
 * with its reason, so that they can be repaired and imported again.
 */
#ifndef TREUE_IMPORTER_PURCHASE_REJECTS_H
#define TREUE_IMPORTER_PURCHASE_REJECTS_H

#include "importer/hash_set.h"
#include "importer/import.h"
#include "importer/purchase_line.h"

/* Counts run->counters.lines_rejected. */
must_check enum status purchase_rejects_write(struct import_run *run, const struct purchase_layout *layout,
                                              const struct hash_set *rejected, struct error *error);

#endif
