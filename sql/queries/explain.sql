-- Finding a customer and naming him.

-- name: explain_customers_by_number :many
-- Everybody with a number, by source.
-- arg number text
-- row source text
-- row customer_id id
SELECT s.code, k.customer_id FROM customer_key k JOIN source s ON s.id = k.source_id
WHERE k.number = :number ORDER BY s.code;
