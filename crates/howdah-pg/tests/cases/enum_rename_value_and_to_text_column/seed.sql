insert into public.tasks values (1, 'done', '{open,done}', 'done'), (2, 'open', '{}', null), (3, 'gone', '{gone}', 'gone');
