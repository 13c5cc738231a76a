create table public.log (id int, code text not null, constraint uq_log_code unique (code));
alter table public.log replica identity using index uq_log_code;
