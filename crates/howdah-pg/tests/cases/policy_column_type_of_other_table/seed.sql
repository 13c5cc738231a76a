insert into public.member values (1, 2);
insert into public.doc values (1, 2);
