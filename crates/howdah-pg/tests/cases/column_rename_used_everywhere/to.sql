-- Index, partial predicate, check, generated column, policy, trigger, foreign key, view, statistics and grant follow the renamed column.

create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.parent (id int primary key);

create table public.t (
  id int primary key,
  owner_id int constraint fk_t_parent references public.parent (id), -- renamed-from: parent_id
  cost int not null, -- renamed-from: price
  doubled int generated always as (cost * 2) stored,
  constraint chk_price check (cost >= 0),
  constraint uq_t unique (owner_id, cost)
);
create index idx_t_price on public.t ((cost + 1), owner_id) where cost > 0;
create statistics public.st_t on owner_id, cost from public.t;
create view public.v as select t.id, t.cost * 3 as triple from public.t where t.owner_id is not null;
create policy p on public.t using (cost < 1000) with check (owner_id > 0);
create trigger trg_price before update of cost on public.t
  for each row when (old.cost is distinct from new.cost) execute function public.nothing();
grant select (cost), update (owner_id) on public.t to howdah_case_app;
comment on column public.t.cost is 'What it costs.';
