-- What stands around pages.

-- name: subbrand_version :one
-- The latest released version of the first program: its name and segments are those the pages show.
-- row id id
SELECT id FROM concept_version WHERE state = 'released' ORDER BY program_id, number DESC LIMIT 1;
