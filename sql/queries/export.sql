-- What is valid at a generation, kind by kind, in the order in which it is exported: by customer number. Parts
-- `visible` and `valid`: metrics.sql.

-- name: export_visible_key :part
-- The number of customer x at the source whose numbers are shown.
k.customer_id = x.customer_id AND k.source_id = :customer_source_id;

-- name: export_person_order :part
-- By the keys of people at the source, so that the order does not depend on ids.
(SELECT min(o.code) FROM person_key o WHERE o.person_id = x.person_id AND o.source_id = :source_id), x.person_id;

-- name: export_sources_of_imports :many
-- Sources of the visible imports of a kind.
-- arg kind text
-- arg generation int
-- row id ordinal
-- row code text
SELECT DISTINCT s.id, s.code FROM import i JOIN source s ON s.id = i.source_id
WHERE i.kind = :kind AND {visible} ORDER BY s.code;

-- name: export_sources_of_customers :many
-- row id ordinal
-- row code text
SELECT s.id, s.code FROM source s WHERE EXISTS (SELECT 1 FROM customer_key k WHERE k.source_id = s.id)
ORDER BY s.code;

-- name: export_sources_of_products :many
-- row id ordinal
-- row code text
SELECT s.id, s.code FROM source s WHERE EXISTS (SELECT 1 FROM product p WHERE p.source_id = s.id) ORDER BY s.code;

-- name: export_attributes :many
-- Attributes somebody has, as attribute:NAME.
-- arg generation int
-- row code text
SELECT c.code FROM fact c
WHERE c.code LIKE 'attribute:%' AND EXISTS (SELECT 1 FROM customer_fact f JOIN import i ON i.id = f.import_id
        WHERE f.fact_id = c.id AND {visible})
ORDER BY c.code;

-- name: export_competitors :many
-- arg generation int
-- row competitor text
SELECT DISTINCT x.competitor FROM competitor_share x JOIN import i ON i.id = x.import_id
WHERE {visible} ORDER BY x.competitor;

-- name: export_customer_days :scan
-- When customers with a number at a source were recorded, and the day of their first document.
-- arg customer_source_id ordinal
-- arg generation int
-- row customer_id id
-- row recorded_day day?
-- row first_day day?
SELECT k.customer_id,
        (SELECT min(r.recorded_day) FROM customer_record r JOIN import i ON i.id = r.import_id
                WHERE r.customer_id = k.customer_id AND {visible}),
        (SELECT min(d.day) FROM document d JOIN import i ON i.id = d.import_id
                WHERE d.customer_id = k.customer_id AND {visible})
FROM customer_key k WHERE k.source_id = :customer_source_id
ORDER BY k.customer_id;

-- name: export_customers :scan
-- Customers with a number at a source, one row per visible fact; `code` is NULL for those without facts. Who has no
-- name is called by the number.
-- arg customer_source_id ordinal
-- arg generation int
-- row customer_id id
-- row number text
-- row name text
-- row code text?
-- row valid_from day?
-- row generation int?
-- row value text?
SELECT k.customer_id, k.number, coalesce(n.name, k.number), c.code, v.valid_from, v.generation, v.value
FROM customer_key k
LEFT JOIN (SELECT x.customer_id, x.name, row_number() OVER (PARTITION BY x.customer_id
                ORDER BY i.generation DESC) AS place
        FROM customer_name x JOIN import i ON i.id = x.import_id WHERE {visible}) n
        ON n.customer_id = k.customer_id AND n.place = 1
LEFT JOIN (SELECT f.customer_id, f.fact_id, f.valid_from, f.value, i.generation
        FROM customer_fact f JOIN import i ON i.id = f.import_id WHERE {visible}) v ON v.customer_id = k.customer_id
LEFT JOIN fact c ON c.id = v.fact_id
WHERE k.source_id = :customer_source_id AND EXISTS (
        SELECT 1 FROM customer_record r JOIN import i ON i.id = r.import_id
        WHERE r.customer_id = k.customer_id AND {visible})
ORDER BY k.number;

-- name: export_contacts :scan
-- Contacts whose person is known to a source, one row per visible fact.
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- row number text
-- row person_id id
-- row code text
-- row valid_from day
-- row generation int
-- row value text
SELECT k.number, x.person_id, c.code, x.valid_from, i.generation, x.value
FROM contact_fact x JOIN import i ON i.id = x.import_id JOIN fact c ON c.id = x.fact_id
JOIN customer_key k ON {export_visible_key}
WHERE {visible}
        AND EXISTS (SELECT 1 FROM contact o JOIN import i ON i.id = o.import_id
                WHERE o.customer_id = x.customer_id AND o.person_id = x.person_id AND {visible})
        AND x.person_id IN (SELECT p.person_id FROM person_key p WHERE p.source_id = :source_id)
ORDER BY k.number, {export_person_order};

-- name: export_products :scan
-- Articles of a source, one row per visible fact; `code` is NULL for those without facts.
-- arg source_id ordinal
-- arg generation int
-- row product_id int
-- row article text
-- row code text?
-- row valid_from day?
-- row generation int?
-- row value text?
SELECT p.id, p.article, c.code, v.valid_from, v.generation, v.value
FROM product p
LEFT JOIN (SELECT f.product_id, f.fact_id, f.valid_from, f.value, i.generation
        FROM product_fact f JOIN import i ON i.id = f.import_id WHERE {visible}) v ON v.product_id = p.id
LEFT JOIN fact c ON c.id = v.fact_id
WHERE p.source_id = :source_id
ORDER BY p.article;

-- name: export_group_names :many
-- arg generation int
-- row code text
-- row name text
SELECT g.code, v.name FROM product_group g JOIN (
        SELECT n.group_id, n.name, row_number() OVER (PARTITION BY n.group_id ORDER BY i.generation DESC) AS place
        FROM product_group_name n JOIN import i ON i.id = n.import_id WHERE {visible}) v ON v.group_id = g.id
WHERE v.place = 1 ORDER BY g.code;

-- name: export_articles :many
-- arg source_id ordinal
-- row id int
-- row article text
-- row first_group_id ordinal?
SELECT id, article, first_group_id FROM product WHERE source_id = :source_id ORDER BY id;

-- name: export_documents :scan
-- Valid documents of a source up to a day. Customers come one by one in the order of their numbers.
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg to_day day
-- row customer text
-- row number text
-- row day day
-- row line_count int
-- row lines lines
SELECT k.number, d.number, d.day, d.line_count, d.{lines_columns}
FROM customer_key k CROSS JOIN document d
WHERE k.source_id = :customer_source_id AND d.customer_id = k.customer_id AND d.source_id = :source_id
        AND d.day <= :to_day AND {valid}
ORDER BY k.number, d.number;

-- name: export_potentials :scan
-- The valid version of each potential, with competitors' shares as rows (NULL: none).
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- row customer_id id
-- row number text
-- row group_id ordinal
-- row product_group text
-- row valid_from day
-- row valid_to day
-- row amount_minor money
-- row estimated flag
-- row note text
-- row own_millionths int?
-- row competitor text?
-- row share_millionths int?
SELECT x.customer_id, k.number, x.group_id, coalesce(g.code, ''), x.valid_from, x.valid_to, x.amount_minor, x.estimated,
        x.note, x.own_millionths, c.competitor, c.share_millionths
FROM (SELECT p.customer_id, p.group_id, p.valid_from, p.import_id, p.valid_to, p.amount_minor, p.estimated, p.note,
                p.own_millionths,
                i.source_id, row_number() OVER (PARTITION BY p.customer_id, p.group_id, p.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM potential p JOIN import i ON i.id = p.import_id WHERE {visible}) x
JOIN customer_key k ON {export_visible_key}
LEFT JOIN product_group g ON g.id = x.group_id
LEFT JOIN competitor_share c ON c.customer_id = x.customer_id AND c.group_id = x.group_id
        AND c.valid_from = x.valid_from AND c.import_id = x.import_id
WHERE x.place = 1 AND x.source_id = :source_id
ORDER BY k.number, coalesce(g.code, ''), x.valid_from DESC, c.competitor;

-- name: export_values :scan
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- row number text
-- row name text
-- row valid_from day
-- row valid_to day
-- row units int
-- row scale ordinal
SELECT k.number, x.name, x.valid_from, x.valid_to, x.units, x.scale
FROM (SELECT v.customer_id, v.name, v.valid_from, v.valid_to, v.units, v.scale, i.source_id,
                row_number() OVER (PARTITION BY v.customer_id, v.name, v.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM customer_value v JOIN import i ON i.id = v.import_id WHERE {visible}) x
JOIN customer_key k ON {export_visible_key}
WHERE x.place = 1 AND x.source_id = :source_id
ORDER BY k.number, x.name, x.valid_from DESC;

-- name: export_certificates :scan
-- `person_name`: the contact's latest name.
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- row number text
-- row person_id id
-- row person_name text
-- row qualification text
-- row valid_from day
-- row valid_to day
-- row evidence text
SELECT k.number, x.person_id,
        coalesce((SELECT f.value FROM contact_fact f JOIN import i ON i.id = f.import_id JOIN fact c ON c.id = f.fact_id
                WHERE f.customer_id = x.customer_id AND f.person_id = x.person_id AND c.code = 'name' AND {visible}
                ORDER BY i.generation DESC, f.valid_from DESC LIMIT 1), ''),
        x.qualification, x.valid_from, x.valid_to, x.evidence
FROM (SELECT e.customer_id, e.person_id, e.qualification, e.valid_from, e.valid_to, e.evidence, i.source_id,
                row_number() OVER (PARTITION BY e.customer_id, e.person_id, e.qualification, e.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM certificate e JOIN import i ON i.id = e.import_id WHERE {visible}) x
JOIN customer_key k ON {export_visible_key}
WHERE x.place = 1 AND x.source_id = :source_id
ORDER BY k.number, {export_person_order}, x.qualification, x.valid_from;

-- name: export_activities :scan
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- arg to_day day
-- row number text
-- row kind text
-- row day day
-- row amount text
-- row note text
-- row status text
SELECT k.number, x.kind, x.day, x.amount, x.note, x.status
FROM (SELECT a.customer_id, a.kind, a.day, a.number, a.amount, a.note, a.status,
                row_number() OVER (PARTITION BY a.customer_id, a.kind, a.day, a.number
                        ORDER BY i.generation DESC) AS place
        FROM activity a JOIN import i ON i.id = a.import_id
        WHERE a.source_id = :source_id AND a.day <= :to_day AND {visible}) x
JOIN customer_key k ON {export_visible_key}
WHERE x.place = 1
ORDER BY k.number, x.day, x.kind, x.number;

-- name: export_visits :scan
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- arg to_day day
-- row number text
-- row day day
-- row rep text
-- row kind text
-- row note text
-- row visit_number ordinal
-- row status text
-- row met text
-- row topics text
-- row next_step text
SELECT k.number, x.day, x.rep, x.kind, x.note, x.number, x.status, x.met, x.topics, x.next_step
FROM (SELECT v.customer_id, v.day, v.number, v.rep, v.kind, v.note, v.status, v.met, v.topics, v.next_step,
                row_number() OVER (PARTITION BY v.customer_id, v.day, v.number ORDER BY i.generation DESC) AS place
        FROM visit v JOIN import i ON i.id = v.import_id
        WHERE v.source_id = :source_id AND v.day <= :to_day AND {visible}) x
JOIN customer_key k ON {export_visible_key}
WHERE x.place = 1
ORDER BY k.number, x.day, x.number;

-- name: export_responsibilities :scan
-- Those of territories (without a number) first.
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- row number text
-- row territory text
-- row responsible text
-- row role text
-- row valid_from day
-- row valid_to day
SELECT coalesce(k.number, ''), x.territory, x.responsible, x.role, x.valid_from, x.valid_to
FROM (SELECT r.customer_id, r.territory, r.responsible, r.role, r.valid_from, r.valid_to, i.source_id,
                row_number() OVER (PARTITION BY r.customer_id, r.territory, r.responsible, r.role, r.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM responsibility r JOIN import i ON i.id = r.import_id WHERE {visible}) x
LEFT JOIN customer_key k ON {export_visible_key}
WHERE x.place = 1 AND x.source_id = :source_id AND (x.customer_id = 0 OR k.number IS NOT NULL)
ORDER BY coalesce(k.number, ''), x.territory, x.role, x.responsible, x.valid_from;

-- name: export_consents :scan
-- What people known to a source declared before an instant and counts; of several entries about one event the last.
-- arg source_id ordinal
-- arg customer_source_id ordinal
-- arg generation int
-- arg end_ms instant
-- row number text?
-- row person_id id
-- row person_name text?
-- row channel text
-- row kind text
-- row at_ms instant
-- row origin text
-- row wording text?
-- row language text?
-- row basis text
-- row conditions ordinal
-- row confirmation text
-- row confirmed_ms instant?
SELECT (SELECT min(k.number) FROM contact o JOIN import i ON i.id = o.import_id
                JOIN customer_key k ON k.customer_id = o.customer_id AND k.source_id = :customer_source_id
                WHERE o.person_id = x.person_id AND {visible}),
        x.person_id,
        (SELECT f.value FROM contact o
                JOIN contact_fact f ON f.customer_id = o.customer_id AND f.person_id = o.person_id
                JOIN import i ON i.id = f.import_id JOIN fact c ON c.id = f.fact_id
                JOIN customer_key k ON k.customer_id = f.customer_id AND k.source_id = :customer_source_id
                WHERE o.person_id = x.person_id AND c.code = 'name' AND {visible}
                ORDER BY k.number, i.generation DESC, f.valid_from DESC LIMIT 1),
        x.channel, x.kind, x.at_ms, x.origin, t.wording, t.language, x.basis, x.conditions, x.confirmation,
        x.confirmed_ms
FROM (SELECT e.person_id, e.channel, e.kind, e.at_ms, e.origin, e.text_id, e.basis, e.conditions, e.confirmation,
                e.confirmed_ms, row_number() OVER (PARTITION BY e.person_id, e.channel, e.kind, e.at_ms
                        ORDER BY e.id DESC) AS place
        FROM consent_entry e LEFT JOIN import i ON i.id = e.import_id
        WHERE e.at_ms < :end_ms AND {consent_counts}
                AND e.person_id IN (SELECT p.person_id FROM person_key p WHERE p.source_id = :source_id)) x
LEFT JOIN consent_text t ON t.id = x.text_id
WHERE x.place = 1
ORDER BY {export_person_order}, x.at_ms, x.channel, x.kind;
