-- The column's type cannot change while a policy names it.

create table public.t (id int, owner_id text);
alter table public.t enable row level security;
alter table public.t force row level security;
create policy p on public.t for select to howdah_case_app using (owner_id = '1');
create policy r on public.t as restrictive for update to howdah_case_app using (owner_id > '0') with check (owner_id > '0');
comment on policy p on public.t is 'One.';
