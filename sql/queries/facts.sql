-- What a snapshot is filled from.

-- name: facts_imports :many
-- Published imports, undone ones included, with what decides whether the column index still fits.
-- row id ordinal
-- row kind text
-- row generation int
-- row undone_generation int?
-- row rows_new int
-- row rows_changed int
SELECT id, kind, generation, undone_generation, rows_new, rows_changed FROM import
WHERE generation IS NOT NULL
ORDER BY id;

-- name: facts_head :one
-- row next_product int
SELECT next_product FROM head WHERE id = 1;

-- name: facts_customers :many
-- row customer_id id
-- row import_id ordinal
-- row recorded_day day
SELECT customer_id, import_id, recorded_day FROM customer_record ORDER BY customer_id, import_id;

-- name: facts_customer_keys :many
-- row customer_id id
-- row source_id ordinal
-- row number text
SELECT customer_id, source_id, number FROM customer_key ORDER BY customer_id;

-- name: facts_sources :many
-- row id ordinal
-- row code text
SELECT id, code FROM source ORDER BY id;

-- name: facts_codes :many
-- row id ordinal
-- row code text
SELECT id, code FROM fact ORDER BY id;

-- name: facts_groups :many
-- row id ordinal
-- row code text
SELECT id, code FROM product_group ORDER BY id;

-- name: facts_product_groups :many
-- Articles with the group their first line named.
-- row id int
-- row first_group_id ordinal
SELECT id, first_group_id FROM product WHERE first_group_id IS NOT NULL ORDER BY id;

-- name: facts_of_customers :many
-- Dated facts in the order of the table. `facts`: a bit per fact id wanted; ids from 62 on always come.
-- arg facts int
-- row customer_id id
-- row fact_id ordinal
-- row valid_from day
-- row import_id ordinal
-- row value text
SELECT customer_id, fact_id, valid_from, import_id, value FROM customer_fact
WHERE fact_id >= 62 OR ((:facts >> fact_id) & 1) = 1
ORDER BY customer_id, fact_id, valid_from, import_id;

-- name: facts_of_products :many
-- arg fact_id ordinal
-- row product_id int
-- row valid_from day
-- row import_id ordinal
-- row value text
SELECT product_id, valid_from, import_id, value FROM product_fact
WHERE fact_id = :fact_id
ORDER BY product_id, valid_from, import_id;

-- name: facts_import_costs :one
-- Did an import bring facts of this kind?
-- arg import_id ordinal
-- arg fact_id ordinal
-- row product_id int
SELECT product_id FROM product_fact WHERE import_id = :import_id AND fact_id = :fact_id LIMIT 1;

-- name: facts_potentials :many
-- row customer_id id
-- row group_id ordinal
-- row valid_from day
-- row import_id ordinal
-- row valid_to day
-- row amount_minor money
-- row estimated flag
SELECT customer_id, group_id, valid_from, import_id, valid_to, amount_minor, estimated FROM potential
ORDER BY customer_id, group_id, valid_from, import_id;

-- name: facts_values :many
-- arg name text
-- row customer_id id
-- row valid_from day
-- row import_id ordinal
-- row valid_to day
-- row units int
-- row scale ordinal
SELECT customer_id, valid_from, import_id, valid_to, units, scale FROM customer_value
WHERE name = :name
ORDER BY customer_id, valid_from, import_id;

-- name: facts_certificates :many
-- Certificates in the order of their keys, the versions of one behind each other.
-- row customer_id id
-- row person_id id
-- row qualification text
-- row valid_from day
-- row import_id ordinal
-- row valid_to day
SELECT customer_id, person_id, qualification, valid_from, import_id, valid_to FROM certificate
ORDER BY customer_id, person_id, qualification, valid_from, import_id;

-- name: facts_activities :many
-- row customer_id id
-- row source_id ordinal
-- row kind text
-- row day day
-- row number ordinal
-- row import_id ordinal
-- row confirmed flag
SELECT customer_id, source_id, kind, day, number, import_id, confirmed FROM activity
ORDER BY customer_id, source_id, kind, day, number, import_id;

-- name: facts_visits :many
-- row customer_id id
-- row source_id ordinal
-- row day day
-- row number ordinal
-- row import_id ordinal
-- row status text
SELECT customer_id, source_id, day, number, import_id, status FROM visit
ORDER BY customer_id, source_id, day, number, import_id;

-- name: facts_responsibilities :many
-- Those of one role, a customer's own and (customer_id 0) those of territories.
-- arg role text
-- row customer_id id
-- row territory text
-- row responsible text
-- row valid_from day
-- row import_id ordinal
-- row valid_to day
SELECT customer_id, territory, responsible, valid_from, import_id, valid_to FROM responsibility
WHERE role = :role
ORDER BY customer_id, territory, responsible, valid_from, import_id;

-- name: facts_of_customers_by_code :many
-- One dated fact of all customers.
-- arg code text
-- row customer_id id
-- row valid_from day
-- row import_id ordinal
-- row value text
SELECT c.customer_id, c.valid_from, c.import_id, c.value FROM customer_fact c JOIN fact f ON f.id = c.fact_id
WHERE f.code = :code
ORDER BY c.customer_id, c.valid_from, c.import_id;

-- name: facts_merges :many
-- Merged customers, by customer.
-- row customer_id id
-- row valid_from day
-- row import_id ordinal
-- row into_customer_id id
SELECT customer_id, valid_from, import_id, into_customer_id FROM customer_merge
ORDER BY customer_id, valid_from, import_id;
