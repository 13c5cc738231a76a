-- Forward it is validated; backward it must be made NOT VALID again.

create table public.t (id int primary key, n int, constraint chk_n check (n > 0));
