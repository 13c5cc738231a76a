-- The domain is made in the same plan, and dropped in the reverse.

create domain public.email as text constraint chk_at check (value like '%@%');
create table public.t (id int primary key, mail public.email not null unique);
create view public.mails as select mail from public.t;
