insert into public.kinds values ('a', 'A'), ('c', 'C');
insert into public.t values (1, 'a'), (2, 'c');
