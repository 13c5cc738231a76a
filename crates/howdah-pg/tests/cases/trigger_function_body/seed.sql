insert into public.t values (5);
