create table public.log (id int primary key, code text not null);
create unique index uq_log_code on public.log (code);
alter table public.log replica identity using index uq_log_code;
