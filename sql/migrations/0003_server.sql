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
