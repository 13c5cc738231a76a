insert into public.parcels (weight) values (10), (20), (30);
