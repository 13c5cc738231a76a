create table public.inbox (id int, body text);
create rule no_delete as on delete to public.inbox do instead nothing;
create rule no_update as on update to public.inbox where old.id = 1 do instead nothing;
