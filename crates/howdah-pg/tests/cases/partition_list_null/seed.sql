insert into public.t values ('a', 1);
