insert into public.a values (2);
