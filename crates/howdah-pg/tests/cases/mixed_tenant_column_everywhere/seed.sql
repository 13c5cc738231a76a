insert into public.project values (1, 'p');
insert into public.task values (1, 1, 't');
