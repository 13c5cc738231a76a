insert into public.papers values (1, 'a4');
