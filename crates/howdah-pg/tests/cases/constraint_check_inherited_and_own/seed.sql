insert into public.derived values (2, 2);
