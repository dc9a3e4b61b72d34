-- The rules of bench/concept.yaml; {a} and {b} are the revenue thresholds of A and B (the what-if changes them).
select segment, count(*)
from (select case when revenue >= {a} and product_groups >= 60 and last_day >= date '2025-11-01'
                       and ((previous > 0 and revenue >= previous) or orders >= 30) then 'A'
                  when revenue >= {b} and product_groups >= 20
                       and ((previous > 0 and 10 * revenue >= 9 * previous) or orders >= 10) then 'B'
                  else 'C' end as segment
      from {table})
group by segment;
