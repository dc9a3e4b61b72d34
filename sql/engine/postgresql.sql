-- What the PostgreSQL engine says to the engine itself.

-- name: postgresql_schema_version :engine
CREATE TABLE IF NOT EXISTS schema_version (
        version integer PRIMARY KEY,
        name text COLLATE "C" NOT NULL,
        checksum text COLLATE "C" NOT NULL,
        applied_ms bigint NOT NULL
);
