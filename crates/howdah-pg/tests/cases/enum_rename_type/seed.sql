insert into public.people values (1, 'happy', '{sad,happy}'), (2, null, null);
