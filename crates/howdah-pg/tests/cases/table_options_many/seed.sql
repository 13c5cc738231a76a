insert into public.hot values (1), (2);
