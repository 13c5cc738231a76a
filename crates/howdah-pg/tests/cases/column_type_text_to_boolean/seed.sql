insert into public.t values (1, 'true'), (2, 'false');
