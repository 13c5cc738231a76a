insert into public.base values (1, 2, 3); insert into public.derived values (1, 2, 3, 4);insert into public.p values (1, '2024-02-01');
