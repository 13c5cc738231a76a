insert into public.t values (1, 'a', 1);
insert into public.r values (1, 'a');
