-- Rebuilding the index loses the replica identity unless it is set again.

create table public.log (id int primary key, code text not null, part int not null);
create unique index uq_log_code on public.log (code, part);
alter table public.log replica identity using index uq_log_code;
