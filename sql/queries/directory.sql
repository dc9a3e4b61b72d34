-- What the directory of customers (src/program/directory.h) is filled from, besides the facts of a snapshot.

-- name: directory_head :one
-- What everybody can see, and the last entry of the audit chain: whether anything happened since.
-- row generation int
-- row audit_number int
SELECT h.generation, coalesce((SELECT max(number) FROM audit_entry), 0) FROM head h WHERE h.id = 1;

-- name: directory_changes :many
-- What happened since an entry of the audit chain, by kind.
-- arg after int
-- row kind text
SELECT DISTINCT kind FROM audit_entry WHERE number > :after ORDER BY kind;

-- name: directory_published :many
-- What was published or taken back since a generation: how many imports of each kind.
-- arg after int
-- arg up_to int
-- row kind text
-- row imports int
SELECT kind, count(*) FROM (
        SELECT kind FROM import WHERE generation > :after AND generation <= :up_to
        UNION ALL
        SELECT kind FROM import WHERE undone_generation > :after AND undone_generation <= :up_to) AS published
GROUP BY kind ORDER BY kind;

-- name: directory_names :scan
-- All names by customer, with the import that brought each.
-- row customer_id id
-- row import_id ordinal
-- row name text
-- row sort_key text
-- row search_text text
SELECT customer_id, import_id, name, sort_key, search_text FROM customer_name ORDER BY customer_id, import_id;

-- name: directory_group_names :many
-- Product groups somebody gave a name, the latest of each.
-- arg generation int
-- row group_id ordinal
-- row name text
SELECT group_id, name
FROM (SELECT n.group_id, n.name, row_number() OVER (PARTITION BY n.group_id ORDER BY i.generation DESC) AS place
        FROM product_group_name n JOIN import i ON i.id = n.import_id WHERE {visible}) x
WHERE place = 1 AND name <> '';

-- name: directory_contact_texts :scan
-- Names and e-mail addresses of contacts, ever: what search finds a customer by.
-- row customer_id id
-- row person_id id
-- row fact_id ordinal
-- row import_id ordinal
-- row value text
SELECT c.customer_id, c.person_id, c.fact_id, c.import_id, c.value
FROM contact_fact c JOIN fact f ON f.id = c.fact_id
WHERE f.code IN ('name', 'email')
ORDER BY c.customer_id, c.person_id, c.fact_id, c.valid_from, c.import_id;

-- name: directory_contacts :scan
-- row customer_id id
-- row person_id id
-- row import_id ordinal
SELECT customer_id, person_id, import_id FROM contact ORDER BY customer_id, person_id, import_id;

-- name: directory_levels :scan
-- The relationship levels of contacts, ever.
-- row customer_id id
-- row person_id id
-- row valid_from day
-- row import_id ordinal
-- row value text
SELECT c.customer_id, c.person_id, c.valid_from, c.import_id, c.value
FROM contact_fact c JOIN fact f ON f.id = c.fact_id
WHERE f.code = 'level'
ORDER BY c.customer_id, c.person_id, c.valid_from, c.import_id;

-- name: directory_decisions :scan
-- The approved decisions of a program, by customer.
-- arg program_id id
-- row customer_id id
-- row cutoff_day day
-- row approval_number ordinal
-- row effective_day day
-- row segment text
SELECT customer_id, cutoff_day, approval_number, effective_day, segment FROM decision_state
WHERE program_id = :program_id AND state = 'approved'
ORDER BY customer_id;

-- name: directory_rejected :many
-- Customers whose decision of a run was rejected on its own.
-- arg run_id id
-- row customer_id id
SELECT customer_id FROM decision_verdict WHERE run_id = :run_id AND verdict = 'rejected' ORDER BY customer_id;

-- name: directory_settings :many
-- Settings whose names begin alike: `low` is the beginning, `high` what comes right after all of them.
-- arg low text
-- arg high text
-- row name text
-- row value text
SELECT name, value FROM setting WHERE name >= :low AND name < :high ORDER BY name;

-- name: customer_values_valid :many
-- Imported figures of a customer valid on a day, each with its source.
-- arg customer_id id
-- arg generation int
-- arg day day
-- row name text
-- row valid_from day
-- row units int
-- row scale ordinal
-- row source text
SELECT y.name, y.valid_from, y.units, y.scale, s.code
FROM (SELECT x.name, x.valid_from, x.units, x.scale, x.source_id,
                row_number() OVER (PARTITION BY x.name ORDER BY x.valid_from DESC) AS newest
        FROM (SELECT v.name, v.valid_from, v.valid_to, v.units, v.scale, i.source_id,
                        row_number() OVER (PARTITION BY v.name, v.valid_from ORDER BY i.generation DESC) AS place
                FROM customer_value v JOIN import i ON i.id = v.import_id
                WHERE v.customer_id = :customer_id AND {visible}) x
        WHERE x.place = 1 AND x.valid_from <= :day AND x.valid_to >= :day) y
JOIN source s ON s.id = y.source_id
WHERE y.newest = 1
ORDER BY y.name;
