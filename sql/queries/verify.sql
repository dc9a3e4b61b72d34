-- What treue verify asks. Each query lists what is wrong; a sound database answers none of them.

-- name: verify_engine :many sqlite
-- What the engine itself finds: damaged pages, rows missing from an index.
-- row problem text
SELECT integrity_check FROM pragma_integrity_check(20) WHERE integrity_check <> 'ok'
UNION ALL
SELECT 'foreign key ' || "table" || ' -> ' || "parent" FROM pragma_foreign_key_check;
-- name: verify_engine :many postgresql
-- row problem text
SELECT 'index ' || c.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
WHERE NOT x.indisvalid AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'constraint ' || conname FROM pg_constraint
WHERE NOT convalidated AND connamespace = current_schema()::regnamespace;

-- name: verify_imports :many
-- Imports whose state and generations contradict each other or lie behind the head.
-- row id ordinal
SELECT i.id FROM import i JOIN head h ON h.id = 1
WHERE (i.state = 'staging' AND (i.generation IS NOT NULL OR i.undone_generation IS NOT NULL))
        OR (i.state = 'published' AND (i.generation IS NULL OR i.undone_generation IS NOT NULL))
        OR (i.state = 'undone' AND (i.generation IS NULL OR i.undone_generation IS NULL))
        OR i.generation < 1 OR i.generation > h.generation
        OR i.undone_generation <= i.generation OR i.undone_generation > h.generation
ORDER BY i.id;

-- name: verify_generations :many
-- Generations that several imports claim.
-- row generation int
SELECT t.generation FROM (
        SELECT generation FROM import WHERE generation IS NOT NULL
        UNION ALL SELECT undone_generation FROM import WHERE undone_generation IS NOT NULL) t
GROUP BY t.generation HAVING COUNT(*) > 1
ORDER BY t.generation;

-- name: verify_generation_count :one
-- The head, and how many generations imports name: each was taken by one publish or undo.
-- row head int
-- row named int
SELECT h.generation, (SELECT COUNT(i.generation) + COUNT(i.undone_generation) FROM import i)
FROM head h WHERE h.id = 1;

-- name: verify_unknown_imports :many
-- Rows of imports that do not exist; documents are looked at one by one.
-- row place text
-- row import_id ordinal
-- row row_count int
SELECT t.place, t.import_id, COUNT(*) FROM (
        SELECT 'customer_record' AS place, import_id FROM customer_record
        UNION ALL SELECT 'customer_name', import_id FROM customer_name
        UNION ALL SELECT 'customer_fact', import_id FROM customer_fact
        UNION ALL SELECT 'product_group_name', import_id FROM product_group_name
        UNION ALL SELECT 'product_fact', import_id FROM product_fact
        UNION ALL SELECT 'potential', import_id FROM potential
        UNION ALL SELECT 'competitor_share', import_id FROM competitor_share
        UNION ALL SELECT 'customer_value', import_id FROM customer_value
        UNION ALL SELECT 'contact', import_id FROM contact
        UNION ALL SELECT 'contact_fact', import_id FROM contact_fact
        UNION ALL SELECT 'certificate', import_id FROM certificate
        UNION ALL SELECT 'activity', import_id FROM activity
        UNION ALL SELECT 'visit', import_id FROM visit
        UNION ALL SELECT 'responsibility', import_id FROM responsibility
        UNION ALL SELECT 'consent_entry', import_id FROM consent_entry WHERE import_id <> 0
        UNION ALL SELECT 'consent_release', import_id FROM consent_release
        UNION ALL SELECT 'customer_merge', import_id FROM customer_merge) t
WHERE NOT EXISTS (SELECT 1 FROM import i WHERE i.id = t.import_id)
GROUP BY t.place, t.import_id
ORDER BY t.place, t.import_id;

-- name: verify_unknown_customers :many
-- Rows about customers who never got a number.
-- row place text
-- row customer_id id
SELECT t.place, t.customer_id FROM (
        SELECT 'customer_record' AS place, customer_id FROM customer_record
        UNION SELECT 'customer_name', customer_id FROM customer_name
        UNION SELECT 'customer_fact', customer_id FROM customer_fact
        UNION SELECT 'document', customer_id FROM document
        UNION SELECT 'potential', customer_id FROM potential
        UNION SELECT 'customer_value', customer_id FROM customer_value
        UNION SELECT 'contact', customer_id FROM contact
        UNION SELECT 'certificate', customer_id FROM certificate
        UNION SELECT 'activity', customer_id FROM activity
        UNION SELECT 'visit', customer_id FROM visit
        UNION SELECT 'customer_merge', customer_id FROM customer_merge
        UNION SELECT 'customer_merge', into_customer_id FROM customer_merge
        UNION SELECT 'decision', customer_id FROM decision
        UNION SELECT 'appeal', customer_id FROM appeal
        UNION SELECT 'membership_override', customer_id FROM membership_override) t
WHERE NOT EXISTS (SELECT 1 FROM customer_key k WHERE k.customer_id = t.customer_id)
ORDER BY t.place, t.customer_id;

-- name: verify_unknown_people :many
-- row place text
-- row person_id id
SELECT t.place, t.person_id FROM (
        SELECT 'person_key' AS place, person_id FROM person_key
        UNION SELECT 'contact', person_id FROM contact
        UNION SELECT 'contact_fact', person_id FROM contact_fact
        UNION SELECT 'consent_entry', person_id FROM consent_entry
        UNION SELECT 'certificate', person_id FROM certificate) t
WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = t.person_id)
ORDER BY t.place, t.person_id;

-- name: verify_articles :one
-- Article numbers are taken from the head.
-- row next_product int
-- row highest int
SELECT h.next_product, COALESCE((SELECT MAX(p.id) FROM product p), 0) FROM head h WHERE h.id = 1;

-- name: verify_import_states :many
-- All imports, to know whose rows may be there.
-- row id ordinal
-- row state text
SELECT id, state FROM import ORDER BY id;

-- name: verify_unaudited :many
-- What was done without the audit chain knowing of it.
-- row kind text
-- row subject text
SELECT 'import.published', CAST(id AS text) FROM import
WHERE generation IS NOT NULL AND kind <> 'merge'
        AND CAST(id AS text) NOT IN (SELECT subject FROM audit_entry WHERE kind = 'import.published')
UNION ALL
SELECT 'import.undone', CAST(id AS text) FROM import
WHERE undone_generation IS NOT NULL AND kind <> 'merge'
        AND CAST(id AS text) NOT IN (SELECT subject FROM audit_entry WHERE kind = 'import.undone')
UNION ALL
SELECT 'run.approved', CAST(id AS text) FROM evaluation_run
WHERE state = 'approved'
        AND CAST(id AS text) NOT IN (SELECT subject FROM audit_entry WHERE kind = 'run.approved')
UNION ALL
SELECT 'consent.recorded', CAST(id AS text) FROM consent_entry
WHERE import_id = 0
        AND CAST(id AS text) NOT IN (SELECT subject FROM audit_entry WHERE kind = 'consent.recorded')
UNION ALL
SELECT 'consent.released', CAST(import_id AS text) FROM consent_release
WHERE CAST(import_id AS text) NOT IN (SELECT subject FROM audit_entry WHERE kind = 'consent.released');

-- name: verify_audited_gone :many
-- What the audit chain tells and the database no longer has.
-- row kind text
-- row subject text
SELECT kind, subject FROM audit_entry
WHERE (kind = 'import.published'
        AND subject NOT IN (SELECT CAST(id AS text) FROM import WHERE generation IS NOT NULL))
        OR (kind = 'import.undone'
        AND subject NOT IN (SELECT CAST(id AS text) FROM import WHERE undone_generation IS NOT NULL))
        OR (kind = 'run.approved'
        AND subject NOT IN (SELECT CAST(id AS text) FROM evaluation_run WHERE state = 'approved'))
        OR (kind = 'consent.recorded'
        AND subject NOT IN (SELECT CAST(id AS text) FROM consent_entry WHERE import_id = 0))
        OR (kind = 'consent.released'
        AND subject NOT IN (SELECT CAST(import_id AS text) FROM consent_release))
ORDER BY number;

-- name: verify_runs :many
-- row id id
-- row concept_version_id id
-- row cutoff_day day
-- row generation int
-- row state text
-- row has_approval flag
-- row customers_evaluated int
-- row decisions int
SELECT r.id, r.concept_version_id, r.cutoff_day, r.generation, r.state,
        CASE WHEN r.approval_number IS NOT NULL AND r.effective_day IS NOT NULL AND r.decided_ms IS NOT NULL
        THEN 1 ELSE 0 END, r.customers_evaluated,
        (SELECT COUNT(*) FROM decision d WHERE d.run_id = r.id)
FROM evaluation_run r
ORDER BY r.id;

-- name: verify_decisions :many
-- arg run_id id
-- row customer_id id
-- row qualified text
-- row segment text
-- row decision text
-- row metric_values bytes
SELECT customer_id, qualified, segment, decision, metric_values FROM decision WHERE run_id = :run_id
ORDER BY customer_id;

-- name: verify_verdicts :many
-- Verdicts on decisions that do not exist.
-- row run_id id
-- row customer_id id
SELECT v.run_id, v.customer_id FROM decision_verdict v
WHERE NOT EXISTS (SELECT 1 FROM decision d WHERE d.customer_id = v.customer_id AND d.run_id = v.run_id)
ORDER BY v.run_id, v.customer_id;

-- name: verify_consent_imports :many
-- Imports that were published once and may, or do, hold consents.
-- row id ordinal
SELECT i.id FROM import i
WHERE i.generation IS NOT NULL
        AND (i.kind = 'consents' OR EXISTS (SELECT 1 FROM consent_entry e WHERE e.import_id = i.id))
ORDER BY i.id;

-- name: verify_audit_detail :one
-- What the audit chain tells of a subject, if it was not erased.
-- arg kind text
-- arg subject text
-- row detail text
SELECT d.detail FROM audit_entry a JOIN audit_detail d ON d.number = a.number
WHERE a.kind = :kind AND a.subject = :subject
ORDER BY a.number LIMIT 1;

-- name: verify_consent_texts :many
-- Entries whose wording is gone.
-- row id id
SELECT e.id FROM consent_entry e
WHERE e.text_id <> 0 AND NOT EXISTS (SELECT 1 FROM consent_text t WHERE t.id = e.text_id)
ORDER BY e.id;

-- name: verify_consent_wordings :scan
-- row id id
-- row digest bytes
-- row language text
-- row wording text
SELECT id, digest, language, wording FROM consent_text ORDER BY id;
