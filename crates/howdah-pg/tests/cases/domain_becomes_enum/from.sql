create domain public.kind as text check (value in ('a', 'b'));
create table public.t (id int primary key, kind public.kind not null default 'a');
