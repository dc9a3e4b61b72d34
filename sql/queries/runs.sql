-- Evaluation runs, their decisions, and where customers stand by them.

-- name: run_insert :exec
-- A complete run as a proposal; its decisions are there already.
-- arg id id
-- arg program_id id
-- arg concept_version_id id
-- arg evaluation text
-- arg cutoff_day day
-- arg generation int
-- arg created_ms instant
-- arg customers_evaluated int
INSERT INTO evaluation_run (id, program_id, concept_version_id, evaluation, cutoff_day, generation, state, created_ms,
        customers_evaluated)
VALUES (:id, :program_id, :concept_version_id, :evaluation, :cutoff_day, :generation, 'proposed', :created_ms,
        :customers_evaluated);

-- name: run_find :one
-- A run by its id.
-- arg id id
-- row program_id id
-- row concept_version_id id
-- row evaluation text
-- row cutoff_day day
-- row generation int
-- row state text
-- row effective_day day?
-- row beneath_undone flag
SELECT program_id, concept_version_id, evaluation, cutoff_day, generation, state, effective_day, beneath_undone
FROM evaluation_run WHERE id = :id;

-- name: run_latest_approved :one
-- The latest cut-off of which a whole run is approved.
-- arg program_id id
-- row cutoff_day day?
SELECT max(cutoff_day) FROM evaluation_run WHERE program_id = :program_id AND state = 'approved';

-- name: approval_last_number :one
-- The number of the last approval in a program, of a run or of single decisions.
-- arg program_id id
-- row number ordinal?
SELECT max(n.number) FROM (
        SELECT max(approval_number) AS number FROM evaluation_run WHERE program_id = :program_id
        UNION ALL
        SELECT max(approval_number) FROM decision_verdict WHERE program_id = :program_id) n;

-- name: run_approve :exec
-- Approves a proposal.
-- arg id id
-- arg decided_ms instant
-- arg decided_day day
-- arg approval_number ordinal
-- arg effective_day day
UPDATE evaluation_run
SET state = 'approved', decided_ms = :decided_ms, decided_day = :decided_day, approval_number = :approval_number,
        effective_day = :effective_day
WHERE id = :id AND state = 'proposed';

-- name: run_flag_undone :exec
-- Flags a run about to be approved when an import it saw has been undone since.
-- arg id id
UPDATE evaluation_run SET beneath_undone = 1
WHERE id = :id AND EXISTS (
        SELECT 1 FROM import i
        WHERE i.generation <= evaluation_run.generation AND i.undone_generation > evaluation_run.generation);

-- name: run_reject :exec
-- Rejects a proposal as a whole.
-- arg id id
-- arg decided_ms instant
-- arg decided_day day
UPDATE evaluation_run SET state = 'rejected', decided_ms = :decided_ms, decided_day = :decided_day
WHERE id = :id AND state = 'proposed';

-- name: run_approved_before :many
-- Runs with an earlier cut-off of which at least one decision may be approved, the latest first.
-- arg program_id id
-- arg cutoff_day day
-- row id id
-- row cutoff_day day
SELECT r.id, r.cutoff_day FROM evaluation_run r
WHERE r.program_id = :program_id AND r.cutoff_day < :cutoff_day AND (r.state = 'approved' OR EXISTS (
        SELECT 1 FROM decision_verdict v WHERE v.run_id = r.id AND v.verdict = 'approved'))
ORDER BY r.cutoff_day DESC, coalesce(r.approval_number, 0) DESC, r.id DESC;

-- name: run_list :many
-- The runs of a program in the order in which they were made, numbered, with the verdicts on single decisions.
-- arg program_id id
-- row number int
-- row id id
-- row concept_version_id id
-- row version ordinal
-- row evaluation text
-- row cutoff_day day
-- row generation int
-- row state text
-- row created_ms instant
-- row decided_day day?
-- row effective_day day?
-- row customers_evaluated int
-- row beneath_undone flag
-- row approved int
-- row rejected int
SELECT row_number() OVER (ORDER BY r.id), r.id, r.concept_version_id, c.number, r.evaluation,
        r.cutoff_day, r.generation, r.state, r.created_ms, r.decided_day, r.effective_day, r.customers_evaluated,
        r.beneath_undone,
        (SELECT count(*) FROM decision_verdict v WHERE v.run_id = r.id AND v.verdict = 'approved'),
        (SELECT count(*) FROM decision_verdict v WHERE v.run_id = r.id AND v.verdict = 'rejected')
FROM evaluation_run r JOIN concept_version c ON c.id = r.concept_version_id
WHERE r.program_id = :program_id
ORDER BY r.id;

-- name: run_decisions :many
-- All decisions of a run with their state, by customer. A reason: there is a verdict of its own.
-- arg run_id id
-- row customer_id id
-- row segment_before text?
-- row qualified text
-- row segment text
-- row decision text
-- row flags int
-- row grace flag
-- row grace_end_day day?
-- row state text
-- row effective_day day?
-- row reason text?
-- row actor text?
SELECT customer_id, segment_before, qualified, segment, decision, flags, grace, grace_end_day, state, effective_day,
        reason, actor
FROM decision_state WHERE run_id = :run_id ORDER BY customer_id;

-- name: run_values :many
-- What the decisions of a run were taken with, by customer.
-- arg run_id id
-- row customer_id id
-- row metric_values bytes
-- row standing bytes?
SELECT customer_id, metric_values, standing FROM decision WHERE run_id = :run_id ORDER BY customer_id;

-- name: run_numbers :many
-- The numbers of a run's customers; the first of a customer is the one to show.
-- arg run_id id
-- row customer_id id
-- row source text
-- row number text
SELECT k.customer_id, s.code, k.number
FROM decision d JOIN customer_key k ON k.customer_id = d.customer_id JOIN source s ON s.id = k.source_id
WHERE d.run_id = :run_id ORDER BY k.customer_id, s.code, k.number;

-- name: run_approved_later :many
-- Customers of a run who have an approved decision of a later cut-off, and its cut-off.
-- arg run_id id
-- arg program_id id
-- arg cutoff_day day
-- row customer_id id
-- row cutoff_day day
SELECT s.customer_id, max(s.cutoff_day) FROM decision_state s
WHERE s.program_id = :program_id AND s.cutoff_day > :cutoff_day AND s.state = 'approved'
        AND EXISTS (SELECT 1 FROM decision d WHERE d.customer_id = s.customer_id AND d.run_id = :run_id)
GROUP BY s.customer_id ORDER BY s.customer_id;

-- name: run_open_before_later :one
-- How many customers of a run without verdict of their own have an approved decision of a later cut-off, and which.
-- arg run_id id
-- arg program_id id
-- arg cutoff_day day
-- row customers int
-- row cutoff_day day?
SELECT count(DISTINCT s.customer_id), max(s.cutoff_day) FROM decision_state s
WHERE s.program_id = :program_id AND s.cutoff_day > :cutoff_day AND s.state = 'approved'
        AND EXISTS (SELECT 1 FROM decision_state d
                WHERE d.customer_id = s.customer_id AND d.run_id = :run_id AND d.reason IS NULL);

-- name: verdict_set :bulk
-- Verdicts on single decisions; a later one replaces an earlier one.
-- arg customer_id id
-- arg run_id id
-- arg program_id id
-- arg verdict text
-- arg reason text
-- arg actor text
-- arg decided_ms instant
-- arg decided_day day
-- arg approval_number ordinal?
-- arg effective_day day?
INSERT INTO decision_verdict (customer_id, run_id, program_id, verdict, reason, actor, decided_ms, decided_day,
        approval_number, effective_day)
SELECT :customer_id, :run_id, :program_id, :verdict, :reason, :actor, :decided_ms, :decided_day, :approval_number,
        :effective_day
FROM {rows} WHERE true
ON CONFLICT (customer_id, run_id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,
        actor = excluded.actor, decided_ms = excluded.decided_ms, decided_day = excluded.decided_day,
        approval_number = excluded.approval_number, effective_day = excluded.effective_day;

-- name: decision_insert :exec
-- One customer's decision of a run.
-- arg customer_id id
-- arg run_id id
-- arg program_id id
-- arg segment_before text?
-- arg qualified text
-- arg segment text
-- arg decision text
-- arg flags int
-- arg grace flag
-- arg grace_end_day day?
-- arg metric_values bytes
-- arg standing bytes
INSERT INTO decision (customer_id, run_id, program_id, segment_before, qualified, segment, decision, flags, grace,
        grace_end_day, metric_values, standing)
VALUES (:customer_id, :run_id, :program_id, :segment_before, :qualified, :segment, :decision, :flags, :grace,
        :grace_end_day, :metric_values, :standing);

-- name: run_since :one
-- Was anything evaluated for this cut-off or a later one?
-- arg program_id id
-- arg cutoff_day day
-- row is_there flag
SELECT CASE WHEN EXISTS (SELECT 1 FROM evaluation_run WHERE program_id = :program_id AND cutoff_day >= :cutoff_day)
        THEN 1 ELSE 0 END;

-- name: run_hold :one sqlite
-- Claims a run that is being stored for this process as long as its connection lives; 0 when another process has it. The
-- embedded database has one process.
-- arg id id
-- row held flag
SELECT CASE WHEN :id > 0 THEN 1 ELSE 0 END;
-- name: run_hold :one postgresql
-- arg id id
-- row held flag
SELECT CASE WHEN pg_try_advisory_lock(731058402, CAST(:id % 2147483647 AS integer)) THEN 1 ELSE 0 END;

-- name: decision_remove_leftovers :exec
-- Decisions of a run that was never completed.
-- arg run_id id
DELETE FROM decision WHERE run_id = :run_id AND NOT EXISTS (SELECT 1 FROM evaluation_run WHERE id = :run_id);

-- name: decision_count_of_run :one
-- arg run_id id
-- row decisions int
SELECT count(*) FROM decision WHERE run_id = :run_id;

-- name: decision_leftover :many
-- Runs that have decisions and were never completed: being stored, or left by a crash. From one run to the next by the
-- index.
-- row run_id id
WITH RECURSIVE stored (id) AS (
        SELECT min(run_id) FROM decision
        UNION ALL
        SELECT (SELECT min(d.run_id) FROM decision d WHERE d.run_id > stored.id) FROM stored WHERE stored.id IS NOT NULL
)
SELECT id FROM stored WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM evaluation_run r WHERE r.id = stored.id);

-- name: decision_standing :many
-- Where the approved decisions of a run put its customers, by customer.
-- arg run_id id
-- row customer_id id
-- row approval_number ordinal
-- row effective_day day
-- row segment_before text?
-- row segment text
-- row decision text
-- row grace flag
-- row grace_end_day day?
SELECT customer_id, approval_number, effective_day, segment_before, segment, decision, grace, grace_end_day
FROM decision_state
WHERE run_id = :run_id AND state = 'approved'
ORDER BY customer_id;

-- name: override_valid :many
-- Approved overrides of a program valid on a day, by customer, the latest requested first.
-- arg program_id id
-- arg day day
-- row customer_id id
-- row segment text
-- row requested_ms instant
-- row id id
SELECT customer_id, segment, requested_ms, id FROM membership_override
WHERE program_id = :program_id AND state = 'approved' AND valid_from <= :day AND valid_to >= :day
ORDER BY customer_id, requested_ms DESC, id DESC;

-- name: decision_find :one
-- A customer's decision of a run.
-- arg customer_id id
-- arg run_id id
-- row segment_before text?
-- row qualified text
-- row segment text
-- row decision text
-- row flags int
-- row grace flag
-- row grace_end_day day?
-- row metric_values bytes
SELECT segment_before, qualified, segment, decision, flags, grace, grace_end_day, metric_values
FROM decision WHERE customer_id = :customer_id AND run_id = :run_id;

-- name: decision_history :many
-- All decisions of a customer in a program that are approved or still proposed, the latest cut-off first; of one cut-off
-- approved ones, the last approved first, before proposals, the last made first.
-- arg customer_id id
-- arg program_id id
-- row run_id id
-- row concept_version_id id
-- row evaluation text
-- row cutoff_day day
-- row state text
-- row effective_day day?
-- row segment_before text?
-- row segment text
-- row decision text
SELECT run_id, concept_version_id, evaluation, cutoff_day, state, effective_day, segment_before, segment, decision
FROM decision_state
WHERE customer_id = :customer_id AND program_id = :program_id AND state <> 'rejected'
ORDER BY cutoff_day DESC, CASE state WHEN 'approved' THEN 0 ELSE 1 END, coalesce(approval_number, 0) DESC,
        created_ms DESC, run_id DESC;

-- name: membership_at :one
-- The segment of the latest approved decision that was in effect on a day.
-- arg customer_id id
-- arg program_id id
-- arg day day
-- row segment text
-- row effective_day day
SELECT segment, effective_day FROM decision_state
WHERE customer_id = :customer_id AND program_id = :program_id AND state = 'approved' AND effective_day <= :day
ORDER BY cutoff_day DESC, approval_number DESC
LIMIT 1;

-- name: customer_first_number :one
-- The number a customer is shown by: the first by source and number.
-- arg customer_id id
-- row source text
-- row number text
SELECT s.code, k.number FROM customer_key k JOIN source s ON s.id = k.source_id
WHERE k.customer_id = :customer_id ORDER BY s.code, k.number LIMIT 1;
