create function public.time_diff(time, time) returns float8 language sql immutable as 'select extract(epoch from ($1 - $2))::float8 / 60';
create type public.time_range as range (subtype = time);
create table public.t (id int primary key, r public.time_range, constraint apart exclude using gist (r with &&));
