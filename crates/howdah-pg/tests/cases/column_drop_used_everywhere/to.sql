-- Index, check, generated column, policy, statistics and trigger all name the dropped column.

create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int primary key, a int);
