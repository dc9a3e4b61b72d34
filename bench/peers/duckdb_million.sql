-- A metrics table of about 1,000,000 customers for the what-if: every customer of m several times.
create or replace table m_million as
select m.* from m, range((select (1000000 + count(*) - 1) // count(*) from m)) limit 1000000;
