create type public.inner as (n int);
create type public.outer as (i public.inner, list public.inner[]);
create domain public.checked as public.inner check ((value).n > 0);
create table public.t (id int primary key, o public.outer, c public.checked);
