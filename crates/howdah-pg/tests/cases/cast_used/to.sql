create type public.state as enum ('a', 'b', 'c');
create function public.rank(public.state, boolean default false) returns int language sql immutable as $$ select case $1 when 'a' then 1 else 2 end $$;
create function public.rank_of(public.state) returns int language sql immutable as $$ select case $1 when 'a' then 10 else 20 end $$;
create cast (public.state as int) with function public.rank_of(public.state) as assignment;
create table public.t (id int primary key, state public.state, rank int generated always as (state::int) stored);
create index t_rank on public.t ((state::int));
create view public.ranks as select id, state::int as rank from public.t;
