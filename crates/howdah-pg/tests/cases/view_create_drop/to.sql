create table public.t (id int primary key, name text);
create view public.v as select id, name as "The Name" from public.t;
create view public.constants (a, b) as values (1, 'x'), (2, 'y');
create view public.empty as select from public.t;
