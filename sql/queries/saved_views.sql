-- Lists people come back to.

-- name: saved_view_put :exec
-- The same name again is another address.
-- arg id id
-- arg account_id id
-- arg list text
-- arg name text
-- arg address text
-- arg shared flag
-- arg saved_ms instant
INSERT INTO saved_view (id, account_id, list, name, address, shared, saved_ms)
VALUES (:id, :account_id, :list, :name, :address, :shared, :saved_ms)
ON CONFLICT (account_id, list, name) DO UPDATE
SET address = excluded.address, shared = excluded.shared, saved_ms = excluded.saved_ms;

-- name: saved_view_others :one
-- How many an account has besides the one of this name.
-- arg account_id id
-- arg list text
-- arg name text
-- row count int
SELECT COUNT(*) FROM saved_view WHERE account_id = :account_id AND NOT (list = :list AND name = :name);

-- name: saved_view_list :many
-- The own ones of a list, and those others share.
-- arg account_id id
-- arg list text
-- row id id
-- row account_id id
-- row name text
-- row address text
-- row shared flag
SELECT id, account_id, name, address, shared FROM saved_view
WHERE list = :list AND (account_id = :account_id OR shared = 1)
ORDER BY name, id;

-- name: saved_view_of :one
-- arg id id
-- arg account_id id
-- row list text
SELECT list FROM saved_view WHERE id = :id AND account_id = :account_id;

-- name: saved_view_remove :exec
-- arg id id
-- arg account_id id
DELETE FROM saved_view WHERE id = :id AND account_id = :account_id;
