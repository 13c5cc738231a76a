insert into public.pg_tables values (1, 2);
