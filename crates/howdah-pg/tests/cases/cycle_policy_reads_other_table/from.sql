create table public.users (id int primary key, team int);
create table public.teams (id int primary key, head int);
alter table public.users enable row level security;
alter table public.teams enable row level security;
create policy p on public.users using (team in (select id from public.teams));
create policy p on public.teams using (head in (select id from public.users));
