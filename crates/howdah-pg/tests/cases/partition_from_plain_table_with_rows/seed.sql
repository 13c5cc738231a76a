insert into public.t values (1, 'a'), (2, 'b');
insert into public.keep values (1);
