-- No implicit cast: the conversion must be spelt out.

create table public.t (id int primary key, n int);
