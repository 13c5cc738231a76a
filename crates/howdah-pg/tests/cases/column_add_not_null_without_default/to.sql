-- Only possible while the table is empty.

create table public.t (id int, must text not null);
