-- Jobs: the queue, leases, progress, outcomes.

-- name: job_insert :exec
-- Puts a job into the queue; 0 changes when one with this once_key is or was there.
-- arg id id
-- arg kind text
-- arg arguments text
-- arg lock_name text
-- arg home text
-- arg once_key text?
-- arg priority ordinal
-- arg run_after_ms instant
-- arg account_id id
-- arg actor text
-- arg language text
-- arg created_ms instant
INSERT INTO job (id, kind, arguments, lock_name, home, once_key, state, priority, run_after_ms, tries, holder,
        holder_home, beat, cancelled_by, done, total, words, result, error_key, error_detail, account_id, actor,
        language, created_ms)
VALUES (:id, :kind, :arguments, :lock_name, :home, :once_key, 'waiting', :priority, :run_after_ms, 0, '', '', 0, '', 0,
        0, '', '', '', '', :account_id, :actor, :language, :created_ms)
ON CONFLICT (once_key) DO NOTHING;

-- name: job_once_find :one
-- arg once_key text
-- row id id
SELECT id FROM job WHERE once_key = :once_key;

-- name: job_next :one
-- The job to run now: due, its files here, its lock free. One that was put off further than jobs ever are (the clock
-- went back since) is due.
-- arg now_ms instant
-- arg far_ms instant
-- arg home text
-- row id id
SELECT j.id FROM job j
WHERE j.state = 'waiting' AND (j.run_after_ms <= :now_ms OR (j.tries > 0 AND j.run_after_ms > :far_ms))
        AND (j.home = '' OR j.home = :home)
        AND NOT EXISTS (SELECT 1 FROM job r
                        WHERE r.state = 'running' AND r.lock_name = j.lock_name AND j.lock_name <> '')
ORDER BY j.priority DESC, j.id LIMIT 1;

-- name: job_claim :exec
-- arg id id
-- arg holder text
-- arg holder_home text
-- arg now_ms instant
UPDATE job SET state = 'running', holder = :holder, holder_home = :holder_home, beat = beat + 1, tries = tries + 1,
        done = 0, total = 0, words = '', error_key = '', error_detail = '', started_ms = :now_ms
WHERE id = :id AND state = 'waiting';

-- name: job_beat :exec
-- Renews a lease and tells how far the work is; 0 changes when the lease was lost.
-- arg id id
-- arg holder text
-- arg done int
-- arg total int
-- arg words text
UPDATE job SET beat = beat + 1, done = :done, total = :total, words = :words
WHERE id = :id AND state = 'running' AND holder = :holder;

-- name: job_end :exec
-- 0 changes when the lease was lost.
-- arg id id
-- arg holder text
-- arg state text
-- arg done int
-- arg total int
-- arg result text
-- arg error_key text
-- arg error_detail text
-- arg now_ms instant
UPDATE job SET state = :state, done = :done, total = :total, result = :result, error_key = :error_key,
        error_detail = :error_detail, ended_ms = :now_ms
WHERE id = :id AND state = 'running' AND holder = :holder;

-- name: job_keep_result :exec
-- arg id id
-- arg result text
UPDATE job SET result = :result WHERE id = :id;

-- name: job_put_back :exec
-- Back into the queue, after a failure that may pass or because its process ends. `tries` are those that count.
-- arg id id
-- arg holder text
-- arg tries ordinal
-- arg run_after_ms instant
-- arg error_key text
-- arg error_detail text
UPDATE job SET state = 'waiting', holder = '', holder_home = '', tries = :tries, run_after_ms = :run_after_ms,
        error_key = :error_key, error_detail = :error_detail
WHERE id = :id AND state = 'running' AND holder = :holder;

-- name: job_running :many
-- All jobs being run, by whomever.
-- row id id
-- row kind text
-- row holder text
-- row holder_home text
-- row beat int
-- row tries ordinal
-- row cancelled_by text
-- row done int
-- row total int
-- row words text
-- row account_id id
SELECT id, kind, holder, holder_home, beat, tries, cancelled_by, done, total, words, account_id FROM job
WHERE state = 'running' ORDER BY id;

-- name: job_abandon :exec
-- Ends the lease of a holder that no longer lives: its beat is still the one that was seen.
-- arg id id
-- arg holder text
-- arg beat int
-- arg state text
-- arg error_key text
-- arg now_ms instant
-- arg ended_ms instant?
UPDATE job SET state = :state, holder = '', holder_home = '', run_after_ms = :now_ms, error_key = :error_key,
        ended_ms = :ended_ms
WHERE id = :id AND state = 'running' AND holder = :holder AND beat = :beat;

-- name: job_cancel_waiting :exec
-- arg id id
-- arg actor text
-- arg now_ms instant
UPDATE job SET state = 'cancelled', cancelled_by = :actor, ended_ms = :now_ms WHERE id = :id AND state = 'waiting';

-- name: job_cancel_running :exec
-- arg id id
-- arg actor text
UPDATE job SET cancelled_by = :actor WHERE id = :id AND state = 'running' AND cancelled_by = '';

-- name: job_get :one
-- account_id 0: whoever asked for it; else only what this account asked for.
-- arg id id
-- arg account_id id
-- row kind text
-- row arguments text
-- row state text
-- row priority ordinal
-- row run_after_ms instant
-- row tries ordinal
-- row cancelled_by text
-- row done int
-- row total int
-- row words text
-- row result text
-- row error_key text
-- row error_detail text
-- row account_id id
-- row actor text
-- row language text
-- row created_ms instant
-- row started_ms instant?
-- row ended_ms instant?
SELECT kind, arguments, state, priority, run_after_ms, tries, cancelled_by, done, total, words, result, error_key,
        error_detail, account_id, actor, language, created_ms, started_ms, ended_ms
FROM job WHERE id = :id AND (:account_id = 0 OR account_id = :account_id);

-- name: job_list :many
-- Newest first, those before an id; state and kind '': all; account_id 0: of everybody.
-- arg before id
-- arg state text
-- arg kind text
-- arg account_id id
-- arg count int
-- row id id
SELECT id FROM job
WHERE id < :before AND (:state = '' OR state = :state) AND (:kind = '' OR kind = :kind)
        AND (:account_id = 0 OR account_id = :account_id)
ORDER BY id DESC LIMIT :count;

-- name: job_forget :exec
-- Jobs that ended long ago.
-- arg before_ms instant
DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND ended_ms < :before_ms;
