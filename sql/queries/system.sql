-- The database itself: schema version, settings, generations, ids and the audit chain.

-- name: schema_version_list :many
-- The migrations that were applied, in their order.
-- row version ordinal
-- row name text
-- row checksum text
SELECT version, name, checksum FROM schema_version ORDER BY version;

-- name: schema_version_insert :exec
-- Notes a migration as applied.
-- arg version ordinal
-- arg name text
-- arg checksum text
-- arg applied_ms instant
INSERT INTO schema_version (version, name, checksum, applied_ms) VALUES (:version, :name, :checksum, :applied_ms);

-- name: setting_get :one
-- arg name text
-- row value text
SELECT value FROM setting WHERE name = :name;

-- name: setting_set :exec
-- arg name text
-- arg value text
INSERT INTO setting (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: import_any :one
-- Is there any import, in whatever state?
-- row id ordinal
SELECT id FROM import LIMIT 1;

-- name: head_generation :one
-- The latest published generation.
-- row generation int
SELECT generation FROM head WHERE id = 1;

-- name: head_take_generation :one
-- Locks the head and takes the next generation.
-- row generation int
UPDATE head SET generation = generation + 1 WHERE id = 1 RETURNING generation;

-- name: import_visibility :many
-- The imports that can be seen at a generation.
-- arg generation int
-- row id ordinal
-- row published_generation int
SELECT id, generation FROM import
WHERE generation <= :generation AND (undone_generation IS NULL OR undone_generation > :generation)
ORDER BY id;

-- name: id_node_get :one
-- arg node ordinal
-- row last_ms instant
SELECT last_ms FROM id_node WHERE node = :node;

-- name: id_node_set :exec
-- Moves the persisted maximum of a node's time part ahead.
-- arg node ordinal
-- arg last_ms instant
INSERT INTO id_node (node, last_ms) VALUES (:node, :last_ms)
ON CONFLICT (node) DO UPDATE SET last_ms = excluded.last_ms;

-- name: id_lease_take :exec
-- Takes a node number that is free or was left.
-- arg node ordinal
-- arg owner text
-- arg until_ms instant
-- arg now_ms instant
INSERT INTO id_lease (node, owner, until_ms) VALUES (:node, :owner, :until_ms)
ON CONFLICT (node) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
WHERE id_lease.until_ms < :now_ms;

-- name: id_lease_keep :exec
-- Changes nothing when the lease was lost.
-- arg node ordinal
-- arg owner text
-- arg until_ms instant
UPDATE id_lease SET until_ms = :until_ms WHERE node = :node AND owner = :owner;

-- name: id_lease_give_back :exec
-- arg node ordinal
-- arg owner text
DELETE FROM id_lease WHERE node = :node AND owner = :owner;

-- name: idempotency_mark :exec
-- The key of a commit, written by the commit itself: fails when it is there already.
-- arg key text
-- arg at_ms instant
INSERT INTO idempotency (key, at_ms, outcome) VALUES (:key, :at_ms, '');

-- name: idempotency_claim :exec
-- The same when an earlier commit with this key may have happened: changes nothing when it did. Waits for it to end.
-- arg key text
-- arg at_ms instant
INSERT INTO idempotency (key, at_ms, outcome) VALUES (:key, :at_ms, '')
ON CONFLICT (key) DO NOTHING;

-- name: idempotency_forget :exec
-- Keys nobody asks for any more: one that is settled, and all older than a time.
-- arg key text
-- arg before_ms instant
DELETE FROM idempotency WHERE key = :key OR at_ms < :before_ms;

-- name: audit_last :one
-- The newest entry of the chain.
-- row number int
-- row digest bytes
SELECT number, digest FROM audit_entry ORDER BY number DESC LIMIT 1;

-- name: audit_digest :one
-- arg number int
-- row digest bytes
SELECT digest FROM audit_entry WHERE number = :number;

-- name: audit_entry_insert :exec
-- arg number int
-- arg at_ms instant
-- arg actor text
-- arg kind text
-- arg subject text
-- arg detail_digest bytes
-- arg digest bytes
INSERT INTO audit_entry (number, at_ms, actor, kind, subject, detail_digest, digest)
VALUES (:number, :at_ms, :actor, :kind, :subject, :detail_digest, :digest);

-- name: audit_detail_insert :exec
-- arg number int
-- arg salt bytes
-- arg detail text
INSERT INTO audit_detail (number, salt, detail) VALUES (:number, :salt, :detail);

-- name: audit_detail_erase :exec
-- Erases what may name people; the chain stays whole.
-- arg number int
DELETE FROM audit_detail WHERE number = :number;

-- name: audit_anchor_insert :exec
-- arg number int
-- arg at_ms instant
-- arg digest bytes
INSERT INTO audit_anchor (number, at_ms, digest) VALUES (:number, :at_ms, :digest);

-- name: audit_anchor_remove :exec
-- arg number int
DELETE FROM audit_anchor WHERE number = :number;

-- name: audit_anchor_last :one
-- The newest anchor: a chain that ends before it was cut off.
-- row number int
SELECT number FROM audit_anchor ORDER BY number DESC LIMIT 1;

-- name: audit_walk :many
-- The whole chain with its details and anchors, where they exist.
-- row number int
-- row at_ms instant
-- row actor text
-- row kind text
-- row subject text
-- row detail_digest bytes
-- row digest bytes
-- row salt bytes?
-- row detail text?
-- row anchor_digest bytes?
SELECT e.number, e.at_ms, e.actor, e.kind, e.subject, e.detail_digest, e.digest, d.salt, d.detail, a.digest
FROM audit_entry e
LEFT JOIN audit_detail d ON d.number = e.number
LEFT JOIN audit_anchor a ON a.number = e.number
ORDER BY e.number;

-- name: setup_progress :one
-- How far a new installation is: files imported, concepts in force, runs approved.
-- row imports int
-- row released int
-- row approved int
SELECT (SELECT count(*) FROM import WHERE state = 'published'),
        (SELECT count(*) FROM concept_version WHERE state = 'released'),
        (SELECT count(*) FROM evaluation_run WHERE state = 'approved');

-- name: audit_page :many
-- Newest first, those before a number; kind and actor '': all.
-- arg before int
-- arg kind text
-- arg actor text
-- arg count int
-- row number int
-- row at_ms instant
-- row actor text
-- row kind text
-- row subject text
-- row detail text?
SELECT e.number, e.at_ms, e.actor, e.kind, e.subject, d.detail
FROM audit_entry e LEFT JOIN audit_detail d ON d.number = e.number
WHERE e.number < :before AND (:kind = '' OR e.kind = :kind) AND (:actor = '' OR e.actor = :actor)
ORDER BY e.number DESC LIMIT :count;

-- name: audit_kinds :many
-- What there are entries of.
-- row kind text
SELECT DISTINCT kind FROM audit_entry ORDER BY kind;
