-- The rows that break the check are there already, so it must arrive NOT VALID.

create table public.t (id int primary key, n int);
alter table public.t add constraint chk_n check (n > 100) not valid;
