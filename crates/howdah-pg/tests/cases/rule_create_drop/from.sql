create table public.t (id int primary key, n int);
create table public.log (id int, at timestamptz);
create rule gone as on delete to public.t do also insert into public.log values (old.id, now());
