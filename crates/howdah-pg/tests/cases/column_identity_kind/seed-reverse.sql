insert into public.t (b) overriding system value values (1), (2);
