insert into public.t (at) values ('2023-05-05');
