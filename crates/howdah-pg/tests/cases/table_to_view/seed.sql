insert into public.source values (1, 1);
