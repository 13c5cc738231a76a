insert into public.letters (body) values ('dear'), ('sir');
