/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * db.c: opening and closing a database: the data directory with its lock, the engine, the schema check, the writer.
 */
#include "db/db.h"

#include "db/engine.h"
#include "platform/permission.h"

enum { PATH_BYTES_MAX = 4096 };

static char *join(const char *directory, const char *name)
{
        struct buffer path;
        buffer_init(&path, PATH_BYTES_MAX);
        buffer_addf(&path, "%s/%s", directory, name);
        char *result = path.failed ? NULL : buffer_take(&path, NULL);
        buffer_release(&path);
        return result;
}

static enum status take_lock(struct database *database, struct error *error)
{
        char *path = join(database->directory, "treue.lock");
        if (!path)
                return error_memory(error);
        enum status status = lock_take(path, &database->lock, error);
        free(path);
        return status;
}

/* What this machine derives belongs to one database. With a server the directory notes which: index and error files of
 * another must not be taken for its own. A database made before there were such notes has none. */
static enum status check_directory(struct database *database, struct connection *connection, bool create,
                                   struct error *error)
{
        if (!database->engine->shared)
                return STATUS_OK;
        struct q_setting_get_row row;
        bool found = false;
        enum status status = q_setting_get(connection, &(struct q_setting_get_args){text_of(DATABASE_ID)}, &row, &found,
                                           error);
        if (status || !found)
                return status;
        char *note = join(database->directory, "database-id"), *index = join(database->directory, "index");
        struct buffer known = {0};
        if (!note || !index)
                status = error_memory(error);
        bool noted = !status && file_exists(note);
        if (noted)
                status = file_read(note, PATH_BYTES_MAX, &known, error);
        bool same = noted && !status && text_equal((struct text){known.data, known.length}, row.value);
        if (!status && noted && !same && !create)
                status = error_set(error, STATUS_CONFLICT, "database.other_directory", "path", database->directory,
                                   "database", database->place, NULL);
        if (!status && !same && !database->read_only && file_exists(index))
                status = directory_clear(index, "", error);
        if (!status && !same && !database->read_only)
                status = file_write(note, row.value.data, row.value.length, false, error);
        buffer_release(&known);
        free(note);
        free(index);
        return status;
}

/* ---- a reader kept for the next ---------------------------------------------------------------------------------- */

static struct connection *take_idle(struct database *database)
{
        return __atomic_exchange_n(&database->idle, NULL, __ATOMIC_ACQ_REL);
}

/* A command connects several times, one after the other, and connecting to a server takes longer than most questions.
 * False when one is kept already, or this one is of no further use. */
static bool keep_idle(struct connection *connection)
{
        struct database *database = connection->database;
        struct connection *none = NULL;
        return connection->role == CONNECTION_READER && !database->engine->in_transaction(connection) &&
               database->engine->recovery(connection) == RECOVERY_NONE &&
               __atomic_compare_exchange_n(&database->idle, &none, connection, false, __ATOMIC_ACQ_REL,
                                           __ATOMIC_RELAXED);
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

/* The writing connection, the schema and the writer's thread. */
static enum status open_writing(struct database *database, const struct database_options *options, struct error *error)
{
        struct connection *connection = NULL;
        enum status status = database->engine->connect(database, CONNECTION_WRITER, &connection, error);
        if (status)
                return status;
        if (options->create)
                status = schema_create(connection, options, error);
        else
                status = schema_check(connection, &schema_migrations, options->migrate, error);
        if (!status && !options->create)
                status = schema_check_queries(connection, error);
        if (!status)
                status = check_directory(database, connection, options->create, error);
        if (status) {
                db_disconnect(connection);
                return status;
        }
        return write_thread_start(database, connection, error);
}

static enum status open_reading(struct database *database, struct error *error)
{
        struct connection *connection = NULL;
        enum status status = database->engine->connect(database, CONNECTION_READER, &connection, error);
        if (status)
                return status;
        status = schema_check(connection, &schema_migrations, false, error);
        if (!status)
                status = schema_check_queries(connection, error);
        if (!status)
                status = check_directory(database, connection, false, error);
        db_disconnect(connection);
        return status;
}

static enum status set_places(struct database *database, const char *directory, const char *url, struct error *error)
{
        database->directory = strdup(directory);
        if (url)
                database->url = strdup(url);
        else
                database->place = join(directory, "treue.db"); /* with a server the engine names it */
        return database->directory && (database->url || database->place) ? STATUS_OK : error_memory(error);
}

enum status database_open(const struct database_options *options, struct database **ret, struct error *error)
{
        const char *directory = options->data_directory;
        bool server = options->url && *options->url;
        /* With a server the directory holds only what can be made again. */
        enum status status = options->create || server ? directory_make(directory, error) : STATUS_OK;
        if (!status && !options->create && !server && !file_exists(directory)) {
                status = permission_check(directory, PERMISSION_READ, error);
                if (!status)
                        status = error_set(error, STATUS_NOT_FOUND, "database.missing", "path", directory, NULL);
        }
        if (status)
                return status;
        struct database *database = calloc(1, sizeof(*database));
        if (!database)
                return error_memory(error);
        database->engine = server ? &engine_postgresql : &engine_sqlite;
        database->read_only = options->read_only;
        database->lines = options->lines;
        status = set_places(database, directory, server ? options->url : NULL, error);
        if (!status && !options->read_only)
                status = take_lock(database, error);
        if (!status)
                status = database->engine->open(database, options->create, error);
        if (!status)
                status = options->read_only ? open_reading(database, error) : open_writing(database, options, error);
        if (status) {
                database_close(database);
                return status;
        }
        *ret = database;
        return STATUS_OK;
}

void database_close(struct database *database)
{
        if (!database)
                return;
        struct connection *idle = take_idle(database);
        if (idle)
                database->engine->disconnect(idle);
        write_thread_stop(database);
        if (database->lock)
                lock_release(database->lock);
        free(database->directory);
        free(database->place);
        free(database->url);
        free(database);
}

const char *database_directory(const struct database *database)
{
        return database->directory;
}

enum status db_connect(struct database *database, struct connection **ret, struct error *error)
{
        struct connection *connection = take_idle(database);
        if (!connection)
                return database->engine->connect(database, CONNECTION_READER, ret, error);
        *ret = connection;
        return STATUS_OK;
}

enum status db_check_queries(struct connection *connection, struct error *error)
{
        return connection->database->engine->check_queries(connection, error);
}

void db_disconnect(struct connection *connection)
{
        if (!connection)
                return;
        db_read_end(connection);
        connection_release(connection);
        if (!keep_idle(connection))
                connection->database->engine->disconnect(connection);
}
