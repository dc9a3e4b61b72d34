/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * backup.c: copies of a database and their way back.
 */
#include "db/backup.h"

#include "db/engine.h"

enum { PATH_BYTES_MAX = 4096 };
static const char restoring[] = "restoring", database_file[] = "treue.db";

static enum status path_join(struct buffer *out, const char *directory, const char *first, const char *second,
                             struct error *error)
{
        buffer_init(out, PATH_BYTES_MAX);
        buffer_addf(out, "%s/%s%s%s", directory, first, second ? "/" : "", second ? second : "");
        return out->failed ? error_memory(error) : STATUS_OK;
}

enum status database_backup(struct connection *connection, const char *path, backup_progress progress, void *context,
                            struct error *error)
{
        const struct engine *engine = connection->database->engine;
        struct buffer temporary buffer_cleanup;
        buffer_init(&temporary, PATH_BYTES_MAX);
        buffer_addf(&temporary, "%s.part", path);
        if (temporary.failed)
                return error_memory(error);
        if (!engine->backup)
                return error_set(error, STATUS_USAGE, "backup.other_tools", NULL);
        if (file_exists(path))
                return error_set(error, STATUS_CONFLICT, "backup.exists", "path", path, NULL);
        enum status status = file_remove(temporary.data, error);
        if (!status)
                status = db_read_begin(connection, error);
        if (status)
                return status;
        status = engine->backup(connection, temporary.data, progress, context, error);
        db_read_end(connection);
        if (!status)
                status = file_rename(temporary.data, path, true, error);
        if (status)
                (void)!file_remove(temporary.data, NULL);
        return status;
}

enum status database_restore_begin(const char *file, const char *directory, char **ret_place, struct error *error)
{
        struct buffer database buffer_cleanup, place buffer_cleanup, copy buffer_cleanup;
        buffer_init(&place, PATH_BYTES_MAX);
        buffer_init(&copy, PATH_BYTES_MAX);
        enum status status = path_join(&database, directory, database_file, NULL, error);
        if (!status && file_exists(database.data))
                status = error_set(error, STATUS_CONFLICT, "init.exists", "path", directory, NULL);
        if (!status)
                status = path_join(&place, directory, restoring, NULL, error);
        if (!status)
                status = path_join(&copy, directory, restoring, database_file, error);
        if (!status)
                status = directory_make(place.data, error);
        if (!status)
                status = directory_clear(place.data, "", error);
        if (!status) {
                status = file_copy(file, copy.data, error);
                if (status)
                        (void)!database_restore_end(directory, false, NULL);
        }
        if (status)
                return status;
        *ret_place = buffer_take(&place, NULL);
        return STATUS_OK;
}

enum status database_restore_end(const char *directory, bool keep, struct error *error)
{
        struct buffer database buffer_cleanup, place buffer_cleanup, copy buffer_cleanup;
        buffer_init(&place, PATH_BYTES_MAX);
        buffer_init(&copy, PATH_BYTES_MAX);
        enum status status = path_join(&database, directory, database_file, NULL, error);
        if (!status)
                status = path_join(&place, directory, restoring, NULL, error);
        if (!status)
                status = path_join(&copy, directory, restoring, database_file, error);
        if (!status && keep)
                status = file_rename(copy.data, database.data, true, error);
        if (!status)
                status = directory_clear(place.data, "", error);
        return status ? status : directory_remove(place.data, error);
}
