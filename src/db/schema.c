/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * schema.c: numbered migrations, each applied in one transaction with its version row. A database with other or newer
 * migrations than this program knows is refused, one with fewer only brought up to date when told so.
 */
#include <inttypes.h>

#include "db/engine.h"
#include "db/setting.h"
#include "platform/clock.h"
#include "platform/random.h"

enum { CHECK_NAME_BYTES = 128 };

const struct migration_list schema_migrations = {migrations, MIGRATION_COUNT};

static enum status refuse_version(enum status status, const char *key, int32_t version,
                                  const struct migration_list *list, struct error *error)
{
        char number[16], known[16];
        snprintf(number, sizeof(number), "%" PRId32, version);
        snprintf(known, sizeof(known), "%" PRId32, list->count);
        return error_set(error, status, key, "number", number, "known", known, NULL);
}

/* Compares the applied migrations with ours; *ret_version is the number of the last one. */
static enum status read_version(struct connection *connection, const struct migration_list *list,
                                int32_t *ret_version, struct error *error)
{
        rows_cleanup struct rows *rows = NULL;
        enum status status = q_schema_version_list_open(connection, NULL, &rows, error);
        if (status)
                return status;
        int32_t version = 0;
        for (;;) {
                struct q_schema_version_list_row row;
                bool more = false;
                status = q_schema_version_list_next(rows, &row, &more, error);
                if (status)
                        return status;
                if (!more)
                        break;
                if (row.version > list->count)
                        return refuse_version(STATUS_CONFLICT, "database.schema_new", row.version, list, error);
                if (row.version != version + 1 || !text_is(row.checksum, list->items[version].checksum))
                        return refuse_version(STATUS_CORRUPT, "database.schema_changed", row.version, list, error);
                version = row.version;
        }
        *ret_version = version;
        return STATUS_OK;
}

static enum status apply(struct connection *connection, const struct migration *migration, struct error *error)
{
        enum status status = connection->database->engine->run_migration(connection, migration, error);
        if (status)
                return status;
        return q_schema_version_insert(connection,
                                       &(struct q_schema_version_insert_args){
                                               .version = migration->number,
                                               .name = text_of(migration->name),
                                               .checksum = text_of(migration->checksum),
                                               .applied_ms = clock_now_ms(),
                                       },
                                       NULL, error);
}

static void roll_back(struct connection *connection)
{
        const struct engine *engine = connection->database->engine;
        enum status ignored = STATUS_OK;
        if (engine->in_transaction(connection))
                ignored = engine->transaction(connection, TRANSACTION_ROLLBACK, NULL);
        (void)ignored;
}

/* One migration with its version row: both or neither. Another process may have been quicker. */
static enum status apply_alone(struct connection *connection, const struct migration_list *list, int32_t at,
                               struct error *error)
{
        const struct engine *engine = connection->database->engine;
        int32_t version = 0;
        enum status status = engine->transaction(connection, TRANSACTION_BEGIN_WRITE, error);
        if (!status)
                status = read_version(connection, list, &version, error);
        if (!status && version <= at)
                status = apply(connection, &list->items[at], error);
        if (!status)
                status = engine->transaction(connection, TRANSACTION_COMMIT, error);
        if (status)
                roll_back(connection);
        return status;
}

enum status schema_check(struct connection *connection, const struct migration_list *list, bool migrate,
                         struct error *error)
{
        const struct engine *engine = connection->database->engine;
        bool exists = false;
        enum status status = engine->has_schema_table(connection, &exists, error);
        if (status)
                return status;
        int32_t version = 0;
        if (exists)
                status = read_version(connection, list, &version, error);
        if (status)
                return status;
        /* An interrupted init leaves an empty file. */
        if (version == 0)
                return engine->shared ? error_set(error, STATUS_NOT_FOUND, "database.empty", "path",
                                                  connection->database->place, NULL)
                                      : error_set(error, STATUS_NOT_FOUND, "database.missing", "path",
                                                  connection->database->directory, NULL);
        if (version == list->count)
                return STATUS_OK;
        if (!migrate)
                return refuse_version(STATUS_CONFLICT, "database.schema_old", version, list, error);
        status = engine->copy(connection, version, error);
        for (int32_t i = version; !status && i < list->count; i++)
                status = apply_alone(connection, list, i, error);
        return status;
}

/* ---- queries ----------------------------------------------------------------------------------------------------- */

/* What all queries were prepared by: they themselves, and the engine. */
static void name_check(struct connection *connection, char out[CHECK_NAME_BYTES])
{
        snprintf(out, CHECK_NAME_BYTES, "%s %d", queries_checksum, connection->database->engine->version(connection));
}

/* Like the name of the database no company's setting: it stands in no audit trail. */
static enum status prepare_and_note(struct connection *connection, struct error *error)
{
        char name[CHECK_NAME_BYTES];
        name_check(connection, name);
        struct q_setting_set_args args = {text_of(QUERIES_CHECKED), text_of(name)};
        enum status status = connection->database->engine->check_queries(connection, error);
        return status ? status : q_setting_set(connection, &args, NULL, error);
}

enum status schema_check_queries(struct connection *connection, struct error *error)
{
        const struct engine *engine = connection->database->engine;
        char name[CHECK_NAME_BYTES];
        struct q_setting_get_row row;
        bool found = false;
        name_check(connection, name);
        enum status status = q_setting_get(connection, &(struct q_setting_get_args){text_of(QUERIES_CHECKED)}, &row,
                                           &found, error);
        if (status || (found && text_is(row.value, name)))
                return status;
        if (connection->role != CONNECTION_WRITER)
                return engine->check_queries(connection, error);
        /* Beside other writers, as nothing depends on it. */
        status = engine->transaction(connection, TRANSACTION_BEGIN_BULK, error);
        if (!status)
                status = prepare_and_note(connection, error);
        if (!status)
                status = engine->transaction(connection, TRANSACTION_COMMIT, error);
        if (status)
                roll_back(connection);
        return status;
}

/* ---- a new database ---------------------------------------------------------------------------------------------- */

/* No company's setting: it stands in no audit trail. */
static enum status name_database(struct connection *connection, struct error *error)
{
        char name[33];
        snprintf(name, sizeof(name), "%016" PRIx64 "%016" PRIx64, random_u64(), random_u64());
        struct q_setting_set_args args = {text_of(DATABASE_ID), text_of(name)};
        return q_setting_set(connection, &args, NULL, error);
}

/* Inside the transaction of schema_create. */
static enum status fill_new(struct connection *connection, const struct database_options *options, struct error *error)
{
        enum status status = connection->database->engine->prepare_schema_table(connection, error);
        if (status)
                return status;
        int32_t version = 0;
        status = read_version(connection, &schema_migrations, &version, error);
        if (status)
                return status;
        if (version != 0)
                return error_set(error, STATUS_CONFLICT, "init.exists", "path",
                                 connection->database->engine->shared ? connection->database->place
                                                                      : connection->database->directory, NULL);
        for (size_t i = 0; !status && i < MIGRATION_COUNT; i++)
                status = apply(connection, &migrations[i], error);
        if (!status)
                status = prepare_and_note(connection, error);
        if (!status && connection->database->engine->shared)
                status = name_database(connection, error);
        for (size_t i = 0; !status && i < options->setting_count; i++)
                status = setting_set(connection, options->settings[i].name, text_of(options->settings[i].value),
                                     error);
        return status;
}

enum status schema_create(struct connection *connection, const struct database_options *options, struct error *error)
{
        const struct engine *engine = connection->database->engine;
        enum status status = engine->transaction(connection, TRANSACTION_BEGIN_WRITE, error);
        if (!status)
                status = fill_new(connection, options, error);
        if (!status)
                status = engine->transaction(connection, TRANSACTION_COMMIT, error);
        if (status)
                roll_back(connection);
        return status;
}
