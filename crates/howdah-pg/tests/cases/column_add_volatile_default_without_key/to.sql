-- Without a key there are no batches.
create table public.t (id int, n int, token uuid not null default gen_random_uuid());
