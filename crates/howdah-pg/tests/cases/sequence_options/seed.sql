insert into public.t default values;
insert into public.t default values;
