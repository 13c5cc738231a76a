create table public.t (id int primary key, email text, j jsonb);
create unique index uq_email on public.t (lower(email));
create index idx_j on public.t ((j ->> 'k'), (coalesce(email, ''))) where (j ->> 'k') in ('a', 'b');
