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
-- The latest cut-off approved in a program, and how many approvals there were.
-- arg program_id id
-- row cutoff_day day?
-- row approvals int
SELECT max(cutoff_day), count(*) FROM evaluation_run WHERE program_id = :program_id AND state = 'approved';

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

-- name: run_approved_before :many
-- Approved runs with an earlier cut-off, the latest first: by cut-off, then approval.
-- arg program_id id
-- arg cutoff_day day
-- row id id
-- row cutoff_day day
SELECT id, cutoff_day FROM evaluation_run
WHERE program_id = :program_id AND state = 'approved' AND cutoff_day < :cutoff_day
ORDER BY cutoff_day DESC, approval_number DESC;

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
INSERT INTO decision (customer_id, run_id, program_id, segment_before, qualified, segment, decision, flags, grace,
        grace_end_day, metric_values)
VALUES (:customer_id, :run_id, :program_id, :segment_before, :qualified, :segment, :decision, :flags, :grace,
        :grace_end_day, :metric_values);

-- name: decision_remove_leftovers :exec
-- Decisions of runs that were never completed (a crash).
DELETE FROM decision WHERE run_id NOT IN (SELECT id FROM evaluation_run);

-- name: decision_leftover :one
-- Is there a decision whose run was never completed?
-- row run_id id
SELECT run_id FROM decision d WHERE NOT EXISTS (SELECT 1 FROM evaluation_run r WHERE r.id = d.run_id) LIMIT 1;

-- name: decision_standing :many
-- Where a run put its customers, by customer.
-- arg run_id id
-- row customer_id id
-- row segment text
-- row decision text
-- row grace flag
-- row grace_end_day day?
SELECT customer_id, segment, decision, grace, grace_end_day FROM decision WHERE run_id = :run_id
ORDER BY customer_id;

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
-- All decisions of a customer in a program, the latest cut-off first; of one cut-off approved ones, the last approved
-- first, before proposals, the last made first.
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
SELECT r.id, r.concept_version_id, r.evaluation, r.cutoff_day, r.state, r.effective_day, d.segment_before, d.segment,
        d.decision
FROM decision d JOIN evaluation_run r ON r.id = d.run_id
WHERE d.customer_id = :customer_id AND r.program_id = :program_id AND r.state <> 'rejected'
ORDER BY r.cutoff_day DESC, CASE r.state WHEN 'approved' THEN 0 ELSE 1 END, coalesce(r.approval_number, 0) DESC,
        r.created_ms DESC, r.id DESC;

-- name: membership_at :one
-- The segment of the latest approved decision that was in effect on a day.
-- arg customer_id id
-- arg program_id id
-- arg day day
-- row segment text
-- row effective_day day
SELECT d.segment, r.effective_day
FROM decision d JOIN evaluation_run r ON r.id = d.run_id
WHERE d.customer_id = :customer_id AND r.program_id = :program_id AND r.state = 'approved' AND r.effective_day <= :day
ORDER BY r.cutoff_day DESC, r.approval_number DESC
LIMIT 1;
