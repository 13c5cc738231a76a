insert into public.parent default values;
insert into public.child values (7, 1);
insert into public.grandchild values (7);
