create table public.t (id int primary key, n int);
create table public.log (id bigint, n int);
create rule note as on insert to public.t where new.n > 0 do also insert into public.log values (new.id, new.n);
comment on rule note on public.t is 'After';
create rule other as on update to public.t do also nothing;
