-- What is known of one customer. Part `visible`: metrics.sql.

-- name: dossier_facts :many
-- arg customer_id id
-- arg generation int
-- row code text
-- row valid_from day
-- row generation int
-- row source text
-- row import_day day
-- row value text
SELECT c.code, f.valid_from, i.generation, s.code, i.import_day, f.value
FROM customer_fact f JOIN import i ON i.id = f.import_id JOIN source s ON s.id = i.source_id
JOIN fact c ON c.id = f.fact_id
WHERE f.customer_id = :customer_id AND {visible}
ORDER BY c.code;

-- name: dossier_contacts :many
-- The latest name, role and level of each contact.
-- arg customer_id id
-- arg generation int
-- row person_id id
-- row code text
-- row value text
SELECT f.person_id, c.code, f.value
FROM contact_fact f JOIN import i ON i.id = f.import_id JOIN fact c ON c.id = f.fact_id
WHERE f.customer_id = :customer_id AND {visible} AND c.code IN ('name', 'role', 'level')
        AND EXISTS (SELECT 1 FROM contact o JOIN import i ON i.id = o.import_id
                WHERE o.customer_id = f.customer_id AND o.person_id = f.person_id AND {visible})
ORDER BY f.person_id, c.code, i.generation, f.valid_from;

-- name: dossier_potentials :many
-- The valid version of each, the latest of a product group first, with competitors' shares as rows (NULL: none).
-- arg customer_id id
-- arg generation int
-- row product_group text
-- row valid_from day
-- row valid_to day
-- row amount_minor money
-- row source text
-- row competitor text?
-- row share_millionths int?
SELECT coalesce(g.code, ''), x.valid_from, x.valid_to, x.amount_minor, s.code, c.competitor,
        c.share_millionths
FROM (SELECT p.customer_id, p.group_id, p.valid_from, p.import_id, p.valid_to, p.amount_minor,
                i.source_id, row_number() OVER (PARTITION BY p.group_id, p.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM potential p JOIN import i ON i.id = p.import_id WHERE p.customer_id = :customer_id AND {visible}) x
JOIN source s ON s.id = x.source_id
LEFT JOIN product_group g ON g.id = x.group_id
LEFT JOIN competitor_share c ON c.customer_id = x.customer_id AND c.group_id = x.group_id
        AND c.valid_from = x.valid_from AND c.import_id = x.import_id
WHERE x.place = 1
ORDER BY coalesce(g.code, ''), x.valid_from DESC, c.competitor;

-- name: dossier_documents :many
-- Valid documents up to a day.
-- arg customer_id id
-- arg generation int
-- arg to_day day
-- arg all_visible flag
-- arg none_replaced flag
-- row day day
-- row total_minor money
SELECT d.day, d.total_minor FROM document d
WHERE d.customer_id = :customer_id AND d.day <= :to_day AND {valid}
ORDER BY d.day DESC;

-- name: dossier_visits :many
-- arg customer_id id
-- arg generation int
-- arg to_day day
-- row day day
-- row rep text
-- row kind text
-- row source text
SELECT x.day, x.rep, x.kind, s.code
FROM (SELECT v.source_id, v.day, v.number, v.rep, v.kind,
                row_number() OVER (PARTITION BY v.source_id, v.day, v.number ORDER BY i.generation DESC) AS place
        FROM visit v JOIN import i ON i.id = v.import_id
        WHERE v.customer_id = :customer_id AND v.day <= :to_day AND {visible}) x
JOIN source s ON s.id = x.source_id
WHERE x.place = 1 ORDER BY x.day DESC, x.number DESC LIMIT 10;

-- name: dossier_memberships :many
-- Approved decisions in effect by a day, in every program.
-- arg customer_id id
-- arg to_day day
-- row program text
-- row effective_day day
-- row segment text
SELECT p.code, d.effective_day, d.segment
FROM decision_state d JOIN program p ON p.id = d.program_id
WHERE d.customer_id = :customer_id AND d.state = 'approved' AND d.effective_day <= :to_day
ORDER BY p.code, d.effective_day DESC, d.approval_number DESC;
