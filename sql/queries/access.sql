-- Accounts, sessions, one-use links, attempts to sign in, keys of programs.

-- name: account_insert :exec
-- Adds nothing when the login is taken.
-- arg id id
-- arg login text
-- arg name text
-- arg email text
-- arg role text
-- arg person_id id
-- arg language text
-- arg created_ms instant
INSERT INTO account (id, login, name, email, role, person_id, language, password, totp_step, created_ms)
VALUES (:id, :login, :name, :email, :role, :person_id, :language, '', 0, :created_ms)
ON CONFLICT (login) DO NOTHING;

-- name: account_by_login :one
-- arg login text
-- row id id
-- row name text
-- row email text
-- row role text
-- row person_id id
-- row language text
-- row password text
-- row totp_secret bytes?
-- row totp_pending bytes?
-- row totp_step int
-- row created_ms instant
-- row signed_in_ms instant?
-- row disabled_ms instant?
SELECT id, name, email, role, person_id, language, password, totp_secret, totp_pending, totp_step, created_ms,
        signed_in_ms, disabled_ms
FROM account WHERE login = :login;

-- name: account_by_id :one
-- arg id id
-- row login text
-- row name text
-- row email text
-- row role text
-- row person_id id
-- row language text
-- row password text
-- row totp_secret bytes?
-- row totp_pending bytes?
-- row totp_step int
-- row created_ms instant
-- row signed_in_ms instant?
-- row disabled_ms instant?
SELECT login, name, email, role, person_id, language, password, totp_secret, totp_pending, totp_step, created_ms,
        signed_in_ms, disabled_ms
FROM account WHERE id = :id;

-- name: account_staff_list :many
-- row id id
-- row login text
-- row name text
-- row email text
-- row role text
-- row language text
-- row has_password flag
-- row has_totp flag
-- row created_ms instant
-- row signed_in_ms instant?
-- row disabled_ms instant?
-- row session_count int
SELECT a.id, a.login, a.name, a.email, a.role, a.language, CASE WHEN a.password = '' THEN 0 ELSE 1 END,
        CASE WHEN a.totp_secret IS NULL THEN 0 ELSE 1 END, a.created_ms, a.signed_in_ms, a.disabled_ms,
        (SELECT count(*) FROM session s WHERE s.account_id = a.id AND s.stage = 'full')
FROM account a WHERE a.role <> 'contact' ORDER BY a.login;

-- name: account_role_count :one
-- How many of a role may sign in, without one account.
-- arg role text
-- arg without_id id
-- row count int
SELECT count(*) FROM account WHERE role = :role AND id <> :without_id AND disabled_ms IS NULL;

-- name: account_password_set :exec
-- arg id id
-- arg password text
UPDATE account SET password = :password WHERE id = :id;

-- name: account_password_upgrade :exec
-- The same password at a higher cost, unless it was changed meanwhile.
-- arg id id
-- arg before text
-- arg password text
UPDATE account SET password = :password WHERE id = :id AND password = :before;

-- name: account_role_set :exec
-- arg id id
-- arg role text
UPDATE account SET role = :role WHERE id = :id AND role <> 'contact' AND role <> :role;

-- name: account_disable :exec
-- arg id id
-- arg disabled_ms instant
UPDATE account SET disabled_ms = :disabled_ms WHERE id = :id AND disabled_ms IS NULL;

-- name: account_enable :exec
-- arg id id
UPDATE account SET disabled_ms = NULL WHERE id = :id AND disabled_ms IS NOT NULL;

-- name: account_reset :exec
-- Nobody can sign in until a new password was chosen.
-- arg id id
UPDATE account SET password = '', totp_secret = NULL, totp_pending = NULL WHERE id = :id;

-- name: account_language_set :exec
-- arg id id
-- arg language text
UPDATE account SET language = :language WHERE id = :id;

-- name: account_email_set :exec
-- arg id id
-- arg email text
UPDATE account SET email = :email WHERE id = :id;

-- name: account_signed_in :exec
-- arg id id
-- arg signed_in_ms instant
UPDATE account SET signed_in_ms = :signed_in_ms WHERE id = :id;

-- name: account_totp_begin :exec
-- arg id id
-- arg secret bytes
UPDATE account SET totp_pending = :secret WHERE id = :id;

-- name: account_totp_confirm :exec
-- Puts the waiting secret in force.
-- arg id id
-- arg step int
UPDATE account SET totp_secret = totp_pending, totp_pending = NULL, totp_step = :step
WHERE id = :id AND totp_pending IS NOT NULL;

-- name: account_totp_remove :exec
-- arg id id
UPDATE account SET totp_secret = NULL, totp_pending = NULL WHERE id = :id;

-- name: account_totp_use :exec
-- Changes nothing when a code of this step or a later one was used.
-- arg id id
-- arg step int
UPDATE account SET totp_step = :step WHERE id = :id AND totp_step < :step;

-- name: account_responsible_insert :exec
-- arg account_id id
-- arg name text
INSERT INTO account_responsible (account_id, name) VALUES (:account_id, :name)
ON CONFLICT (account_id, name) DO NOTHING;

-- name: account_responsible_clear :exec
-- arg account_id id
DELETE FROM account_responsible WHERE account_id = :account_id;

-- name: account_responsible_list :many
-- arg account_id id
-- row name text
SELECT name FROM account_responsible WHERE account_id = :account_id ORDER BY name;

-- name: account_team_insert :exec
-- arg head_id id
-- arg member_id id
INSERT INTO account_team (head_id, member_id) VALUES (:head_id, :member_id)
ON CONFLICT (head_id, member_id) DO NOTHING;

-- name: account_team_clear :exec
-- arg head_id id
DELETE FROM account_team WHERE head_id = :head_id;

-- name: account_team_list :many
-- arg head_id id
-- row member_id id
-- row login text
-- row name text
SELECT t.member_id, a.login, a.name FROM account_team t JOIN account a ON a.id = t.member_id
WHERE t.head_id = :head_id ORDER BY a.login;

-- name: account_deputy_insert :exec
-- arg account_id id
-- arg deputy_id id
-- arg from_day day
-- arg to_day day
INSERT INTO account_deputy (account_id, deputy_id, from_day, to_day)
VALUES (:account_id, :deputy_id, :from_day, :to_day)
ON CONFLICT (account_id, deputy_id, from_day) DO UPDATE SET to_day = excluded.to_day;

-- name: account_deputy_remove :exec
-- arg account_id id
-- arg deputy_id id
DELETE FROM account_deputy WHERE account_id = :account_id AND deputy_id = :deputy_id;

-- name: account_deputy_list :many
-- arg account_id id
-- row deputy_id id
-- row login text
-- row name text
-- row from_day day
-- row to_day day
SELECT d.deputy_id, a.login, a.name, d.from_day, d.to_day FROM account_deputy d JOIN account a ON a.id = d.deputy_id
WHERE d.account_id = :account_id ORDER BY d.from_day, a.login;

-- name: account_scope_names :many
-- The names in responsibilities that somebody answers for on a day: the own ones, those of whom they stand in for, and
-- those of the teams of all of these. A team counts only while its head is a sales head.
-- arg account_id id
-- arg day day
-- row name text
SELECT DISTINCT r.name FROM account_responsible r
WHERE r.account_id = :account_id
        OR r.account_id IN (SELECT d.account_id FROM account_deputy d
                WHERE d.deputy_id = :account_id AND d.from_day <= :day AND d.to_day >= :day)
        OR r.account_id IN (SELECT t.member_id FROM account_team t JOIN account h ON h.id = t.head_id
                WHERE h.role = 'sales_head' AND (t.head_id = :account_id
                        OR t.head_id IN (SELECT d.account_id FROM account_deputy d
                                WHERE d.deputy_id = :account_id AND d.from_day <= :day AND d.to_day >= :day)))
ORDER BY r.name;

-- name: staff_names :many
-- Names of people by the codes of responsibilities they go by (staff_names.h), the best of each code first.
-- row code text
-- row name text
SELECT r.name, a.name FROM account_responsible r JOIN account a ON a.id = r.account_id
WHERE a.role = 'rep' OR (SELECT count(*) FROM account_responsible o WHERE o.account_id = r.account_id) = 1
ORDER BY CASE WHEN a.disabled_ms IS NULL THEN 0 ELSE 1 END, CASE a.role WHEN 'rep' THEN 0 ELSE 1 END, a.id, r.name;

-- name: staff_name_of :one
-- The same for one code, letter by letter.
-- arg code text
-- row name text
SELECT a.name FROM account_responsible r JOIN account a ON a.id = r.account_id
WHERE r.name = :code
        AND (a.role = 'rep' OR (SELECT count(*) FROM account_responsible o WHERE o.account_id = r.account_id) = 1)
ORDER BY CASE WHEN a.disabled_ms IS NULL THEN 0 ELSE 1 END, CASE a.role WHEN 'rep' THEN 0 ELSE 1 END, a.id LIMIT 1;

-- name: account_company_set :exec
-- arg customer_id id
-- arg account_id id
-- arg role text
-- arg since_ms instant
INSERT INTO account_company (customer_id, account_id, role, since_ms)
VALUES (:customer_id, :account_id, :role, :since_ms)
ON CONFLICT (customer_id, account_id) DO UPDATE SET role = excluded.role;

-- name: account_company_remove :exec
-- arg customer_id id
-- arg account_id id
DELETE FROM account_company WHERE customer_id = :customer_id AND account_id = :account_id;

-- name: account_company_get :one
-- arg customer_id id
-- arg account_id id
-- row role text
SELECT role FROM account_company WHERE customer_id = :customer_id AND account_id = :account_id;

-- name: account_company_list :many
-- The companies of a contact, with the names they have now.
-- arg account_id id
-- row customer_id id
-- row role text
-- row since_ms instant
-- row name text?
SELECT c.customer_id, c.role, c.since_ms,
        (SELECT n.name FROM customer_name n JOIN import i ON i.id = n.import_id
                WHERE n.customer_id = c.customer_id AND i.state = 'published' ORDER BY i.generation DESC LIMIT 1)
FROM account_company c WHERE c.account_id = :account_id ORDER BY c.customer_id;

-- name: account_company_people :many
-- Who has access to a company's pages.
-- arg customer_id id
-- row account_id id
-- row login text
-- row name text
-- row role text
-- row person_id id
-- row since_ms instant
-- row signed_in_ms instant?
-- row disabled_ms instant?
SELECT a.id, a.login, a.name, c.role, a.person_id, c.since_ms, a.signed_in_ms, a.disabled_ms
FROM account_company c JOIN account a ON a.id = c.account_id
WHERE c.customer_id = :customer_id ORDER BY a.login;

-- name: account_main_contact_count :one
-- How many main contacts of a company may sign in, without one account.
-- arg customer_id id
-- arg without_id id
-- row count int
SELECT count(*) FROM account_company c JOIN account a ON a.id = c.account_id
WHERE c.customer_id = :customer_id AND c.role = 'main_contact' AND a.id <> :without_id AND a.disabled_ms IS NULL;

-- name: account_name_of :one
-- arg id id
-- row name text
SELECT name FROM account WHERE id = :id;

-- name: session_insert :exec
-- arg id id
-- arg digest bytes
-- arg account_id id
-- arg customer_id id
-- arg stage text
-- arg created_ms instant
-- arg ends_ms instant
-- arg address text
-- arg agent text
INSERT INTO session (id, digest, account_id, customer_id, stage, created_ms, used_ms, ends_ms, proved_ms, address,
        agent)
VALUES (:id, :digest, :account_id, :customer_id, :stage, :created_ms, :created_ms, :ends_ms, :created_ms, :address,
        :agent);

-- name: session_find :one
-- Whose session a token is, with what has to be known on every request.
-- arg digest bytes
-- row id id
-- row account_id id
-- row customer_id id
-- row stage text
-- row used_ms instant
-- row ends_ms instant
-- row proved_ms instant
-- row name text
-- row role text
-- row person_id id
-- row language text
-- row disabled_ms instant?
-- row company_role text?
-- row factor_due text?
SELECT s.id, s.account_id, s.customer_id, s.stage, s.used_ms, s.ends_ms, s.proved_ms, a.name, a.role, a.person_id,
        a.language, a.disabled_ms, c.role, f.value
FROM session s JOIN account a ON a.id = s.account_id
        LEFT JOIN account_company c ON c.account_id = s.account_id AND c.customer_id = s.customer_id
        LEFT JOIN setting f ON f.name = 'access.factor.' || COALESCE(c.role, a.role) AND f.value = 'yes'
                AND a.totp_secret IS NULL
WHERE s.digest = :digest;

-- name: session_alive :one
-- A session that may do nothing before its account has a second factor is none here.
-- arg id id
-- row used_ms instant
-- row ends_ms instant
SELECT s.used_ms, s.ends_ms FROM session s JOIN account a ON a.id = s.account_id
        LEFT JOIN account_company c ON c.account_id = s.account_id AND c.customer_id = s.customer_id
WHERE s.id = :id AND s.stage = 'full' AND a.disabled_ms IS NULL
        AND (a.totp_secret IS NOT NULL OR NOT EXISTS (SELECT 1 FROM setting f
                WHERE f.name = 'access.factor.' || COALESCE(c.role, a.role) AND f.value = 'yes'));

-- name: session_use :exec
-- arg id id
-- arg used_ms instant
UPDATE session SET used_ms = :used_ms WHERE id = :id AND used_ms < :used_ms;

-- name: session_renew :exec
-- A new token for a session: it got further, or somebody proved once more who they are.
-- arg id id
-- arg digest bytes
-- arg proved_ms instant
UPDATE session SET digest = :digest, proved_ms = :proved_ms WHERE id = :id;

-- name: session_company_set :exec
-- arg id id
-- arg digest bytes
-- arg customer_id id
UPDATE session SET digest = :digest, customer_id = :customer_id WHERE id = :id;

-- name: session_end :exec
-- One session of an account.
-- arg id id
-- arg account_id id
DELETE FROM session WHERE id = :id AND account_id = :account_id;

-- name: session_end_all :exec
-- All sessions of an account but one (0: all).
-- arg account_id id
-- arg without_id id
DELETE FROM session WHERE account_id = :account_id AND id <> :without_id;

-- name: session_end_company :exec
-- arg account_id id
-- arg customer_id id
DELETE FROM session WHERE account_id = :account_id AND customer_id = :customer_id;

-- name: session_end_old :exec
-- Those that ran out.
-- arg now_ms instant
-- arg used_before_ms instant
DELETE FROM session WHERE ends_ms <= :now_ms OR used_ms <= :used_before_ms;

-- name: session_list :many
-- arg account_id id
-- arg now_ms instant
-- arg used_after_ms instant
-- row id id
-- row created_ms instant
-- row used_ms instant
-- row ends_ms instant
-- row address text
-- row agent text
SELECT id, created_ms, used_ms, ends_ms, address, agent FROM session
WHERE account_id = :account_id AND stage = 'full' AND ends_ms > :now_ms AND used_ms > :used_after_ms
ORDER BY used_ms DESC, id;

-- name: session_change_count :exec
UPDATE session_change SET number = number + 1 WHERE id = 1;

-- name: session_change_get :one
-- row number int
SELECT number FROM session_change WHERE id = 1;

-- name: access_link_insert :exec
-- arg digest bytes
-- arg kind text
-- arg account_id id
-- arg customer_id id
-- arg role text
-- arg created_ms instant
-- arg ends_ms instant
INSERT INTO access_link (digest, kind, account_id, customer_id, role, created_ms, ends_ms)
VALUES (:digest, :kind, :account_id, :customer_id, :role, :created_ms, :ends_ms);

-- name: access_link_find :one
-- arg digest bytes
-- row kind text
-- row account_id id
-- row customer_id id
-- row role text
-- row ends_ms instant
SELECT kind, account_id, customer_id, role, ends_ms FROM access_link WHERE digest = :digest;

-- name: access_link_take :exec
-- arg digest bytes
DELETE FROM access_link WHERE digest = :digest;

-- name: access_link_clear :exec
-- All links of an account.
-- arg account_id id
DELETE FROM access_link WHERE account_id = :account_id;

-- name: access_link_clear_kind :exec
-- Those of one kind and company: a new one replaces them.
-- arg account_id id
-- arg kind text
-- arg customer_id id
DELETE FROM access_link WHERE account_id = :account_id AND kind = :kind AND customer_id = :customer_id;

-- name: access_link_end_old :exec
-- arg now_ms instant
DELETE FROM access_link WHERE ends_ms <= :now_ms;

-- name: access_invitation_list :many
-- Invitations to a company that were not accepted yet.
-- arg customer_id id
-- arg now_ms instant
-- row account_id id
-- row login text
-- row name text
-- row role text
-- row created_ms instant
-- row ends_ms instant
SELECT l.account_id, a.login, a.name, l.role, l.created_ms, l.ends_ms
FROM access_link l JOIN account a ON a.id = l.account_id
WHERE l.customer_id = :customer_id AND l.kind = 'invitation' AND l.ends_ms > :now_ms ORDER BY a.login;

-- name: recovery_code_insert :exec
-- arg account_id id
-- arg digest bytes
INSERT INTO recovery_code (account_id, digest) VALUES (:account_id, :digest)
ON CONFLICT (account_id, digest) DO NOTHING;

-- name: recovery_code_clear :exec
-- arg account_id id
DELETE FROM recovery_code WHERE account_id = :account_id;

-- name: recovery_code_use :exec
-- arg account_id id
-- arg digest bytes
DELETE FROM recovery_code WHERE account_id = :account_id AND digest = :digest;

-- name: recovery_code_count :one
-- arg account_id id
-- row count int
SELECT count(*) FROM recovery_code WHERE account_id = :account_id;

-- name: known_device_find :one
-- arg digest bytes
-- row account_id id
SELECT account_id FROM known_device WHERE digest = :digest;

-- name: known_device_insert :exec
-- arg digest bytes
-- arg account_id id
-- arg used_ms instant
INSERT INTO known_device (digest, account_id, used_ms) VALUES (:digest, :account_id, :used_ms)
ON CONFLICT (digest) DO UPDATE SET account_id = excluded.account_id, used_ms = excluded.used_ms;

-- name: known_device_clear :exec
-- arg account_id id
DELETE FROM known_device WHERE account_id = :account_id;

-- name: known_device_end_old :exec
-- arg before_ms instant
DELETE FROM known_device WHERE used_ms < :before_ms;

-- name: sign_in_attempt_get :one
-- arg digest bytes
-- row failures ordinal
-- row last_ms instant
-- row until_ms instant
SELECT failures, last_ms, until_ms FROM sign_in_attempt WHERE digest = :digest;

-- name: sign_in_attempt_set :exec
-- arg digest bytes
-- arg failures ordinal
-- arg last_ms instant
-- arg until_ms instant
INSERT INTO sign_in_attempt (digest, failures, last_ms, until_ms) VALUES (:digest, :failures, :last_ms, :until_ms)
ON CONFLICT (digest) DO UPDATE SET failures = excluded.failures, last_ms = excluded.last_ms,
        until_ms = excluded.until_ms;

-- name: sign_in_attempt_forget :exec
-- arg digest bytes
DELETE FROM sign_in_attempt WHERE digest = :digest;

-- name: sign_in_attempt_end_old :exec
-- arg before_ms instant
DELETE FROM sign_in_attempt WHERE last_ms < :before_ms;

-- name: api_key_insert :exec
-- Adds nothing when the name is taken.
-- arg id id
-- arg digest bytes
-- arg name text
-- arg role text
-- arg created_ms instant
-- arg ends_ms instant
INSERT INTO api_key (id, digest, name, role, created_ms, ends_ms)
VALUES (:id, :digest, :name, :role, :created_ms, :ends_ms)
ON CONFLICT (name) DO NOTHING;

-- name: api_key_find :one
-- arg digest bytes
-- row id id
-- row name text
-- row role text
-- row ends_ms instant
-- row used_ms instant?
SELECT id, name, role, ends_ms, used_ms FROM api_key WHERE digest = :digest;

-- name: api_key_use :exec
-- arg id id
-- arg used_ms instant
UPDATE api_key SET used_ms = :used_ms WHERE id = :id;

-- name: api_key_remove :exec
-- arg id id
DELETE FROM api_key WHERE id = :id;

-- name: api_key_list :many
-- row id id
-- row name text
-- row role text
-- row created_ms instant
-- row ends_ms instant
-- row used_ms instant?
SELECT id, name, role, created_ms, ends_ms, used_ms FROM api_key ORDER BY name;

-- name: program_codes :many
-- Names no password may say.
-- row code text
SELECT code FROM program ORDER BY id;
