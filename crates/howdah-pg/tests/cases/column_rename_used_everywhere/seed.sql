insert into public.parent values (1);
insert into public.t values (1, 1, 10), (2, null, 20);
