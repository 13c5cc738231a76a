insert into public.languages values ('de', 'Deutsch'), ('en', 'English');
insert into public.texts values (1, 'de', 'Hallo'), (1, 'en', 'Hello');
