-- Programs and their concept versions.

-- name: program_find :one
-- The program of a code.
-- arg code text
-- row id id
SELECT id FROM program WHERE code = :code;

-- name: program_insert :exec
-- A program comes into being with its first concept.
-- arg id id
-- arg code text
INSERT INTO program (id, code) VALUES (:id, :code);

-- name: program_list :many
-- All programs by code.
-- row id id
-- row code text
SELECT id, code FROM program ORDER BY code;

-- name: concept_version_insert :exec
-- A new version as a draft.
-- arg id id
-- arg program_id id
-- arg number ordinal
-- arg content_digest bytes
-- arg content text
-- arg loaded_ms instant
INSERT INTO concept_version (id, program_id, number, content_digest, content, state, loaded_ms)
VALUES (:id, :program_id, :number, :content_digest, :content, 'draft', :loaded_ms);

-- name: concept_version_by_digest :one
-- The version of a program that has this very text.
-- arg program_id id
-- arg content_digest bytes
-- row id id
-- row number ordinal
-- row state text
SELECT id, number, state FROM concept_version WHERE program_id = :program_id AND content_digest = :content_digest;

-- name: concept_version_last_number :one
-- The highest number of a program's versions, 0 without any.
-- arg program_id id
-- row number ordinal
SELECT coalesce(max(number), 0) FROM concept_version WHERE program_id = :program_id;

-- name: concept_version_by_number :one
-- A version by its number.
-- arg program_id id
-- arg number ordinal
-- row id id
-- row content text
-- row state text
SELECT id, content, state FROM concept_version WHERE program_id = :program_id AND number = :number;

-- name: concept_version_by_id :one
-- A version by its id, with its program's code.
-- arg id id
-- row program_id id
-- row program text
-- row number ordinal
-- row content text
-- row state text
SELECT v.program_id, p.code, v.number, v.content, v.state
FROM concept_version v JOIN program p ON p.id = v.program_id
WHERE v.id = :id;

-- name: concept_version_latest_released :one
-- The released version with the highest number.
-- arg program_id id
-- row number ordinal
SELECT number FROM concept_version WHERE program_id = :program_id AND state = 'released' ORDER BY number DESC LIMIT 1;

-- name: concept_version_first_released :one
-- Since when a program has been in force.
-- arg program_id id
-- row released_ms instant?
SELECT min(released_ms) FROM concept_version WHERE program_id = :program_id AND state = 'released';

-- name: concept_version_release :exec
-- Releases a draft.
-- arg id id
-- arg released_ms instant
UPDATE concept_version SET state = 'released', released_ms = :released_ms WHERE id = :id AND state = 'draft';

-- name: concept_version_list :many
-- All versions, by program and number.
-- row id id
-- row program text
-- row number ordinal
-- row state text
-- row loaded_ms instant
-- row released_ms instant?
SELECT v.id, p.code, v.number, v.state, v.loaded_ms, v.released_ms
FROM concept_version v JOIN program p ON p.id = v.program_id
ORDER BY p.code, v.number;

-- name: concept_version_released :many
-- The released versions of a program, by number.
-- arg program_id id
-- row number ordinal
-- row content text
SELECT number, content FROM concept_version WHERE program_id = :program_id AND state = 'released' ORDER BY number;
