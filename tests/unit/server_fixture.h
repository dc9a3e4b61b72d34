/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server_fixture.h: databases of the tests' PostgreSQL server (tests/support/postgresql.py), and statements carried out
 * on them from outside. database_fixture.h uses it when the environment variable TREUE_TEST_DB is "postgresql".
 *
 * Making the schema takes longer than most tests. Therefore two templates are made once per server, by the test that
 * comes first: one empty, one with the schema in place. Both have the functions hex, zeroblob, randomblob (of at most
 * 64 bytes) and group_concat that SQLite has, in a schema which only statements from outside see: so tests look at both
 * engines by the same text.
 */
#ifndef TREUE_TESTS_SERVER_FIXTURE_H
#define TREUE_TESTS_SERVER_FIXTURE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EMPTY_TEMPLATE "treue_fixture_empty"
#define SCHEMA_TEMPLATE "treue_fixture_schema"
enum { SERVER_NAME_BYTES = 64, SERVER_URL_BYTES = 256, SERVER_TEXT_BYTES = 512 };

static inline bool on_server(void)
{
        const char *wanted = getenv("TREUE_TEST_DB");
        return wanted && strcmp(wanted, "postgresql") == 0;
}

/* Ends the test program: without its server no test says anything. */
static inline void server_give_up(PGconn *handle, const char *action)
{
        fprintf(stderr, "%s: %s", action, handle ? PQerrorMessage(handle) : "no connection\n");
        exit(1);
}

static inline void server_url(const char *name, char *out)
{
        const char *directory = getenv("TREUE_TEST_SERVER");
        if (!directory) {
                fprintf(stderr, "TREUE_TEST_SERVER is not set: python3 tests/support/postgresql.py --run COMMAND\n");
                exit(1);
        }
        snprintf(out, SERVER_URL_BYTES, "postgresql:///%s?host=%s&user=treue", name, directory);
}

static inline PGconn *server_connect(const char *name)
{
        char url[SERVER_URL_BYTES];
        server_url(name, url);
        PGconn *handle = PQconnectdb(url);
        if (PQstatus(handle) != CONNECTION_OK)
                server_give_up(handle, name);
        PQclear(PQexec(handle, "SET client_min_messages = warning; SET search_path = public, fixture"));
        return handle;
}

/* Statements without rows; false when they fail. */
static inline bool server_do(PGconn *handle, const char *statements)
{
        PGresult *result = PQexec(handle, statements);
        bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
        PQclear(result);
        if (!done)
                fprintf(stderr, "%s: %s", statements, PQerrorMessage(handle));
        return done;
}

static inline void server_must(PGconn *handle, const char *format, const char *first, const char *second)
{
        char text[SERVER_TEXT_BYTES];
        snprintf(text, sizeof(text), format, first, second);
        if (!server_do(handle, text))
                server_give_up(handle, text);
}

static inline bool server_has(PGconn *handle, const char *name)
{
        PGresult *result = PQexecParams(handle, "SELECT 1 FROM pg_database WHERE datname = $1", 1, NULL, &name, NULL,
                                        NULL, 0);
        bool found = PQntuples(result) == 1;
        PQclear(result);
        return found;
}

static inline void server_add_functions(const char *name)
{
        PGconn *handle = server_connect(name);
        server_must(handle,
                    "CREATE SCHEMA fixture;"
                    "CREATE FUNCTION fixture.zeroblob(integer) RETURNS bytea LANGUAGE sql IMMUTABLE AS "
                    "$$ SELECT decode(repeat('00', $1), 'hex') $$;"
                    "CREATE FUNCTION fixture.randomblob(integer) RETURNS bytea LANGUAGE sql VOLATILE AS "
                    "$$ SELECT substring(sha512(random()::text::bytea) FROM 1 FOR $1) $$;"
                    "CREATE FUNCTION fixture.hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE AS "
                    "$$ SELECT upper(encode($1, 'hex')) $$;", "", "");
        server_must(handle,
                    "CREATE AGGREGATE fixture.group_concat(text, text) (sfunc = string_agg_transfn, stype = internal, "
                    "finalfunc = string_agg_finalfn)", "", "");
        PQfinish(handle);
}

/* Makes the templates unless another test has. `fill` makes the schema in a database. */
static inline void server_make_templates(void (*fill)(const char *url))
{
        static bool made;
        if (made)
                return;
        PGconn *handle = server_connect("postgres");
        server_must(handle, "SELECT pg_advisory_lock(7310584014)", "", "");
        if (!server_has(handle, SCHEMA_TEMPLATE)) {
                char url[SERVER_URL_BYTES];
                /* Under other names until they are ready, as this program may end in between. */
                server_must(handle, "DROP DATABASE IF EXISTS %s_new WITH (FORCE)", EMPTY_TEMPLATE, "");
                server_must(handle, "DROP DATABASE IF EXISTS %s_new WITH (FORCE)", SCHEMA_TEMPLATE, "");
                server_must(handle, "DROP DATABASE IF EXISTS %s", EMPTY_TEMPLATE, "");
                server_must(handle, "CREATE DATABASE %s_new TEMPLATE template0 ENCODING 'UTF8'", EMPTY_TEMPLATE, "");
                server_add_functions(EMPTY_TEMPLATE "_new");
                server_must(handle, "CREATE DATABASE %s_new TEMPLATE %s_new", SCHEMA_TEMPLATE, EMPTY_TEMPLATE);
                server_url(SCHEMA_TEMPLATE "_new", url);
                fill(url);
                server_must(handle, "ALTER DATABASE %s_new RENAME TO %s", EMPTY_TEMPLATE, EMPTY_TEMPLATE);
                server_must(handle, "ALTER DATABASE %s_new RENAME TO %s", SCHEMA_TEMPLATE, SCHEMA_TEMPLATE);
        }
        PQfinish(handle);
        made = true;
}

/* The one connection from outside, to the database looked at last. */
static inline PGconn *server_outside(const char *name)
{
        static PGconn *handle;
        static char connected[SERVER_NAME_BYTES];
        if (handle && (!name || strcmp(name, connected) != 0 || PQstatus(handle) != CONNECTION_OK)) {
                PQfinish(handle);
                handle = NULL;
        }
        if (!handle && name) {
                handle = server_connect(name);
                snprintf(connected, sizeof(connected), "%s", name);
        }
        return handle;
}

static inline void server_copy_database(const char *from, const char *to)
{
        server_outside(NULL);
        PGconn *handle = server_connect("postgres");
        server_must(handle, "DROP DATABASE IF EXISTS %s WITH (FORCE)", to, "");
        server_must(handle, "CREATE DATABASE %s TEMPLATE %s", to, from);
        PQfinish(handle);
}

static inline void server_drop_database(const char *name)
{
        server_outside(NULL);
        PGconn *handle = server_connect("postgres");
        server_must(handle, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name, "");
        PQfinish(handle);
}

#endif
