-- What the SQLite engine (src/db/sqlite.c) says to the engine itself. Each block becomes a constant ENGINE_NAME.

-- name: sqlite_new_file :engine
-- Before the first table of a new file. Measured with a million documents of about 100 bytes in bulk: storing them and
-- moving the log took 1.00 s with pages of 8 KB, 0.87 s with 16 KB, 0.83 s with 32 KB, which make a small change dearer.
PRAGMA page_size = 16384;
PRAGMA journal_mode = WAL;

-- name: sqlite_connection :engine
-- Every connection. A full sync at each commit; nothing of the schema may call functions with side effects; no memory
-- map, because a failing disk would end the process and mapped pages count as its memory.
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA mmap_size = 0;
PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 0;

-- name: sqlite_page_bytes :engine
PRAGMA page_size;

-- name: sqlite_reader :engine
PRAGMA query_only = ON;
PRAGMA cache_size = -16384;

-- name: sqlite_writer :engine
-- The log is cut back to 64 MB after a checkpoint.
PRAGMA cache_size = -49152;
PRAGMA journal_size_limit = 67108864;

-- name: sqlite_backup_target :engine
-- A file nobody else knows yet needs no journal; it is synced at the end.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = FULL;

-- name: sqlite_begin_read :engine
-- Reading something fixes the view: a deferred transaction alone does not.
BEGIN DEFERRED;
SELECT COUNT(*) FROM schema_version;

-- name: sqlite_begin_write :engine
BEGIN IMMEDIATE;

-- name: sqlite_commit :engine
COMMIT;

-- name: sqlite_rollback :engine
ROLLBACK;

-- name: sqlite_savepoint :engine
SAVEPOINT request;

-- name: sqlite_release :engine
RELEASE request;

-- name: sqlite_rollback_to :engine
ROLLBACK TO request;
RELEASE request;

-- name: sqlite_schema_version :engine
CREATE TABLE IF NOT EXISTS schema_version (
        version INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied_ms INTEGER NOT NULL
) STRICT;
