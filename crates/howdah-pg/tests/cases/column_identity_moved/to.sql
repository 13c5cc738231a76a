-- Only one column a table wants to be counted; now it is another.

create table public.t (a int not null, b int generated always as identity);
