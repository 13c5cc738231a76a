create table public.inbox (id bigint, body text);
create rule no_delete as on delete to public.inbox where old.id > 10 do instead nothing;
create rule no_update as on update to public.inbox where old.id = 1 do instead nothing;
alter table public.inbox disable rule no_delete;
