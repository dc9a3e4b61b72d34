-- What people declared about being addressed, and whom to ask about it. Parts `visible`, `valid` and `facts_valid`:
-- metrics.sql.

-- name: consent_counts :part
-- Entry e, of import i, counts: recorded by hand or by a published import. Undoing an import takes back what permits;
-- what refuses counts on, unless the file was declared a mistake.
(e.import_id = 0 OR i.state = 'published'
 OR (i.state = 'undone' AND e.kind IN ('withdrawal', 'objection')
     AND NOT EXISTS (SELECT 1 FROM consent_release r WHERE r.import_id = e.import_id)));

-- name: consent_text_find :one
-- arg digest bytes
-- row id id
SELECT id FROM consent_text WHERE digest = :digest;

-- name: consent_text_insert :exec
-- Unless another process was quicker: then it changes nothing.
-- arg id id
-- arg digest bytes
-- arg language text
-- arg wording text
INSERT INTO consent_text (id, digest, language, wording) VALUES (:id, :digest, :language, :wording)
ON CONFLICT (digest) DO NOTHING;

-- name: consent_insert :exec
-- arg person_id id
-- arg channel text
-- arg id id
-- arg import_id ordinal
-- arg kind text
-- arg basis text
-- arg conditions ordinal
-- arg at_ms instant
-- arg confirmation text
-- arg confirmed_ms instant?
-- arg origin text
-- arg text_id id
-- arg actor text
-- arg recorded_ms instant
INSERT INTO consent_entry (person_id, channel, id, import_id, kind, basis, conditions, at_ms, confirmation, confirmed_ms,
        origin, text_id, actor, recorded_ms)
VALUES (:person_id, :channel, :id, :import_id, :kind, :basis, :conditions, :at_ms, :confirmation, :confirmed_ms,
        :origin, :text_id, :actor, :recorded_ms);

-- name: consent_of_event :one
-- The entry that counts for an event of a person.
-- arg person_id id
-- arg channel text
-- arg kind text
-- arg at_ms instant
-- row basis text
-- row conditions ordinal
-- row confirmation text
-- row confirmed_ms instant?
-- row origin text
-- row text_digest bytes?
SELECT e.basis, e.conditions, e.confirmation, e.confirmed_ms, e.origin, t.digest
FROM consent_entry e LEFT JOIN import i ON i.id = e.import_id LEFT JOIN consent_text t ON t.id = e.text_id
WHERE e.person_id = :person_id AND e.channel = :channel AND e.kind = :kind AND e.at_ms = :at_ms AND {consent_counts}
ORDER BY e.id DESC LIMIT 1;

-- name: consents_of_channel :scan
-- What counts on a channel, person by person.
-- arg channel text
-- row person_id id
-- row id id
-- row kind text
-- row basis text
-- row conditions ordinal
-- row at_ms instant
-- row confirmation text
-- row confirmed_ms instant?
-- row origin text
SELECT e.person_id, e.id, e.kind, e.basis, e.conditions, e.at_ms, e.confirmation, e.confirmed_ms, e.origin
FROM consent_entry e LEFT JOIN import i ON i.id = e.import_id
WHERE e.channel = :channel AND {consent_counts}
ORDER BY e.person_id, e.id;

-- name: consents_of_person :many
-- Everything a person declared that was not merely staged; `counts` by the state of its import.
-- arg person_id id
-- row channel text
-- row id id
-- row import_id ordinal
-- row counts flag
-- row undone flag
-- row kind text
-- row basis text
-- row conditions ordinal
-- row at_ms instant
-- row confirmation text
-- row confirmed_ms instant?
-- row origin text
-- row language text?
-- row wording text?
-- row actor text
-- row recorded_ms instant
SELECT e.channel, e.id, e.import_id, CASE WHEN {consent_counts} THEN 1 ELSE 0 END,
        CASE WHEN i.state = 'undone' THEN 1 ELSE 0 END, e.kind, e.basis, e.conditions, e.at_ms, e.confirmation,
        e.confirmed_ms, e.origin, t.language, t.wording, e.actor, e.recorded_ms
FROM consent_entry e LEFT JOIN import i ON i.id = e.import_id LEFT JOIN consent_text t ON t.id = e.text_id
WHERE e.person_id = :person_id AND (e.import_id = 0 OR i.state <> 'staging')
ORDER BY e.channel, e.at_ms, e.id;

-- name: consents_of_import :scan
-- All entries of an import (0: recorded by hand) in the order they were made, for the digest in the audit chain.
-- arg import_id ordinal
-- row id id
-- row person_id id
-- row channel text
-- row kind text
-- row basis text
-- row conditions ordinal
-- row at_ms instant
-- row confirmation text
-- row confirmed_ms instant?
-- row origin text
-- row text_digest bytes?
-- row actor text
-- row recorded_ms instant
SELECT e.id, e.person_id, e.channel, e.kind, e.basis, e.conditions, e.at_ms, e.confirmation, e.confirmed_ms, e.origin,
        t.digest, e.actor, e.recorded_ms
FROM consent_entry e LEFT JOIN consent_text t ON t.id = e.text_id
WHERE e.import_id = :import_id
ORDER BY e.id;

-- name: consent_refusals_of_import :one
-- arg import_id ordinal
-- row refusals int
SELECT count(*) FROM consent_entry WHERE import_id = :import_id AND kind IN ('withdrawal', 'objection');

-- name: consent_release_insert :exec
-- arg import_id ordinal
-- arg reason text
-- arg actor text
-- arg released_ms instant
INSERT INTO consent_release (import_id, reason, actor, released_ms)
VALUES (:import_id, :reason, :actor, :released_ms);

-- name: consent_release_find :one
-- arg import_id ordinal
-- row released_ms instant
SELECT released_ms FROM consent_release WHERE import_id = :import_id;

-- ---- whom one could address -------------------------------------------------------------------------------------------

-- name: consent_contacts :scan
-- Contacts of customers, one row per visible fact, customer by customer.
-- arg generation int
-- row customer_id id
-- row person_id id
-- row code text
-- row valid_from day
-- row generation int
-- row value text
SELECT x.customer_id, x.person_id, c.code, x.valid_from, i.generation, x.value
FROM contact_fact x JOIN import i ON i.id = x.import_id JOIN fact c ON c.id = x.fact_id
WHERE {visible} AND c.code IN ('name', 'email', 'phone', 'role', 'language')
        AND EXISTS (SELECT 1 FROM contact o JOIN import i ON i.id = o.import_id
                WHERE o.customer_id = x.customer_id AND o.person_id = x.person_id AND {visible})
        AND EXISTS (SELECT 1 FROM customer_record r JOIN import i ON i.id = r.import_id
                WHERE r.customer_id = x.customer_id AND {visible})
ORDER BY x.customer_id, x.person_id, c.code;

-- name: consent_numbers :scan
-- Customers by source and number; the first of each is the one it is shown by.
-- row customer_id id
-- row source text
-- row number text
SELECT k.customer_id, s.code, k.number FROM customer_key k JOIN source s ON s.id = k.source_id
ORDER BY k.customer_id, s.code, k.number;

-- name: consent_person_codes :scan
-- The keys people have, by source.
-- row person_id id
-- row source text
-- row code text
SELECT k.person_id, s.code, k.code FROM person_key k JOIN source s ON s.id = k.source_id
ORDER BY k.person_id, s.code, k.code;

-- name: consent_customer_facts :scan
-- Kind and address of customers on a day.
-- arg generation int
-- arg cutoff_day day
-- row customer_id id
-- row code text
-- row value text
SELECT v.customer_id, v.code, v.value FROM ({facts_valid}) v
WHERE v.code IN ('kind', 'street', 'postcode', 'city', 'country')
ORDER BY v.customer_id, v.code;

-- name: consent_has_bought :one
-- Was there a sale to the customer by a day? A document with a positive total.
-- arg customer_id id
-- arg generation int
-- arg day day
-- arg all_visible flag
-- arg none_replaced flag
-- row bought flag
SELECT CASE WHEN EXISTS (SELECT 1 FROM document d
        WHERE d.customer_id = :customer_id AND d.day <= :day AND d.total_minor > 0 AND {valid}) THEN 1 ELSE 0 END;

-- name: consent_addresses_of_person :many
-- The e-mail addresses a person ever had, whatever became of the imports that brought them.
-- arg person_id id
-- row value text
SELECT DISTINCT f.value FROM contact o
JOIN contact_fact f ON f.customer_id = o.customer_id AND f.person_id = o.person_id
JOIN import i ON i.id = f.import_id JOIN fact c ON c.id = f.fact_id
WHERE o.person_id = :person_id AND c.code = 'email' AND i.generation IS NOT NULL
ORDER BY f.value;

-- name: consent_people_by_code :many
-- People by the key they have at a source.
-- arg code text
-- row source text
-- row person_id id
SELECT s.code, k.person_id FROM person_key k JOIN source s ON s.id = k.source_id WHERE k.code = :code ORDER BY s.code;

-- name: consent_people_by_name :many
-- Contacts of a customer by a name they have or had.
-- arg customer_id id
-- arg name text
-- row person_id id
SELECT DISTINCT x.person_id FROM contact_fact x JOIN import i ON i.id = x.import_id JOIN fact c ON c.id = x.fact_id
WHERE x.customer_id = :customer_id AND c.code = 'name' AND x.value = :name AND i.state = 'published'
        AND EXISTS (SELECT 1 FROM contact o JOIN import i ON i.id = o.import_id
                WHERE o.customer_id = x.customer_id AND o.person_id = x.person_id AND i.state = 'published')
ORDER BY x.person_id;
