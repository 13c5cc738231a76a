insert into public.t default values;
select setval('public.a', 77);
