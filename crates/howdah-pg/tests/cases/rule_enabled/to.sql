create table public.t (id int primary key);
create rule a as on delete to public.t do instead nothing;
create rule b as on insert to public.t do also nothing;
alter table public.t enable replica rule a;
alter table public.t enable always rule b;
