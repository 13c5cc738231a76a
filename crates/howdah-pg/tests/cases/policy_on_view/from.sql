create table public.t (id int);
create table public.allowed (id int);
create view public.ok as select id from public.allowed;
create policy p on public.t using (id in (select ok.id from public.ok));
