insert into public.pg_stats_mine values (1);
