insert into public.t values (1, '[8,12)');
