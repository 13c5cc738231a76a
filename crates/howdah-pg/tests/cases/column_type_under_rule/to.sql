create table public.t (id int, n bigint);
create table public.copy (id int, n bigint);
create rule r as on insert to public.t do also insert into public.copy values (new.id, new.n);
