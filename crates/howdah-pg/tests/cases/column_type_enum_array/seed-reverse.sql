insert into public.t values (1, '{y,x}'), (2, '{}');
