-- There is no key left to go by in batches.
create table public.t (id int not null, n int, token uuid not null default gen_random_uuid());
