-- Imports: registering, publishing, giving up, undoing; and the dictionaries all kinds share.

-- name: source_find :one
-- arg code text
-- row id ordinal
SELECT id FROM source WHERE code = :code;

-- name: source_next :one
-- The next free number; under the head lock.
-- row id ordinal
SELECT COALESCE(MAX(id), 0) + 1 FROM source;

-- name: source_insert :exec
-- arg id ordinal
-- arg code text
INSERT INTO source (id, code) VALUES (:id, :code);

-- name: head_lock :one
-- Numbers of small dictionaries are taken under this lock.
-- row next_product int
UPDATE head SET next_product = next_product WHERE id = 1 RETURNING next_product;

-- name: head_take_products :one
-- Takes `count` article numbers; the answer is the number after the last.
-- arg count int
-- row next_product int
UPDATE head SET next_product = next_product + :count WHERE id = 1 RETURNING next_product;

-- name: import_next :one
-- row id ordinal
SELECT COALESCE(MAX(id), 0) + 1 FROM import;

-- name: import_hold :one sqlite
-- Claims an unfinished import for this process as long as its connection lives; 0 when another process has it, or when it
-- is none. The embedded database has one process.
-- arg id ordinal
-- row held flag
SELECT EXISTS (SELECT 1 FROM import WHERE id = :id AND state = 'staging');
-- name: import_hold :one postgresql
-- arg id ordinal
-- row held flag
SELECT CASE WHEN EXISTS (SELECT 1 FROM import WHERE id = :id AND state = 'staging')
        THEN CASE WHEN pg_try_advisory_lock(731058401, :id) THEN 1 ELSE 0 END ELSE 0 END;

-- name: import_insert :exec
-- Registers an import as staging.
-- arg id ordinal
-- arg kind text
-- arg source_id ordinal
-- arg file_name text
-- arg profile text
-- arg file_bytes int
-- arg started_ms instant
-- arg import_day day
INSERT INTO import (id, kind, source_id, file_name, profile, file_hash, file_bytes, state, started_ms, import_day)
VALUES (:id, :kind, :source_id, :file_name, :profile, 0, :file_bytes, 'staging', :started_ms, :import_day);

-- name: import_publish :exec
-- arg id ordinal
-- arg generation int
-- arg finished_ms instant
-- arg file_hash int
-- arg lines_read int
-- arg lines_rejected int
-- arg rows_new int
-- arg rows_changed int
-- arg rows_same int
-- arg rows_rejected int
-- arg customers_created int
-- arg products_created int
-- arg error_file text?
UPDATE import SET state = 'published', generation = :generation, finished_ms = :finished_ms, file_hash = :file_hash,
        lines_read = :lines_read, lines_rejected = :lines_rejected, rows_new = :rows_new,
        rows_changed = :rows_changed, rows_same = :rows_same, rows_rejected = :rows_rejected,
        customers_created = :customers_created, products_created = :products_created, error_file = :error_file
WHERE id = :id AND state = 'staging';

-- name: import_list :many
-- All imports but those still staging, oldest first.
-- row id ordinal
-- row kind text
-- row source text
-- row file_name text
-- row state text
-- row started_ms instant
-- row finished_ms instant?
-- row generation int?
-- row undone_generation int?
-- row undone_ms instant?
-- row lines_read int
-- row lines_rejected int
-- row rows_new int
-- row rows_changed int
-- row rows_same int
-- row rows_rejected int
-- row customers_created int
-- row products_created int
-- row error_file text?
SELECT i.id, i.kind, s.code, i.file_name, i.state, i.started_ms, i.finished_ms, i.generation, i.undone_generation,
        i.undone_ms, i.lines_read, i.lines_rejected, i.rows_new, i.rows_changed, i.rows_same, i.rows_rejected,
        i.customers_created, i.products_created, i.error_file
FROM import i JOIN source s ON s.id = i.source_id
WHERE i.state <> 'staging'
ORDER BY i.id;

-- name: import_newest :many
-- The newest imports but those still staging.
-- arg count int
-- row id ordinal
-- row kind text
-- row source text
-- row file_name text
-- row state text
-- row started_ms instant
-- row finished_ms instant?
-- row undone_ms instant?
-- row lines_read int
-- row lines_rejected int
-- row rows_new int
-- row rows_changed int
-- row rows_same int
-- row rows_rejected int
-- row customers_created int
-- row products_created int
SELECT i.id, i.kind, s.code, i.file_name, i.state, i.started_ms, i.finished_ms, i.undone_ms, i.lines_read, i.lines_rejected,
        i.rows_new, i.rows_changed, i.rows_same, i.rows_rejected, i.customers_created, i.products_created
FROM import i JOIN source s ON s.id = i.source_id
WHERE i.state <> 'staging'
ORDER BY i.id DESC LIMIT :count;

-- name: import_one :one
-- arg id ordinal
-- row kind text
-- row source text
-- row file_name text
-- row state text
-- row started_ms instant
-- row finished_ms instant?
-- row undone_ms instant?
-- row lines_read int
-- row lines_rejected int
-- row rows_new int
-- row rows_changed int
-- row rows_same int
-- row rows_rejected int
-- row customers_created int
-- row products_created int
-- row error_file text?
-- row profile text
SELECT i.kind, s.code, i.file_name, i.state, i.started_ms, i.finished_ms, i.undone_ms, i.lines_read, i.lines_rejected,
        i.rows_new, i.rows_changed, i.rows_same, i.rows_rejected, i.customers_created, i.products_created,
        i.error_file, i.profile
FROM import i JOIN source s ON s.id = i.source_id
WHERE i.id = :id;

-- name: import_staging :many
-- The imports that were not published, with how far they got.
-- row id ordinal
-- row kind text
-- row source_id ordinal
-- row file_name text
-- row file_bytes int
-- row profile text
-- row started_ms instant
-- row import_day day
-- row file_hash int?
-- row generation int?
-- row first_product int?
-- row rows_staged int?
-- row customer_id id?
-- row number text?
SELECT i.id, i.kind, i.source_id, i.file_name, i.file_bytes, i.profile, i.started_ms, i.import_day, p.file_hash,
        p.generation, p.first_product, p.rows_staged, p.customer_id, p.number
FROM import i LEFT JOIN import_progress p ON p.import_id = i.id
WHERE i.state = 'staging'
ORDER BY i.id;

-- name: import_overtaking :one
-- How many imports of a kind (source_id 0: of any source) were published or undone after `generation` and before
-- `published`.
-- arg kind text
-- arg source_id ordinal
-- arg generation int
-- arg published int
-- row imports int
SELECT count(*) FROM import
WHERE kind = :kind AND (:source_id = 0 OR source_id = :source_id)
        AND ((import.generation > :generation AND import.generation < :published)
             OR (undone_generation > :generation AND undone_generation < :published));

-- name: import_progress_start :exec
-- arg import_id ordinal
-- arg file_hash int
-- arg generation int
-- arg first_product int
INSERT INTO import_progress (import_id, file_hash, generation, first_product, rows_staged, customer_id, number)
VALUES (:import_id, :file_hash, :generation, :first_product, 0, 0, '');

-- name: import_progress_move :exec
-- In the transaction that stages the rows.
-- arg import_id ordinal
-- arg rows int
-- arg customer_id id
-- arg number text
UPDATE import_progress SET rows_staged = rows_staged + :rows, customer_id = :customer_id, number = :number
WHERE import_id = :import_id;

-- name: import_progress_end :exec
-- arg import_id ordinal
DELETE FROM import_progress WHERE import_id = :import_id;

-- name: import_find :one
-- arg id ordinal
-- row kind text
-- row state text
-- row generation int?
-- row file_name text
SELECT kind, state, generation, file_name FROM import WHERE id = :id;

-- name: import_latest_published :one
-- row id ordinal
SELECT id FROM import WHERE state = 'published' ORDER BY generation DESC LIMIT 1;

-- name: import_undo :exec
-- arg id ordinal
-- arg undone_generation int
-- arg undone_ms instant
UPDATE import SET state = 'undone', undone_generation = :undone_generation, undone_ms = :undone_ms
WHERE id = :id AND state = 'published';

-- name: import_flag_runs :exec
-- Runs approved in whole or in part that saw an import which is undone now.
-- arg generation int
UPDATE evaluation_run SET beneath_undone = 1
WHERE generation >= :generation AND beneath_undone = 0 AND (state = 'approved' OR EXISTS (
        SELECT 1 FROM decision_verdict v WHERE v.run_id = evaluation_run.id AND v.verdict = 'approved'));

-- name: import_remove_documents :exec
-- arg import_id ordinal
DELETE FROM document WHERE import_id = :import_id;

-- name: import_remove_customer_records :exec
-- arg import_id ordinal
DELETE FROM customer_record WHERE import_id = :import_id;

-- name: import_remove_customer_names :exec
-- arg import_id ordinal
DELETE FROM customer_name WHERE import_id = :import_id;

-- name: import_remove_customer_facts :exec
-- arg import_id ordinal
DELETE FROM customer_fact WHERE import_id = :import_id;

-- name: import_remove_group_names :exec
-- arg import_id ordinal
DELETE FROM product_group_name WHERE import_id = :import_id;

-- name: import_remove_product_facts :exec
-- arg import_id ordinal
DELETE FROM product_fact WHERE import_id = :import_id;

-- name: import_remove_potentials :exec
-- arg import_id ordinal
DELETE FROM potential WHERE import_id = :import_id;

-- name: import_remove_competitor_shares :exec
-- arg import_id ordinal
DELETE FROM competitor_share WHERE import_id = :import_id;

-- name: import_remove_values :exec
-- arg import_id ordinal
DELETE FROM customer_value WHERE import_id = :import_id;

-- name: import_remove_contacts :exec
-- arg import_id ordinal
DELETE FROM contact WHERE import_id = :import_id;

-- name: import_remove_contact_facts :exec
-- arg import_id ordinal
DELETE FROM contact_fact WHERE import_id = :import_id;

-- name: import_remove_certificates :exec
-- arg import_id ordinal
DELETE FROM certificate WHERE import_id = :import_id;

-- name: import_remove_activities :exec
-- arg import_id ordinal
DELETE FROM activity WHERE import_id = :import_id;

-- name: import_remove_visits :exec
-- arg import_id ordinal
DELETE FROM visit WHERE import_id = :import_id;

-- name: import_remove_responsibilities :exec
-- arg import_id ordinal
DELETE FROM responsibility WHERE import_id = :import_id;

-- name: import_remove_consents :exec
-- arg import_id ordinal
DELETE FROM consent_entry WHERE import_id = :import_id;

-- name: import_remove :exec
-- arg import_id ordinal
DELETE FROM import WHERE id = :import_id AND state = 'staging';

-- name: fact_find :one
-- arg code text
-- row id ordinal
SELECT id FROM fact WHERE code = :code;

-- name: fact_next :one
-- row id ordinal
SELECT COALESCE(MAX(id), 0) + 1 FROM fact;

-- name: fact_insert :exec
-- arg id ordinal
-- arg code text
INSERT INTO fact (id, code) VALUES (:id, :code);

-- name: import_sources :many
-- Where what was imported came from, in the order of first use.
-- row code text
SELECT s.code FROM source s
WHERE EXISTS (SELECT 1 FROM import i WHERE i.source_id = s.id AND i.state <> 'staging')
ORDER BY s.id;
