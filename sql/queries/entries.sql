-- What people write in the pages, and what their forms begin with.

-- name: entry_by_key :one
-- arg entry_key text
-- row import_id ordinal
-- row customer_id id
SELECT import_id, customer_id FROM entry WHERE entry_key = :entry_key;

-- name: entry_insert :exec
-- Unless the form was quicker by another way: then it changes nothing.
-- arg entry_key text
-- arg import_id ordinal
-- arg customer_id id
-- arg account_id id
-- arg entered_ms instant
INSERT INTO entry (entry_key, import_id, customer_id, account_id, entered_ms)
VALUES (:entry_key, :import_id, :customer_id, :account_id, :entered_ms)
ON CONFLICT (entry_key) DO NOTHING;

-- name: entry_of_import :one
-- arg import_id ordinal
-- arg account_id id
-- row customer_id id
-- row kind text
SELECT e.customer_id, i.kind FROM entry e JOIN import i ON i.id = e.import_id
WHERE e.import_id = :import_id AND e.account_id = :account_id;

-- name: entry_customer :one
-- Whom a number means.
-- arg source text
-- arg number text
-- row customer_id id
SELECT k.customer_id FROM customer_key k JOIN source s ON s.id = k.source_id
WHERE s.code = :source AND k.number = :number;

-- name: entry_number_add :exec
-- arg source text
-- arg number text
-- arg customer_id id
INSERT INTO customer_key (source_id, number, customer_id)
SELECT s.id, :number, :customer_id FROM source s WHERE s.code = :source
ON CONFLICT (source_id, number) DO NOTHING;

-- name: entry_visit_number :one
-- The highest number of a customer's visits of a day and source, also of those that were undone.
-- arg customer_id id
-- arg source text
-- arg day day
-- row number ordinal
SELECT coalesce(MAX(v.number), 0) FROM visit v JOIN source s ON s.id = v.source_id
WHERE v.customer_id = :customer_id AND s.code = :source AND v.day = :day;

-- name: visits_of_customer :many
-- Visits of a customer in the state of a generation, the latest day first. Cancelled ones are left out.
-- arg customer_id id
-- arg generation int
-- row source text
-- row day day
-- row number ordinal
-- row rep text
-- row kind text
-- row note text
-- row status text
-- row met text
-- row topics text
-- row next_step text
SELECT s.code, x.day, x.number, x.rep, x.kind, x.note, x.status, x.met, x.topics, x.next_step
FROM (SELECT v.source_id, v.day, v.number, v.rep, v.kind, v.note, v.status, v.met, v.topics, v.next_step,
                row_number() OVER (PARTITION BY v.source_id, v.day, v.number ORDER BY i.generation DESC) AS place
        FROM visit v JOIN import i ON i.id = v.import_id
        WHERE v.customer_id = :customer_id AND {visible}) x
JOIN source s ON s.id = x.source_id
WHERE x.place = 1 AND x.status <> 'cancelled'
ORDER BY x.day DESC, x.number DESC LIMIT 200;

-- name: visits_planned :many
-- All planned visits, the next first. Those somebody took back or reported are none.
-- arg generation int
-- row customer_id id
-- row day day
-- row number ordinal
-- row source text
-- row rep text
-- row kind text
-- row topics text
SELECT x.customer_id, x.day, x.number, s.code, x.rep, x.kind, x.topics
FROM (SELECT v.customer_id, v.source_id, v.day, v.number, v.rep, v.kind, v.status, v.topics,
                row_number() OVER (PARTITION BY v.customer_id, v.source_id, v.day, v.number
                        ORDER BY i.generation DESC) AS place
        FROM visit p JOIN visit v ON v.customer_id = p.customer_id AND v.source_id = p.source_id
                AND v.day = p.day AND v.number = p.number
        JOIN import i ON i.id = v.import_id
        WHERE p.status = 'planned' AND {visible}) x
JOIN source s ON s.id = x.source_id
WHERE x.place = 1 AND x.status = 'planned'
ORDER BY x.day, x.customer_id, x.number LIMIT 1000;

-- name: contact_forms :many
-- What is valid of the contacts of a customer on a day, fact by fact; people without facts do not occur.
-- arg customer_id id
-- arg generation int
-- arg day day
-- row person_id id
-- row fact text
-- row value text
SELECT person_id, code, value
FROM (SELECT f.person_id, a.code, f.value,
                row_number() OVER (PARTITION BY f.person_id, f.fact_id
                        ORDER BY CASE WHEN f.valid_from <= :day THEN 0 ELSE 1 END,
                                CASE WHEN f.valid_from <= :day THEN f.valid_from ELSE -f.valid_from END DESC,
                                i.generation DESC) AS place
        FROM contact_fact f JOIN import i ON i.id = f.import_id JOIN fact a ON a.id = f.fact_id
        WHERE f.customer_id = :customer_id AND {visible}
                AND EXISTS (SELECT 1 FROM contact o JOIN import i ON i.id = o.import_id
                        WHERE o.customer_id = f.customer_id AND o.person_id = f.person_id AND {visible})) x
WHERE place = 1
ORDER BY person_id, code;

-- name: contact_is :one
-- arg customer_id id
-- arg person_id id
-- arg generation int
-- row person_id id
SELECT c.person_id FROM contact c JOIN import i ON i.id = c.import_id
WHERE c.customer_id = :customer_id AND c.person_id = :person_id AND {visible} LIMIT 1;

-- name: potential_forms :many
-- The potentials of a customer valid on a day with competitors' shares as rows (NULL: none), by product group.
-- arg customer_id id
-- arg generation int
-- arg day day
-- row product_group text
-- row valid_from day
-- row amount_minor money
-- row estimated flag
-- row note text
-- row own_millionths int?
-- row competitor text?
-- row share_millionths int?
SELECT coalesce(g.code, ''), y.valid_from, y.amount_minor, y.estimated, y.note, y.own_millionths, c.competitor,
        c.share_millionths
FROM (SELECT x.*, row_number() OVER (PARTITION BY x.group_id ORDER BY x.valid_from DESC) AS latest
        FROM (SELECT p.customer_id, p.group_id, p.valid_from, p.import_id, p.valid_to, p.amount_minor, p.estimated,
                        p.note, p.own_millionths, row_number() OVER (PARTITION BY p.group_id, p.valid_from
                                ORDER BY i.generation DESC) AS place
                FROM potential p JOIN import i ON i.id = p.import_id
                WHERE p.customer_id = :customer_id AND {visible}) x
        WHERE x.place = 1 AND x.valid_from <= :day AND x.valid_to >= :day) y
LEFT JOIN product_group g ON g.id = y.group_id
LEFT JOIN competitor_share c ON c.customer_id = y.customer_id AND c.group_id = y.group_id
        AND c.valid_from = y.valid_from AND c.import_id = y.import_id
WHERE y.latest = 1
ORDER BY coalesce(g.code, ''), c.share_millionths DESC, c.competitor;

-- name: product_groups_named :many
-- With the latest name, and how many articles their first document or file put into them.
-- arg generation int
-- row code text
-- row name text
-- row articles int
SELECT g.code, coalesce((SELECT n.name FROM product_group_name n JOIN import i ON i.id = n.import_id
                WHERE n.group_id = g.id AND {visible} ORDER BY i.generation DESC LIMIT 1), ''),
        (SELECT COUNT(*) FROM product p WHERE p.first_group_id = g.id)
FROM product_group g
ORDER BY g.code;

-- name: customer_sources_used :many
-- Sources numbers of customers come from.
-- row code text
SELECT s.code FROM source s
WHERE EXISTS (SELECT 1 FROM customer_key k WHERE k.source_id = s.id)
ORDER BY s.code;

-- name: customer_fact_on :one
-- The value of one dated fact of a customer on a day; the first known is open at its start.
-- arg customer_id id
-- arg code text
-- arg generation int
-- arg day day
-- row value text
SELECT f.value FROM customer_fact f JOIN fact a ON a.id = f.fact_id JOIN import i ON i.id = f.import_id
WHERE f.customer_id = :customer_id AND a.code = :code AND {visible}
ORDER BY CASE WHEN f.valid_from <= :day THEN 0 ELSE 1 END,
        CASE WHEN f.valid_from <= :day THEN f.valid_from ELSE -f.valid_from END DESC, i.generation DESC LIMIT 1;

-- name: articles_of_group :many
-- Articles that are in a group on a day, in the order they were first seen; a page of them, from behind `after` on.
-- What no file of articles named is in the group of its first document.
-- arg generation int
-- arg day day
-- arg code text
-- arg after int
-- row id int
-- row article text
-- row name text
-- row source text
SELECT p.id, p.article, coalesce((SELECT f.value FROM product_fact f JOIN fact a ON a.id = f.fact_id
                JOIN import i ON i.id = f.import_id
                WHERE f.product_id = p.id AND a.code = 'name' AND f.valid_from <= :day AND {visible}
                ORDER BY f.valid_from DESC, i.generation DESC LIMIT 1), ''), s.code
FROM product p JOIN source s ON s.id = p.source_id
WHERE p.id > :after AND :code = coalesce((SELECT f.value FROM product_fact f JOIN fact a ON a.id = f.fact_id
                JOIN import i ON i.id = f.import_id
                WHERE f.product_id = p.id AND a.code = 'product_group' AND f.valid_from <= :day AND {visible}
                ORDER BY f.valid_from DESC, i.generation DESC LIMIT 1),
        (SELECT g.code FROM product_group g WHERE g.id = p.first_group_id), '')
ORDER BY p.id LIMIT 200;
