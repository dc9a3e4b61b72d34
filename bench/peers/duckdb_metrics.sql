-- Revenue, previous revenue, orders, product groups and recency of every customer in one pass.
create or replace table m as
select customer,
       sum(net) filter (date > date '2024-12-31') as revenue,
       sum(net) filter (date > date '2023-12-31' and date <= date '2024-12-31') as previous,
       count(distinct invoice) filter (date > date '2024-12-31') as orders,
       count(distinct substr(article, 1, 3)) filter (date > date '2024-12-31') as product_groups,
       max(date) as last_day,
       min(date) as first_day
from p
where date <= date '2025-12-31'
group by customer;
