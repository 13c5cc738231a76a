insert into public.t (b) values (5), (6);
