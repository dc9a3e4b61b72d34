/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sqlite.c: the embedded engine. Write-ahead log with a full sync at each commit; connections are used by one thread at
 * a time, so SQLite's own locks are off. Only the writer checkpoints, readers never do, not even on close.
 */
#include <assert.h>
#include <errno.h>
#include <sqlite3.h>

#include "db/engine.h"
#include "db/sqlite_bulk.h"
#include "db/sqlite_lines.h"
#include "platform/permission.h"

enum { BUSY_TIMEOUT_MS = 10000, CHECKPOINT_TIMEOUT_MS = 200, BACKUP_STEP_PAGES = 256 };

struct sqlite_connection {
        struct connection base; /* first: the two are cast into each other */
        sqlite3 *handle;
        sqlite3_stmt *statements[QUERY_COUNT];
        uint64_t log_pages;
        int page_bytes;
        struct sqlite_bulk bulk;
};

static struct sqlite_connection *own(struct connection *connection)
{
        return (struct sqlite_connection *)connection;
}

/* SQLite could not read or write: for want of a right to the file, its log or the folder both lie in? */
static enum status io_failed(const char *path, int reason, const char *words, struct error *error)
{
        static const char *const endings[] = {"", "-wal", "-shm"};
        enum status status = STATUS_OK;
        if (reason == ENOSPC || reason == EDQUOT)
                return error_set(error, STATUS_SYSTEM, "database.full", "path", path, NULL);
        for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]) && !status; i++) {
                struct buffer file buffer_cleanup;
                buffer_init(&file, 4096);
                buffer_addf(&file, "%s%s", path, endings[i]);
                status = file.failed ? error_memory(error) : permission_check(file.data, PERMISSION_WRITE, error);
        }
        if (!status)
                status = permission_check(path, PERMISSION_REPLACE, error);
        return status ? status
                      : error_set(error, STATUS_SYSTEM, "database.io", "path", path, "reason", words, NULL);
}

/* What SQLite said, as an error that names what was being done. */
static enum status failed(struct sqlite_connection *connection, int code, const char *action, struct error *error)
{
        const char *reason = connection->handle ? sqlite3_errmsg(connection->handle) : sqlite3_errstr(code);
        const char *path = connection->base.database->place;
        switch (code & 0xff) {
        case SQLITE_NOMEM:
                return error_memory(error);
        case SQLITE_FULL:
                return error_set(error, STATUS_SYSTEM, "database.full", "path", path, NULL);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return error_set(error, STATUS_BUSY, "database.busy", "path", path, NULL);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return error_set(error, STATUS_CORRUPT, "database.corrupt", "path", path, "reason", reason, NULL);
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
                return io_failed(path, connection->handle ? sqlite3_system_errno(connection->handle) : 0, reason,
                                 error);
        case SQLITE_CONSTRAINT:
                return error_set(error, STATUS_CONFLICT, "database.constraint", "action", action, "reason", reason,
                                 NULL);
        default:
                return error_set(error, STATUS_DATABASE, "database.failed", "action", action, "reason", reason, NULL);
        }
}

static enum status run(struct connection *connection, const char *statements, const char *action, struct error *error)
{
        int code = sqlite3_exec(own(connection)->handle, statements, NULL, NULL, NULL);
        return code == SQLITE_OK ? STATUS_OK : failed(own(connection), code, action, error);
}

static int take_page_bytes(void *context, int count, char **values, char **names)
{
        struct sqlite_connection *connection = context;
        (void)names;
        if (count == 1 && values[0])
                connection->page_bytes = (int)strtol(values[0], NULL, 10);
        return SQLITE_OK;
}

static int count_log(void *context, sqlite3 *handle, const char *name, int pages)
{
        struct sqlite_connection *connection = context;
        (void)handle;
        (void)name;
        connection->log_pages = (uint64_t)pages;
        return SQLITE_OK;
}

static enum status sqlite_open(struct database *database, bool create, struct error *error)
{
        if (create || file_exists(database->place))
                return STATUS_OK;
        enum status status = permission_check(database->place, PERMISSION_READ, error);
        return status ? status
                      : error_set(error, STATUS_NOT_FOUND, "database.missing", "path", database->directory, NULL);
}

static void sqlite_disconnect(struct connection *connection)
{
        for (size_t i = 0; i < QUERY_COUNT; i++)
                sqlite3_finalize(own(connection)->statements[i]);
        sqlite3_close_v2(own(connection)->handle);
        free(connection);
}

static enum status set_up(struct sqlite_connection *connection, struct error *error)
{
        sqlite3 *handle = connection->handle;
        sqlite3_extended_result_codes(handle, 1);
        sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        enum status status = STATUS_OK;
        bool writer = connection->base.role == CONNECTION_WRITER;
        /* Both have no effect on a file that holds tables in this form already. */
        if (writer)
                status = run(&connection->base, ENGINE_SQLITE_NEW_FILE, "open", error);
        if (!status)
                status = run(&connection->base, ENGINE_SQLITE_CONNECTION, "open", error);
        if (!status)
                status = run(&connection->base, writer ? ENGINE_SQLITE_WRITER : ENGINE_SQLITE_READER, "open", error);
        if (!status && (sqlite3_exec(handle, ENGINE_SQLITE_PAGE_BYTES, take_page_bytes, connection, NULL) != SQLITE_OK
                        || sqlite_bulk_register(handle, &connection->bulk) != SQLITE_OK
                        || sqlite_lines_register(handle, connection->base.database->lines) != SQLITE_OK))
                status = failed(connection, sqlite3_errcode(handle), "open", error);
        /* After the settings: setting an automatic checkpoint would take the hook away. */
        if (!status && writer)
                sqlite3_wal_hook(handle, count_log, connection);
        return status;
}

static enum status sqlite_connect(struct database *database, enum connection_role role, struct connection **ret,
                                  struct error *error)
{
        struct sqlite_connection *connection = calloc(1, sizeof(*connection));
        if (!connection)
                return error_memory(error);
        connection_init(&connection->base, database, role);
        /* Readers open for writing too, as a log left by a crash must be recovered before it can be read; their
         * settings forbid changes. SQLite falls back to reading where the file allows no more. */
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (role == CONNECTION_WRITER ? SQLITE_OPEN_CREATE : 0);
        int code = sqlite3_open_v2(database->place, &connection->handle, flags, NULL);
        enum status status = code == SQLITE_OK ? set_up(connection, error) : failed(connection, code, "open", error);
        if (status) {
                sqlite_disconnect(&connection->base);
                return status;
        }
        *ret = &connection->base;
        return STATUS_OK;
}

static enum status prepare_schema_table(struct connection *connection, struct error *error)
{
        return run(connection, ENGINE_SQLITE_SCHEMA_VERSION, "schema_version", error);
}

static enum status has_schema_table(struct connection *connection, bool *ret, struct error *error)
{
        sqlite3 *handle = own(connection)->handle;
        int code = sqlite3_table_column_metadata(handle, NULL, "schema_version", "version", NULL, NULL, NULL, NULL,
                                                 NULL);
        if (code != SQLITE_OK && code != SQLITE_ERROR)
                return failed(own(connection), code, "schema_version", error);
        *ret = code == SQLITE_OK;
        return STATUS_OK;
}

static enum status run_migration(struct connection *connection, const struct migration *migration, struct error *error)
{
        return run(connection, migration->sqlite, migration->name, error);
}

/* Copies everything, the log included, to treue.db.schema-VERSION. */
static enum status copy_database(struct connection *connection, int32_t schema_version, struct error *error)
{
        struct buffer path;
        buffer_init(&path, 4096);
        buffer_addf(&path, "%s.schema-%d", connection->database->place, (int)schema_version);
        if (path.failed) {
                buffer_release(&path);
                return error_memory(error);
        }
        struct sqlite_connection target = {.base.database = connection->database};
        int code = sqlite3_open_v2(path.data, &target.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
        if (code == SQLITE_OK) {
                sqlite3_backup *backup = sqlite3_backup_init(target.handle, "main", own(connection)->handle, "main");
                if (backup)
                        sqlite3_backup_step(backup, -1);
                sqlite3_backup_finish(backup);
                code = sqlite3_errcode(target.handle);
        }
        enum status status = code == SQLITE_OK ? STATUS_OK : failed(&target, code, "copy", error);
        sqlite3_close_v2(target.handle);
        buffer_release(&path);
        return status;
}

/* Copies in steps inside the connection's view: what others write meanwhile neither waits nor begins the copy anew. */
static enum status backup_database(struct connection *connection, const char *path,
                                   void (*progress)(void *context, uint64_t bytes_done, uint64_t bytes_total),
                                   void *context, struct error *error)
{
        struct sqlite_connection target = {.base.database = connection->database};
        uint64_t page_bytes = (uint64_t)own(connection)->page_bytes;
        int code = sqlite3_open_v2(path, &target.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
        if (code == SQLITE_OK)
                code = sqlite3_exec(target.handle, ENGINE_SQLITE_BACKUP_TARGET, NULL, NULL, NULL);
        sqlite3_backup *backup = NULL;
        if (code == SQLITE_OK) {
                backup = sqlite3_backup_init(target.handle, "main", own(connection)->handle, "main");
                code = backup ? SQLITE_OK : sqlite3_errcode(target.handle);
        }
        while (code == SQLITE_OK) {
                code = sqlite3_backup_step(backup, BACKUP_STEP_PAGES);
                uint64_t total = (uint64_t)sqlite3_backup_pagecount(backup);
                uint64_t left = (uint64_t)sqlite3_backup_remaining(backup);
                if (progress)
                        progress(context, (total - left) * page_bytes, total * page_bytes);
        }
        int finished = sqlite3_backup_finish(backup);
        if (code == SQLITE_DONE)
                code = finished;
        enum status status = code == SQLITE_OK ? STATUS_OK : failed(&target, code, "backup", error);
        sqlite3_close_v2(target.handle);
        return status;
}

static enum status prepare(struct connection *connection, enum query_id query, struct error *error)
{
        struct sqlite_connection *mine = own(connection);
        if (mine->statements[query])
                return STATUS_OK;
        const struct query_definition *definition = &query_definitions[query];
        sqlite3_stmt *statement = NULL;
        int code = sqlite3_prepare_v3(mine->handle, definition->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                                      NULL);
        if (code != SQLITE_OK)
                return failed(mine, code, definition->name, error);
        int arguments = definition->kind == QUERY_BULK ? 0 : definition->argument_count;
        if (sqlite3_bind_parameter_count(statement) != arguments ||
            (definition->row_count && sqlite3_column_count(statement) != definition->row_count)) {
                sqlite3_finalize(statement);
                return error_set(error, STATUS_DATABASE, "database.query_differs", "query", definition->name, NULL);
        }
        mine->statements[query] = statement;
        return STATUS_OK;
}

static int version(struct connection *connection)
{
        (void)connection;
        return sqlite3_libversion_number();
}

static enum status check_queries(struct connection *connection, struct error *error)
{
        for (size_t i = 0; i < QUERY_COUNT; i++) {
                enum status status = prepare(connection, (enum query_id)i, error);
                if (status)
                        return status;
        }
        return STATUS_OK;
}

static int bind(sqlite3_stmt *statement, int index, uint8_t type, const struct db_value *value, bool keep)
{
        if (value->is_null)
                return sqlite3_bind_null(statement, index);
        /* Empty is not NULL, whatever the pointer. */
        const void *data = value->data ? value->data : "";
        sqlite3_destructor_type life = keep ? SQLITE_TRANSIENT : SQLITE_STATIC;
        switch (type & DB_TYPE_MASK) {
        case DB_TEXT:
                return sqlite3_bind_text64(statement, index, data, value->length, life, SQLITE_UTF8);
        case DB_BYTES:
        case DB_LINES:
                return sqlite3_bind_blob64(statement, index, data, value->length, life);
        default:
                return sqlite3_bind_int64(statement, index, value->integer);
        }
}

static enum status start(struct connection *connection, enum query_id query, const struct db_value *arguments,
                         bool keep, struct error *error)
{
        enum status status = prepare(connection, query, error);
        if (status)
                return status;
        const struct query_definition *definition = &query_definitions[query];
        sqlite3_stmt *statement = own(connection)->statements[query];
        assert(!sqlite3_stmt_busy(statement)); /* not reentrant */
        for (int i = 0; i < definition->argument_count; i++) {
                int code = bind(statement, i + 1, definition->arguments[i], &arguments[i], keep);
                if (code != SQLITE_OK)
                        return failed(own(connection), code, definition->name, error);
        }
        return STATUS_OK;
}

/* False when the column does not hold what the query promises. */
static bool take_column(sqlite3_stmt *statement, int index, uint8_t type, struct db_value *ret)
{
        int found = sqlite3_column_type(statement, index);
        *ret = (struct db_value){.is_null = found == SQLITE_NULL};
        if (found == SQLITE_NULL)
                return (type & DB_NULLABLE) != 0;
        switch (type & DB_TYPE_MASK) {
        case DB_TEXT:
                ret->data = sqlite3_column_text(statement, index);
                break;
        case DB_BYTES:
        case DB_LINES:
                ret->data = sqlite3_column_blob(statement, index);
                break;
        default:
                ret->integer = sqlite3_column_int64(statement, index);
                return found == SQLITE_INTEGER &&
                       ((type & DB_TYPE_MASK) != DB_INT32 || (int32_t)ret->integer == ret->integer);
        }
        ret->length = (size_t)sqlite3_column_bytes(statement, index);
        return found == ((type & DB_TYPE_MASK) == DB_TEXT ? SQLITE_TEXT : SQLITE_BLOB);
}

static enum status step(struct connection *connection, enum query_id query, struct db_value *row, bool *ret_more,
                        struct error *error)
{
        sqlite3_stmt *statement = own(connection)->statements[query];
        const struct query_definition *definition = &query_definitions[query];
        int code = sqlite3_step(statement);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
                return failed(own(connection), code, definition->name, error);
        for (int i = 0; code == SQLITE_ROW && row && i < definition->row_count; i++)
                if (!take_column(statement, i, definition->rows[i], &row[i]))
                        return error_set(error, STATUS_CORRUPT, "database.column_differs", "query", definition->name,
                                         "column", sqlite3_column_name(statement, i), NULL);
        *ret_more = code == SQLITE_ROW;
        return STATUS_OK;
}

static void end(struct connection *connection, enum query_id query)
{
        sqlite3_reset(own(connection)->statements[query]);
}

static enum status exec(struct connection *connection, enum query_id query, const struct db_value *arguments,
                        int64_t *ret_changes, struct error *error)
{
        enum status status = start(connection, query, arguments, false, error);
        if (status)
                return status;
        bool more = false;
        status = step(connection, query, NULL, &more, error);
        end(connection, query);
        if (!status && ret_changes)
                *ret_changes = sqlite3_changes64(own(connection)->handle);
        return status;
}

static enum status settle(struct connection *connection, struct error *error)
{
        (void)connection;
        (void)error;
        return STATUS_OK;
}

static enum recovery recovery(struct connection *connection)
{
        (void)connection;
        return RECOVERY_NONE;
}

static enum status reconnect(struct connection *connection, struct error *error)
{
        return error_set(error, STATUS_DATABASE, "database.transaction_lost", "path",
                         connection->database->place, NULL);
}

static enum status bulk(struct connection *connection, enum query_id query, const void *rows, size_t row_count,
                        int64_t *ret_changes, struct error *error)
{
        struct sqlite_connection *mine = own(connection);
        enum status status = prepare(connection, query, error);
        if (status)
                return status;
        mine->bulk = (struct sqlite_bulk){&query_definitions[query], rows, row_count};
        int code = sqlite3_step(mine->statements[query]);
        if (code != SQLITE_DONE)
                status = failed(mine, code, query_definitions[query].name, error);
        sqlite3_reset(mine->statements[query]);
        mine->bulk = (struct sqlite_bulk){0};
        if (!status && ret_changes)
                *ret_changes = sqlite3_changes64(mine->handle);
        return status;
}

static enum status transaction(struct connection *connection, enum transaction_step step_id, struct error *error)
{
        static const char *const statements[] = {
                [TRANSACTION_BEGIN_READ] = ENGINE_SQLITE_BEGIN_READ,
                [TRANSACTION_BEGIN_WRITE] = ENGINE_SQLITE_BEGIN_WRITE,
                [TRANSACTION_BEGIN_BULK] = ENGINE_SQLITE_BEGIN_WRITE,
                [TRANSACTION_COMMIT] = ENGINE_SQLITE_COMMIT,
                [TRANSACTION_ROLLBACK] = ENGINE_SQLITE_ROLLBACK,
                [TRANSACTION_SAVEPOINT] = ENGINE_SQLITE_SAVEPOINT,
                [TRANSACTION_RELEASE] = ENGINE_SQLITE_RELEASE,
                [TRANSACTION_ROLLBACK_TO] = ENGINE_SQLITE_ROLLBACK_TO,
        };
        return run(connection, statements[step_id], "transaction", error);
}

static bool in_transaction(struct connection *connection)
{
        return !sqlite3_get_autocommit(own(connection)->handle);
}

static uint64_t log_bytes(struct connection *connection)
{
        return own(connection)->log_pages * (uint64_t)own(connection)->page_bytes;
}

static enum status checkpoint(struct connection *connection, bool wait, struct error *error)
{
        struct sqlite_connection *mine = own(connection);
        assert(connection->role == CONNECTION_WRITER);
        sqlite3_busy_timeout(mine->handle, CHECKPOINT_TIMEOUT_MS);
        int pages = 0, moved = 0;
        int code = sqlite3_wal_checkpoint_v2(mine->handle, NULL,
                                             wait ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &pages,
                                             &moved);
        sqlite3_busy_timeout(mine->handle, BUSY_TIMEOUT_MS);
        if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
                return failed(mine, code, "checkpoint", error);
        /* Wholly moved, the log is used from its beginning again. */
        mine->log_pages = pages > moved ? (uint64_t)pages : 0;
        return STATUS_OK;
}

const struct engine engine_sqlite = {
        .name = "sqlite",
        .open = sqlite_open,
        .connect = sqlite_connect,
        .disconnect = sqlite_disconnect,
        .prepare_schema_table = prepare_schema_table,
        .has_schema_table = has_schema_table,
        .run_migration = run_migration,
        .copy = copy_database,
        .version = version,
        .check_queries = check_queries,
        .exec = exec,
        .settle = settle,
        .start = start,
        .step = step,
        .end = end,
        .bulk = bulk,
        .transaction = transaction,
        .in_transaction = in_transaction,
        .recovery = recovery,
        .reconnect = reconnect,
        .log_bytes = log_bytes,
        .checkpoint = checkpoint,
        .backup = backup_database,
};
