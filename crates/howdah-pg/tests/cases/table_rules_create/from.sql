create table public.inbox (id int, body text);
create table public.audit (id int, body text);
