-- The key of t takes long to build, and what stands around it is dropped and made again: none of that may be missing meanwhile.
create table public.t (id int primary key, n int not null, m int, constraint uq_n unique (n, id), constraint uq_id_n unique (id, n));
create view public.v as select n, id from public.t;
grant select on public.v to howdah_case_app;
create function public.note() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger on_write before insert or update on public.t for each row execute function public.note();
alter table public.t enable row level security;
create policy other_rows on public.t for select using (n > 1);
create table public.u (id int, n int, constraint fk_t foreign key (id, n) references public.t (id, n));
alter table public.u enable row level security;
create policy own_rows on public.u using (n > 0);
grant select on public.u to howdah_case_app;
