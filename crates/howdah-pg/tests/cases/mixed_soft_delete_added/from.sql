create table public.t (id int primary key, slug text not null, constraint uq_slug unique (slug));
create view public.live as select id, slug from public.t;
create policy read_all on public.t for select using (true);
alter table public.t enable row level security;
