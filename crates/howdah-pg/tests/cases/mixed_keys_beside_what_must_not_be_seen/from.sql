create table public.t (id int primary key, n int not null, constraint uq_n unique (n));
create view public.v as select id, n from public.t;
grant select on public.v to howdah_case_app;
create function public.note() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger before_write before insert on public.t for each row execute function public.note();
alter table public.t enable row level security;
create policy some_rows on public.t for select using (n > 0);
