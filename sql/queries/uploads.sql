-- Files handed in by the pages, until they are imported or given up.

-- name: upload_insert :exec
-- arg id id
-- arg kind text
-- arg file_name text
-- arg folder text
-- arg home text
-- arg file_bytes int
-- arg account_id id
-- arg actor text
-- arg created_ms instant
INSERT INTO upload (id, kind, file_name, folder, home, file_bytes, answers, look_job_id, import_job_id, import_id,
        account_id, actor, created_ms)
VALUES (:id, :kind, :file_name, :folder, :home, :file_bytes, '{}', 0, 0, 0, :account_id, :actor, :created_ms);

-- name: upload_get :one
-- arg id id
-- row kind text
-- row file_name text
-- row folder text
-- row home text
-- row file_bytes int
-- row answers text
-- row look_job_id id
-- row import_job_id id
-- row import_id ordinal
-- row account_id id
-- row actor text
-- row created_ms instant
SELECT kind, file_name, folder, home, file_bytes, answers, look_job_id, import_job_id, import_id, account_id, actor,
        created_ms
FROM upload WHERE id = :id;

-- name: upload_list :many
-- Those that wait for somebody: not imported yet. Newest first.
-- arg count int
-- row id id
SELECT id FROM upload WHERE import_id = 0 ORDER BY id DESC LIMIT :count;

-- name: upload_settle :exec
-- What is known of its columns, and the job that looks at it with that; 0 changes once its import was asked for.
-- arg id id
-- arg kind text
-- arg answers text
-- arg look_job_id id
UPDATE upload SET kind = :kind, answers = :answers, look_job_id = :look_job_id WHERE id = :id AND import_job_id = 0;

-- name: upload_begin :exec
-- 0 changes when its import was asked for already.
-- arg id id
-- arg before id
-- arg import_job_id id
UPDATE upload SET import_job_id = :import_job_id WHERE id = :id AND import_job_id = :before AND import_id = 0;

-- name: upload_imported :exec
-- arg id id
-- arg import_id ordinal
UPDATE upload SET import_id = :import_id WHERE id = :id;

-- name: upload_delete :exec
-- arg id id
DELETE FROM upload WHERE id = :id;

-- name: import_error_files_old :many
-- Where imports before an instant wrote what they rejected.
-- arg before_ms instant
-- row error_file text
SELECT error_file FROM import WHERE error_file IS NOT NULL AND error_file <> '' AND finished_ms < :before_ms ORDER BY id;

-- name: upload_old :many
-- Those whose files may go: imported, or handed in before an instant.
-- arg home text
-- arg before_ms instant
-- row id id
-- row file_name text
-- row folder text
SELECT id, file_name, folder FROM upload WHERE home = :home AND created_ms < :before_ms ORDER BY id;
