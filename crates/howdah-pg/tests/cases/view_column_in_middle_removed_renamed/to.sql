create table public.t (id int primary key, a int, b int, c int);
create view public.middle as select id, a, b from public.t;
create view public.removed as select id, b from public.t;
create view public.renamed as select id, a as y from public.t;
create view public.retyped as select id, a::bigint as a from public.t;
create view public.swapped as select b, a from public.t;
