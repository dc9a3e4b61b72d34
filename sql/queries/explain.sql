-- Finding a customer and its name.

-- name: explain_customers_by_number :many
-- Everybody with a number, by source.
-- arg number text
-- row source text
-- row customer_id id
SELECT s.code, k.customer_id FROM customer_key k JOIN source s ON s.id = k.source_id
WHERE k.number = :number ORDER BY s.code;

-- name: explain_override :one
-- The approved override of a customer that was valid on a day; of several the latest requested.
-- arg customer_id id
-- arg program_id id
-- arg day day
-- row valid_to day
-- row reason text
-- row requested_by text
-- row decided_by text
SELECT valid_to, reason, requested_by, COALESCE(decided_by, '') FROM membership_override
WHERE customer_id = :customer_id AND program_id = :program_id AND state = 'approved'
  AND valid_from <= :day AND valid_to >= :day
ORDER BY requested_ms DESC, id DESC LIMIT 1;

-- name: explain_merges_into :one
-- How many merges into a customer there ever were, undone ones included: of an older generation they count.
-- arg customer_id id
-- row merges int
SELECT count(*) FROM customer_merge WHERE into_customer_id = :customer_id;

-- name: explain_number :one
-- The number by which a customer is shown.
-- arg customer_id id
-- row number text
SELECT number FROM customer_key WHERE customer_id = :customer_id ORDER BY number LIMIT 1;
