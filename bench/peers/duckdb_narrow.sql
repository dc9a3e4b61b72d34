-- The same metrics with sums of 64 bits instead of the 128 a sum has by itself: what somebody would do by hand to make
-- repeated questions quicker.
create or replace table m_narrow as
select * replace (revenue::decimal(18,2) as revenue, previous::decimal(18,2) as previous) from m;
