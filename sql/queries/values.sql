-- Potentials and imported figures.

-- name: potential_visible :one
-- The valid version of a potential.
-- arg customer_id id
-- arg group_id ordinal
-- arg valid_from day
-- row import_id ordinal
-- row valid_to day
-- row amount_minor money
-- row estimated flag
-- row note text
-- row own_millionths int?
SELECT p.import_id, p.valid_to, p.amount_minor, p.estimated, p.note, p.own_millionths
FROM potential p JOIN import i ON i.id = p.import_id
WHERE p.customer_id = :customer_id AND p.group_id = :group_id AND p.valid_from = :valid_from
        AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: potential_insert :exec
-- arg customer_id id
-- arg group_id ordinal
-- arg valid_from day
-- arg import_id ordinal
-- arg valid_to day
-- arg amount_minor money
-- arg estimated flag
-- arg note text
-- arg own_millionths int?
INSERT INTO potential (customer_id, group_id, valid_from, import_id, valid_to, amount_minor, estimated, note,
        own_millionths)
VALUES (:customer_id, :group_id, :valid_from, :import_id, :valid_to, :amount_minor, :estimated, :note, :own_millionths);

-- name: competitor_shares_of :many
-- The shares that belong to one version of a potential.
-- arg customer_id id
-- arg group_id ordinal
-- arg valid_from day
-- arg import_id ordinal
-- row competitor text
-- row share_millionths int
SELECT competitor, share_millionths FROM competitor_share
WHERE customer_id = :customer_id AND group_id = :group_id AND valid_from = :valid_from AND import_id = :import_id
ORDER BY competitor;

-- name: competitor_share_insert :exec
-- arg customer_id id
-- arg group_id ordinal
-- arg valid_from day
-- arg import_id ordinal
-- arg competitor text
-- arg share_millionths int
INSERT INTO competitor_share (customer_id, group_id, valid_from, import_id, competitor, share_millionths)
VALUES (:customer_id, :group_id, :valid_from, :import_id, :competitor, :share_millionths);

-- name: customer_value_visible :one
-- arg customer_id id
-- arg name text
-- arg valid_from day
-- row valid_to day
-- row units int
-- row scale ordinal
SELECT v.valid_to, v.units, v.scale FROM customer_value v JOIN import i ON i.id = v.import_id
WHERE v.customer_id = :customer_id AND v.name = :name AND v.valid_from = :valid_from AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: customer_value_insert :exec
-- arg customer_id id
-- arg name text
-- arg valid_from day
-- arg import_id ordinal
-- arg valid_to day
-- arg units int
-- arg scale ordinal
INSERT INTO customer_value (customer_id, name, valid_from, import_id, valid_to, units, scale)
VALUES (:customer_id, :name, :valid_from, :import_id, :valid_to, :units, :scale);
