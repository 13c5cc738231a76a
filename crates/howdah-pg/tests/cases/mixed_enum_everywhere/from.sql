create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

create type public.state as enum ('new', 'open', 'shut');
create table public.t (
  id int primary key,
  s public.state default 'new' not null,
  many public.state[] default '{new}' not null,
  is_new boolean generated always as (s = 'new') stored,
  constraint chk_s check (s <> 'shut' or id > 0)
);
create index idx_s on public.t (s) where s = 'open';
create unique index uq_s on public.t (s, id);
create view public.v as select id, s from public.t where s <> 'shut';
create materialized view public.m as select s, count(*) as many from public.t group by s;
create index idx_m on public.m (s);
create function public.open_state() returns public.state language sql immutable as $$ select 'open'::public.state $$;
create function public.is_shut(x public.state default 'shut') returns boolean language sql immutable as $$ select x = 'shut' $$;
create policy p on public.t using (s = 'open');
create trigger trg before update of s on public.t for each row when (new.s = 'open') execute function public.nothing();
grant select on public.v to howdah_case_app;
grant usage on type public.state to howdah_case_app;
comment on type public.state is 'States.';
