create table public.t (id int primary key, a varchar(20), b varchar(5) default 'none'::character varying not null);
