-- renamed-from: email
create domain public.mail_address as text check (value like '%@%') check (length(value) < 200);
create table public.people (id int primary key, email public.mail_address not null);
create function public.host(public.mail_address) returns text language sql immutable as $$ select split_part($1, '@', 2) $$;
create view public.hosts as select public.host(email) as host from public.people;
