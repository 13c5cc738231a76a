insert into public.things values (10, 1), (11, null);
