-- Each row gets a value of its own, in batches, after what is done in one transaction.
create table public.t (id int primary key, n int, token uuid not null default gen_random_uuid(), seen timestamptz default clock_timestamp(), constraint uq_token unique (token));
comment on column public.t.token is 'Known to nobody else';
grant select (token) on public.t to howdah_case_app;
