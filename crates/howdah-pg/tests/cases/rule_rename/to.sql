create table public.t (id int primary key);
-- renamed-from: keep
create rule no_delete as on delete to public.t do instead nothing;
comment on rule no_delete on public.t is 'Kept';
