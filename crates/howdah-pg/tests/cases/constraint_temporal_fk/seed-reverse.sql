insert into public.rooms values (1, '[2024-01-01,2024-02-01)');
insert into public.stays values (1, 1, '[2024-01-05,2024-01-07)');
insert into public.parties values (1, 1, '[2024-01-05,2024-01-07)');
