create table public.log (id int not null, code varchar(40) not null, constraint log_pkey primary key (id), constraint uq_log_code unique (code));
alter table public.log replica identity using index log_pkey;
