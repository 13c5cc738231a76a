-- The shape of a very usual change: a nullable column, and each unique becomes partial.

create table public.t (id int primary key, slug text not null, deleted_at timestamptz);
create unique index uq_slug on public.t (slug) where deleted_at is null;
create view public.live as select id, slug from public.t where deleted_at is null;
create policy read_all on public.t for select using (deleted_at is null);
alter table public.t enable row level security;
comment on column public.t.deleted_at is 'When it went to the trash.';
