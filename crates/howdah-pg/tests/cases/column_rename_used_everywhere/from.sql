create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.parent (id int primary key);

create table public.t (
  id int primary key,
  parent_id int constraint fk_t_parent references public.parent (id), -- renamed-from: owner_id
  price int not null, -- renamed-from: cost
  doubled int generated always as (price * 2) stored,
  constraint chk_price check (price >= 0),
  constraint uq_t unique (parent_id, price)
);
create index idx_t_price on public.t ((price + 1), parent_id) where price > 0;
create statistics public.st_t on parent_id, price from public.t;
create view public.v as select t.id, t.price * 3 as triple from public.t where t.parent_id is not null;
create policy p on public.t using (price < 1000) with check (parent_id > 0);
create trigger trg_price before update of price on public.t
  for each row when (old.price is distinct from new.price) execute function public.nothing();
grant select (price), update (parent_id) on public.t to howdah_case_app;
comment on column public.t.price is 'What it costs.';
