-- What stands around pages.

-- name: subbrand_version :one
-- The latest released version of the first program: its name and segments are those the pages show.
-- row id id
SELECT id FROM concept_version WHERE state = 'released' ORDER BY program_id, number DESC LIMIT 1;

-- name: subbrand_settings :many
-- What the look of the pages is made of.
-- row name text
-- row value text
SELECT name, value FROM setting WHERE name IN ('brand_colour', 'brand_logo', 'segment_colours') ORDER BY name;

-- name: brand_logo :one
-- arg digest text
-- row type text
-- row width int
-- row height int
-- row content bytes
SELECT type, width, height, content FROM brand_logo WHERE digest = :digest;

-- name: brand_logo_clear :exec
DELETE FROM brand_logo;

-- name: brand_logo_insert :exec
-- arg digest text
-- arg type text
-- arg width int
-- arg height int
-- arg content bytes
INSERT INTO brand_logo (digest, type, width, height, content) VALUES (:digest, :type, :width, :height, :content);
