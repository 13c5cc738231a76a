create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (
  id int primary key,
  a int,
  b int,
  sum_ab int generated always as (a + b) stored,
  constraint chk_ab check (a < b),
  constraint uq_ab unique (a, b)
);
create index idx_t_expr on public.t ((b * 2)) where b > 0;
create statistics public.st_ab on a, b from public.t;
create policy p on public.t using (b > 0);
create trigger trg_b before update of b on public.t for each row execute function public.nothing();
