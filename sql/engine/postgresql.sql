-- What the PostgreSQL engine (src/db/postgresql*.c) says to the server itself.

-- name: postgresql_schema_version :engine
CREATE TABLE IF NOT EXISTS schema_version (
        version integer PRIMARY KEY,
        name text COLLATE "C" NOT NULL,
        checksum text COLLATE "C" NOT NULL,
        applied_ms bigint NOT NULL
);

-- name: postgresql_has_schema :engine
SELECT to_regclass('schema_version') IS NOT NULL;

-- name: postgresql_session :engine
-- Every connection. Just-in-time compilation costs more than our queries take.
SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET jit = off;

-- name: postgresql_probe :engine
-- Is the database there, with what Treue keeps in it?
SELECT generation FROM head WHERE id = 1;

-- name: postgresql_reader :engine
SET default_transaction_read_only = on;

-- name: postgresql_writer :engine
-- What was acknowledged is on disk, whatever the server is set to; stronger settings (replicas) stay.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';

-- name: postgresql_backend :engine
-- Together they name this connection's process, also after its number was given to another.
SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid();

-- name: postgresql_end_backend :engine
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = $1::integer AND backend_start = $2::timestamptz;

-- name: postgresql_begin_read :engine
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;

-- name: postgresql_fix_view :engine
-- The first statement fixes the view, BEGIN alone does not.
SELECT 1;

-- name: postgresql_begin_write :engine
-- Each statement sees what was committed before it, also by others.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;

-- name: postgresql_alone :engine
-- One ordinary write at a time in the whole database, as with the embedded one; the number is Treue's own.
SELECT pg_advisory_xact_lock(7310584013);

-- name: postgresql_commit :engine
COMMIT;

-- name: postgresql_rollback :engine
ROLLBACK;

-- name: postgresql_savepoint :engine
SAVEPOINT request;

-- name: postgresql_release :engine
RELEASE SAVEPOINT request;

-- name: postgresql_rollback_to :engine
ROLLBACK TO SAVEPOINT request;

-- name: postgresql_scan_open :engine
-- {name} and {query} are filled in by the engine.
DECLARE %s NO SCROLL CURSOR WITHOUT HOLD FOR %s;

-- name: postgresql_scan_next :engine
FETCH FORWARD %d FROM %s;

-- name: postgresql_scan_close :engine
CLOSE %s;
