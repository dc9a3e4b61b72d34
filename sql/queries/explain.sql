-- Finding a customer and naming him.

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
