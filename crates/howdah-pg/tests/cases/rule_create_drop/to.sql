create table public.t (id int primary key, n int);
create table public.log (id int, at timestamptz);
create rule keep as on delete to public.t where old.n > 5 do instead nothing;
create rule note as on update to public.t do also (insert into public.log values (new.id, now()); notify changed);
comment on rule keep on public.t is 'Great numbers stay';
