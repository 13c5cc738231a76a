create domain public.email as text check (value like '%@%');
create domain public.short as varchar(10) collate "C" default 'x' not null constraint not_empty check (value <> '');
create table public.t (id int primary key, mail public.email, share int);
