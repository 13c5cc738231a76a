insert into public.a values (1, null);
insert into public.b values (2, 1);
update public.a set b_id = 2;
