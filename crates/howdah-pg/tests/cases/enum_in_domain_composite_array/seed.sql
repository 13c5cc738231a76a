insert into public.shapes values (1, 'red', '(blue,2)', '{red}'), (2, null, null, null), (3, 'blue', '(,1)', '{blue,red}');
