-- The twelve benefits of policy.md for June 2020 as one statement, the same for SQLite and PostgreSQL: a row
-- per person, with outcome and fen of each benefit.  Outcomes: 0 no, 1 unknown, 2 yes, 4 not there.
-- Days are numbers such as 20200630, so that a birthday is an addition; codes are small numbers from 0,
-- sets are bits; null is unknown, but of `died` not yet.  In June nobody was born on a day it lacks.
select number,
  case when died < 20200601 then 4 when born is null then 1 else case (born + 800000 <= day)
    when true then 2 when false then 0 else 1 end end as old_age_allowance,
  case when died < 20200601 or born is null then 0 when born + 800000 <= day
    then case when born + 900000 > day then 5000 when born + 950000 > day then 10000
    when born + 1000000 > day then 20000 else 50000 end else 0 end as old_age_allowance_fen,
  case when died < 20200601 then 4 when born is null then 1 else case (pension = 0 and born + 650000 <= 20200601)
    when true then 2 when false then 0 else 1 end end as pension_supplement,
  case when died < 20200601 or born is null then 0 when pension = 0 and born + 650000 <= 20200601
    then 1500 else 0 end as pension_supplement_fen,
  case when died < 20200601 then 4 when born is null then 1 else case ((economy & 11) <> 0 and ability > 0)
    when true then 2 when false then 0 else 1 end end as nursing_allowance,
  case when died < 20200601 or born is null then 0 when (economy & 11) <> 0 and ability > 0
    then case ability when 1 then 6000 when 2 then 8000 when 3 then 15000 else 20000 end else 0 end as nursing_allowance_fen,
  case when died < 20200630 then 4 when born is null then 1 else case ((economy & 5) <> 0 and income < 120000)
    when true then case residence when 0 then case when income < 101400 then 2 else 0 end
    when 1 then case when income < 71500 then 2 else 0 end else 1 end when false then 0 else 1 end end as dibao_top_up,
  case when died < 20200630 or born is null then 0 when (economy & 5) <> 0 and income < 120000
    then case residence when 0 then case when income < 101400 then 101400 - income else 0 end
    when 1 then case when income < 71500 then 71500 - income else 0 end end else 0 end as dibao_top_up_fen,
  case when died < 20200630 then 4 when born is null then 1 else case ((economy & 2) <> 0)
    when true then case when residence is null then 1 else 2 end when false then 0 else 1 end end as tekun_living,
  case when died < 20200630 or born is null then 0 when (economy & 2) <> 0
    then case residence when 0 then 101400 when 1 then 71500 end else 0 end as tekun_living_fen,
  case when died < 20200601 then 4 when born is null then 1 else case ((economy & 2) <> 0 and born + 600000 <= day)
    when true then case care when 0 then 0 when 1 then 2 when 2 then 2 else 1 end when false then 0 else 1 end end as tekun_care,
  case when died < 20200601 or born is null then 0 when (economy & 2) <> 0 and born + 600000 <= day
    then (case care when 0 then 0 when 1 then 33600 when 2 then 134400 end * 2
    * (day % 100 - case when born + 600000 > 20200601 then born % 100 else 1 end + 1) + 30) / 60 else 0 end as tekun_care_fen,
  case when died < 20200601 then 4 when born is null then 1 else case (born + 700000 <= day and (living <> 0 or ability > 2 or special = 1))
    when true then 2 when false then 0 else 1 end end as visits,
  case when died < 20200601 or born is null then 0 when born + 700000 <= day and (living <> 0 or ability > 2 or special = 1)
    then 1 else 0 end as visits_fen,
  case when died < 20200601 then 4 when born is null then 1 else case (disability > 2)
    when true then 2 when false then 0 else 1 end end as disability_care,
  case when died < 20200601 or born is null then 0 when disability > 2
    then case disability when 4 then 10000 else 8000 end else 0 end as disability_care_fen,
  case when died < 20200601 then 4 when born is null then 1 else case (disability > 1 and (economy & 11) <> 0)
    when true then 2 when false then 0 else 1 end end as disability_living,
  case when died < 20200601 or born is null then 0 when disability > 1 and (economy & 11) <> 0
    then 6000 else 0 end as disability_living_fen,
  case when died < 20200601 then 4 when born is null then 1 else case (born + 600000 <= day and born + 1210000 > 20200601 and setting = 0
    and ((economy & 11) <> 0 or (living & 1) <> 0))
    when true then 2 when false then 0 else 1 end end as meals,
  case when died < 20200601 or born is null then 0 when born + 600000 <= day and born + 1210000 > 20200601 and setting = 0
    and ((economy & 11) <> 0 or (living & 1) <> 0)
    then 4500 else 0 end as meals_fen,
  case when died < 20200601 then 4 when born is null then 1 else case (special = 1 and born + 600000 <= 20200601)
    when true then case when ability is null then 1 else 2 end when false then 0 else 1 end end as special_family,
  case when died < 20200601 or born is null then 0 when special = 1 and born + 600000 <= 20200601
    then case when ability > 2 then 30000 when ability < 3 then 12000 end else 0 end as special_family_fen,
  case when died < 20200601 then 4 when born is null then 1 else case (setting = 2 and ability > 0)
    when true then 2 when false then 0 else 1 end end as operating_subsidy,
  case when died < 20200601 or born is null then 0 when setting = 2 and ability > 0
    then (case when ability > 2 then 20000 else 10000 end * 2 * (day % 100) + 30) / 60 else 0 end as operating_subsidy_fen
from (select *, case when died < 20200630 then died else 20200630 end as day from person) as there
