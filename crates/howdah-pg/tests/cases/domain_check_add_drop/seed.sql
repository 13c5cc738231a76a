insert into public.t values (1, 'ABC', '{A,B}'), (2, null, null);
