create schema app;
create table public.t (id int primary key, a int, b int);
-- renamed-from: t_stats
create statistics public.s on a, b from public.t;
comment on statistics public.s is 'Before';
