create function public.bucket(t text) returns int language sql immutable as $$ select length(t) $$;
create table public.t (id int, a text collate "C") partition by range (lower(a) collate "C" text_pattern_ops, public.bucket(a));
create table public.t_1 partition of public.t for values from ('a', 0) to ('n', 10);
