create table public.t (id int primary key, email text, j jsonb);
create unique index uq_email on public.t (email);
