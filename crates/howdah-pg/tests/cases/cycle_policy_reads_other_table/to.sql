create table public.users (id bigint primary key, team bigint);
create table public.teams (id bigint primary key, head bigint);
alter table public.users enable row level security;
alter table public.teams enable row level security;
create policy p on public.users using (team in (select id from public.teams));
create policy p on public.teams using (head in (select id from public.users));
