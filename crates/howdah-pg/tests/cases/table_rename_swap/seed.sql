insert into public.main values (1, '{}', '2024-01-01');
insert into public.spare values ('x', 1.5), ('y', null);
