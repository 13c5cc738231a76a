create table public.t (id int primary key);
-- renamed-from: no_delete
create rule keep as on delete to public.t do instead nothing;
comment on rule keep on public.t is 'Kept';
