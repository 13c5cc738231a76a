create table public.t (id int primary key, deleted boolean not null default false);
create view public.v as select id from public.t;
create function public.f() returns setof public.v language sql as 'select * from public.v';
create view public.w as select count(*) as n from public.v;
