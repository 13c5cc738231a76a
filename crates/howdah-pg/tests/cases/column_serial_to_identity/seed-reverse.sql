insert into public.t (a) values ('x'), ('y'), ('z');
