-- Revenue, previous revenue, orders, recency and product groups of every customer, over Treue's own tables: the best
-- query written by hand that does not care for undone imports, replaced documents or groups that change. Documents are
-- summed in one parallel scan; groups are counted customer by customer, with the group looked up in an array: measured
-- twice as fast as one grouping of all lines and ten times as fast as joining the articles.
SELECT c.customer_id, d.revenue, d.previous, d.orders, d.last_day, g.product_groups
FROM customer_record c
LEFT JOIN (SELECT customer_id,
                  SUM(total_minor) FILTER (WHERE day > DATE '2024-12-31' - DATE '1970-01-01') AS revenue,
                  SUM(total_minor) FILTER (WHERE day > DATE '2023-12-31' - DATE '1970-01-01'
                                           AND day <= DATE '2024-12-31' - DATE '1970-01-01') AS previous,
                  COUNT(*) FILTER (WHERE day > DATE '2024-12-31' - DATE '1970-01-01' AND total_minor > 0) AS orders,
                  MAX(day) FILTER (WHERE total_minor > 0) AS last_day
           FROM document WHERE day <= DATE '2025-12-31' - DATE '1970-01-01' GROUP BY customer_id) d USING (customer_id)
CROSS JOIN LATERAL (
        SELECT COUNT(*) AS product_groups
        FROM (SELECT group_id
              FROM (SELECT (ARRAY(SELECT first_group_id FROM product ORDER BY id))[article] AS group_id, amount
                    FROM (SELECT unnest(line_article) AS article, unnest(line_amount) AS amount
                          FROM document
                          WHERE document.customer_id = c.customer_id
                                AND day > DATE '2024-12-31' - DATE '1970-01-01'
                                AND day <= DATE '2025-12-31' - DATE '1970-01-01') lines) numbered
              GROUP BY group_id HAVING SUM(amount) > 0) grouped) g;
