insert into public.t values (1, 'A@x', '{"k": "a"}');
