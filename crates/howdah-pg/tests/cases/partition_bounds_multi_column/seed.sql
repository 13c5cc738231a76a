insert into public.t values (2, 'q', null);
