insert into public.parent_before values (1);
insert into public.c values (1, 1);
