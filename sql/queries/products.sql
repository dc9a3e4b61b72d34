-- Articles and product groups as the importer finds and adds them.

-- name: products_of_source :many
-- arg source_id ordinal
-- row id int
-- row article text
-- row first_group_id ordinal?
SELECT id, article, first_group_id FROM product WHERE source_id = :source_id;

-- name: product_find :one
-- arg source_id ordinal
-- arg article text
-- row id int
-- row first_group_id ordinal?
SELECT id, first_group_id FROM product WHERE source_id = :source_id AND article = :article;

-- name: product_insert :exec
-- arg id int
-- arg source_id ordinal
-- arg article text
-- arg first_group_id ordinal?
INSERT INTO product (id, source_id, article, first_group_id) VALUES (:id, :source_id, :article, :first_group_id)
ON CONFLICT (source_id, article) DO NOTHING;

-- name: product_facts_visible :many
-- arg product_id int
-- row fact_id ordinal
-- row valid_from day
-- row value text
SELECT f.fact_id, f.valid_from, f.value FROM product_fact f JOIN import i ON i.id = f.import_id
WHERE f.product_id = :product_id AND i.state = 'published'
ORDER BY f.fact_id, f.valid_from, i.generation;

-- name: product_fact_insert :exec
-- arg product_id int
-- arg fact_id ordinal
-- arg valid_from day
-- arg import_id ordinal
-- arg value text
INSERT INTO product_fact (product_id, fact_id, valid_from, import_id, value)
VALUES (:product_id, :fact_id, :valid_from, :import_id, :value);

-- name: product_groups_all :many
-- row id ordinal
-- row code text
SELECT id, code FROM product_group;

-- name: product_group_find :one
-- arg code text
-- row id ordinal
SELECT id FROM product_group WHERE code = :code;

-- name: product_group_next :one
-- row id ordinal
SELECT COALESCE(MAX(id), 0) + 1 FROM product_group;

-- name: product_group_insert :exec
-- arg id ordinal
-- arg code text
INSERT INTO product_group (id, code) VALUES (:id, :code);

-- name: product_group_name_visible :one
-- arg group_id ordinal
-- row name text
SELECT n.name FROM product_group_name n JOIN import i ON i.id = n.import_id
WHERE n.group_id = :group_id AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: product_group_name_set :exec
-- arg group_id ordinal
-- arg import_id ordinal
-- arg name text
INSERT INTO product_group_name (group_id, import_id, name) VALUES (:group_id, :import_id, :name)
ON CONFLICT (group_id, import_id) DO UPDATE SET name = excluded.name;
