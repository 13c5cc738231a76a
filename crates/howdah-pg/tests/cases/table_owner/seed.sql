insert into public.a default values;
