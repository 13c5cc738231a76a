create table public.a (id serial primary key, name text);
create table public.b (id serial primary key, a_id int not null references public.a (id));
create view public.ab as select a.id as a_id, b.id as b_id from public.a join public.b on b.a_id = a.id;
