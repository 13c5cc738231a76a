insert into public.other values (1);
