-- Customers as the importer finds and adds them.

-- name: customer_keys_of_source :many
-- Numbers of a source with what is visible of them: `recorded`: some published import recorded the customer,
-- `introduced`: an import of customers did.
-- arg source_id ordinal
-- row number text
-- row customer_id id
-- row recorded flag
-- row introduced flag
{customer_keys_seen};

-- name: customer_key_seen :one
-- One of them.
-- arg source_id ordinal
-- arg number text
-- row number text
-- row customer_id id
-- row recorded flag
-- row introduced flag
{customer_keys_seen} AND k.number = :number;

-- name: customer_keys_seen :part
SELECT k.number, k.customer_id,
        CASE WHEN EXISTS (SELECT 1 FROM customer_record r JOIN import i ON i.id = r.import_id
                WHERE r.customer_id = k.customer_id AND i.state = 'published') THEN 1 ELSE 0 END,
        CASE WHEN EXISTS (SELECT 1 FROM customer_record r JOIN import i ON i.id = r.import_id
                WHERE r.customer_id = k.customer_id AND i.state = 'published' AND i.kind = 'customers')
                THEN 1 ELSE 0 END
FROM customer_key k
WHERE k.source_id = :source_id
;

-- name: customer_key_find :one
-- arg source_id ordinal
-- arg number text
-- row customer_id id
SELECT customer_id FROM customer_key WHERE source_id = :source_id AND number = :number;

-- name: customer_keys_insert :bulk
-- Those that are new; the number of changes tells how many were.
-- arg source_id ordinal
-- arg number text
-- arg customer_id id
INSERT INTO customer_key (source_id, number, customer_id) SELECT :source_id, :number, :customer_id FROM {rows}
WHERE true ON CONFLICT (source_id, number) DO NOTHING;

-- name: customer_records_insert :bulk
-- arg customer_id id
-- arg import_id ordinal
-- arg recorded_day day
INSERT INTO customer_record (customer_id, import_id, recorded_day)
SELECT :customer_id, :import_id, :recorded_day FROM {rows}
WHERE true ON CONFLICT (customer_id, import_id) DO NOTHING;

-- name: customer_name_visible :one
-- The valid name of a customer.
-- arg customer_id id
-- row name text
SELECT n.name FROM customer_name n JOIN import i ON i.id = n.import_id
WHERE n.customer_id = :customer_id AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: customer_names_visible :many
-- The names of all customers, of each the valid one last.
-- row customer_id id
-- row name text
SELECT n.customer_id, n.name FROM customer_name n JOIN import i ON i.id = n.import_id
WHERE i.state = 'published'
ORDER BY n.customer_id, i.generation;

-- name: customer_name_set :exec
-- The name an import gives; of several rows of one import the last call counts.
-- arg customer_id id
-- arg import_id ordinal
-- arg name text
-- arg sort_key text
-- arg search_text text
INSERT INTO customer_name (customer_id, import_id, name, sort_key, search_text)
VALUES (:customer_id, :import_id, :name, :sort_key, :search_text)
ON CONFLICT (customer_id, import_id) DO UPDATE SET name = excluded.name, sort_key = excluded.sort_key,
        search_text = excluded.search_text;

-- name: customer_facts_visible :many
-- arg customer_id id
-- row fact_id ordinal
-- row valid_from day
-- row value text
SELECT f.fact_id, f.valid_from, f.value FROM customer_fact f JOIN import i ON i.id = f.import_id
WHERE f.customer_id = :customer_id AND i.state = 'published'
ORDER BY f.fact_id, f.valid_from, i.generation;

-- name: customer_fact_insert :exec
-- arg customer_id id
-- arg fact_id ordinal
-- arg valid_from day
-- arg import_id ordinal
-- arg value text
INSERT INTO customer_fact (customer_id, fact_id, valid_from, import_id, value)
VALUES (:customer_id, :fact_id, :valid_from, :import_id, :value);
