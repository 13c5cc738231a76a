create domain public.email as text constraint chk_at check (value like '%@%');
create domain public.positive as int check (value > 0);

create table public.t (id int primary key, mail text, n bigint default 1);
