-- Merged customers.

-- name: merge_insert :exec
-- arg customer_id id
-- arg valid_from day
-- arg import_id ordinal
-- arg into_customer_id id
-- arg reason text
INSERT INTO customer_merge (customer_id, valid_from, import_id, into_customer_id, reason)
VALUES (:customer_id, :valid_from, :import_id, :into_customer_id, :reason);

-- name: merge_of :one
-- Whom a customer was merged into, by a merge that was not undone.
-- arg customer_id id
-- row into_customer_id id
-- row valid_from day
SELECT m.into_customer_id, m.valid_from FROM customer_merge m JOIN import i ON i.id = m.import_id
WHERE m.customer_id = :customer_id AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: merge_list :many
-- The merges in force, by day.
-- row customer_id id
-- row number text
-- row into_customer_id id
-- row into_number text
-- row valid_from day
-- row import_id ordinal
-- row reason text
SELECT m.customer_id,
        coalesce((SELECT min(k.number) FROM customer_key k WHERE k.customer_id = m.customer_id), ''),
        m.into_customer_id,
        coalesce((SELECT min(k.number) FROM customer_key k WHERE k.customer_id = m.into_customer_id), ''),
        m.valid_from, m.import_id, m.reason
FROM customer_merge m JOIN import i ON i.id = m.import_id
WHERE i.state = 'published'
ORDER BY m.valid_from, m.import_id;

-- name: import_remove_merges :exec
-- arg import_id ordinal
DELETE FROM customer_merge WHERE import_id = :import_id;
