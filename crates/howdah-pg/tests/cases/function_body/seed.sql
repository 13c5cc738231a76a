insert into public.t values (7);
