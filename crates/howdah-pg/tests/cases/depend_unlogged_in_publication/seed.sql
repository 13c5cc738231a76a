insert into public.b values (1);
