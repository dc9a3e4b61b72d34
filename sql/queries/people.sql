-- People, contacts, certificates, activities, visits and responsibilities as the importer finds and adds them.

-- name: person_keys_of_source :many
-- arg source_id ordinal
-- row code text
-- row person_id id
SELECT code, person_id FROM person_key WHERE source_id = :source_id ORDER BY code;

-- name: person_key_insert :exec
-- Unless another process was quicker: then it changes nothing.
-- arg source_id ordinal
-- arg code text
-- arg person_id id
INSERT INTO person_key (source_id, code, person_id) VALUES (:source_id, :code, :person_id)
ON CONFLICT (source_id, code) DO NOTHING;

-- name: person_key_find :one
-- arg source_id ordinal
-- arg code text
-- row person_id id
SELECT person_id FROM person_key WHERE source_id = :source_id AND code = :code;

-- name: person_insert :exec
-- arg id id
-- arg recorded_ms instant
INSERT INTO person (id, recorded_ms) VALUES (:id, :recorded_ms);

-- name: contacts_visible :many
-- row customer_id id
-- row person_id id
SELECT DISTINCT c.customer_id, c.person_id FROM contact c JOIN import i ON i.id = c.import_id
WHERE i.state = 'published'
ORDER BY c.customer_id, c.person_id;

-- name: contact_names_visible :many
-- All names contacts have had, those recorded first in front.
-- row customer_id id
-- row person_id id
-- row value text
SELECT c.customer_id, c.person_id, c.value FROM contact_fact c JOIN import i ON i.id = c.import_id
        JOIN fact f ON f.id = c.fact_id
WHERE f.code = 'name' AND i.state = 'published'
ORDER BY c.customer_id, c.person_id, c.valid_from, i.generation;

-- name: contacts_of_number :many
-- The contacts of one customer with all names they have had, those recorded first in front.
-- arg source_id ordinal
-- arg number text
-- row customer_id id
-- row person_id id
-- row value text
SELECT x.customer_id, x.person_id, x.name
FROM (SELECT DISTINCT c.customer_id, c.person_id, CASE WHEN m.id IS NULL THEN '' ELSE f.value END AS name,
                CASE WHEN m.id IS NULL THEN 0 ELSE f.valid_from END AS since, coalesce(m.generation, 0) AS generation
        FROM customer_key k JOIN contact c ON c.customer_id = k.customer_id JOIN import i ON i.id = c.import_id
        LEFT JOIN contact_fact f ON f.customer_id = c.customer_id AND f.person_id = c.person_id
                AND f.fact_id = (SELECT a.id FROM fact a WHERE a.code = 'name')
        LEFT JOIN import m ON m.id = f.import_id AND m.state = 'published'
        WHERE k.source_id = :source_id AND k.number = :number AND i.state = 'published') x
ORDER BY x.customer_id, x.person_id, x.since, x.generation;

-- name: contact_insert :exec
-- arg customer_id id
-- arg person_id id
-- arg import_id ordinal
INSERT INTO contact (customer_id, person_id, import_id) VALUES (:customer_id, :person_id, :import_id)
ON CONFLICT (customer_id, person_id, import_id) DO NOTHING;

-- name: contact_facts_visible :many
-- arg customer_id id
-- arg person_id id
-- row fact_id ordinal
-- row valid_from day
-- row value text
SELECT f.fact_id, f.valid_from, f.value FROM contact_fact f JOIN import i ON i.id = f.import_id
WHERE f.customer_id = :customer_id AND f.person_id = :person_id AND i.state = 'published'
ORDER BY f.fact_id, f.valid_from, i.generation;

-- name: contact_fact_insert :exec
-- arg customer_id id
-- arg person_id id
-- arg fact_id ordinal
-- arg valid_from day
-- arg import_id ordinal
-- arg value text
INSERT INTO contact_fact (customer_id, person_id, fact_id, valid_from, import_id, value)
VALUES (:customer_id, :person_id, :fact_id, :valid_from, :import_id, :value);

-- name: certificate_visible :one
-- arg customer_id id
-- arg person_id id
-- arg qualification text
-- arg valid_from day
-- row valid_to day
-- row evidence text
SELECT c.valid_to, c.evidence FROM certificate c JOIN import i ON i.id = c.import_id
WHERE c.customer_id = :customer_id AND c.person_id = :person_id AND c.qualification = :qualification
        AND c.valid_from = :valid_from AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: certificate_insert :exec
-- arg customer_id id
-- arg person_id id
-- arg qualification text
-- arg valid_from day
-- arg import_id ordinal
-- arg valid_to day
-- arg evidence text
INSERT INTO certificate (customer_id, person_id, qualification, valid_from, import_id, valid_to, evidence)
VALUES (:customer_id, :person_id, :qualification, :valid_from, :import_id, :valid_to, :evidence);

-- name: activity_visible :one
-- arg customer_id id
-- arg source_id ordinal
-- arg kind text
-- arg day day
-- arg number ordinal
-- row status text
-- row amount text
-- row note text
SELECT a.status, a.amount, a.note FROM activity a JOIN import i ON i.id = a.import_id
WHERE a.customer_id = :customer_id AND a.source_id = :source_id AND a.kind = :kind AND a.day = :day
        AND a.number = :number AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: activity_insert :exec
-- arg customer_id id
-- arg source_id ordinal
-- arg kind text
-- arg day day
-- arg number ordinal
-- arg import_id ordinal
-- arg confirmed flag
-- arg status text
-- arg amount text
-- arg note text
INSERT INTO activity (customer_id, source_id, kind, day, number, import_id, confirmed, status, amount, note)
VALUES (:customer_id, :source_id, :kind, :day, :number, :import_id, :confirmed, :status, :amount, :note);

-- name: visit_visible :one
-- arg customer_id id
-- arg source_id ordinal
-- arg day day
-- arg number ordinal
-- row rep text
-- row kind text
-- row note text
-- row status text
-- row met text
-- row topics text
-- row next_step text
SELECT v.rep, v.kind, v.note, v.status, v.met, v.topics, v.next_step FROM visit v JOIN import i ON i.id = v.import_id
WHERE v.customer_id = :customer_id AND v.source_id = :source_id AND v.day = :day AND v.number = :number
        AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: visit_insert :exec
-- arg customer_id id
-- arg source_id ordinal
-- arg day day
-- arg number ordinal
-- arg import_id ordinal
-- arg rep text
-- arg kind text
-- arg note text
-- arg status text
-- arg met text
-- arg topics text
-- arg next_step text
INSERT INTO visit (customer_id, source_id, day, number, import_id, rep, kind, note, status, met, topics, next_step)
VALUES (:customer_id, :source_id, :day, :number, :import_id, :rep, :kind, :note, :status, :met, :topics, :next_step);

-- name: responsibility_visible :one
-- arg customer_id id
-- arg territory text
-- arg responsible text
-- arg role text
-- arg valid_from day
-- row valid_to day
SELECT r.valid_to FROM responsibility r JOIN import i ON i.id = r.import_id
WHERE r.customer_id = :customer_id AND r.territory = :territory AND r.responsible = :responsible AND r.role = :role
        AND r.valid_from = :valid_from AND i.state = 'published'
ORDER BY i.generation DESC LIMIT 1;

-- name: responsibility_insert :exec
-- arg customer_id id
-- arg territory text
-- arg responsible text
-- arg role text
-- arg valid_from day
-- arg import_id ordinal
-- arg valid_to day
INSERT INTO responsibility (customer_id, territory, responsible, role, valid_from, import_id, valid_to)
VALUES (:customer_id, :territory, :responsible, :role, :valid_from, :import_id, :valid_to);
