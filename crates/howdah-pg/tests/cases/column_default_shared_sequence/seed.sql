insert into public.a default values;
insert into public.b default values;
