create table public.member (user_id int, team_id int);
create table public.doc (id int, team_id int);
create policy p on public.doc using (exists (select 1 from public.member m where m.team_id = doc.team_id and m.user_id = 1));
