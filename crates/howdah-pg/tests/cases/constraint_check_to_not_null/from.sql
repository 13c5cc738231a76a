create table public.t (id int primary key, a text, constraint chk_a check (a is not null));
