insert into public.things values (10, null), (11, null);
