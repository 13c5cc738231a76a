create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (
  id int primary key,
  n int default 1 not null,
  twice int generated always as (n * 2) stored,
  constraint chk_n check (n > 0),
  constraint uq_n unique (n)
);
create index idx_t_part on public.t (n) where n > 10;
create index idx_t_expr on public.t ((n % 7));
create statistics public.st_t on n, id from public.t;
create view public.v as select id, n from public.t where n > 0;
create view public.w as select n, count(*) as many from public.v group by n;
comment on view public.v is 'Positive.';
comment on column public.w.many is 'How many.';
grant select on public.v to howdah_case_app;
grant select (many) on public.w to howdah_case_bob;
alter table public.t enable row level security;
create policy p on public.t to howdah_case_app using (n < 100) with check (n < 50);
comment on policy p on public.t is 'Small ones.';
create trigger trg_n before update of n on public.t
  for each row when (old.n is distinct from new.n) execute function public.nothing();
comment on trigger trg_n on public.t is 'Nothing.';
grant update (n) on public.t to howdah_case_app;
comment on column public.t.n is 'A number.';
