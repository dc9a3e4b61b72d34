/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rebuild.h: the column index afresh from the documents of the database.
 */
#ifndef TREUE_FACTS_REBUILD_H
#define TREUE_FACTS_REBUILD_H

#include "db/db.h"
#include "db/generation.h"
#include "facts/index_build.h"

/* Reads all documents valid at the latest generation and replaces the index by one segment that covers it. The caller
 * owns the data directory. */
must_check enum status index_rebuild(struct database *database, struct connection *connection, struct error *error);

/* Adds the documents valid at a visibility to a builder, costs resolved. `imports`: a flag per import id, only versions
 * of flagged imports (NULL: of all). *ret_documents counts them. */
must_check enum status index_fill(struct connection *connection, const struct visibility *visibility,
                                  const bool *imports, struct index_builder *builder, uint64_t *ret_documents,
                                  struct error *error);

/* DATA/index; NULL without memory; free(). */
char *index_directory(struct database *database);

#endif
