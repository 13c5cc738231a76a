insert into public.t values (1, 'new'), (2, 'open'), (3, 'shut');
