create table public.t (id int primary key, n int);
create table public.log (id int, n int);
create rule note as on insert to public.t do also insert into public.log values (new.id, new.n);
comment on rule note on public.t is 'Before';
create rule other as on update to public.t do instead nothing;
