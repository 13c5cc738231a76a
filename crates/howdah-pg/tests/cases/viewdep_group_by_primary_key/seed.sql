insert into public.t values (1, 'x');
insert into public.u values (1), (1);
