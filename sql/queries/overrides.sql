-- Overrides: segments granted for a time.

-- name: override_insert :exec
-- A request.
-- arg id id
-- arg customer_id id
-- arg program_id id
-- arg segment text
-- arg valid_from day
-- arg valid_to day
-- arg reason text
-- arg requested_by text
-- arg requested_ms instant
INSERT INTO membership_override (id, customer_id, program_id, segment, valid_from, valid_to, reason, requested_by,
        requested_ms, state)
VALUES (:id, :customer_id, :program_id, :segment, :valid_from, :valid_to, :reason, :requested_by, :requested_ms,
        'requested');

-- name: override_list :many
-- All overrides of a program, numbered in the order in which they were requested.
-- arg program_id id
-- row number int
-- row id id
-- row customer_id id
-- row segment text
-- row valid_from day
-- row valid_to day
-- row reason text
-- row requested_by text
-- row requested_ms instant
-- row state text
-- row decided_by text?
-- row decided_ms instant?
-- row decision_reason text?
SELECT row_number() OVER (ORDER BY id), id, customer_id, segment, valid_from, valid_to, reason, requested_by,
        requested_ms, state, decided_by, decided_ms, decision_reason
FROM membership_override WHERE program_id = :program_id ORDER BY id;

-- name: override_decide :exec
-- Approves, refuses or withdraws one, if it still is in the state it was seen in.
-- arg customer_id id
-- arg id id
-- arg seen text
-- arg state text
-- arg decided_by text
-- arg decided_ms instant
-- arg decision_reason text
UPDATE membership_override
SET state = :state, decided_by = :decided_by, decided_ms = :decided_ms, decision_reason = :decision_reason
WHERE customer_id = :customer_id AND id = :id AND state = :seen;

-- name: segment_members :one
-- How many customers the latest approved decisions put into a segment.
-- arg program_id id
-- arg segment text
-- row members int
SELECT count(*) FROM (
        SELECT segment, decision, row_number() OVER (PARTITION BY customer_id
                ORDER BY cutoff_day DESC, approval_number DESC) AS place
        FROM decision_state WHERE program_id = :program_id AND state = 'approved') s
WHERE s.place = 1 AND s.segment = :segment AND s.decision <> 'unclassified';
