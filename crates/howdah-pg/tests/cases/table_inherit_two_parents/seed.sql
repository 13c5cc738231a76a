insert into public.event values ('fair', '2024-05-01', 'here');
