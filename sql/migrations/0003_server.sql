-- The server: what people set up for themselves in the pages.

-- A list somebody wants to come back to: its address as it stood (filters, sort, columns), by a name of its own. Shared
-- ones are offered to everybody who may see the list; what they show depends on the reader.
CREATE TABLE saved_view (
        id {id} PRIMARY KEY,
        account_id {id} NOT NULL,
        list {text} NOT NULL,
        name {text} NOT NULL,
        address {text} NOT NULL,
        shared {flag} NOT NULL,
        saved_ms {instant} NOT NULL,
        UNIQUE (account_id, list, name)
) {strict};

-- Who signs in: staff, and contacts of customers (role 'contact'; what they are at a customer stands in
-- account_company). login is lower case: a name staff chose, or a contact's e-mail address. password: argon2id with its
-- cost, '' until one was chosen. totp_secret is in force, totp_pending waits for its first code; totp_step is the last
-- step a code was used of, so that none is taken twice. language: '' until one was chosen; the reader's browser tells.
CREATE TABLE account (
        id {id} PRIMARY KEY,
        login {text} NOT NULL UNIQUE,
        name {text} NOT NULL,
        email {text} NOT NULL,
        role {text} NOT NULL CHECK (role IN ('owner', 'marketing', 'rep', 'sales_head', 'director', 'administrator',
                'contact')),
        person_id {id} NOT NULL,
        language {text} NOT NULL,
        password {text} NOT NULL,
        totp_secret {bytes},
        totp_pending {bytes},
        totp_step {int} NOT NULL,
        created_ms {instant} NOT NULL,
        signed_in_ms {instant},
        disabled_ms {instant}
) {strict};

-- The names and territories somebody on the staff goes by in imported responsibilities.
CREATE TABLE account_responsible (
        account_id {id} NOT NULL,
        name {text} NOT NULL,
        PRIMARY KEY (account_id, name)
) {strict_clustered};

-- Whose customers a sales head sees besides the own ones.
CREATE TABLE account_team (
        head_id {id} NOT NULL,
        member_id {id} NOT NULL,
        PRIMARY KEY (head_id, member_id)
) {strict_clustered};

-- Who stands in for whom; to_day is the last day.
CREATE TABLE account_deputy (
        account_id {id} NOT NULL,
        deputy_id {id} NOT NULL,
        from_day {day} NOT NULL,
        to_day {day} NOT NULL,
        PRIMARY KEY (account_id, deputy_id, from_day)
) {strict_clustered};

-- The companies a contact may see, and as what.
CREATE TABLE account_company (
        customer_id {id} NOT NULL,
        account_id {id} NOT NULL,
        role {text} NOT NULL CHECK (role IN ('main_contact', 'contact')),
        since_ms {instant} NOT NULL,
        PRIMARY KEY (customer_id, account_id)
) {strict_clustered};
CREATE INDEX account_company_by_account ON account_company (account_id, customer_id);

-- Open sessions, by the digest of their token. A session of the stage 'code' waits for the second factor and is nobody.
-- customer_id: the company a contact looks at, else 0. proved_ms: when the password was last given.
CREATE TABLE session (
        id {id} PRIMARY KEY,
        digest {bytes} NOT NULL UNIQUE,
        account_id {id} NOT NULL,
        customer_id {id} NOT NULL,
        stage {text} NOT NULL CHECK (stage IN ('code', 'full')),
        created_ms {instant} NOT NULL,
        used_ms {instant} NOT NULL,
        ends_ms {instant} NOT NULL,
        proved_ms {instant} NOT NULL,
        address {text} NOT NULL,
        agent {text} NOT NULL
) {strict};
CREATE INDEX session_by_account ON session (account_id);

-- One row; its number rises whenever sessions ended before their time: servers end open event streams by it.
CREATE TABLE session_change (
        id {ordinal} PRIMARY KEY CHECK (id = 1),
        number {int} NOT NULL
) {strict};
INSERT INTO session_change (id, number) VALUES (1, 0);

-- Secrets that are good for one thing, once: choosing the first or a new password, accepting an invitation to a company
-- (customer_id, role), signing in by mail. Only digests are kept; using one removes it.
CREATE TABLE access_link (
        digest {bytes} PRIMARY KEY,
        kind {text} NOT NULL CHECK (kind IN ('password', 'invitation', 'sign_in')),
        account_id {id} NOT NULL,
        customer_id {id} NOT NULL,
        role {text} NOT NULL,
        created_ms {instant} NOT NULL,
        ends_ms {instant} NOT NULL
) {strict_clustered};
CREATE INDEX access_link_by_account ON access_link (account_id);

-- Codes that stand in for a lost second factor, each once.
CREATE TABLE recovery_code (
        account_id {id} NOT NULL,
        digest {bytes} NOT NULL,
        PRIMARY KEY (account_id, digest)
) {strict_clustered};

-- Browsers an account signed in from before: they are not held up by somebody else's wrong guesses.
CREATE TABLE known_device (
        digest {bytes} PRIMARY KEY,
        account_id {id} NOT NULL,
        used_ms {instant} NOT NULL
) {strict_clustered};
CREATE INDEX known_device_by_account ON known_device (account_id);

-- Attempts in a row that failed, by a digest of what they have in common: name, address or browser.
CREATE TABLE sign_in_attempt (
        digest {bytes} PRIMARY KEY,
        failures {ordinal} NOT NULL,
        last_ms {instant} NOT NULL,
        until_ms {instant} NOT NULL
) {strict_clustered};
CREATE INDEX sign_in_attempt_by_last ON sign_in_attempt (last_ms);

-- Keys of programs that use the API.
CREATE TABLE api_key (
        id {id} PRIMARY KEY,
        digest {bytes} NOT NULL UNIQUE,
        name {text} NOT NULL UNIQUE,
        role {text} NOT NULL CHECK (role IN ('owner', 'marketing', 'director', 'administrator')),
        created_ms {instant} NOT NULL,
        ends_ms {instant} NOT NULL,
        used_ms {instant}
) {strict};

-- Work that takes longer than an answer may: imports, evaluations, simulations. Whoever runs one holds a lease: as long
-- as `beat` rises, its holder lives. Others go by how long they saw the same beat, not by the clocks of servers.
-- holder_home: the data directory of the process that holds it. home: the only data directory whose process may run it
-- ('' any), because its files lie there. lock_name: of jobs that share one, one runs at a time. once_key: made once,
-- whoever asks how often.
CREATE TABLE job (
        id {id} PRIMARY KEY,
        kind {text} NOT NULL,
        arguments {text} NOT NULL,
        lock_name {text} NOT NULL,
        home {text} NOT NULL,
        once_key {text} UNIQUE,
        state {text} NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
        priority {ordinal} NOT NULL,
        run_after_ms {instant} NOT NULL,
        tries {ordinal} NOT NULL,
        holder {text} NOT NULL,
        holder_home {text} NOT NULL,
        beat {int} NOT NULL,
        cancelled_by {text} NOT NULL,
        done {int} NOT NULL,
        total {int} NOT NULL,
        words {text} NOT NULL,
        result {text} NOT NULL,
        error_key {text} NOT NULL,
        error_detail {text} NOT NULL,
        account_id {id} NOT NULL,
        actor {text} NOT NULL,
        language {text} NOT NULL,
        created_ms {instant} NOT NULL,
        started_ms {instant},
        ended_ms {instant}
) {strict};
CREATE INDEX job_by_state ON job (state, priority, id);

-- A file somebody handed in by the pages: looked at by one job, imported by another. It lies in the data directory named
-- by `home`, in the folder of its own. answers: JSON {"options": [], "names": [], "values": []}, what was settled about
-- its columns. import_id 0: not imported; it is set by the transaction that publishes the import.
CREATE TABLE upload (
        id {id} PRIMARY KEY,
        kind {text} NOT NULL,
        file_name {text} NOT NULL,
        folder {text} NOT NULL,
        home {text} NOT NULL,
        file_bytes {int} NOT NULL,
        answers {text} NOT NULL,
        look_job_id {id} NOT NULL,
        import_job_id {id} NOT NULL,
        import_id {ordinal} NOT NULL,
        account_id {id} NOT NULL,
        actor {text} NOT NULL,
        created_ms {instant} NOT NULL
) {strict};
CREATE INDEX upload_by_import ON upload (import_id);

-- What a report says of a visit besides its note, and whether it took place: a planned one counts nowhere until it is
-- reported. met: with whom. Files without these columns speak of visits that took place.
ALTER TABLE visit ADD COLUMN status {text} NOT NULL DEFAULT 'confirmed';
ALTER TABLE visit ADD COLUMN met {text} NOT NULL DEFAULT '';
ALTER TABLE visit ADD COLUMN topics {text} NOT NULL DEFAULT '';
ALTER TABLE visit ADD COLUMN next_step {text} NOT NULL DEFAULT '';

-- Our own share of a potential as somebody estimated it, in millionths; none: it is only measured (share of wallet).
ALTER TABLE potential ADD COLUMN own_millionths {int};

-- What somebody wrote in the pages, each an import of its own. entry_key comes with the form: sent twice it is stored
-- once. customer_id 0: a list. The import tells the rest; undoing it takes the entry back.
CREATE TABLE entry (
        entry_key {text} PRIMARY KEY,
        import_id {ordinal} NOT NULL,
        customer_id {id} NOT NULL,
        account_id {id} NOT NULL,
        entered_ms {instant} NOT NULL
) {strict_clustered};
CREATE INDEX entry_by_import ON entry (import_id);

-- The logo of the subbrand: one row, or none. digest: 16 hexadecimal digits of its content, part of its address. type:
-- "image/png", "image/jpeg" or "image/webp". Width and height in pixels.
CREATE TABLE brand_logo (
        digest {text} PRIMARY KEY,
        type {text} NOT NULL,
        width {int} NOT NULL,
        height {int} NOT NULL,
        content {bytes} NOT NULL
) {strict};
