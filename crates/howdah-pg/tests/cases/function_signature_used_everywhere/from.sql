create function public.ok(int) returns boolean language sql immutable as 'select $1 > 0';
create function public.touch() returns trigger language plpgsql as 'begin return new; end';
create table public.t (
  id int primary key,
  n int not null default 1,
  good boolean default public.ok(1),
  better boolean generated always as (public.ok(id)) stored,
  constraint fine check (public.ok(n))
);
create index t_ok on public.t (public.ok(n)) where public.ok(id);
alter table public.t enable row level security;
create policy fine on public.t using (public.ok(n)) with check (public.ok(id));
create trigger touch before update on public.t for each row when (public.ok(new.n)) execute function public.touch();
create view public.v as select id from public.t where public.ok(n);
create materialized view public.m as select id, public.ok(n) as ok from public.t;
create rule r as on update to public.v do instead update public.t set n = 2 where public.ok(new.id);
create function public.all_ok() returns boolean language sql return public.ok(1);
create domain public.d as int check (public.ok(value));
create statistics public.s on (public.ok(n)), id from public.t;
create publication p for table public.t;
comment on constraint fine on public.t is 'Kept';
comment on policy fine on public.t is 'Kept';
comment on trigger touch on public.t is 'Kept';
comment on view public.v is 'Kept';
comment on index public.t_ok is 'Kept';
comment on rule r on public.v is 'Kept';
comment on statistics public.s is 'Kept';
grant select (id) on public.v to howdah_case_app;
