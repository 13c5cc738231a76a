create table public.inbox (id int, body text);
create table public.audit (id int, body text);
create rule copy_inbox as on insert to public.inbox do also insert into public.audit values (new.id, new.body);
comment on rule copy_inbox on public.inbox is 'Keeps a copy.';
