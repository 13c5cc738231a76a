insert into public.cache (v) values ('1'), ('2');
