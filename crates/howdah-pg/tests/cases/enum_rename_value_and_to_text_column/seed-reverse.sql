insert into public.tasks values (1, 'closed', '{open,closed}', 'closed'), (2, 'open', '{}', null), (3, 'gone', '{gone}', 'gone');
