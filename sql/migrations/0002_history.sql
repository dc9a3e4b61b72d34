-- History: people and what they did, who looks after whom, merged customers, verdicts on single decisions, overrides,
-- appeals; and what several servers on one database need.

-- Who holds a node number of the id makers, and until when.
CREATE TABLE id_lease (
        node {ordinal} PRIMARY KEY,
        owner {text} NOT NULL,
        until_ms {instant} NOT NULL
) {strict};

-- Mutations that can be retried write their key in the same transaction: whoever does not know whether a commit
-- happened looks here.
CREATE TABLE idempotency (
        key {text} PRIMARY KEY,
        at_ms {instant} NOT NULL,
        outcome {text} NOT NULL
) {strict};

-- How far a staging import got, so that the same file goes on there after an interruption. Purchases: documents are
-- staged in the order of their key, customer_id and number are those of the last one. Other kinds: rows_staged counts
-- records of the file. `generation` is the one they were compared with; articles from `first_product` on are new by this import.
CREATE TABLE import_progress (
        import_id {ordinal} PRIMARY KEY REFERENCES import (id),
        file_hash {int} NOT NULL,
        generation {int} NOT NULL,
        first_product {int} NOT NULL,
        rows_staged {int} NOT NULL,
        customer_id {id} NOT NULL,
        number {text} NOT NULL
) {strict};

-- People. One may serve several customers.
CREATE TABLE person (
        id {id} PRIMARY KEY,
        recorded_ms {instant} NOT NULL
) {strict};

-- The key a person has at a source; where the file has none, the customer's number and the name.
CREATE TABLE person_key (
        source_id {ordinal} NOT NULL REFERENCES source (id),
        code {text} NOT NULL,
        person_id {id} NOT NULL,
        PRIMARY KEY (source_id, code)
) {strict_clustered};

-- An import that introduced the person as a contact of the customer; he is one where one of them is visible.
CREATE TABLE contact (
        customer_id {id} NOT NULL,
        person_id {id} NOT NULL,
        import_id {ordinal} NOT NULL,
        PRIMARY KEY (customer_id, person_id, import_id)
) {strict_clustered};
CREATE INDEX contact_by_person ON contact (person_id, customer_id);

-- Dated facts of a contact: name, email, phone, role, level, language. Rules as customer_fact.
CREATE TABLE contact_fact (
        customer_id {id} NOT NULL,
        person_id {id} NOT NULL,
        fact_id {ordinal} NOT NULL REFERENCES fact (id),
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        value {text} NOT NULL,
        PRIMARY KEY (customer_id, person_id, fact_id, valid_from, import_id)
) {strict_clustered};

-- Wordings people were shown when they agreed or refused, each once: digest over language and wording.
CREATE TABLE consent_text (
        id {id} PRIMARY KEY,
        digest {bytes} NOT NULL UNIQUE,
        language {text} NOT NULL,
        wording {text} NOT NULL
) {strict};

-- What a person declared about being addressed on a channel; never changed. A later entry about the same event (person,
-- channel, kind, time) corrects the one before. import_id 0: recorded by hand. conditions: those of the
-- existing-customer exception that were recorded as met (src/customers/consent.h). text_id 0: none was shown.
CREATE TABLE consent_entry (
        person_id {id} NOT NULL,
        channel {text} NOT NULL CHECK (channel IN ('email', 'phone', 'post', 'portal')),
        id {id} NOT NULL,
        import_id {ordinal} NOT NULL,
        kind {text} NOT NULL CHECK (kind IN ('consent', 'withdrawal', 'objection', 'objection_lifted')),
        basis {text} NOT NULL CHECK (basis IN ('', 'consent', 'existing_customer')),
        conditions {ordinal} NOT NULL,
        at_ms {instant} NOT NULL,
        confirmation {text} NOT NULL CHECK (confirmation IN ('', 'pending', 'confirmed')),
        confirmed_ms {instant},
        origin {text} NOT NULL,
        text_id {id} NOT NULL,
        actor {text} NOT NULL,
        recorded_ms {instant} NOT NULL,
        PRIMARY KEY (person_id, channel, id)
) {strict_clustered};

-- Undone imports of consents whose withdrawals and objections were mistakes of the file and count no longer.
CREATE TABLE consent_release (
        import_id {ordinal} PRIMARY KEY,
        reason {text} NOT NULL,
        actor {text} NOT NULL,
        released_ms {instant} NOT NULL
) {strict};

-- Proofs of qualification; valid_to open as DAY_OPEN_END.
CREATE TABLE certificate (
        customer_id {id} NOT NULL,
        person_id {id} NOT NULL,
        qualification {text} NOT NULL,
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        valid_to {day} NOT NULL,
        evidence {text} NOT NULL,
        PRIMARY KEY (customer_id, person_id, qualification, valid_from, import_id)
) {strict_clustered};

-- What a customer did with us. `number` tells several of one kind and day apart (1, 2, ... in the order of the file).
CREATE TABLE activity (
        customer_id {id} NOT NULL,
        source_id {ordinal} NOT NULL,
        kind {text} NOT NULL,
        day {day} NOT NULL,
        number {ordinal} NOT NULL,
        import_id {ordinal} NOT NULL,
        confirmed {flag} NOT NULL,
        status {text} NOT NULL,
        amount {text} NOT NULL,
        note {text} NOT NULL,
        PRIMARY KEY (customer_id, source_id, kind, day, number, import_id)
) {strict_clustered};

CREATE TABLE visit (
        customer_id {id} NOT NULL,
        source_id {ordinal} NOT NULL,
        day {day} NOT NULL,
        number {ordinal} NOT NULL,
        import_id {ordinal} NOT NULL,
        rep {text} NOT NULL,
        kind {text} NOT NULL,
        note {text} NOT NULL,
        PRIMARY KEY (customer_id, source_id, day, number, import_id)
) {strict_clustered};

-- Who looks after a customer: directly, or through his territory (customer_id 0 and the territory's name).
CREATE TABLE responsibility (
        customer_id {id} NOT NULL,
        territory {text} NOT NULL,
        responsible {text} NOT NULL,
        role {text} NOT NULL CHECK (role IN ('rep', 'deputy', 'inside', 'head')),
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        valid_to {day} NOT NULL,
        PRIMARY KEY (customer_id, territory, responsible, role, valid_from, import_id)
) {strict_clustered};

-- From a day on `customer_id` counts as part of `into_customer_id`; documents and facts keep the number they came with.
-- Visible by the import of kind "merge" that brought it, which can be undone like any other.
CREATE TABLE customer_merge (
        customer_id {id} NOT NULL,
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        into_customer_id {id} NOT NULL,
        reason {text} NOT NULL,
        PRIMARY KEY (customer_id, valid_from, import_id)
) {strict_clustered};

-- A verdict on one decision. Without one a decision shares the state of its run. An approval takes its own number and
-- effective day.
CREATE TABLE decision_verdict (
        customer_id {id} NOT NULL,
        run_id {id} NOT NULL,
        program_id {id} NOT NULL,
        verdict {text} NOT NULL CHECK (verdict IN ('approved', 'rejected')),
        reason {text} NOT NULL,
        actor {text} NOT NULL,
        decided_ms {instant} NOT NULL,
        decided_day {day} NOT NULL,
        approval_number {ordinal},
        effective_day {day},
        PRIMARY KEY (customer_id, run_id)
) {strict_clustered};
CREATE INDEX decision_verdict_by_run ON decision_verdict (run_id, customer_id);

-- A segment granted instead of earned: asked for with a reason, approved by somebody else, for a limited time.
CREATE TABLE membership_override (
        id {id} NOT NULL,
        customer_id {id} NOT NULL,
        program_id {id} NOT NULL,
        segment {text} NOT NULL,
        valid_from {day} NOT NULL,
        valid_to {day} NOT NULL,
        reason {text} NOT NULL,
        requested_by {text} NOT NULL,
        requested_ms {instant} NOT NULL,
        state {text} NOT NULL CHECK (state IN ('requested', 'approved', 'refused', 'withdrawn')),
        decided_by {text},
        decided_ms {instant},
        decision_reason {text},
        PRIMARY KEY (customer_id, id)
) {strict_clustered};
CREATE INDEX membership_override_by_program ON membership_override (program_id, state);

-- A customer's objection to a decision, with its deadline and what became of it.
CREATE TABLE appeal (
        id {id} NOT NULL,
        customer_id {id} NOT NULL,
        program_id {id} NOT NULL,
        run_id {id} NOT NULL,
        filed_day {day} NOT NULL,
        due_day {day} NOT NULL,
        filed_by {text} NOT NULL,
        reason {text} NOT NULL,
        owner {text} NOT NULL,
        state {text} NOT NULL CHECK (state IN ('open', 'granted', 'dismissed')),
        decided_by {text},
        decided_ms {instant},
        result {text},
        PRIMARY KEY (customer_id, id)
) {strict_clustered};
CREATE INDEX appeal_by_program ON appeal (program_id, state);
CREATE INDEX decision_verdict_by_program ON decision_verdict (program_id, approval_number);

-- Where the customer stood before the decision (program/standing.h, packed), so that a run can be repeated from what it
-- stored. NULL: the run is older than this column.
ALTER TABLE decision ADD COLUMN standing {bytes};

-- What became of a decision: its own verdict, else what became of its run. Whoever asks which decisions are approved
-- asks here.
CREATE VIEW decision_state AS
SELECT d.customer_id, d.run_id, d.program_id, r.concept_version_id, r.evaluation, r.cutoff_day, r.created_ms,
        r.beneath_undone, d.segment_before, d.qualified, d.segment, d.decision, d.flags, d.grace, d.grace_end_day,
        coalesce(v.verdict, r.state) AS state,
        CASE WHEN v.verdict IS NULL THEN r.approval_number ELSE v.approval_number END AS approval_number,
        CASE WHEN v.verdict IS NULL THEN r.effective_day ELSE v.effective_day END AS effective_day,
        CASE WHEN v.verdict IS NULL THEN r.decided_day ELSE v.decided_day END AS decided_day,
        v.reason, v.actor
FROM decision d
JOIN evaluation_run r ON r.id = d.run_id
LEFT JOIN decision_verdict v ON v.customer_id = d.customer_id AND v.run_id = d.run_id;
