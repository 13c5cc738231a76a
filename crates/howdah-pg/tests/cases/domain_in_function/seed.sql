insert into public.readings (id, t) values (1, 20), (2, null);
