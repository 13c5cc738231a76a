create sequence public.plain;
create sequence public.odd as smallint increment -2 minvalue -100 maxvalue 10 start 4 cache 7 cycle;
create table public.t (id int primary key);
