/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * staged.h: imports nobody has seen yet: going on with one that was interrupted, removing it.
 *
 * Documents of purchases are staged in the order of their key, each batch together with the key it ends with; all
 * customers and articles have their numbers by then. So going on means: read the file again, skip what lies up to
 * that key, stage the rest. The other kinds are staged in the order of the file, each batch together with the number of
 * records read by then: all is checked and compared again, as rows depend on those before, but only what comes later
 * is staged. What is quick to make again (records of customers, of purchases the names of articles) is removed first,
 * so that all counts come out as without the interruption.
 */
#ifndef TREUE_IMPORTER_STAGED_H
#define TREUE_IMPORTER_STAGED_H

#include <stdint.h>

#include "base/status.h"
#include "db/db.h"
#include "importer/import.h"

/* Claims an import in staging for this process, inside a write function: STATUS_BUSY "import.held_elsewhere" {import}
 * when another process on the same database is at it, or it is in staging no more. Held until the process ends; a
 * connection that was lost takes the claim with it, so whoever stages claims with each batch. */
must_check enum status staged_hold(struct connection *connection, int32_t import_id, struct error *error);

/* Removes all rows of an import in staging, and the import; as staged_hold when another process is at it. */
must_check enum status staged_remove(struct database *database, int32_t import_id, struct error *error);

/* Looks for an interrupted import of the same kind, profile and file (by its bytes) and takes it over: sets
 * run->resumed, import_id, import_day and the key to go on behind. One of the same file name that differs is removed
 * (run->superseded). Reads the file once where there is one to compare with. */
must_check enum status staged_resume(struct import_run *run, struct error *error);

/* From here on an interruption can be gone on from. Purchases: all names are resolved and the file is read. Other
 * kinds: nothing was read yet; reads the file once, so that it is known when it comes again. */
must_check enum status staged_begin(struct import_run *run, struct error *error);
/* In the write function that staged `rows` more: documents up to this key, of other kinds records of the file. */
must_check enum status staged_move(struct connection *connection, const struct import_run *run, uint64_t rows,
                                   int64_t customer_id, struct text number, struct error *error);
/* Is a document staged already? Asked in the order of the keys. */
bool staged_before(const struct import_run *run, int64_t customer_id, struct text number);

/* After a failure: is what was staged worth keeping, because the same file may go in next time? */
bool staged_is_worth_keeping(const struct import_run *run, enum status status);

#endif
