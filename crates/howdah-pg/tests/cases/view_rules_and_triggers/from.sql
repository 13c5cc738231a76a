create table public.t (id int primary key, n int);
create function public.f() returns trigger language plpgsql as 'begin return new; end';
create view public.v as select id, n from public.t;
create trigger ins instead of insert on public.v for each row execute function public.f();
create rule upd as on update to public.v do instead update public.t set n = new.n where id = old.id;
comment on trigger ins on public.v is 'Kept';
comment on rule upd on public.v is 'Kept';
