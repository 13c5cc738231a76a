insert into public.t values (1, true, 3, 'x');
