-- A partition may have more than its parent: an index, a check, a default, NOT NULL, a comment.

create table public.t (id int, at date, a text) partition by range (at);
create table public.t_1 partition of public.t (constraint chk_1 check (id < 1000), a default 'one') for values from ('2023-01-01') to ('2024-01-01');
create index idx_1 on public.t_1 (a);
alter table public.t_1 alter column id set not null;
alter table public.t_1 alter column id set statistics 200;
comment on constraint chk_1 on public.t_1 is 'Only here.';
create table public.t_2 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
grant select on public.t_2 to howdah_case_app;
