insert into public.t values (1, 'a');
insert into public.r values ('A');
