/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * staged.h: removing the rows of an import nobody has seen.
 */
#ifndef TREUE_IMPORTER_STAGED_H
#define TREUE_IMPORTER_STAGED_H

#include <stdint.h>

#include "base/status.h"
#include "db/db.h"

/* Removes all rows of an import in staging, and the import. */
must_check enum status staged_remove(struct database *database, int32_t import_id, struct error *error);

#endif
