-- Literals without a type, casts and calls that are printed in another way than written.

create table public.t (id int primary key, k varchar(5));
create view public.v as
  select 'x' as unknown_literal, null as nothing, k::text || 'y' as cat, current_date as today,
    k in ('a', 'b') as listed, k not in ('c') as unlisted, case k when 'a' then 1 else 2 end as pick,
    coalesce(k, 'none') as filled, array_agg(id) over (partition by k order by id desc nulls last rows between 1 preceding and current row) as win,
    (select max(id) from public.t i where i.k = t.k) as best, exists (select 1) as yes
  from public.t
  where k like 'a%' and id between 1 and 10 and (id, k) in (select id, k from public.t)
  order by 3 desc, k limit 5 offset 1;
