-- renamed-from: mail_address
create domain public.email as text check (value like '%@%');
create table public.people (id int primary key, email public.email not null);
create function public.host(public.email) returns text language sql immutable as $$ select split_part($1, '@', 2) $$;
create view public.hosts as select public.host(email) as host from public.people;
