create table public.t (id int primary key);
comment on table public.t is 'Plain';
