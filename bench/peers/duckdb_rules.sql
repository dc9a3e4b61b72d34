-- The rules of bench/concept.yaml; $1 and $2 are the revenue thresholds of A and B (the what-if changes them).
select count(*) filter (segment = 'A') as a, count(*) filter (segment = 'B') as b, count(*) filter (segment = 'C') as c
from (select case when revenue >= $1 and product_groups >= 60 and date '2025-12-31' - last_day <= 60
                       and ((previous > 0 and revenue >= previous) or orders >= 30) then 'A'
                  when revenue >= $2 and product_groups >= 20
                       and ((previous > 0 and revenue >= previous * 0.9) or orders >= 10) then 'B'
                  else 'C' end as segment
      from {table});
