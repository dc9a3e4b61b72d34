-- Appeals against decisions.

-- name: appeal_insert :exec
-- arg id id
-- arg customer_id id
-- arg program_id id
-- arg run_id id
-- arg filed_day day
-- arg due_day day
-- arg filed_by text
-- arg reason text
-- arg owner text
INSERT INTO appeal (id, customer_id, program_id, run_id, filed_day, due_day, filed_by, reason, owner, state)
VALUES (:id, :customer_id, :program_id, :run_id, :filed_day, :due_day, :filed_by, :reason, :owner, 'open');

-- name: appeal_list :many
-- All appeals of a program, numbered in the order in which they were filed, with the number of the run.
-- arg program_id id
-- row number int
-- row id id
-- row customer_id id
-- row run_id id
-- row run_number int
-- row filed_day day
-- row due_day day
-- row filed_by text
-- row reason text
-- row owner text
-- row state text
-- row decided_by text?
-- row decided_ms instant?
-- row result text?
SELECT row_number() OVER (ORDER BY a.id), a.id, a.customer_id, a.run_id,
        (SELECT count(*) FROM evaluation_run r WHERE r.program_id = a.program_id AND r.id <= a.run_id),
        a.filed_day, a.due_day, a.filed_by, a.reason, a.owner, a.state, a.decided_by, a.decided_ms, a.result
FROM appeal a WHERE a.program_id = :program_id ORDER BY a.id;

-- name: appeal_open_find :one
-- An open appeal of a customer against a run.
-- arg customer_id id
-- arg run_id id
-- row id id
SELECT id FROM appeal WHERE customer_id = :customer_id AND run_id = :run_id AND state = 'open';

-- name: appeal_decide :exec
-- Grants or dismisses an open appeal.
-- arg customer_id id
-- arg id id
-- arg state text
-- arg decided_by text
-- arg decided_ms instant
-- arg result text
UPDATE appeal SET state = :state, decided_by = :decided_by, decided_ms = :decided_ms, result = :result
WHERE customer_id = :customer_id AND id = :id AND state = 'open';

-- name: appeal_decision :one
-- What became of the decision an appeal is about, and when.
-- arg customer_id id
-- arg run_id id
-- row state text
-- row decided_day day?
-- row concept_version_id id
SELECT state, decided_day, concept_version_id FROM decision_state
WHERE customer_id = :customer_id AND run_id = :run_id;
