insert into public.t default values;
