/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backup.h: a copy of a database in use, and making a database of a copy.
 *
 * A backup is one file that holds all of the database as it was at one moment: settings, imports, documents, concepts,
 * runs, audit chain. Left out are the column index, which is derived, and the files of rejected lines.
 */
#ifndef TREUE_DB_BACKUP_H
#define TREUE_DB_BACKUP_H

#include "db/db.h"

typedef void (*backup_progress)(void *context, uint64_t bytes_done, uint64_t bytes_total);

/* Copies what the connection sees to `path`, beside a running writer, which does not wait. The file gets its name when
 * it is complete and synced. STATUS_CONFLICT "backup.exists" {path}; STATUS_USAGE "backup.other_tools" when the
 * database lies on a server. `progress` may be NULL. */
must_check enum status database_backup(struct connection *connection, const char *path, backup_progress progress,
                                       void *context, struct error *error);

/* Puts a copy of a backup file into `directory`/restoring, to be opened and checked there. STATUS_CONFLICT
 * "init.exists" {path} when `directory` holds a database. ret_place is the directory to open (free()). */
must_check enum status database_restore_begin(const char *file, const char *directory, char **ret_place,
                                              struct error *error);
/* Closed again: makes it the database of `directory` (`keep`), or removes it. */
must_check enum status database_restore_end(const char *directory, bool keep, struct error *error);

#endif
