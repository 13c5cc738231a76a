insert into public.tokens default values;
