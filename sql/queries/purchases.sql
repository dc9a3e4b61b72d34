-- Purchases on their way in: staging document versions and finding what is there already.

-- name: purchases_insert :bulk sqlite
-- Stages document versions; quickest in the order of the key.
-- arg customer_id id
-- arg source_id ordinal
-- arg number text
-- arg import_id ordinal
-- arg day day
-- arg total_minor money
-- arg line_count int
-- arg content_hash int
-- arg lines lines
INSERT INTO document (customer_id, source_id, number, import_id, day, total_minor, line_count, content_hash,
        {lines_columns})
SELECT :customer_id, :source_id, :number, :import_id, :day, :total_minor, :line_count, :content_hash, :lines
FROM {rows};
-- name: purchases_insert :bulk postgresql
-- arg customer_id id
-- arg source_id ordinal
-- arg number text
-- arg import_id ordinal
-- arg day day
-- arg total_minor money
-- arg line_count int
-- arg content_hash int
-- arg lines lines
COPY document (customer_id, source_id, number, import_id, day, total_minor, line_count, content_hash,
        {lines_columns})
FROM STDIN (FORMAT binary);

-- name: purchases_of_customer :many
-- The document versions of a customer at a source, by number; several versions of one number stand together.
-- arg customer_id id
-- arg source_id ordinal
-- row number text
-- row import_id ordinal
-- row content_hash int
SELECT number, import_id, content_hash FROM document
WHERE customer_id = :customer_id AND source_id = :source_id
ORDER BY number, import_id;

-- name: purchase_unrecord_customer :exec
-- A customer this import recorded, though all its documents were rejected.
-- arg customer_id id
-- arg import_id ordinal
DELETE FROM customer_record WHERE customer_id = :customer_id AND import_id = :import_id;

-- name: purchase_products_nameless :many
-- Articles no import that counts named.
-- arg source_id ordinal
-- arg fact_id ordinal
-- row id int
SELECT p.id FROM product p
WHERE p.source_id = :source_id AND NOT EXISTS (SELECT 1 FROM product_fact f JOIN import i ON i.id = f.import_id
        WHERE f.product_id = p.id AND f.fact_id = :fact_id AND i.state = 'published');

-- name: purchase_name_product :exec
-- The description an article came with becomes its name until products are imported.
-- arg product_id int
-- arg fact_id ordinal
-- arg valid_from day
-- arg import_id ordinal
-- arg value text
INSERT INTO product_fact (product_id, fact_id, valid_from, import_id, value)
VALUES (:product_id, :fact_id, :valid_from, :import_id, :value);

-- name: purchase_imports_since :one
-- How many imports that change what the column index holds were published or undone after `covered` and before
-- `generation`.
-- arg covered int
-- arg generation int
-- row imports int
SELECT count(*) FROM import
WHERE kind IN ('purchases', 'products')
        AND ((import.generation > :covered AND import.generation < :generation)
             OR (undone_generation > :covered AND undone_generation < :generation));
