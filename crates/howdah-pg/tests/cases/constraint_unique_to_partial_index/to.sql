create table public.t (id int primary key, a text, gone boolean default false not null);
create unique index uq_a on public.t (a) where not gone;
