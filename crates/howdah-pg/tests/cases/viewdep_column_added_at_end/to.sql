create table public.t (id int primary key, a text);
create view public.v as select id, a from public.t;
create view public.w as select id from public.v;
