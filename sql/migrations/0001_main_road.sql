-- The main road: sources, imports and generations, customers, products, dated facts, purchase documents, concept
-- versions, evaluation runs and the audit chain.
--
-- One schema source for both engines; {tokens} are expanded by tools/queries.py:
--   {id} 63-bit id made by the program      {ordinal} small number of a dictionary     {text} text, C collation
--   {day} days since 1970-01-01             {instant} UTC milliseconds                 {money} minor units
--   {int} 64-bit integer                    {flag} 0 or 1                              {bytes} byte string
--   {lines} the lines of a document: one packed column (SQLite) or parallel arrays (PostgreSQL)
--   {strict} {strict_clustered} table options: STRICT, and STRICT without rowid (clustered by the primary key)
--
-- Small dictionaries (source, product_group, fact, import) are numbered by ordinals taken under the head lock, because
-- they are repeated in every row that names them and people type the number of an import.

-- Company settings: time_zone, currency, minor_digits. One row each.
CREATE TABLE setting (
        name {text} PRIMARY KEY,
        value {text} NOT NULL
) {strict};

-- One row, locked by every publish: the latest generation and the next ordinals.
CREATE TABLE head (
        id {ordinal} PRIMARY KEY CHECK (id = 1),
        generation {int} NOT NULL,
        next_product {int} NOT NULL
) {strict};
INSERT INTO head (id, generation, next_product) VALUES (1, 0, 1);

-- Leased node numbers of the id makers and the persisted maximum of their time part.
CREATE TABLE id_node (
        node {ordinal} PRIMARY KEY,
        last_ms {instant} NOT NULL
) {strict};

-- Where numbers come from ("erp"): the key space of customers, articles and documents.
CREATE TABLE source (
        id {ordinal} PRIMARY KEY,
        code {text} NOT NULL UNIQUE
) {strict};

-- One file taken in. Its rows are visible from `generation` on, until `undone_generation`. While both are unknown the
-- import is staging: a start after a crash removes its rows.
CREATE TABLE import (
        id {ordinal} PRIMARY KEY,
        kind {text} NOT NULL,
        source_id {ordinal} NOT NULL REFERENCES source (id),
        file_name {text} NOT NULL,
        profile {text} NOT NULL,
        file_hash {int} NOT NULL,
        file_bytes {int} NOT NULL,
        state {text} NOT NULL CHECK (state IN ('staging', 'published', 'undone')),
        started_ms {instant} NOT NULL,
        import_day {day} NOT NULL,
        finished_ms {instant},
        generation {int},
        undone_generation {int},
        undone_ms {instant},
        lines_read {int} NOT NULL DEFAULT 0,
        lines_rejected {int} NOT NULL DEFAULT 0,
        rows_new {int} NOT NULL DEFAULT 0,
        rows_changed {int} NOT NULL DEFAULT 0,
        rows_same {int} NOT NULL DEFAULT 0,
        rows_rejected {int} NOT NULL DEFAULT 0,
        customers_created {int} NOT NULL DEFAULT 0,
        products_created {int} NOT NULL DEFAULT 0,
        error_file {text}
) {strict};
CREATE INDEX import_by_generation ON import (generation);

-- The number a customer has at a source. A customer_id is never rewritten.
CREATE TABLE customer_key (
        source_id {ordinal} NOT NULL REFERENCES source (id),
        number {text} NOT NULL,
        customer_id {id} NOT NULL,
        PRIMARY KEY (source_id, number)
) {strict_clustered};
CREATE INDEX customer_key_by_customer ON customer_key (customer_id);

-- An import that introduced the customer; he exists where one of them is visible.
CREATE TABLE customer_record (
        customer_id {id} NOT NULL,
        import_id {ordinal} NOT NULL,
        recorded_day {day} NOT NULL,
        PRIMARY KEY (customer_id, import_id)
) {strict_clustered};

-- Names, with the forms that sort and search alike on both engines. The latest visible one is valid.
CREATE TABLE customer_name (
        customer_id {id} NOT NULL,
        import_id {ordinal} NOT NULL,
        name {text} NOT NULL,
        sort_key {text} NOT NULL,
        search_text {text} NOT NULL,
        PRIMARY KEY (customer_id, import_id)
) {strict_clustered};

-- Names of facts: kind, since, joined, size_class, trade, ... and attribute:NAME.
CREATE TABLE fact (
        id {ordinal} PRIMARY KEY,
        code {text} NOT NULL UNIQUE
) {strict};

-- Dated facts of customers as text (dates as 2026-01-31). The first visible one of a fact is open at its start, later
-- ones hold from valid_from.
CREATE TABLE customer_fact (
        customer_id {id} NOT NULL,
        fact_id {ordinal} NOT NULL REFERENCES fact (id),
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        value {text} NOT NULL,
        PRIMARY KEY (customer_id, fact_id, valid_from, import_id)
) {strict_clustered};

CREATE TABLE product_group (
        id {ordinal} PRIMARY KEY,
        code {text} NOT NULL UNIQUE
) {strict};

CREATE TABLE product_group_name (
        group_id {ordinal} NOT NULL REFERENCES product_group (id),
        import_id {ordinal} NOT NULL,
        name {text} NOT NULL,
        PRIMARY KEY (group_id, import_id)
) {strict_clustered};

-- Articles. `id` is a dense number used inside packed lines; first_group_id is the group the first line named, kept so
-- that lines which name it again need no space (facts/packed_lines.h); it decides nothing.
CREATE TABLE product (
        id {int} PRIMARY KEY,
        source_id {ordinal} NOT NULL REFERENCES source (id),
        article {text} NOT NULL,
        first_group_id {ordinal},
        UNIQUE (source_id, article)
) {strict};

-- Dated facts of products: name, product_group (code), cost (decimal text per unit). Rules as customer_fact.
CREATE TABLE product_fact (
        product_id {int} NOT NULL REFERENCES product (id),
        fact_id {ordinal} NOT NULL REFERENCES fact (id),
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        value {text} NOT NULL,
        PRIMARY KEY (product_id, fact_id, valid_from, import_id)
) {strict_clustered};

-- Invoices and credit notes. A version is never changed; valid at a generation is the visible version of the latest
-- import. Clustered by customer: a dossier and the column index read one run of rows.
CREATE TABLE document (
        customer_id {id} NOT NULL,
        source_id {ordinal} NOT NULL,
        number {text} NOT NULL,
        import_id {ordinal} NOT NULL,
        day {day} NOT NULL,
        total_minor {money} NOT NULL,
        line_count {int} NOT NULL,
        content_hash {int} NOT NULL,
        {lines},
        PRIMARY KEY (customer_id, source_id, number, import_id)
) {strict_clustered};

-- Yearly purchasing volume per product group (0: a total) with its validity; valid_to open as DAY_OPEN_END.
CREATE TABLE potential (
        customer_id {id} NOT NULL,
        group_id {ordinal} NOT NULL,
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        valid_to {day} NOT NULL,
        amount_minor {money} NOT NULL,
        estimated {flag} NOT NULL,
        note {text} NOT NULL,
        PRIMARY KEY (customer_id, group_id, valid_from, import_id)
) {strict_clustered};

-- What competitors hold of a potential, as a share with six decimals.
CREATE TABLE competitor_share (
        customer_id {id} NOT NULL,
        group_id {ordinal} NOT NULL,
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        competitor {text} NOT NULL,
        share_millionths {int} NOT NULL,
        PRIMARY KEY (customer_id, group_id, valid_from, import_id, competitor)
) {strict_clustered};

-- Dated imported figures (customer_value, loyalty_index, ...) as exact decimal: units / 10^scale.
CREATE TABLE customer_value (
        customer_id {id} NOT NULL,
        name {text} NOT NULL,
        valid_from {day} NOT NULL,
        import_id {ordinal} NOT NULL,
        valid_to {day} NOT NULL,
        units {int} NOT NULL,
        scale {ordinal} NOT NULL,
        PRIMARY KEY (customer_id, name, valid_from, import_id)
) {strict_clustered};

CREATE TABLE program (
        id {id} PRIMARY KEY,
        code {text} NOT NULL UNIQUE
) {strict};

-- A concept document, frozen under its hash. Versions of a program are numbered 1, 2, 3.
CREATE TABLE concept_version (
        id {id} PRIMARY KEY,
        program_id {id} NOT NULL REFERENCES program (id),
        number {ordinal} NOT NULL,
        content_digest {bytes} NOT NULL,
        content {text} NOT NULL,
        state {text} NOT NULL CHECK (state IN ('draft', 'released')),
        loaded_ms {instant} NOT NULL,
        released_ms {instant},
        UNIQUE (program_id, number),
        UNIQUE (program_id, content_digest)
) {strict};

-- An evaluation run: what was asked, of which generation, and what became of it.
CREATE TABLE evaluation_run (
        id {id} PRIMARY KEY,
        program_id {id} NOT NULL REFERENCES program (id),
        concept_version_id {id} NOT NULL REFERENCES concept_version (id),
        evaluation {text} NOT NULL,
        cutoff_day {day} NOT NULL,
        generation {int} NOT NULL,
        state {text} NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected')),
        created_ms {instant} NOT NULL,
        decided_ms {instant},
        decided_day {day},
        approval_number {ordinal},
        effective_day {day},
        customers_evaluated {int} NOT NULL,
        beneath_undone {flag} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX evaluation_run_by_program ON evaluation_run (program_id, cutoff_day);

-- One decision per customer and run, with the metric values it was taken with (engine/evaluate.h, packed values).
CREATE TABLE decision (
        customer_id {id} NOT NULL,
        run_id {id} NOT NULL,
        program_id {id} NOT NULL,
        segment_before {text},
        qualified {text} NOT NULL,
        segment {text} NOT NULL,
        decision {text} NOT NULL,
        flags {int} NOT NULL,
        grace {flag} NOT NULL,
        grace_end_day {day},
        metric_values {bytes} NOT NULL,
        PRIMARY KEY (customer_id, run_id)
) {strict_clustered};
CREATE INDEX decision_by_run ON decision (run_id, customer_id);

-- Append-only chain: each entry's digest covers its fields and the digest before it. Detail that may name people lies
-- apart and can be erased; the entry keeps its salted digest.
CREATE TABLE audit_entry (
        number {int} PRIMARY KEY,
        at_ms {instant} NOT NULL,
        actor {text} NOT NULL,
        kind {text} NOT NULL,
        subject {text} NOT NULL,
        detail_digest {bytes} NOT NULL,
        digest {bytes} NOT NULL
) {strict};

CREATE TABLE audit_detail (
        number {int} PRIMARY KEY,
        salt {bytes} NOT NULL,
        detail {text} NOT NULL
) {strict};

-- The chain's head as of a number of entries, written regularly, so that a cut-off tail is noticed.
CREATE TABLE audit_anchor (
        number {int} PRIMARY KEY,
        at_ms {instant} NOT NULL,
        digest {bytes} NOT NULL
) {strict};
