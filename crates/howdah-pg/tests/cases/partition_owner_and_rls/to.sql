create table public.t (id int, at date) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
alter table public.t owner to howdah_case_alice;
alter table public.t_1 owner to howdah_case_bob;
alter table public.t enable row level security;
create policy p on public.t using (id > 0);
create policy p on public.t_1 using (id > 1);
