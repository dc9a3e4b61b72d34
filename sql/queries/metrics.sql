-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The metrics of the concept format as SQL, for PostgreSQL (and Citus: everything of a customer lies with its
-- customer_id) and for SQLite. src/facts/sql_metrics.h fills the engine's columns from them.
--
--   metric                                      query
--   revenue, orders, recency; both sides of     metrics_documents: up to 6 windows in one pass over documents
--   revenue_growth and share_of_wallet; what
--   tenure and existence take from purchases
--   revenue and orders over since_joined        metrics_documents_since
--   revenue of a product group                  metrics_group_revenue
--   product_groups, articles, margin            metrics_product_groups, metrics_articles, metrics_margin
--   active_months, digital_share                metrics_active_months, metrics_digital_share
--   potential, also under share_of_wallet and   metrics_potential
--   open_potential
--   value, attribute                            metrics_value, metrics_attribute
--   certified_people, activities, visits        metrics_certified_people, metrics_activities, metrics_visits
--
-- A row comes for each customer who has something to count; who has none is missing or counts 0. Arguments in common:
-- `generation`: what is visible (src/db/generation.h). `cutoff_day`. `from_day` and `to_day`: both counted; with
-- `since_joined` from_day is each customer's own joining day, else customer since, else the first document.
-- Customers evaluated as one are counted by the queries ending in _united, a row per unit; `members` says who belongs
-- to which unit, and from which day on its documents count there.
-- `all_visible` and `none_replaced` come from metrics_state, `mentions` from metrics_mentions: a planner that knows
-- them leaves out what only a database with staged, undone or replaced documents needs.

-- name: visible :part
-- Import i can be seen.
i.generation <= :generation AND (i.undone_generation IS NULL OR i.undone_generation > :generation);

-- name: valid :part
-- Document d can be seen, and no later import that can be seen brought another version of it: those are few, and only
-- imports that changed documents are asked.
(:all_visible = 1 OR d.import_id IN (SELECT i.id FROM import i WHERE {visible}))
AND NOT EXISTS (
        SELECT 1 FROM import own, document later JOIN import i ON i.id = later.import_id
        WHERE :none_replaced = 0 AND own.id = d.import_id AND later.customer_id = d.customer_id
                AND later.source_id = d.source_id AND later.number = d.number AND i.rows_changed > 0
                AND i.generation > own.generation AND {visible});

-- name: line :part sqlite
-- The lines of document d: FROM document d JOIN {line}.
document_lines l ON l.packed = d.lines;
-- name: line :part postgresql
LATERAL unnest(d.line_article, d.line_quantity, d.line_amount, d.line_cost, d.line_group, d.line_marks)
        AS l (article, quantity, amount, cost, product_group, marks) ON TRUE;

-- name: metrics_state :one
-- What the queries need not look at: is every import visible whose documents may be there, and did none of the visible
-- ones replace documents?
-- arg generation int
-- row all_visible flag
-- row none_replaced flag
SELECT CASE WHEN COUNT(*) = COUNT(CASE WHEN {visible} THEN 1 END) THEN 1 ELSE 0 END,
       CASE WHEN COUNT(CASE WHEN {visible} AND i.rows_changed > 0 THEN 1 END) = 0 THEN 1 ELSE 0 END
FROM import i WHERE i.kind = 'purchases';

-- name: metrics_mentions :one sqlite
-- How the product groups that lines name are found: 0: no line names one; 1: every line names the group its article was
-- created with; 2: by the earliest mention. Looks at all versions: what holds for all holds for the valid ones.
-- arg cutoff_day day
-- row mentions ordinal
SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM document d JOIN {line} WHERE d.day <= :cutoff_day AND (l.marks & 24) <> 0)
            THEN 0
            WHEN NOT EXISTS (SELECT 1 FROM document d JOIN {line} WHERE d.day <= :cutoff_day AND (l.marks & 24) <> 8)
            THEN 1 ELSE 2 END;
-- name: metrics_mentions :one postgresql
-- Mostly every line carries 8 and nothing else, or no line any mark: that is seen without unnesting, by all processors.
-- arg cutoff_day day
-- row mentions ordinal
SELECT CASE WHEN all_usual THEN 1 WHEN no_mark THEN 0
            ELSE (SELECT CASE WHEN NOT COALESCE(bool_or((l.marks & 24) <> 0), FALSE) THEN 0
                              WHEN bool_and((l.marks & 24) = 8) THEN 1 ELSE 2 END
                  FROM document d JOIN {line} WHERE d.day <= :cutoff_day) END
FROM (SELECT bool_and(cardinality(d.line_marks) > 0 AND 8 = ALL (d.line_marks)) AS all_usual,
             bool_and(0 = ALL (d.line_marks)) AS no_mark
      FROM document d WHERE d.day <= :cutoff_day) marked;

-- name: window_sums :part
-- Total and number of positive documents between from_n and to_n. The first comparison needs no document: a planner
-- folds an unused window away.
CAST(COALESCE(SUM(d.total_minor) FILTER
        (WHERE :from_n <= :to_n AND d.day BETWEEN :from_n AND :to_n), 0) AS bigint),
COUNT(*) FILTER
        (WHERE :from_n <= :to_n AND d.day BETWEEN :from_n AND :to_n AND d.total_minor > 0);

-- name: metrics_documents :many
-- Totals and numbers of positive documents in up to 6 windows; a window not used has from > to. The days of the
-- first document, the first and the last positive one up to the cut-off.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg from_1 day
-- arg to_1 day
-- arg from_2 day
-- arg to_2 day
-- arg from_3 day
-- arg to_3 day
-- arg from_4 day
-- arg to_4 day
-- arg from_5 day
-- arg to_5 day
-- arg from_6 day
-- arg to_6 day
-- row customer_id id
-- row first_day day
-- row first_positive_day day?
-- row last_positive_day day?
-- row total_1 money
-- row positive_1 int
-- row total_2 money
-- row positive_2 int
-- row total_3 money
-- row positive_3 int
-- row total_4 money
-- row positive_4 int
-- row total_5 money
-- row positive_5 int
-- row total_6 money
-- row positive_6 int
SELECT d.customer_id,
       MIN(d.day), MIN(d.day) FILTER (WHERE d.total_minor > 0), MAX(d.day) FILTER (WHERE d.total_minor > 0),
       {window_sums 1},
       {window_sums 2},
       {window_sums 3},
       {window_sums 4},
       {window_sums 5},
       {window_sums 6}
FROM document d
WHERE d.day <= :cutoff_day AND {valid}
GROUP BY d.customer_id;

-- ---- facts of customers --------------------------------------------------------------------------------------------

-- name: facts_valid :part
-- Facts of customers valid at the cut-off (src/facts/dated.h): the first visible row of a fact is open at its start;
-- facts that are not dated are those of the latest import.
SELECT customer_id, code, value FROM (
        SELECT customer_id, code, value,
               ROW_NUMBER() OVER (PARTITION BY customer_id, code ORDER BY
                       CASE WHEN code IN ('since', 'joined', 'street', 'postcode', 'city', 'country', 'email', 'phone',
                                          'language') THEN 0
                            WHEN age = 1 THEN -2147483647 ELSE valid_from END DESC,
                       generation DESC, valid_from DESC) AS place
        FROM (SELECT f.customer_id, k.code, f.value, f.valid_from, i.generation,
                     ROW_NUMBER() OVER (PARTITION BY f.customer_id, k.code ORDER BY i.generation, f.valid_from) AS age
              FROM customer_fact f JOIN fact k ON k.id = f.fact_id JOIN import i ON i.id = f.import_id
              WHERE {visible}) seen
        WHERE age = 1 OR valid_from <= :cutoff_day
              OR code IN ('since', 'joined', 'street', 'postcode', 'city', 'country', 'email', 'phone',
                          'language')) weighed
WHERE place = 1 AND value <> '';

-- name: day_of_value :part sqlite
-- A date as text to its day.
CAST(julianday(value) - 2440587.5 AS INTEGER);
-- name: day_of_value :part postgresql
CASE WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN CAST(value AS date) - DATE '1970-01-01' END;

-- name: starts :part
-- Every customer with the day its window begins.
SELECT c.customer_id,
       CASE WHEN :since_joined = 0 THEN :from_day
            ELSE COALESCE(CASE WHEN f.joined_day <= :cutoff_day THEN f.joined_day END,
                          CASE WHEN f.kind = 'prospect' THEN COALESCE(h.first_positive_day, f.since_day, c.recorded_day)
                               ELSE COALESCE(f.since_day, h.first_day, c.recorded_day) END) END AS from_day
FROM (SELECT customer_id, MAX(CASE WHEN place = 1 AND seen = 1 THEN recorded_day END) AS recorded_day
      FROM (SELECT customer_id, recorded_day, seen,
                   ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY seen DESC, generation, recorded_day) AS place
            FROM (SELECT r.customer_id, r.recorded_day, i.generation, CASE WHEN {visible} THEN 1 ELSE 0 END AS seen
                  FROM customer_record r JOIN import i ON i.id = r.import_id) known) recorded
      GROUP BY customer_id) c
LEFT JOIN (SELECT customer_id, MAX(CASE WHEN code = 'kind' THEN value END) AS kind,
                  MAX(CASE WHEN code = 'since' THEN {day_of_value} END) AS since_day,
                  MAX(CASE WHEN code = 'joined' THEN {day_of_value} END) AS joined_day
           FROM ({facts_valid}) facts
           WHERE code IN ('kind', 'since', 'joined') GROUP BY customer_id) f
        ON :since_joined = 1 AND f.customer_id = c.customer_id
LEFT JOIN (SELECT d.customer_id, MIN(d.day) AS first_day,
                  MIN(d.day) FILTER (WHERE d.total_minor > 0) AS first_positive_day
           FROM document d WHERE :since_joined = 1 AND d.day <= :cutoff_day AND {valid} GROUP BY d.customer_id) h
        ON :since_joined = 1 AND h.customer_id = c.customer_id;

-- name: inside :part
-- Document d is valid and falls into the window of customer s.
d.customer_id = s.customer_id AND d.day BETWEEN s.from_day AND :to_day AND {valid};

-- name: metrics_documents_since :many
-- Total and number of positive documents since each customer joined.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- row customer_id id
-- row total money
-- row positive int
SELECT d.customer_id, CAST(SUM(d.total_minor) AS bigint), COUNT(*) FILTER (WHERE d.total_minor > 0)
FROM ({starts}) s JOIN document d ON {inside}
GROUP BY d.customer_id;

-- name: month_back :part sqlite
-- Which month, counted back from the cut-off, document d falls into: the calendar months between them, one less when
-- its day of the month is later, unless the cut-off is the last of its month.
CAST(strftime('%Y', :cutoff_day * 86400, 'unixepoch') AS INTEGER) * 12
+ CAST(strftime('%m', :cutoff_day * 86400, 'unixepoch') AS INTEGER)
- CAST(strftime('%Y', d.day * 86400, 'unixepoch') AS INTEGER) * 12
- CAST(strftime('%m', d.day * 86400, 'unixepoch') AS INTEGER)
- CASE WHEN strftime('%d', d.day * 86400, 'unixepoch') > strftime('%d', :cutoff_day * 86400, 'unixepoch')
            AND strftime('%d', (:cutoff_day + 1) * 86400, 'unixepoch') <> '01' THEN 1 ELSE 0 END;
-- name: month_back :part postgresql
CAST(EXTRACT(YEAR FROM DATE '1970-01-01' + :cutoff_day) AS integer) * 12
+ CAST(EXTRACT(MONTH FROM DATE '1970-01-01' + :cutoff_day) AS integer)
- CAST(EXTRACT(YEAR FROM DATE '1970-01-01' + d.day) AS integer) * 12
- CAST(EXTRACT(MONTH FROM DATE '1970-01-01' + d.day) AS integer)
- CASE WHEN EXTRACT(DAY FROM DATE '1970-01-01' + d.day) > EXTRACT(DAY FROM DATE '1970-01-01' + :cutoff_day)
            AND EXTRACT(DAY FROM DATE '1970-01-01' + (:cutoff_day + 1)) <> 1 THEN 1 ELSE 0 END;

-- name: metrics_active_months :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- row customer_id id
-- row months int
SELECT d.customer_id, COUNT(DISTINCT {month_back})
FROM ({starts}) s JOIN document d ON {inside}
WHERE d.total_minor > 0
GROUP BY d.customer_id;

-- ---- lines ---------------------------------------------------------------------------------------------------------

-- name: product_facts_seen :part
-- Visible rows of dated facts of products, each with the day it holds from.
SELECT product_id, code, value, generation, CASE WHEN age = 1 THEN -2147483647 ELSE valid_from END AS start_day
FROM (SELECT f.product_id, k.code, f.value, f.valid_from, i.generation,
             ROW_NUMBER() OVER (PARTITION BY f.product_id, k.code ORDER BY i.generation, f.valid_from) AS age
      FROM product_fact f JOIN fact k ON k.id = f.fact_id JOIN import i ON i.id = f.import_id
      WHERE {visible}) product_seen;

-- name: article_groups :part
-- Every article with its product group at the cut-off, 0: none. The products import decides; else the earliest line
-- that names one, by date, number, amount, quantity and the group's code.
SELECT p.id AS product_id,
       COALESCE(decided.group_id, CASE WHEN :mentions = 1 THEN p.first_group_id ELSE mentioned.group_id END, 0)
               AS group_id
FROM product p
LEFT JOIN (SELECT product_id, g.id AS group_id
           FROM (SELECT product_id, value,
                        ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY start_day DESC, generation DESC) AS place
                 FROM ({product_facts_seen}) group_facts
                 WHERE code = 'product_group' AND start_day <= :cutoff_day) group_fact
           JOIN product_group g ON g.code = group_fact.value
           WHERE place = 1 AND value <> '') decided ON decided.product_id = p.id
LEFT JOIN (SELECT article, group_id
           FROM (SELECT l.article, g.id AS group_id,
                        ROW_NUMBER() OVER (PARTITION BY l.article
                                           ORDER BY d.day, d.number, l.amount, l.quantity, g.code) AS place
                 FROM document d JOIN {line}
                 JOIN product named ON named.id = l.article
                 JOIN product_group g ON g.id = CASE WHEN (l.marks & 16) <> 0 THEN l.product_group
                                                     ELSE named.first_group_id END
                 WHERE :mentions = 2 AND d.day <= :cutoff_day AND (l.marks & 24) <> 0 AND {valid}) mention
           WHERE place = 1) mentioned ON mentioned.article = p.id;

-- name: metrics_product_groups :many sqlite
-- Product groups with positive net revenue, and whether a line with an amount has an article without group.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- arg mentions ordinal
-- row customer_id id
-- row positive int
-- row ungrouped flag
SELECT customer_id, COUNT(CASE WHEN group_id > 0 AND net_minor > 0 THEN 1 END),
       MAX(CASE WHEN group_id = 0 AND not_zero = 1 THEN 1 ELSE 0 END)
FROM (SELECT d.customer_id, a.group_id, SUM(l.amount) AS net_minor, MAX(l.amount <> 0) AS not_zero
      FROM ({starts}) s JOIN document d ON {inside} JOIN {line}
      JOIN ({article_groups}) a ON a.product_id = l.article
      GROUP BY d.customer_id, a.group_id) grouped
GROUP BY customer_id;
-- name: metrics_product_groups :many postgresql
-- Customer by customer: few lines each are grouped faster than all lines at once, and need no memory to speak of. The
-- groups stand in an array by article, which looks up faster than any join. An index may stand at 0 for no group.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- arg mentions ordinal
-- row customer_id id
-- row positive int
-- row ungrouped flag
SELECT s.customer_id, n.positive, n.ungrouped
FROM ({starts}) s CROSS JOIN LATERAL (
        SELECT COUNT(*) FILTER (WHERE group_id > 0 AND net_minor > 0) AS positive,
               COALESCE(MAX(CASE WHEN group_id = 0 AND not_zero THEN 1 ELSE 0 END), 0) AS ungrouped
        FROM (SELECT group_id, SUM(amount) AS net_minor, bool_or(amount <> 0) AS not_zero
              FROM (SELECT (ARRAY(SELECT COALESCE(a.group_id, 0)
                                  FROM generate_series(1, (SELECT MAX(id) FROM product)) number
                                  LEFT JOIN ({article_groups}) a ON a.product_id = number
                                  ORDER BY number))[article] AS group_id, amount
                    FROM (SELECT unnest(d.line_article) AS article, unnest(d.line_amount) AS amount
                          FROM document d WHERE {inside}) lines) numbered
              GROUP BY group_id) grouped) n;

-- name: metrics_articles :many sqlite
-- Articles with positive net revenue.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- row customer_id id
-- row positive int
SELECT customer_id, COUNT(CASE WHEN net_minor > 0 THEN 1 END)
FROM (SELECT d.customer_id, l.article, SUM(l.amount) AS net_minor
      FROM ({starts}) s JOIN document d ON {inside} JOIN {line}
      GROUP BY d.customer_id, l.article) grouped
GROUP BY customer_id;
-- name: metrics_articles :many postgresql
-- Customer by customer, as metrics_product_groups.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- row customer_id id
-- row positive int
SELECT s.customer_id, n.positive
FROM ({starts}) s CROSS JOIN LATERAL (
        SELECT COUNT(*) FILTER (WHERE net_minor > 0) AS positive
        FROM (SELECT article, SUM(amount) AS net_minor
              FROM (SELECT unnest(d.line_article) AS article, unnest(d.line_amount) AS amount
                    FROM document d WHERE {inside}) lines
              GROUP BY article) grouped) n;

-- name: metrics_group_revenue :many
-- Net revenue of the product group `group_code`.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- arg mentions ordinal
-- arg group_code text
-- row customer_id id
-- row total money
SELECT d.customer_id, CAST(SUM(l.amount) AS bigint)
FROM ({starts}) s JOIN document d ON {inside} JOIN {line}
JOIN ({article_groups}) a ON a.product_id = l.article
JOIN product_group wanted ON wanted.id = a.group_id
WHERE wanted.code = :group_code
GROUP BY d.customer_id;

-- name: line_cost :part sqlite
-- What line l cost: its own cost, else quantity x the unit cost c.value of its article, rounded half away from zero.
-- The unit cost is taken as its digits and their scale: exact while quantity x digits x 100 stays below 2^62.
CASE WHEN (l.marks & 1) <> 0 THEN l.cost
     WHEN c.value <> '' THEN
        CASE WHEN (l.quantity < 0) <> (SUBSTR(c.value, 1, 1) = '-') THEN -1 ELSE 1 END
        * ((ABS(l.quantity * CAST(REPLACE(c.value, '.', '') AS INTEGER) * :minor_unit) * 2
            + 1000 * CAST('1' || SUBSTR('000000000000000000', 1, CASE WHEN INSTR(c.value, '.') = 0 THEN 0
                     ELSE LENGTH(c.value) - INSTR(c.value, '.') END) AS INTEGER))
           / (2000 * CAST('1' || SUBSTR('000000000000000000', 1, CASE WHEN INSTR(c.value, '.') = 0 THEN 0
                     ELSE LENGTH(c.value) - INSTR(c.value, '.') END) AS INTEGER))) END;
-- name: line_cost :part postgresql
CASE WHEN (COALESCE(l.marks, 0) & 1) <> 0 THEN l.cost
     WHEN c.value <> ''
          AND ABS(ROUND(l.quantity * CAST(c.value AS numeric) * :minor_unit * 0.001)) < 9223372036854775807
     THEN CAST(ROUND(l.quantity * CAST(c.value AS numeric) * :minor_unit * 0.001) AS bigint) END;

-- name: unit_cost :part
-- What one piece of the article of line l cost on the day of document d: c.value.
LEFT JOIN (SELECT product_id, value, start_day,
                  LEAD(start_day) OVER (PARTITION BY product_id ORDER BY start_day) AS next_day
           FROM (SELECT product_id, value, start_day,
                        ROW_NUMBER() OVER (PARTITION BY product_id, start_day ORDER BY generation DESC) AS place
                 FROM ({product_facts_seen}) cost_facts WHERE code = 'cost') cost_fact
           WHERE place = 1) c
        ON c.product_id = l.article AND (COALESCE(l.marks, 0) & 33) = 0 AND d.day >= c.start_day
           AND (c.next_day IS NULL OR d.day < c.next_day);

-- name: metrics_margin :many
-- Amount less cost over the lines that have one, all lines, and those without. `minor_unit`: 100 for two decimals.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- arg minor_unit int
-- row customer_id id
-- row margin money
-- row line_count int
-- row left_out int
SELECT customer_id, CAST(COALESCE(SUM(amount - cost), 0) AS bigint), COUNT(*), COUNT(*) - COUNT(cost)
FROM (SELECT d.customer_id, l.amount, {line_cost} AS cost
      FROM ({starts}) s JOIN document d ON {inside} JOIN {line}
      {unit_cost}) costed
GROUP BY customer_id;

-- name: metrics_digital_share :many
-- Positive documents, those marked as digital, and whether any carries a mark at all. A line's mark counts for its
-- document.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- row customer_id id
-- row orders int
-- row digital int
-- row marked flag
SELECT customer_id, COUNT(*), COUNT(CASE WHEN digital = 1 THEN 1 END), MAX(marked)
FROM (SELECT d.customer_id, MAX(CASE WHEN (l.marks & 4) <> 0 THEN 1 ELSE 0 END) AS digital,
             MAX(CASE WHEN (l.marks & 2) <> 0 THEN 1 ELSE 0 END) AS marked
      FROM ({starts}) s JOIN document d ON {inside} JOIN {line}
      WHERE d.total_minor > 0
      GROUP BY d.customer_id, d.source_id, d.number, d.import_id) orders
GROUP BY customer_id;

-- ---- customers evaluated as one ------------------------------------------------------------------------------------

-- name: members :part sqlite
-- Who is counted with whom: `members` is a JSON array of [customer, number of the unit, first day].
SELECT json_extract(value, '$[0]') AS customer_id, json_extract(value, '$[1]') AS unit,
       json_extract(value, '$[2]') AS from_day
FROM json_each(:members);
-- name: members :part postgresql
SELECT CAST(value ->> 0 AS bigint) AS customer_id, CAST(value ->> 1 AS bigint) AS unit,
       CAST(value ->> 2 AS integer) AS from_day
FROM jsonb_array_elements(CAST(:members AS jsonb)) AS listed (value);

-- name: metrics_documents_united :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg to_day day
-- arg members text
-- row unit int
-- row total money
-- row positive int
SELECT s.unit, CAST(SUM(d.total_minor) AS bigint), COUNT(*) FILTER (WHERE d.total_minor > 0)
FROM ({members}) s JOIN document d ON {inside}
GROUP BY s.unit;

-- name: metrics_active_months_united :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg to_day day
-- arg members text
-- row unit int
-- row months int
SELECT s.unit, COUNT(DISTINCT {month_back})
FROM ({members}) s JOIN document d ON {inside}
WHERE d.total_minor > 0
GROUP BY s.unit;

-- name: metrics_product_groups_united :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg to_day day
-- arg members text
-- arg mentions ordinal
-- row unit int
-- row positive int
-- row ungrouped flag
SELECT unit, COUNT(CASE WHEN group_id > 0 AND net_minor > 0 THEN 1 END),
       MAX(CASE WHEN group_id = 0 AND not_zero = 1 THEN 1 ELSE 0 END)
FROM (SELECT s.unit, a.group_id, SUM(l.amount) AS net_minor, MAX(CASE WHEN l.amount <> 0 THEN 1 ELSE 0 END) AS not_zero
      FROM ({members}) s JOIN document d ON {inside} JOIN {line}
      JOIN ({article_groups}) a ON a.product_id = l.article
      GROUP BY s.unit, a.group_id) grouped
GROUP BY unit;

-- name: metrics_articles_united :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg to_day day
-- arg members text
-- row unit int
-- row positive int
SELECT unit, COUNT(CASE WHEN net_minor > 0 THEN 1 END)
FROM (SELECT s.unit, l.article, SUM(l.amount) AS net_minor
      FROM ({members}) s JOIN document d ON {inside} JOIN {line}
      GROUP BY s.unit, l.article) grouped
GROUP BY unit;

-- name: metrics_group_revenue_united :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg to_day day
-- arg members text
-- arg mentions ordinal
-- arg group_code text
-- row unit int
-- row total money
SELECT s.unit, CAST(SUM(l.amount) AS bigint)
FROM ({members}) s JOIN document d ON {inside} JOIN {line}
JOIN ({article_groups}) a ON a.product_id = l.article
JOIN product_group wanted ON wanted.id = a.group_id
WHERE wanted.code = :group_code
GROUP BY s.unit;

-- name: metrics_margin_united :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg to_day day
-- arg members text
-- arg minor_unit int
-- row unit int
-- row margin money
-- row line_count int
-- row left_out int
SELECT unit, CAST(COALESCE(SUM(amount - cost), 0) AS bigint), COUNT(*), COUNT(*) - COUNT(cost)
FROM (SELECT s.unit, l.amount, {line_cost} AS cost
      FROM ({members}) s JOIN document d ON {inside} JOIN {line}
      {unit_cost}) costed
GROUP BY unit;

-- name: metrics_digital_share_united :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg to_day day
-- arg members text
-- row unit int
-- row orders int
-- row digital int
-- row marked flag
SELECT unit, COUNT(*), COUNT(CASE WHEN digital = 1 THEN 1 END), MAX(marked)
FROM (SELECT s.unit, MAX(CASE WHEN (l.marks & 4) <> 0 THEN 1 ELSE 0 END) AS digital,
             MAX(CASE WHEN (l.marks & 2) <> 0 THEN 1 ELSE 0 END) AS marked
      FROM ({members}) s JOIN document d ON {inside} JOIN {line}
      WHERE d.total_minor > 0
      GROUP BY s.unit, d.customer_id, d.source_id, d.number, d.import_id) orders
GROUP BY unit;

-- name: metrics_certified_people_united :many
-- A person who certifies for several members counts once; the first day of a member means nothing here.
-- arg generation int
-- arg cutoff_day day
-- arg qualification text
-- arg members text
-- row unit int
-- row people int
SELECT s.unit, COUNT(DISTINCT certified.person_id)
FROM ({members}) s JOIN ({certificates_valid}) certified ON certified.customer_id = s.customer_id
GROUP BY s.unit;

-- name: metrics_activities_united :many
-- arg generation int
-- arg to_day day
-- arg kind text
-- arg members text
-- row unit int
-- row activities int
SELECT s.unit, COUNT(*)
FROM ({members}) s
JOIN ({activities_seen}) seen ON seen.customer_id = s.customer_id AND seen.day BETWEEN s.from_day AND :to_day
WHERE version = 1 AND confirmed = 1
GROUP BY s.unit;

-- name: metrics_visits_united :many
-- arg generation int
-- arg to_day day
-- arg members text
-- row unit int
-- row visits int
SELECT s.unit, COUNT(*)
FROM ({members}) s
JOIN ({visits_seen}) seen ON seen.customer_id = s.customer_id AND seen.day BETWEEN s.from_day AND :to_day
WHERE version = 1 AND status = 'confirmed'
GROUP BY s.unit;

-- ---- dated figures -------------------------------------------------------------------------------------------------

-- name: metrics_potential :many
-- The yearly purchasing volume valid at the cut-off: a total (group 0) stands alone, else the sum over product groups.
-- arg generation int
-- arg cutoff_day day
-- row customer_id id
-- row amount money
-- row estimated flag
SELECT customer_id, CAST(SUM(amount_minor) AS bigint), MAX(estimated)
FROM (SELECT customer_id, group_id, amount_minor, estimated,
             MIN(group_id) OVER (PARTITION BY customer_id) AS lowest_group_id
      FROM (SELECT customer_id, group_id, amount_minor, estimated,
                   ROW_NUMBER() OVER (PARTITION BY customer_id, group_id ORDER BY valid_from DESC) AS place
            FROM (SELECT p.customer_id, p.group_id, p.valid_from, p.valid_to, p.amount_minor, p.estimated,
                         ROW_NUMBER() OVER (PARTITION BY p.customer_id, p.group_id, p.valid_from
                                            ORDER BY i.generation DESC) AS version
                  FROM potential p JOIN import i ON i.id = p.import_id WHERE {visible}) seen
            WHERE version = 1 AND valid_from <= :cutoff_day AND valid_to >= :cutoff_day) valid_potential
      WHERE place = 1) weighed
WHERE group_id = 0 OR lowest_group_id <> 0
GROUP BY customer_id;

-- name: metrics_certified_people :many
-- People with a certificate valid at the cut-off, each once; `qualification` empty: any.
-- arg generation int
-- arg cutoff_day day
-- arg qualification text
-- row customer_id id
-- row people int
SELECT customer_id, COUNT(DISTINCT person_id) FROM ({certificates_valid}) certified GROUP BY customer_id;

-- name: certificates_valid :part
-- People with a certificate valid at the cut-off, as often as they have one; `qualification` empty: any.
SELECT customer_id, person_id
FROM (SELECT c.customer_id, c.person_id, c.valid_from, c.valid_to,
             ROW_NUMBER() OVER (PARTITION BY c.customer_id, c.person_id, c.qualification, c.valid_from
                                ORDER BY i.generation DESC) AS version
      FROM certificate c JOIN import i ON i.id = c.import_id
      WHERE (:qualification = '' OR c.qualification = :qualification) AND {visible}) seen
WHERE version = 1 AND valid_from <= :cutoff_day AND valid_to >= :cutoff_day;

-- name: activities_seen :part
-- Versions of activities, the latest is version 1; `kind` empty: of any kind.
SELECT a.customer_id, a.day, a.confirmed,
       ROW_NUMBER() OVER (PARTITION BY a.customer_id, a.source_id, a.kind, a.day, a.number
                          ORDER BY i.generation DESC) AS version
FROM activity a JOIN import i ON i.id = a.import_id WHERE (:kind = '' OR a.kind = :kind) AND {visible};

-- name: visits_seen :part
-- Versions of visits, the latest is version 1.
SELECT v.customer_id, v.day, v.status,
       ROW_NUMBER() OVER (PARTITION BY v.customer_id, v.source_id, v.day, v.number
                          ORDER BY i.generation DESC) AS version
FROM visit v JOIN import i ON i.id = v.import_id WHERE {visible};

-- name: metrics_activities :many
-- Confirmed activities; `kind` empty: of any kind.
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- arg kind text
-- row customer_id id
-- row activities int
SELECT s.customer_id, COUNT(*)
FROM ({starts}) s
JOIN ({activities_seen}) seen
        ON seen.customer_id = s.customer_id AND seen.day BETWEEN s.from_day AND :to_day
WHERE version = 1 AND confirmed = 1
GROUP BY s.customer_id;

-- name: metrics_visits :many
-- arg generation int
-- arg all_visible flag
-- arg none_replaced flag
-- arg cutoff_day day
-- arg since_joined flag
-- arg from_day day
-- arg to_day day
-- row customer_id id
-- row visits int
SELECT s.customer_id, COUNT(*)
FROM ({starts}) s
JOIN ({visits_seen}) seen
        ON seen.customer_id = s.customer_id AND seen.day BETWEEN s.from_day AND :to_day
WHERE version = 1 AND status = 'confirmed'
GROUP BY s.customer_id;

-- name: metrics_value :many
-- The imported figure `name` valid at the cut-off, units / 10^scale.
-- arg generation int
-- arg cutoff_day day
-- arg name text
-- row customer_id id
-- row units int
-- row scale ordinal
SELECT customer_id, units, scale
FROM (SELECT customer_id, units, scale, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY valid_from DESC) AS place
      FROM (SELECT v.customer_id, v.valid_from, v.valid_to, v.units, v.scale,
                   ROW_NUMBER() OVER (PARTITION BY v.customer_id, v.valid_from ORDER BY i.generation DESC) AS version
            FROM customer_value v JOIN import i ON i.id = v.import_id WHERE v.name = :name AND {visible}) seen
      WHERE version = 1 AND valid_from <= :cutoff_day AND valid_to >= :cutoff_day) valid_value
WHERE place = 1;

-- name: metrics_attribute :many
-- The attribute `name`, else the fact of that name, valid at the cut-off, as imported.
-- arg generation int
-- arg cutoff_day day
-- arg name text
-- row customer_id id
-- row value text
SELECT customer_id, value
FROM (SELECT customer_id, value,
             ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY CASE WHEN code = :name THEN 1 ELSE 0 END) AS place
      FROM ({facts_valid}) facts
      WHERE code = :name OR code = 'attribute:' || :name) found
WHERE place = 1;
