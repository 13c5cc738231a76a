create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int primary key, n bigint);
create view public.v as select id, n from public.t;
create rule ins as on insert to public.v do instead insert into public.t values (new.id, new.n);
comment on rule ins on public.v is 'Through.';
create view public.w as select id, n from public.t where n > 0;
create trigger trg instead of update on public.w for each row execute function public.f();
