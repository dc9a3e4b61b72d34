/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * postgresql_connect.c: finding the server, connecting, and connecting again. No message ever shows a password: the
 * address is taken apart and only host, port and database are named.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/postgresql.h"
#include "platform/clock.h"
#include "platform/thread.h"

enum {
        SERVER_VERSION_MIN = 140000,
        STARTING_UP_MS = 10000,    /* a server that starts is waited for */
        RECONNECT_MS = 60000,
        PAUSE_FIRST_MS = 50,
        PAUSE_LONGEST_MS = 2000,
        CONNECT_TIMEOUT_MS = 10000,
        SQLSTATE_BYTES = 5,
};
#define VALUES_BYTES_MAX ((size_t)1 << 30)

static const char *option(const PQconninfoOption *options, const char *name, const char *otherwise)
{
        for (; options->keyword; options++)
                if (strcmp(options->keyword, name) == 0 && options->val && *options->val)
                        return options->val;
        return otherwise;
}

enum status pg_open(struct database *database, bool create, struct error *error)
{
        (void)create; /* an empty database is made by the server's administrator */
        enum status loaded = pq_library_load(error);
        if (loaded)
                return loaded;
        PQconninfoOption *given = PQconninfoParse(database->url, NULL), *all = PQconndefaults();
        if (!given || !all) {
                PQconninfoFree(given);
                PQconninfoFree(all);
                return error_set(error, STATUS_USAGE, "database.url_invalid", NULL);
        }
        const char *user = option(given, "user", option(all, "user", ""));
        struct buffer place;
        buffer_init(&place, 4096);
        buffer_addf(&place, "postgresql://%s:%s/%s", option(given, "host", option(all, "host", "localhost")),
                    option(given, "port", option(all, "port", "")),
                    option(given, "dbname", option(all, "dbname", user)));
        database->place = place.failed ? NULL : buffer_take(&place, NULL);
        buffer_release(&place);
        PQconninfoFree(given);
        PQconninfoFree(all);
        return database->place ? STATUS_OK : error_memory(error);
}

/* ---- what a failed connection says ------------------------------------------------------------------------------- */

/* The server's code stands in the message as ": 3D000: "; NULL when the failure was not the server's. "FATAL" looks the
 * same but for the digits. */
static const char *find_code(const char *message)
{
        for (const char *p = strstr(message, ": "); p; p = strstr(p + 1, ": ")) {
                const char *code = p + 2 + strspn(p + 2, " ");
                if (strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == SQLSTATE_BYTES &&
                    code[SQLSTATE_BYTES] == ':' && strcspn(code, "0123456789") < SQLSTATE_BYTES)
                        return code;
        }
        return NULL;
}

static bool has_code(const char *code, const char *wanted)
{
        return code && strncmp(code, wanted, strlen(wanted)) == 0;
}

/* The line that says a server could not prove who it is; NULL when something else was wrong. Of a host with several
 * addresses there are lines for each. libpq has no code for it; its texts are English, as nobody sets a locale. */
static const char *find_doubt(const char *message)
{
        static const char *const signs[] = {"certificate verify failed", "server certificate", "root certificate"};
        const char *found = NULL;
        for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
                const char *sign = strstr(message, signs[i]);
                if (sign && (!found || sign < found))
                        found = sign;
        }
        while (found && found > message && found[-1] != '\n')
                found--;
        return found;
}

static enum status refused(PGconn *handle, const struct database *database, struct error *error)
{
        const char *message = PQerrorMessage(handle), *code = find_code(message);
        const char *user = PQuser(handle) ? PQuser(handle) : "", *name = PQdb(handle) ? PQdb(handle) : "";
        const char *place = database->place;
        const char *doubt = code ? NULL : find_doubt(message);
        const char *text = code    ? code + SQLSTATE_BYTES + 1 + strspn(code + SQLSTATE_BYTES + 1, " ")
                           : doubt ? doubt
                                   : message;
        char reason[ERROR_TEXT_MAX / 2];
        snprintf(reason, sizeof(reason), "%s", text);
        reason[strcspn(reason, "\n")] = '\0';
        if (doubt)
                return error_set(error, STATUS_DATABASE, "database.certificate_refused", "path", place, "reason",
                                 reason, NULL);
        if (has_code(code, "3D000"))
                return error_set(error, STATUS_NOT_FOUND, "database.not_on_server", "path", place, "database", name,
                                 NULL);
        if (has_code(code, "28") || PQconnectionNeedsPassword(handle))
                return error_set(error, STATUS_DATABASE, "database.login_refused", "path", place, "user", user,
                                 "reason", reason, NULL);
        if (has_code(code, "42501"))
                return error_set(error, STATUS_DATABASE, "database.forbidden", "path", place, "reason", reason, NULL);
        return error_set(error, STATUS_DATABASE, "database.unreachable", "path", place, "reason", reason, NULL);
}

static bool is_starting(PGconn *handle)
{
        return has_code(find_code(PQerrorMessage(handle)), "57P03");
}

/* ---- one attempt ------------------------------------------------------------------------------------------------- */

static void ignore_notice(void *context, const PGresult *result)
{
        (void)context;
        (void)result;
}

/* Waits until the socket is ready for what libpq asks for. */
static bool wait_ready(PGconn *handle, PostgresPollingStatusType wanted, int64_t until_ns)
{
        int64_t left_ms = (until_ns - clock_monotonic_ns()) / 1000000;
        short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        struct pollfd descriptor = {.fd = PQsocket(handle), .events = events};
        return left_ms > 0 && descriptor.fd >= 0 && poll(&descriptor, 1, (int)left_ms) > 0;
}

/* A connection in whatever state at that time; NULL without memory. In steps, as only so errors carry the server's
 * codes. */
static PGconn *attempt(const char *url, int64_t until_ns)
{
        /* What stands before the address is a default, what stands behind it is settled. Dead networks are noticed. */
        const char *keywords[] = {"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                                  "application_name", "dbname", "client_encoding", NULL};
        const char *values[] = {"10", "5", "4", "30000", "treue", url, "UTF8", NULL};
        PGconn *handle = PQconnectStartParams(keywords, values, 1);
        if (!handle || PQstatus(handle) == CONNECTION_BAD)
                return handle;
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE);
        PQsetNoticeReceiver(handle, ignore_notice, NULL);
        PostgresPollingStatusType state = PGRES_POLLING_WRITING;
        while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
                if (!wait_ready(handle, state, until_ns))
                        return handle;
                state = PQconnectPoll(handle);
        }
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT);
        return handle;
}

static enum status check_server(PGconn *handle, const struct database *database, struct error *error)
{
        char version[16];
        const char *encoding = PQparameterStatus(handle, "server_encoding");
        if (PQserverVersion(handle) < SERVER_VERSION_MIN) {
                snprintf(version, sizeof(version), "%d", PQserverVersion(handle) / 10000);
                return error_set(error, STATUS_DATABASE, "database.server_old", "path", database->place, "version",
                                 version, NULL);
        }
        if (!encoding || strcmp(encoding, "UTF8") != 0)
                return error_set(error, STATUS_DATABASE, "database.server_encoding", "path", database->place,
                                 "encoding", encoding ? encoding : "?", NULL);
        return STATUS_OK;
}

static enum status run(struct pg_connection *connection, const char *statements, PGresult **ret, struct error *error)
{
        PGresult *result = PQexec(connection->handle, statements);
        ExecStatusType state = PQresultStatus(result);
        enum status status = STATUS_OK;
        if (state != PGRES_COMMAND_OK && state != PGRES_TUPLES_OK)
                status = pg_failed(connection, result, "connect", error);
        if (status || !ret)
                PQclear(result);
        else
                *ret = result;
        return status;
}

/* The settings of a writer, and which process of the server serves it, so that it can be ended should it outlive the
 * connection. */
static enum status set_up_writer(struct pg_connection *connection, struct error *error)
{
        PGresult *result = NULL;
        enum status status = run(connection,
                                 ENGINE_POSTGRESQL_SESSION ENGINE_POSTGRESQL_WRITER ENGINE_POSTGRESQL_BACKEND,
                                 &result, error);
        if (status)
                return status;
        connection->process[0] = connection->started[0] = '\0';
        if (PQntuples(result) == 1) {
                snprintf(connection->process, sizeof(connection->process), "%s", PQgetvalue(result, 0, 0));
                snprintf(connection->started, sizeof(connection->started), "%s", PQgetvalue(result, 0, 1));
        }
        PQclear(result);
        return STATUS_OK;
}

/* A fresh handle made ready; on failure it is closed. */
static enum status set_up(struct pg_connection *connection, PGconn *handle, struct error *error)
{
        const struct database *database = connection->base.database;
        connection->handle = handle;
        connection->recovery = RECOVERY_NONE;
        connection->in_transaction = connection->own_transaction = false;
        connection->pending_count = connection->scan_count = 0;
        memset(connection->prepared, 0, sizeof(connection->prepared));
        enum status status = check_server(handle, database, error);
        if (!status && connection->base.role == CONNECTION_WRITER)
                status = set_up_writer(connection, error);
        else if (!status)
                status = run(connection, ENGINE_POSTGRESQL_SESSION ENGINE_POSTGRESQL_READER, NULL, error);
        if (!status)
                status = pg_pipeline(connection, error);
        return status;
}

/* ---- connecting -------------------------------------------------------------------------------------------------- */

static enum status attempt_and_set_up(struct pg_connection *connection, bool *ret_starting, struct error *error)
{
        struct database *database = connection->base.database;
        PGconn *handle = attempt(database->url, clock_monotonic_ns() + (int64_t)CONNECT_TIMEOUT_MS * 1000000);
        *ret_starting = false;
        if (!handle)
                return error_memory(error);
        if (PQstatus(handle) != CONNECTION_OK) {
                *ret_starting = is_starting(handle);
                enum status status = refused(handle, database, error);
                PQfinish(handle);
                return status;
        }
        return set_up(connection, handle, error);
}

static void finish(struct pg_connection *connection)
{
        PQfinish(connection->handle);
        connection->handle = NULL;
}

enum status pg_connect(struct database *database, enum connection_role role, struct connection **ret,
                       struct error *error)
{
        struct pg_connection *connection = calloc(1, sizeof(*connection));
        if (!connection)
                return error_memory(error);
        connection_init(&connection->base, database, role);
        buffer_init(&connection->arguments, VALUES_BYTES_MAX);
        buffer_init(&connection->text, 1 << 20);
        int64_t until_ns = clock_monotonic_ns() + (int64_t)STARTING_UP_MS * 1000000;
        bool starting = false;
        enum status status;
        while ((status = attempt_and_set_up(connection, &starting, error)) && starting &&
               clock_monotonic_ns() < until_ns)
                thread_sleep_ms(PAUSE_FIRST_MS * 2);
        if (status) {
                pg_disconnect(&connection->base);
                return status;
        }
        *ret = &connection->base;
        return STATUS_OK;
}

void pg_disconnect(struct connection *base)
{
        struct pg_connection *connection = pg_own(base);
        for (size_t i = 0; i < QUERY_COUNT; i++) {
                PQclear(connection->results[i].rows);
                buffer_release(&connection->packed[i]);
        }
        finish(connection);
        line_columns_release(&connection->columns);
        buffer_release(&connection->arguments);
        buffer_release(&connection->text);
        free(connection);
}

/* The process of the connection before may still be at work on what we sent; it must come to an end before anything is
 * sent again. */
static enum status end_process(struct pg_connection *connection, const char *process, const char *started,
                               struct error *error)
{
        if (!*process)
                return STATUS_OK;
        enum status status = pg_leave_pipeline(connection, error);
        if (status)
                return status;
        PGresult *result = PQexecParams(connection->handle, ENGINE_POSTGRESQL_END_BACKEND, 2, NULL,
                                        (const char *const[]){process, started}, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_TUPLES_OK)
                status = pg_failed(connection, result, "connect", error);
        PQclear(result);
        return status ? status : pg_pipeline(connection, error);
}

enum status pg_reconnect(struct connection *base, struct error *error)
{
        struct pg_connection *connection = pg_own(base);
        char process[PG_BACKEND_BYTES], started[PG_BACKEND_BYTES];
        bool starting;
        memcpy(process, connection->process, sizeof(process));
        memcpy(started, connection->started, sizeof(started));
        finish(connection);
        enum status status = attempt_and_set_up(connection, &starting, error);
        if (!status)
                status = end_process(connection, process, started, error);
        if (!status)
                return STATUS_OK;
        /* The next attempt still has to end the same process. */
        memcpy(connection->process, process, sizeof(process));
        memcpy(connection->started, started, sizeof(started));
        connection->recovery = RECOVERY_RECONNECT;
        return status;
}

enum status pg_reconnect_patiently(struct pg_connection *connection, struct error *error)
{
        int64_t until_ns = clock_monotonic_ns() + (int64_t)RECONNECT_MS * 1000000;
        unsigned pause_ms = PAUSE_FIRST_MS;
        enum status status;
        while ((status = pg_reconnect(&connection->base, error)) && clock_monotonic_ns() < until_ns) {
                thread_sleep_ms(pause_ms);
                pause_ms = pause_ms * 2 < PAUSE_LONGEST_MS ? pause_ms * 2 : PAUSE_LONGEST_MS;
        }
        return status;
}

/* ---- does the server answer? ------------------------------------------------------------------------------------- */

static bool asks_and_hears(PGconn *handle, int64_t until_ns)
{
        if (!PQsendQueryParams(handle, ENGINE_POSTGRESQL_PROBE, 0, NULL, NULL, NULL, NULL, 0))
                return false;
        bool right = false;
        for (;;) {
                while (PQisBusy(handle))
                        if (!wait_ready(handle, PGRES_POLLING_READING, until_ns) || !PQconsumeInput(handle))
                                return false;
                PGresult *result = PQgetResult(handle);
                if (!result)
                        return right;
                right = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
                PQclear(result);
        }
}

enum status pg_probe(struct database *database, void **line, int64_t until_ns, struct error *error)
{
        PGconn *handle = *line;
        *line = NULL;
        if (handle && !asks_and_hears(handle, until_ns)) {
                PQfinish(handle);
                handle = NULL;
        }
        if (!handle) {
                handle = attempt(database->url, until_ns);
                if (!handle)
                        return error_memory(error);
                if (PQstatus(handle) != CONNECTION_OK || !asks_and_hears(handle, until_ns)) {
                        enum status status = refused(handle, database, error);
                        PQfinish(handle);
                        return status;
                }
        }
        *line = handle;
        return STATUS_OK;
}

void pg_end_probe(void *line)
{
        if (line)
                PQfinish(line);
}
