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
-- All names, roles and levels of each contact.
-- arg customer_id id
-- arg generation int
-- row person_id id
-- row code text
-- row valid_from day
-- row generation int
-- row value text
SELECT f.person_id, c.code, f.valid_from, i.generation, f.value
FROM contact_fact f JOIN import i ON i.id = f.import_id JOIN fact c ON c.id = f.fact_id
WHERE f.customer_id = :customer_id AND {visible} AND c.code IN ('name', 'role', 'level')
        AND EXISTS (SELECT 1 FROM contact o JOIN import i ON i.id = o.import_id
                WHERE o.customer_id = f.customer_id AND o.person_id = f.person_id AND {visible})
ORDER BY f.person_id, c.code;

-- name: dossier_potentials :many
-- The valid version of each, the latest of a product group first, with competitors' shares as rows (NULL: none).
-- arg customer_id id
-- arg generation int
-- row product_group text
-- row valid_from day
-- row valid_to day
-- row amount_minor money
-- row estimated flag
-- row source text
-- row competitor text?
-- row share_millionths int?
SELECT coalesce(g.code, ''), x.valid_from, x.valid_to, x.amount_minor, x.estimated, s.code,
        c.competitor, c.share_millionths
FROM (SELECT p.customer_id, p.group_id, p.valid_from, p.import_id, p.valid_to, p.amount_minor, p.estimated,
                i.source_id, row_number() OVER (PARTITION BY p.group_id, p.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM potential p JOIN import i ON i.id = p.import_id WHERE p.customer_id = :customer_id AND {visible}) x
JOIN source s ON s.id = x.source_id
LEFT JOIN product_group g ON g.id = x.group_id
LEFT JOIN competitor_share c ON c.customer_id = x.customer_id AND c.group_id = x.group_id
        AND c.valid_from = x.valid_from AND c.import_id = x.import_id AND c.share_millionths > 0
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
-- The latest of one status up to a day.
-- arg customer_id id
-- arg generation int
-- arg status text
-- arg to_day day
-- row day day
-- row rep text
-- row kind text
-- row met text
-- row topics text
-- row next_step text
-- row source text
SELECT x.day, x.rep, x.kind, x.met, x.topics, x.next_step, s.code
FROM (SELECT v.source_id, v.day, v.number, v.rep, v.kind, v.status, v.met, v.topics, v.next_step,
                row_number() OVER (PARTITION BY v.source_id, v.day, v.number ORDER BY i.generation DESC) AS place
        FROM visit v JOIN import i ON i.id = v.import_id
        WHERE v.customer_id = :customer_id AND {visible}) x
JOIN source s ON s.id = x.source_id
WHERE x.place = 1 AND x.status = :status AND x.day <= :to_day
ORDER BY x.day DESC, x.number DESC LIMIT 10;

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

-- name: dossier_responsibilities :many
-- Who looks after a customer on a day: role by role, first those named for the customer, then those of the territory.
-- arg customer_id id
-- arg territory text
-- arg generation int
-- arg day day
-- row responsible text
-- row role text
-- row territory text
-- row valid_from day
-- row valid_to day
-- row source text
SELECT x.responsible, x.role, x.territory, x.valid_from, x.valid_to, s.code
FROM (SELECT r.customer_id, r.responsible, r.role, r.territory, r.valid_from, r.valid_to, i.source_id,
                row_number() OVER (PARTITION BY r.customer_id, r.territory, r.responsible, r.role, r.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM responsibility r JOIN import i ON i.id = r.import_id
        WHERE (r.customer_id = :customer_id OR (r.customer_id = 0 AND r.territory = :territory)) AND {visible}) x
JOIN source s ON s.id = x.source_id
WHERE x.place = 1 AND x.valid_from <= :day AND x.valid_to >= :day
ORDER BY CASE x.role WHEN 'rep' THEN 1 WHEN 'deputy' THEN 2 WHEN 'inside' THEN 3 ELSE 4 END,
        CASE x.customer_id WHEN 0 THEN 2 ELSE 1 END, x.responsible, x.valid_from;

-- name: dossier_certificates :many
-- Certificates that began by a day, each under the contact's latest name.
-- arg customer_id id
-- arg generation int
-- arg to_day day
-- row person text
-- row qualification text
-- row valid_from day
-- row valid_to day
-- row source text
SELECT coalesce((SELECT f.value FROM contact_fact f JOIN import i ON i.id = f.import_id JOIN fact c ON c.id = f.fact_id
                WHERE f.customer_id = x.customer_id AND f.person_id = x.person_id AND c.code = 'name' AND {visible}
                ORDER BY i.generation DESC, f.valid_from DESC LIMIT 1), '') AS person,
        x.qualification, x.valid_from, x.valid_to, s.code
FROM (SELECT e.customer_id, e.person_id, e.qualification, e.valid_from, e.valid_to, i.source_id,
                row_number() OVER (PARTITION BY e.person_id, e.qualification, e.valid_from
                        ORDER BY i.generation DESC) AS place
        FROM certificate e JOIN import i ON i.id = e.import_id
        WHERE e.customer_id = :customer_id AND e.valid_from <= :to_day AND {visible}) x
JOIN source s ON s.id = x.source_id
WHERE x.place = 1
ORDER BY person, x.person_id, x.qualification, x.valid_from DESC;

-- name: dossier_activities :many
-- arg customer_id id
-- arg generation int
-- arg to_day day
-- row day day
-- row kind text
-- row amount text
-- row status text
-- row note text
-- row source text
SELECT x.day, x.kind, x.amount, x.status, x.note, s.code
FROM (SELECT a.source_id, a.kind, a.day, a.number, a.amount, a.status, a.note,
                row_number() OVER (PARTITION BY a.source_id, a.kind, a.day, a.number
                        ORDER BY i.generation DESC) AS place
        FROM activity a JOIN import i ON i.id = a.import_id
        WHERE a.customer_id = :customer_id AND a.day <= :to_day AND {visible}) x
JOIN source s ON s.id = x.source_id
WHERE x.place = 1 ORDER BY x.day DESC, x.kind, x.number DESC, s.code LIMIT 10;

-- name: dossier_merges :many
-- Merges in force on a day, of this customer and into this customer; `other` is the number of the other one.
-- arg customer_id id
-- arg generation int
-- arg to_day day
-- row valid_from day
-- row customer_id id
-- row other text
-- row reason text
SELECT m.valid_from, m.customer_id,
        coalesce((SELECT min(k.number) FROM customer_key k WHERE k.customer_id =
                CASE m.customer_id WHEN :customer_id THEN m.into_customer_id ELSE m.customer_id END), ''),
        m.reason
FROM customer_merge m JOIN import i ON i.id = m.import_id
WHERE (m.customer_id = :customer_id OR m.into_customer_id = :customer_id) AND m.valid_from <= :to_day AND {visible}
ORDER BY m.valid_from DESC, m.customer_id;

-- name: dossier_overrides :many
-- arg customer_id id
-- row program text
-- row segment text
-- row valid_from day
-- row valid_to day
-- row requested_ms instant
-- row decided_ms instant?
-- row state text
-- row reason text
SELECT p.code, o.segment, o.valid_from, o.valid_to, o.requested_ms, o.decided_ms, o.state, o.reason
FROM membership_override o JOIN program p ON p.id = o.program_id
WHERE o.customer_id = :customer_id
ORDER BY p.code, o.id DESC;

-- name: dossier_appeals :many
-- arg customer_id id
-- arg to_day day
-- row program text
-- row filed_day day
-- row due_day day
-- row decided_ms instant?
-- row state text
-- row owner text
-- row reason text
-- row result text?
SELECT p.code, a.filed_day, a.due_day, a.decided_ms, a.state, a.owner, a.reason, a.result
FROM appeal a JOIN program p ON p.id = a.program_id
WHERE a.customer_id = :customer_id AND a.filed_day <= :to_day
ORDER BY p.code, a.id DESC;
